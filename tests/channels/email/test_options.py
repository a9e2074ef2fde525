"""The table [channels.email] is read whole, or refused with one line that says what to mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from channels.email.addresses import is_one_of, named_address
from channels.email.options import EmailOptions, check_trust
from core.errors import ConfigurationError
from core.options import read_options

TABLE: dict[str, Any] = {
    "smtp_url": "smtp://127.0.0.1:1025",
    "from": "Dispatch <Dispatch@example.com>",
    "listen": "127.0.0.1:2525",
    "intake": "jobs@dispatch.example",
    "replies": "reply@dispatch.example",
    "senders": ["@example.com", "jo@partner.test"],
    "max_bytes": 5_000_000,
    "trust": "allowlist",
    "relays": [],
    "authserv_id": "",
}


def options(**changes: Any) -> EmailOptions:
    return read_options(TABLE | changes, EmailOptions)


def test_the_table_of_the_manual_is_read() -> None:
    read = options()
    assert (read.from_name, read.from_address) == ("Dispatch", "dispatch@example.com")
    assert (read.intake_address, read.replies_address) == (
        "jobs@dispatch.example",
        "reply@dispatch.example",
    )
    assert read.listens_on == ("127.0.0.1", 2525)
    assert read.receives


def test_without_a_way_in_the_channel_only_sends() -> None:
    short = {"smtp_url": TABLE["smtp_url"], "from": TABLE["from"]}
    assert not read_options(short, EmailOptions).receives


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"smtp_url": "mail.example.com"}, "smtp_url: must be such as smtps://"),
        ({"smtp_url": "http://u:secret@example.com"}, "smtp_url: must be such as smtps://"),
        ({"smtp_url": 25}, "smtp_url: must be text in quotes"),
        ({"smtp_url": "smtp://host:99999"}, "smtp_url: must be such as"),
        ({"from": "a@b.example, c@d.example"}, "from: must be such as"),
        ({"listen": "2525"}, "listen: must be host and port"),
        ({"listen": "127.0.0.1:smtp"}, "listen: must be host and port"),
        ({"intake": "jobs"}, "intake: must be one address"),
        ({"replies": "r@x.example, s@x.example"}, "replies: must be one address"),
        ({"replies": "r" * 40 + "@x.example"}, "replies: at most 37 characters"),
        ({"senders": ["example.com"]}, "senders: each must be"),
        ({"senders": "@example.com"}, "senders: must be a list of text in quotes"),
        ({"max_bytes": 12}, "max_bytes: must be from"),
        ({"trust": "all"}, "trust: must be 'allowlist' or 'relay'"),
        ({"trust": "relay"}, 'authserv_id: trust = "relay" needs'),
        ({"trust": "relay", "authserv_id": "mx.example.com"}, "relays: trust"),
        ({"relays": ["mail.example.com"]}, "relays: each must be an address"),
        ({"key": "key.pem"}, "certificate: missing"),
        ({"certificate": "/nowhere/chain.pem"}, "certificate: there is no such file"),
        ({"imap_url": "imaps://host"}, "authserv_id: imap_url needs it"),
        ({"intak": "jobs@dispatch.example"}, "unknown key 'intak': did you mean 'intake'?"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        options(**changes)
    assert str(refusal.value).startswith(said)
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_certificate_that_is_there_is_taken(tmp_path: Path) -> None:
    chain = tmp_path / "chain.pem"
    chain.write_text("…")
    assert options(certificate=str(chain)).certificate == str(chain)


@pytest.mark.parametrize("url", ["http://localhost:4567", "http://127.0.0.1", "http://[::1]:80"])
def test_an_allowlist_will_do_on_this_machine(url: str) -> None:
    check_trust(options(), url)


def test_an_allowlist_is_refused_where_others_can_send() -> None:
    with pytest.raises(ConfigurationError, match=r'^trust: "allowlist".*use "relay"$'):
        check_trust(options(), "https://dispatch.example.com")


def test_a_channel_that_only_sends_may_be_anywhere() -> None:
    read = read_options({"smtp_url": TABLE["smtp_url"], "from": TABLE["from"]}, EmailOptions)
    check_trust(read, "https://dispatch.example.com")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("jo@example.com", ("", "jo@example.com")),
        ("Jo Smith <Jo@Example.com>", ("Jo Smith", "jo@example.com")),
        ('"Smith, \\"Jo\\"" <jo@example.com>', ('Smith, "Jo"', "jo@example.com")),
        ("=?utf-8?q?J=C3=B6?= <jo@example.com>", ("=?utf-8?q?J=C3=B6?=", "jo@example.com")),
        ("<jo@example.com>", ("", "jo@example.com")),
        ("alice@example.org)bob@example.com", None),
        ("jo@example.com, sam@example.com", None),
        ("Jo <jo@example.com> <sam@example.com>", None),
        ("jo@example.com <sam@example.com>", None),
        ("jo@example.com (Jo)", None),
        ("Friends: jo@example.com;", None),
        ('"jo@example.com" sam@example.com', None),
        ("jo", None),
        ("jo@", None),
        ("jo@exa mple.com", None),
        ("jo@@example.com", None),
        ("jo\x00@example.com", None),
        (".jo@example.com", None),
        ("jo@example..com", None),
        ("jo@[127.0.0.1]", None),
        ("j" * 65 + "@example.com", None),
        ("", None),
    ],
)
def test_one_plain_address_is_an_address_and_nothing_else_is(
    written: str, read: tuple[str, str] | None
) -> None:
    assert named_address(written) == read


def test_a_sender_is_allowed_by_address_or_by_domain() -> None:
    allowed = ("@Example.com", "jo@partner.test")
    assert is_one_of("anyone@example.com", allowed)
    assert is_one_of("jo@partner.test", allowed)
    assert not is_one_of("sam@partner.test", allowed)
    assert not is_one_of("jo@sub.example.com", allowed)
    assert not is_one_of("jo@notexample.com", allowed)
