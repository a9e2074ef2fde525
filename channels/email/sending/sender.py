"""Open this for how one message becomes one mail that a mail server has taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from channels.email.sending.compose import Mail, compose
from channels.email.sending.connections import Connections
from channels.email.sending.mailbox import read_from, read_mailbox
from channels.email.sending.refusals import Step, refusal
from channels.email.sending.server import read_smtp_url
from core.channel import ChannelContext, Outgoing, Receipt
from core.hookspecs import ConfigurationError, PermanentSendError, TemporarySendError

log = logging.getLogger(__name__)

PATIENCE = 9.0  # seconds for one mail; the service gives up after ten


class MailOptions(Protocol):
    """What sending reads of `[channels.email]`."""

    @property
    def smtp_url(self) -> str: ...
    @property
    def from_(self) -> str: ...
    @property
    def replies(self) -> str | None: ...


@dataclass(slots=True)
class _Attempt:
    """How far one mail got; once its content is under way, the server may have taken it."""

    limit: asyncio.Timeout
    handing_over: bool = False


class Sender:
    """Sends by one mail server. Raises ConfigurationError for options that cannot work."""

    def __init__(self, options: MailOptions, context: ChannelContext) -> None:
        from_ = read_from(options.from_)
        if from_ is None or not from_.is_ascii:
            raise ConfigurationError("from: must be an address such as 'Jo <jo@example.com>'")
        self._from = from_
        self._replies = options.replies or None
        self._clock = context.clock
        self._connections = Connections(read_smtp_url(options.smtp_url), from_.domain)
        self._attempts: set[asyncio.Timeout] = set()

    async def start(self) -> None:
        """Open nothing yet: a connection is made by the first mail."""

    async def stop(self) -> None:
        """Cut what is under way; those sends end as failed for now."""
        now = asyncio.get_running_loop().time()
        for limit in tuple(self._attempts):
            limit.reschedule(now)
        self._connections.close()

    async def send(self, message: Outgoing) -> Receipt:
        """Return once the mail server has taken the mail.

        Raises TimeoutError when the connection broke while it may have taken it: the service
        then says in the next attempt that it is a repeat, and the Message-ID says so too.
        """
        to = read_mailbox(message.handle, message.name)
        if to is None:
            raise PermanentSendError("that is not a mail address")
        mail = compose(message, to, self._from, self._replies, self._clock.now())
        with self._translated() as attempt:
            async with attempt.limit, self._connections.one() as client:
                await _hand_over(client, mail, attempt)
        return Receipt({"message_id": mail.message_id})

    @contextmanager
    def _translated(self) -> Iterator[_Attempt]:
        """Turn the errors of libraries into ours; unknown ones pass."""
        attempt = _Attempt(asyncio.timeout(PATIENCE))
        self._attempts.add(attempt.limit)
        try:
            yield attempt
        except SMTPAuthenticationError as error:
            log.warning("email.login_refused", extra={"code": error.code})
            raise refusal(Step.LOGIN, error.code, error.message) from error
        except SMTPSenderRefused as error:
            raise refusal(Step.SENDER, error.code, error.message) from error
        except SMTPRecipientRefused as error:
            raise refusal(Step.RECIPIENT, error.code, error.message) from error
        except SMTPDataError as error:
            raise refusal(Step.CONTENT, error.code, error.message) from error
        except SMTPResponseException as error:
            raise TemporarySendError(f"the mail server answered {error.code}") from error
        except (SMTPException, OSError, TimeoutError) as error:
            if attempt.handing_over:
                raise TimeoutError("the mail server may have taken the mail") from error
            why = type(error).__name__
            raise TemporarySendError(f"the mail server cannot be reached ({why})") from error
        finally:
            self._attempts.discard(attempt.limit)


async def _hand_over(client: SMTP, mail: Mail, attempt: _Attempt) -> None:
    utf8 = [] if mail.ascii_only else ["SMTPUTF8"]
    if utf8 and not client.supports_extension("smtputf8"):
        raise PermanentSendError("the mail server takes no address with letters beyond ASCII")
    reports = client.supports_extension("dsn")
    encoding = "ascii" if mail.ascii_only else "utf-8"
    await client.mail(
        mail.sender, options=[*utf8, *(["RET=HDRS"] if reports else [])], encoding=encoding
    )
    await client.rcpt(
        mail.recipient, options=["NOTIFY=FAILURE"] if reports else [], encoding=encoding
    )
    attempt.handing_over = True
    await client.data(mail.content)
