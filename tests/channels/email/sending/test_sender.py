"""One message becomes one mail at the mail server, or an error that says what to do."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest

from channels.email.sending import Sender
from channels.email.sending.connections import AT_ONCE
from core.channel import Receipt
from core.errors import ConfigurationError, PermanentSendError, TemporarySendError
from core.testing import make_context
from tests.channels.email.sending.parts import FROM, REPLY_TOKEN, TOKEN, Options, sender_to, told
from tests.channels.email.sink import CUT, HANG, mail_sink


async def test_a_message_is_taken_once_from_its_bounce_address() -> None:
    async with mail_sink() as sink:
        sender = sender_to(sink)
        receipt = await sender.send(told())
        await sender.stop()
    (taken,) = sink.taken
    assert taken.recipients == ("dave@drivers.example",)
    assert taken.sender == f"reply+{REPLY_TOKEN}@dispatch.example"
    assert receipt == Receipt({"message_id": f"<{TOKEN}@dispatch.example>"})


async def test_without_a_reply_address_mail_bounces_to_the_from_address() -> None:
    async with mail_sink() as sink:
        sender = sender_to(sink, replies=None)
        await sender.send(told())
        await sender.stop()
    (taken,) = sink.taken
    assert taken.sender == "dispatch@dispatch.example"
    assert "Reply-To" not in taken.mail


async def test_many_messages_share_a_few_connections() -> None:
    async with mail_sink() as sink:
        sender = sender_to(sink)
        await asyncio.gather(*(sender.send(told(token=f"{n:032x}")) for n in range(40)))
        await sender.stop()
    assert len({taken.mail["Message-ID"] for taken in sink.taken}) == 40
    assert sink.at_once <= AT_ONCE
    assert sink.connections <= AT_ONCE


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced() -> None:
    async with mail_sink() as sink:
        sender = sender_to(sink)
        await sender.send(told())
        sink.cut_all()
        await sender.send(told())
        await sender.stop()
    assert len(sink.taken) == 2
    assert sink.connections == 2


@pytest.mark.parametrize(
    ("knob", "answer"),
    [
        ("on_recipient", "450 4.2.0 greylisted"),
        ("on_recipient", "452 4.2.2 mailbox full"),
        ("on_recipient", "554 5.7.1 <dave@drivers.example>: Relay access denied"),
        ("on_recipient", "550 relay not permitted"),
        ("on_recipient", "552 5.2.2 over quota"),
        ("on_mail", "550 5.1.0 sender unknown"),
        ("on_mail", "451 4.3.0 later"),
        ("on_content", "554 5.6.0 looks like spam"),
        ("on_content", "451 4.3.0 no room"),
        ("on_recipient", "421 4.3.2 going down"),
    ],
)
async def test_what_says_nothing_of_the_address_is_temporary(knob: str, answer: str) -> None:
    async with mail_sink() as sink:
        setattr(sink, knob, answer)
        sender = sender_to(sink)
        with pytest.raises(TemporarySendError) as caught:
            await sender.send(told())
        setattr(sink, knob, None)
        await sender.send(told())
        await sender.stop()
    assert answer[:3] in caught.value.reason
    assert caught.value.retry_after is None or answer.startswith("5")
    assert len(sink.taken) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 <dave@drivers.example>: Recipient address rejected: User unknown",
        "550 No such user here",
        "551 User not local",
        "553 5.1.3 bad address",
        "550 5.2.1 mailbox disabled",
        "550 5.1.10 null MX",
    ],
)
async def test_a_dead_recipient_is_permanent(answer: str) -> None:
    async with mail_sink() as sink:
        sink.on_recipient = answer
        sender = sender_to(sink)
        with pytest.raises(PermanentSendError):
            await sender.send(told())
        await sender.stop()


@pytest.mark.parametrize(
    "handle",
    [
        "dave@drivers.example\r\nBcc: all@drivers.example",
        "dave@drivers.example>\nRCPT TO:<all@drivers.example",
        "dave@drivers.example, all@drivers.example",
        "Dave <dave@drivers.example>",
        "dave@drivers.example all@drivers.example",
        "dave",
        "@drivers.example",
        "da..ve@drivers.example",
        "dave@-\x00.example",
        "",
    ],
)
async def test_what_is_no_single_address_is_refused_before_any_connection(handle: str) -> None:
    async with mail_sink() as sink:
        sender = sender_to(sink)
        with pytest.raises(PermanentSendError):
            await sender.send(told(handle=handle))
        await sender.stop()
    assert sink.connections == 0


async def test_an_address_beyond_ascii_is_written_as_it_is() -> None:
    async with mail_sink() as sink:
        sender = sender_to(sink)
        await sender.send(told(handle="łukasz@kierowcy.example"))
        await sender.stop()
    (taken,) = sink.taken
    assert taken.recipients == ("łukasz@kierowcy.example",)
    assert "SMTPUTF8" in taken.options


async def test_an_address_beyond_ascii_is_dead_where_the_server_cannot_take_it() -> None:
    async with mail_sink(utf8=False) as sink:
        sender = sender_to(sink)
        with pytest.raises(PermanentSendError):
            await sender.send(told(handle="łukasz@kierowcy.example"))
        await sender.stop()


async def test_a_domain_beyond_ascii_goes_to_any_server() -> None:
    async with mail_sink(utf8=False) as sink:
        sender = sender_to(sink)
        await sender.send(told(handle="jo@zürich.example"))
        await sender.stop()
    assert sink.taken[0].recipients == ("jo@xn--zrich-kva.example",)


async def test_a_server_that_is_away_is_a_temporary_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sender = Sender(Options(smtp_url=f"smtp://127.0.0.1:{port}"), make_context())
    with pytest.raises(TemporarySendError, match="cannot be reached"):
        await sender.send(told())
    await sender.stop()


async def test_a_connection_cut_before_the_content_is_a_temporary_error() -> None:
    async with mail_sink() as sink:
        sink.on_recipient = CUT
        sender = sender_to(sink)
        with pytest.raises(TemporarySendError):
            await sender.send(told())
        await sender.stop()


async def test_a_cut_after_the_content_says_that_the_mail_may_have_arrived() -> None:
    async with mail_sink() as sink:
        sink.on_content, sink.late = CUT, True
        sender = sender_to(sink)
        with pytest.raises(TimeoutError):
            await sender.send(told())
        sink.on_content = None
        await sender.send(told(repeat=True))
        await sender.stop()
    first, again = sink.taken
    assert first.mail["Message-ID"] == again.mail["Message-ID"]


async def test_stop_ends_a_send_that_hangs_and_start_lets_mail_flow_again() -> None:
    async with mail_sink() as sink:
        sink.on_recipient = HANG
        sender = sender_to(sink)
        sending = asyncio.create_task(sender.send(told()))
        await asyncio.wait_for(sink.hanging.wait(), 5)
        await sender.stop()
        with pytest.raises(TemporarySendError):
            await asyncio.wait_for(sending, 5)
        sink.on_recipient = None
        await sender.start()
        await sender.send(told())
        await sender.stop()
    assert len(sink.taken) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_the_login_is_percent_decoded_and_its_refusal_logged_without_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with mail_sink(accounts={"jo@x.test": "p:ss/w@rd"}) as sink:
        right = f"smtp://jo%40x.test:p%3Ass%2Fw%40rd@127.0.0.1:{sink.port}"
        sender = sender_to(sink, smtp_url=right)
        await sender.send(told())
        await sender.stop()
        assert sink.taken[0].user == "jo@x.test"
        wrong = sender_to(sink, smtp_url=right.replace("rd@", "rong@"))
        with caplog.at_level(logging.DEBUG), pytest.raises(TemporarySendError) as caught:
            await wrong.send(told())
        await wrong.stop()
    assert "login" in caught.value.reason
    assert "email.login_refused" in caplog.text
    assert "rong" not in caplog.text + caught.value.reason


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://:25",
            "smtp://u@mail.example",
        ),
        *("smtp://mail.example:99999", "smtp://mail.example:x", "smtp://mail.example/inbox?x=1"),
    ],
)
def test_a_malformed_smtp_url_ends_start_up_without_showing_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^smtp_url: must be ") as caught:
        Sender(Options(smtp_url=url), make_context())
    assert not url or url not in str(caught.value).replace("smtp://host:port", "")


@pytest.mark.parametrize("from_", ["", "Dispatch", "Jo <jo@x.test>\nBcc: a@x.test", "łu@x.test"])
def test_a_malformed_from_ends_start_up(from_: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^from: "):
        Sender(Options(from_=from_), make_context())


def test_the_usual_from_is_taken() -> None:
    Sender(Options(from_=FROM), make_context())
