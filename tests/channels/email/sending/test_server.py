"""How well the way to the mail server is guarded, read from smtp_url alone and proven by TLS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from channels.email.sending.server import MailServer, read_smtp_url
from core.errors import TemporarySendError
from tests.channels.email.sending.parts import sender_to, told
from tests.channels.email.sink import mail_sink


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("smtp://127.0.0.1", "127.0.0.1", 25),
        ("smtp://mail.example:2525", "mail.example", 2525),
        ("smtp://u:p@mail.example", "mail.example", 587),
        ("smtps://u:p@mail.example/", "mail.example", 465),
        ("smtp://[::1]:26", "::1", 26),
    ],
)
def test_ports_are_the_usual_ones_unless_named(url: str, host: str, port: int) -> None:
    server = read_smtp_url(url)
    assert (server.host, server.port) == (host, port)


@pytest.mark.parametrize(
    ("url", "starttls", "checks"),
    [
        ("smtp://mail.example", None, False),
        ("smtp://u:p@mail.example", True, True),
        ("smtps://u:p@mail.example", False, True),
        ("smtp://127.0.0.1", False, False),
        ("smtp://u:p@localhost", None, False),
        ("smtps://127.0.0.1", False, False),
    ],
)
def test_a_password_crosses_a_network_only_under_tls(
    url: str, starttls: bool | None, checks: bool
) -> None:
    server = read_smtp_url(url)
    assert (server.starttls, server.checks_certificate) == (starttls, checks)


def test_a_server_never_shows_its_password() -> None:
    assert "secret" not in repr(read_smtp_url("smtp://u:secret@mail.example"))


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Return a context with a certificate that nobody signed."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder: Path = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", str(key), "-out", str(certificate), "-subj", "/CN=sink.test"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_a_login_on_this_machine_takes_the_tls_that_is_offered(
    certified: ssl.SSLContext,
) -> None:
    async with mail_sink(tls=certified, accounts={"u": "p"}) as sink:
        sender = sender_to(sink, smtp_url=f"smtp://u:p@localhost:{sink.port}")
        await sender.send(told())
        await sender.stop()
    (taken,) = sink.taken
    assert (taken.user, taken.tls) == ("u", True)


async def test_a_wrong_certificate_of_a_far_server_stops_the_login(
    certified: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MailServer, "is_loopback", property(lambda server: False))
    async with mail_sink(tls=certified, accounts={"u": "p"}) as sink:
        sender = sender_to(sink, smtp_url=f"smtp://u:p@localhost:{sink.port}")
        with pytest.raises(TemporarySendError):
            await sender.send(told())
        await sender.stop()
    assert sink.taken == []


async def test_a_far_server_without_tls_gets_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MailServer, "is_loopback", property(lambda server: False))
    async with mail_sink() as sink:
        sender = sender_to(sink, smtp_url=f"smtp://u:p@localhost:{sink.port}")
        with pytest.raises(TemporarySendError):
            await sender.send(told())
        await sender.stop()
    assert sink.taken == []
