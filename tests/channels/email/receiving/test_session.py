"""What a session does itself instead of aiosmtpd comes out as aiosmtpd's would."""

from __future__ import annotations

import asyncio

import pytest
from aiosmtpd.smtp import SMTP

from channels.email.addresses import angle_address
from channels.email.receiving import session
from tests.channels.email.receiving.office import open_office

PLAIN = [
    "<jo@example.com>",
    "<JO.o'Neil+x=1@sub.Example.co.uk>",
    "<jo@example.com> SIZE=100",
    "<jo@example.com>  BODY=8BITMIME SMTPUTF8",
    "<jo@example.com>SIZE=100",
    "<jo@localhost>",
]
CLEVER = [
    "",
    "<>",
    "jo@example.com",
    "<@relay.example:jo@example.com>",
    '<"jo smith"@example.com>',
    "<jo@[127.0.0.1]>",
    "<jo..o@example.com>",
    "<jo@example.com",
    "<jo@example.com> (a comment) SIZE=100",
    "<jo@example.com>(a (nested) comment",
    "<(a comment)jo@example.com>",
    "< jo@example.com >",
    "<jo>",
    "<jo@under_score.example>",
    "<jö@example.com>",
    "<jo@example.com>,<di@example.com>",
]


@pytest.mark.parametrize("said", PLAIN + CLEVER)
async def test_an_address_is_read_as_the_library_reads_it(said: str) -> None:
    theirs = SMTP(object(), loop=asyncio.get_running_loop())
    assert angle_address(said) in (None, theirs._getaddr(said))


@pytest.mark.parametrize("said", PLAIN)
def test_a_plain_address_needs_no_parser(said: str) -> None:
    assert angle_address(said) is not None


async def test_who_says_nothing_is_told_and_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "IDLE_SECONDS", 0.3)
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        loop = asyncio.get_running_loop()
        await reader.readline()
        for _ in range(4):  # together longer than one may be silent
            await asyncio.sleep(0.15)
            writer.write(b"NOOP\r\n")
            assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"250")
        heard_at = loop.time()
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert said == f"{session.TOO_SLOW}\r\n".encode()
    assert loop.time() - heard_at >= 0.25


async def test_the_time_for_a_mail_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "IDLE_SECONDS", 0.3)
    async with open_office() as office:
        reader, writer = await asyncio.open_connection("127.0.0.1", office.port)
        writer.write(b"EHLO x\r\nMAIL FROM:<jo@example.com>\r\nRCPT TO:<jobs@dispatch.example>\r\n")
        writer.write(b"DATA\r\n")
        await asyncio.wait_for(reader.readuntil(b"354"), 10)
        await asyncio.sleep(0.5)  # longer than between commands
        writer.write(b"From: jo@example.com\r\n\r\nRef: X\r\n.\r\n")
        said = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert b"250 2.0.0 taken\r\n" in said
    assert said.endswith(f"{session.TOO_SLOW}\r\n".encode())
