"""The listener takes mail to our addresses, answers 250 once it is stored, and stands much."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import uvloop

from channels.email.receiving import body, crowd, session
from channels.email.receiving.frame import unframed
from core.errors import DatabaseBusy, StorageFault
from tests.channels.email.receiving.office import INTAKE, JO, OWN, REPLY, mail, open_office


async def test_a_mail_is_stored_whole_with_its_envelope() -> None:
    content = mail(body="..two dots\r\n.one dot\r\nlast\r\n")
    async with open_office() as office:
        assert (await office.deliver(content, (INTAKE, REPLY)))[0] == 250
        (entry,) = office.inbox.entries
    opened = unframed(entry.raw)
    assert opened is not None
    arrival, stored = opened
    assert stored == content
    assert entry.handle == JO
    assert (arrival.sender, arrival.recipients) == (JO, (INTAKE, REPLY))
    assert (arrival.way, arrival.peer) == ("smtp", "127.0.0.1")


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        (INTAKE, 250),
        ("JOBS@Dispatch.Example", 250),
        (REPLY, 250),
        (REPLY.upper(), 250),
        (OWN, 250),
        ("reply@dispatch.example", 550),
        ("reply+short@dispatch.example", 550),
        ("reply+" + "0" * 26 + "@dispatch.example", 550),
        ("jobs@elsewhere.example", 550),
        ("nobody@dispatch.example", 550),
        ("postmaster", 550),
    ],
)
async def test_a_recipient_is_judged_by_the_recipient_alone(recipient: str, code: int) -> None:
    def ask(client: smtplib.SMTP) -> int:
        client.ehlo()
        client.mail("stranger@elsewhere.example")
        return client.rcpt(recipient)[0]

    async with open_office() as office:
        assert await office.with_client(ask) == code


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        (f"Jo <{JO}>", 250),
        ("JO@EXAMPLE.COM", 250),
        ("Mallory <mallory@elsewhere.example>", 550),
        ("jo@example.com, mallory@elsewhere.example", 550),
        ("alice@elsewhere.example)jo@example.com", 550),
        (None, 550),
    ],
)
async def test_jobs_are_taken_from_known_senders_only(sender: str | None, code: int) -> None:
    async with open_office() as office:
        assert (await office.deliver(mail(sender=sender)))[0] == code
        assert len(office.inbox.entries) == (code == 250)


async def test_two_froms_are_nobodys() -> None:
    async with open_office() as office:
        assert (await office.deliver(mail(f"From: {JO}")))[0] == 550


async def test_the_null_sender_is_always_taken() -> None:
    async with open_office() as office:
        for number, to in enumerate((INTAKE, REPLY, OWN)):
            content = mail(sender="MAILER-DAEMON@mx.example", message_id=f"<{number}@mx.example>")
            assert (await office.deliver(content, (to,), sender=""))[0] == 250
        assert len(office.inbox.entries) == 3


async def test_one_message_id_is_taken_once() -> None:
    async with open_office() as office:
        first = await office.deliver(mail(body="first"))
        again = await office.deliver(mail("Received: by relay.example", body="second"))
        assert [first[0], again[0]] == [250, 250]
        assert len(office.inbox.entries) == 1


@pytest.mark.parametrize("lines", [(), ("Message-ID: <a@b>", "Message-ID: <c@d>")])
async def test_the_same_bytes_without_one_message_id_are_taken_once(lines: tuple[str]) -> None:
    async with open_office() as office:
        for _ in range(2):
            assert (await office.deliver(mail(*lines, message_id=None)))[0] == 250
        assert (await office.deliver(mail(*lines, message_id=None, body="other")))[0] == 250
        assert len(office.inbox.entries) == 2


@pytest.mark.parametrize("fault", [DatabaseBusy("busy"), StorageFault("full"), ValueError("odd")])
async def test_what_cannot_be_stored_is_asked_for_again_and_taken_once_later(
    fault: Exception,
) -> None:
    def talk(client: smtplib.SMTP) -> list[int]:
        codes = []
        client.ehlo()
        for trouble in (fault, None, None):
            office.inbox.fault = trouble
            client.mail(JO)
            client.rcpt(INTAKE)
            codes.append(client.data(mail())[0])
        return codes

    async with open_office() as office:
        assert await office.with_client(talk) == [451, 250, 250]
        assert len(office.inbox.entries) == 1


@pytest.mark.parametrize("says_size", [True, False])
async def test_a_mail_above_the_limit_is_refused_and_the_next_one_taken(says_size: bool) -> None:
    def talk(client: smtplib.SMTP) -> list[int]:
        client.ehlo()
        large = mail(body=("x" * 98 + "\r\n") * 20_000)
        codes = [client.mail(JO, (f"size={len(large)}",) if says_size else ())[0]]
        if not says_size:
            client.rcpt(INTAKE)
            codes = [client.data(large)[0]]
        client.mail(JO)
        client.rcpt(INTAKE)
        return [*codes, client.data(mail())[0]]

    async with open_office() as office:
        assert await office.with_client(talk) == [552, 250]
        assert len(office.inbox.entries) == 1


@pytest.mark.parametrize("length", [64_999, 65_536, 65_537, 200_000, 262_144, 900_000])
async def test_mails_of_any_size_below_the_limit_arrive_as_sent(length: int) -> None:
    text = ("." * 77 + "\r\n") * (length // 79)
    async with open_office() as office:
        assert (await office.deliver(mail(body=text)))[0] == 250
        opened = unframed(office.inbox.entries[0].raw)
    assert opened is not None
    assert opened[1] == mail(body=text)


async def test_the_end_of_a_mail_is_found_wherever_packets_part() -> None:
    async with open_office() as office:
        for cut in range(1, 8):
            reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
            content = mail(message_id=f"<{cut}@x>") + b"\r\n.\r\nQUIT\r\n"
            at = len(content) - 6 - cut
            for part in (
                b"EHLO x\r\nMAIL FROM:<jo@example.com>\r\nRCPT TO:<jobs@dispatch.example>\r\n",
                b"DATA\r\n",
                content[:at],
                content[at:],
            ):
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.02)
            said = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            assert said.endswith(b"250 2.0.0 taken\r\n221 Bye\r\n")
        assert all(entry.raw.endswith(b"York\r\n\r\n") for entry in office.inbox.entries)


async def test_a_lone_line_feed_ends_no_mail() -> None:
    smuggled = b"\n.\nMAIL FROM:<x@y.example>\r\n"
    async with open_office() as office:
        assert (await office.deliver(mail() + smuggled))[0] == 250
        assert len(office.inbox.entries) == 1


async def test_a_header_too_large_is_refused() -> None:
    async with open_office() as office:
        assert (await office.deliver(mail(subject="x" * 500_000)))[0] == 552
        folded = "\r\n ".join(["x" * 70] * 3_000)
        assert (await office.deliver(mail(subject=folded)))[0] == 552


async def test_recipients_beyond_fifty_are_put_off() -> None:
    def ask(client: smtplib.SMTP) -> list[int]:
        client.ehlo()
        client.mail(JO)
        return [client.rcpt(INTAKE)[0] for _ in range(51)]

    async with open_office() as office:
        codes = await office.with_client(ask)
    assert codes == [250] * 50 + [452]


async def test_commands_without_end_are_cut_off() -> None:
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        writer.write(b"E" * 1_000_000)
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert b"500 5.5.2" in said


async def test_commands_repeated_for_ever_are_cut_off() -> None:
    def ask(client: smtplib.SMTP) -> list[int]:
        return [client.docmd("NOOP")[0] for _ in range(21)]

    async with open_office() as office:
        assert (await office.with_client(ask))[-1] == 421


async def test_a_mail_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "OVERRUN", 2_000_000)
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n")
        writer.write(b"RCPT TO:<jobs@dispatch.example>\r\nDATA\r\n")
        await asyncio.wait_for(reader.readuntil(b"354"), 10)
        with contextlib.suppress(ConnectionError):
            for _ in range(1_000):
                writer.write(b"x" * 100_000)
                await writer.drain()
        assert (
            await asyncio.wait_for(reader.readline(), 10) == b" End data with <CR><LF>.<CR><LF>\r\n"
        )
        assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"552 ")
        writer.close()
        assert (await office.deliver(mail()))[0] == 250


async def test_a_sender_that_falls_silent_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "IDLE_SECONDS", 0.1)
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n")
        writer.write(b"RCPT TO:<jobs@dispatch.example>\r\nDATA\r\n")
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert said.endswith(f"{session.TOO_SLOW}\r\n".encode())


async def test_a_connection_does_not_last_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CONNECTION_SECONDS", 0.1)
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert said.endswith(b"421 4.4.2 too slow, come again\r\n")


async def test_the_longest_idle_makes_room_for_who_comes_next() -> None:
    async with open_office() as office:
        idle = []
        for _ in range(crowd.OF_ONE_PEER + 5):
            reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
            await asyncio.wait_for(reader.readline(), 10)
            idle.append((reader, writer))
        for reader, _ in idle[:5]:
            assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"421 ")
        assert (await office.deliver(mail()))[0] == 250
        for _, writer in idle:
            writer.close()


async def test_who_is_amid_a_mail_makes_room_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "OF_ONE_PEER", 1)
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<jobs@dispatch.example>\r\n")
        await asyncio.wait_for(reader.readuntil(b"2.1.5 OK\r\n"), 10)
        with pytest.raises(smtplib.SMTPConnectError) as refusal:
            await office.deliver(mail())
        assert refusal.value.smtp_code == 421
        writer.close()


async def test_it_may_be_stopped_amid_a_mail_and_started_again() -> None:
    async with open_office() as office:
        _, writer = await asyncio.open_connection("127.0.0.1", office.port)
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n")
        writer.write(b"RCPT TO:<jobs@dispatch.example>\r\nDATA\r\n")
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            await office.channel.stop()
        writer.close()
        await office.channel.start()
        assert (await office.deliver(mail()))[0] == 250


def _certificate(folder: Path) -> dict[str, Any]:
    """Make a certificate of our own with the program that is on every machine with TLS."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        ["openssl", *words.split(), "-keyout", key, "-out", chain], check=True, capture_output=True
    )
    return {"certificate": str(chain), "key": str(key)}


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_mail_is_taken_under_tls_and_no_log_in_is_offered(new_loop: Any, tmp_path: Path) -> None:
    def talk(client: smtplib.SMTP) -> tuple[int, bytes]:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        client.ehlo()
        assert client.starttls(context=context)[0] == 220
        client.ehlo()
        assert not client.has_extn("auth")
        client.mail(JO)
        client.rcpt(INTAKE)
        return client.data(mail(body="x" * 200_000))

    async def deliver() -> None:
        async with open_office(**_certificate(tmp_path)) as office:
            assert (await office.with_client(talk))[0] == 250
            assert len(office.inbox.entries) == 1
            assert (await office.deliver(mail(message_id="<two@x>")))[0] == 250

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(deliver())


def test_what_runs_the_service_needs_no_mail_library_until_mail_is_enabled() -> None:
    program = "import sys, bot.serving, channels; print('aiosmtpd' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"
