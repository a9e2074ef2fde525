"""Open this for how our mails hang together in a reader's mail program. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from core.channel import Outgoing

LONGEST_ID = 250
_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail stands: its own id, what it answers, what stands above it."""

    message_id: str
    answers: str | None
    below: tuple[str, ...]


def place_of(message: Outgoing, domain: str) -> Place:
    """Return the same place on every attempt.

    All on one job to one person stands below a root that was never sent; an answer to a mail
    stands below that mail as well.
    """
    asked = message_id_of(_context(message, "message_id"))
    root = _job_root(message, domain)
    below = tuple(each for each in (root, asked) if each is not None)
    return Place(f"<{message.token}@{domain}>", asked or root, below)


def subject_of(message: Outgoing) -> str:
    """Return `Re:` and the subject that is answered, which keeps a thread together; else ours."""
    asked = _context(message, "subject")
    if not asked or message_id_of(_context(message, "message_id")) is None:
        return message.subject
    return asked if re.match(r"re:", asked.strip(), re.IGNORECASE) else f"Re: {asked.strip()}"


def message_id_of(text: str | None) -> str | None:
    """Return a Message-ID that may stand in our headers."""
    plain = (text or "").strip()
    fits = plain.isascii() and len(plain) <= LONGEST_ID and _ID.fullmatch(plain)
    return plain if fits else None


def _job_root(message: Outgoing, domain: str) -> str | None:
    job_id = message.facts.get("job_id")
    if not isinstance(job_id, int):
        return None
    reader = sha256(message.handle.casefold().encode("utf-8", "replace")).hexdigest()[:12]
    return f"<job-{job_id}-{reader}@{domain}>"


def _context(message: Outgoing, name: str) -> str | None:
    context = message.facts.get("context")
    value = context.get(name) if isinstance(context, dict) else None
    return value if isinstance(value, str) else None
