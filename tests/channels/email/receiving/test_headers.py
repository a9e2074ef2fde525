"""A header is read in one pass: who a mail is from, who says so, and whether a machine sent it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels.email.receiving.doors import Doors
from channels.email.receiving.frame import Arrival, framed, unframed
from channels.email.receiving.headers import Header, external_id, read_header
from channels.email.receiving.limits import why_unsafe_to_parse
from channels.email.receiving.loops import why_only_recorded
from channels.email.receiving.trust import Proof, Trust, dmarc_of, is_relay
from tests.channels.email.receiving.office import INTAKE, JO, OWN, REPLY, TOKEN

NOON = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)
MX = "mx.dispatch.example"


def header(*lines: str) -> Header:
    found = read_header("\r\n".join([*lines, "", "body"]).encode())
    assert found is not None
    return found


def test_fields_are_unfolded_and_named_in_lower_case() -> None:
    read = header("SUBJECT: a\r\n\tb\r\n  c", "X-Odd : d")
    assert read.fields == (("subject", "a b c"), ("x-odd", "d"))


def test_the_body_is_no_header() -> None:
    read = read_header(b"Subject: a\n\nFrom: jo@example.com\n")
    assert read is not None
    assert read.fields == (("subject", "a"),)


@pytest.mark.parametrize("mail", [b"", b"\r\n", b"\n\nFrom: a@b", b"\x00", b":", b"\xff: \xfe"])
def test_any_bytes_have_a_header_of_some_kind(mail: bytes) -> None:
    read = read_header(mail)
    assert read is not None
    assert read.sender is None


@pytest.mark.parametrize(
    "mail",
    [
        b"Subject: " + b"x" * 20_000 + b"\r\n\r\n",
        b"Subject: " + b"x\r\n " * 20_000 + b"\r\n\r\n",
        b"X: y\r\n" * 30_000,
        b"x" * 200_000,
    ],
)
def test_a_header_too_large_is_not_read(mail: bytes) -> None:
    assert read_header(mail) is None
    assert why_unsafe_to_parse(mail) == "the header is too large"


@pytest.mark.parametrize(
    ("lines", "sender"),
    [
        (("From: Jo <Jo@Example.com>",), JO),
        (("From: jo@example.com", "Sender: x@y.example"), JO),
        (("From:\r\n jo@example.com",), JO),
        (("from: jo@example.com", "FROM: jo@example.com"), None),
        (("From: jo@example.com, x@y.example",), None),
        (("From: x@y.example\r\n ,jo@example.com",), None),
        (("From: alice@example.org)jo@example.com",), None),
        (("Subject: a\rFrom: jo@example.com",), None),
        (("Subject: a\rX: b", "From: jo@example.com"), None),
        (("no field at all", "From: jo@example.com"), None),
        (("From: jo@example.com\x00",), None),
        (("From: =?utf-8?q?jo=40example.com?=",), None),
        (("Sender: jo@example.com",), None),
        ((), None),
    ],
)
def test_a_mail_is_from_one_plain_address_or_from_nobody(
    lines: tuple[str, ...], sender: str | None
) -> None:
    found = header(*lines).sender
    assert (found and found[1]) == sender


def test_a_mail_is_known_by_its_message_id_else_by_its_bytes() -> None:
    one = header("Message-ID: <a@b>")
    assert external_id(b"x", one) == external_id(b"y", one)
    assert external_id(b"x", one) != external_id(b"x", header("Message-ID: <c@d>"))
    for odd in (header(), header("Message-ID: a@b"), header("Message-ID: <a b>", "X: y")):
        assert external_id(b"x", odd) == external_id(b"x", header())
        assert external_id(b"x", odd) != external_id(b"y", odd)


@pytest.mark.parametrize(
    ("results", "dmarc"),
    [
        (f"{MX}; dmarc=pass header.from=example.com", "pass"),
        (f"{MX}; dmarc=pass", "pass"),
        (f"{MX} 1; spf=fail smtp.mailfrom=x; dkim=none; DMARC = Pass", "pass"),
        (f"{MX.upper()}; dmarc=pass (p=reject; dis=none) header.from=example.com", "pass"),
        (f"(ours) {MX}; dmarc=pass", "pass"),
        (f'"{MX}"; dmarc=pass', None),
        (f"{MX}; dmarc=fail header.from=example.com", "fail"),
        (f"{MX}; dmarc=none", "none"),
        (f"{MX}; dmarc=pass header.from=other.example", "fail"),
        (f"{MX}; dmarc=pass; dmarc=fail", None),
        (f"{MX}; none", None),
        (f"{MX}; dkim=pass (dmarc=pass)", None),
        (f"{MX}; (dmarc=pass) dkim=pass", None),
        (f'{MX}; dkim=pass reason="; dmarc=pass"', None),
        (f"{MX}; x=y (; dmarc=pass", None),
        (f"{MX}.evil.example; dmarc=pass", None),
        (f"evil.example; {MX}; dmarc=pass", None),
        ("dmarc=pass", None),
        (MX, None),
        ("", None),
    ],
)
def test_only_what_our_server_states_itself_counts(results: str, dmarc: str | None) -> None:
    assert dmarc_of(results, MX, "example.com") == dmarc


def test_without_a_name_of_our_server_nothing_is_proven() -> None:
    assert dmarc_of("; dmarc=pass", "", "example.com") is None


PASS = f"Authentication-Results: {MX}; dmarc=pass header.from=example.com"
FAIL = f"Authentication-Results: {MX}; dmarc=fail header.from=example.com"


@pytest.mark.parametrize(
    ("way", "peer", "lines", "proof"),
    [
        ("smtp", "192.0.2.5", (PASS,), Proof.PASSED),
        ("smtp", "::ffff:192.0.2.5", (PASS,), Proof.PASSED),
        ("smtp", "192.0.2.5", (FAIL,), Proof.FAILED),
        ("smtp", "192.0.2.5", (FAIL, PASS), Proof.FAILED),
        ("smtp", "192.0.2.5", ("Authentication-Results: mx.evil.example; x", PASS), Proof.UNKNOWN),
        ("smtp", "192.0.2.5", (), Proof.UNKNOWN),
        ("smtp", "198.51.100.9", (PASS,), Proof.FAILED),
        ("smtp", "", (PASS,), Proof.FAILED),
        ("imap", "", (PASS,), Proof.PASSED),
        ("imap", "", (), Proof.UNKNOWN),
    ],
)
def test_a_from_is_believed_by_the_word_of_our_own_mail_server(
    way: str, peer: str, lines: tuple[str, ...], proof: Proof
) -> None:
    trust = Trust("relay", ("@example.com",), ("192.0.2.5",), MX)
    arrival = Arrival("imap" if way == "imap" else "smtp", peer, JO, (INTAKE,), NOON)
    assert trust.proof_of(arrival, header(*lines), JO) is proof


def test_on_this_machine_the_allowlist_is_believed_but_not_for_a_mailbox() -> None:
    trust = Trust("allowlist", ("@example.com",), (), MX)
    by_smtp = Arrival("smtp", "127.0.0.1", JO, (INTAKE,), NOON)
    by_imap = Arrival("imap", "", JO, (INTAKE,), NOON)
    assert trust.proof_of(by_smtp, header(), JO) is Proof.PASSED
    assert trust.proof_of(by_smtp, header(), "x@y.example") is Proof.UNKNOWN
    assert trust.proof_of(by_imap, header(), JO) is Proof.UNKNOWN


def test_a_relay_is_one_address_or_a_network() -> None:
    relays = ("192.0.2.0/24", "2001:db8::1")
    assert is_relay("192.0.2.77", relays)
    assert is_relay("2001:db8::1", relays)
    assert not is_relay("192.0.3.1", relays)
    assert not is_relay("mail.example.com", relays)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("Auto-Submitted: no",), None),
        (("Auto-Submitted: auto-replied",), "Auto-Submitted"),
        (("Auto-Submitted: auto-generated (x)",), "Auto-Submitted"),
        (("Precedence: Bulk",), "Precedence bulk"),
        (("Precedence: list",), "Precedence list"),
        (("Precedence: junk",), "Precedence junk"),
        (("Precedence: first-class",), None),
        (("List-Id: <x.example>",), "from a mailing list"),
        (("List-Unsubscribe: <mailto:x@y>",), "from a mailing list"),
        (('Content-Type: multipart/report; report-type="x"',), "a report"),
        (("X-Autoreply: yes",), "from an answering machine"),
        (("Subject: Out of office",), None),
    ],
)
def test_what_machines_send_is_only_recorded(lines: tuple[str, ...], why: str | None) -> None:
    assert why_only_recorded(header(f"From: {JO}", *lines), JO, OWN) == why


def test_our_own_mail_and_the_null_senders_are_only_recorded() -> None:
    assert why_only_recorded(header(f"From: Us <{OWN.upper()}>"), OWN, OWN) == "our own mail"
    assert why_only_recorded(header(f"From: {JO}"), "", OWN) == "from the null sender"


def test_an_answer_goes_before_jobs_and_jobs_before_the_rest() -> None:
    doors = Doors(OWN, INTAKE, "reply@dispatch.example", ())
    assert doors.purpose_of_all((OWN, INTAKE, REPLY)) == "reply"
    assert doors.purpose_of_all((OWN, INTAKE)) == "intake"
    assert doors.purpose_of_all((OWN, "x@y.example")) == "bounce"
    assert doors.purpose_of_all(()) is None
    assert doors.token_in((INTAKE, REPLY.upper())) == TOKEN


def test_one_address_may_serve_for_all() -> None:
    doors = Doors(OWN, OWN, OWN, ())
    assert doors.purpose_of(OWN) == "intake"
    assert doors.purpose_of(f"dispatch+{TOKEN}@example.com") == "reply"


def test_what_was_stored_is_opened_again() -> None:
    arrival = Arrival("smtp", "192.0.2.5", "a\r\nb\ud800@x", ("y", "z"), NOON, cut=True)
    assert unframed(framed(arrival, (b"a", b"\r\n\r\nb"))) == (arrival, b"a\r\n\r\nb")


@pytest.mark.parametrize("stored", [b"", b"{}\r\n", b"\r\n", b'{"mail": 1}\r\nx', b"[" * 5_000])
def test_what_was_not_stored_here_is_not_opened(stored: bytes) -> None:
    assert unframed(stored) is None


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (b"A: b\r\n\r\n" + b"\r\n--x\r\n\r\ny" * 50_000, "it has too many parts"),
        (
            b"A: b\r\n\r\n" + b"Content-Type: Multipart/mixed; boundary=x\r\n\r\n" * 1_000,
            "its parts are nested too deeply",
        ),
        (b"A: b\r\n\r\nfine -- \n-- \nJo", None),
    ],
)
def test_what_is_too_much_for_the_parser_is_counted_beforehand(
    mail: bytes, why: str | None
) -> None:
    assert why_unsafe_to_parse(mail) == why
