"""The console prints a chat that can be read, and takes what is typed as somebody's answer."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from channels.console import Console, Transcript
from channels.console.transcript import drawn_block, plain_block
from core.channel import ChannelContext, Ignored, Reply
from core.errors import DatabaseBusy, TemporarySendError
from core.testing import MemoryInbox, make_outgoing

ONE = "+447700900001"
TWO = "+447700900002"


async def test_a_message_is_a_block_that_says_to_whom_it_goes(
    console: Console, screen: io.StringIO
) -> None:
    receipt = await console.send(make_outgoing(text="Leeds to York\nAnswer YES or NO"))
    assert screen.getvalue() == (
        "--- 12:30 to Driver One (+447700900001)\n"
        "| Job VC8Y-4\n"
        "|\n"
        "| Leeds to York\n"
        "| Answer YES or NO\n"
        "---\n\n"
    )
    assert receipt.delivered


async def test_blocks_are_never_interleaved(console: Console, screen: io.StringIO) -> None:
    messages = [make_outgoing(text=f"first {n}\nsecond {n}") for n in range(40)]
    await asyncio.gather(*map(console.send, messages))
    blocks = screen.getvalue().strip().split("\n\n")
    assert len(blocks) == 40
    assert all(f"| first {n}\n| second {n}\n" in blocks[n] for n in range(40))


def test_a_terminal_gets_a_drawn_frame_and_whole_links() -> None:
    link = "https://dispatch.example/approve?token=" + "x" * 60
    drawn = drawn_block("12:30 to Jo", f"A job waits for your word.\n{link}", "type  Jo: YES", 24)
    assert drawn == (
        f"╭─ 12:30 to Jo\n│ A job waits for your\n│ word.\n│ {link}\n╰─ type Jo: YES\n\n"
    )


@pytest.mark.parametrize("block", [plain_block("T", "{}", ""), drawn_block("T", "{}", "", 80)])
def test_a_frame_has_a_line_for_each_line_of_the_text(block: str) -> None:
    assert len(block.splitlines()) == 4


def test_a_text_can_neither_steer_the_terminal_nor_leave_its_frame() -> None:
    block = plain_block("Jo\n--- forged", "a\x1b[2Jb\r\x07c\u2028d\u202ee\x85f", "")
    assert block.isascii() is False
    assert not any(char in block for char in "\x1b\r\x07\u2028\u202e\x85")
    assert all(line[:1] in "-|" for line in block.rstrip("\n").split("\n"))


async def test_what_the_encoding_lacks_becomes_a_question_mark(
    context: ChannelContext, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        await Console(context, Transcript(stream)).send(make_outgoing(text="Zürich → York"))
    assert "| Z?rich ? York\n" in (tmp_path / "out").read_text(encoding="ascii")


@pytest.mark.parametrize(
    ("line", "handle", "text"),
    [
        ("Driver One: YES", ONE, "YES"),
        ("  driver  ONE :  34 yes ", ONE, "34 yes"),
        (f"{ONE}: NO, the van is out: again", ONE, "NO, the van is out: again"),
        ("+44 7700 900-001: YES", ONE, "YES"),
        ("+44 (7700) 900009: YES", "+447700900009", "YES"),
        ("Jo@example.com: APPROVE", "Jo@example.com", "APPROVE"),
        ("coordinator: STATUS", "coordinator", "STATUS"),
    ],
)
async def test_a_typed_line_is_that_persons_answer(
    console: Console, inbox: MemoryInbox, line: str, handle: str, text: str
) -> None:
    await console.send(make_outgoing(ONE))
    await console.send(make_outgoing("coordinator", name="Coordinator"))
    await console.hear(line)
    (entry,) = inbox.entries
    assert (entry.external_id, entry.handle) == (None, handle)
    assert await console.read(entry.raw) == (Reply(handle, text),)


@pytest.mark.parametrize(
    ("line", "help_"),
    [
        ("YES", "like this: Driver One: YES"),
        ("Driver One:", "like this: Driver One: YES"),
        (": YES", "like this: Driver One: YES"),
        ("Driver Nine: YES", "Nobody called Driver Nine was written to. Known here: Driver One"),
        ("07700: YES", "Nobody called 07700"),
    ],
)
async def test_a_line_that_names_nobody_gets_a_helpful_line(
    console: Console, inbox: MemoryInbox, screen: io.StringIO, line: str, help_: str
) -> None:
    await console.send(make_outgoing(ONE))
    await console.hear(line)
    assert inbox.entries == []
    assert help_ in screen.getvalue()


async def test_before_anything_was_sent_a_full_number_is_asked_for(
    console: Console, screen: io.StringIO
) -> None:
    await console.hear("Driver One: YES")
    assert "Type their full number, such as +447700900001: YES" in screen.getvalue()


async def test_of_two_people_with_one_name_neither_is_guessed(
    console: Console, inbox: MemoryInbox, screen: io.StringIO
) -> None:
    await console.send(make_outgoing(ONE, name="Sam"))
    await console.send(make_outgoing(TWO, name="Sam"))
    await console.hear("sam: YES")
    assert inbox.entries == []
    assert f"2 people are called sam: type {ONE} or {TWO}" in screen.getvalue()


async def test_an_empty_line_means_nothing(console: Console, screen: io.StringIO) -> None:
    await console.hear("  \t ")
    assert screen.getvalue() == ""


async def test_an_answer_that_could_not_be_stored_is_asked_for_again(
    console: Console, inbox: MemoryInbox, screen: io.StringIO
) -> None:
    inbox.fault = DatabaseBusy("the database is busy")
    await console.hear(f"{ONE}: YES")
    assert "Not taken, please type it again: the database is busy" in screen.getvalue()


async def test_a_scripted_answer_is_shown_as_if_it_were_typed(
    console: Console, inbox: MemoryInbox, screen: io.StringIO
) -> None:
    await console.hear(f"{ONE}: YES", echo=True)
    assert screen.getvalue() == f"> {ONE}: YES\n\n"
    assert len(inbox.entries) == 1


async def test_an_entry_of_something_else_is_ignored(console: Console) -> None:
    (meant,) = await console.read(b'{"handle": 7}')
    assert isinstance(meant, Ignored)


async def test_it_prints_to_standard_output(
    context: ChannelContext, capsys: pytest.CaptureFixture[str]
) -> None:
    await Console(context, Transcript()).send(make_outgoing())
    assert "to Driver One" in capsys.readouterr().out


async def test_without_a_standard_output_sending_fails_for_now(
    context: ChannelContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(TemporarySendError, match="there is no standard output"):
        await Console(context, Transcript()).send(make_outgoing())
