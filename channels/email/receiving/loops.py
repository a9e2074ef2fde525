"""Open this for which mail is only recorded: what machines send, and above all our own."""

from __future__ import annotations

from channels.email.receiving.headers import Header

_BULK = ("bulk", "list", "junk", "auto_reply")
_ANSWERING_MACHINES = ("x-autoreply", "x-autorespond", "x-autorespond-reply")


def why_only_recorded(header: Header, sender: str, own: str) -> str | None:
    """Return why this mail is neither acted on nor answered; None when a person may have sent it.

    `sender` is the envelope's, empty for the null sender; `own` is the address that we send from.
    """
    if not sender:
        return "from the null sender"
    if header.sender is not None and header.sender[1] == own:
        return "our own mail"
    reasons = (_reason(name, _first_word(value)) for name, value in header.fields)
    return next((reason for reason in reasons if reason is not None), None)


def _reason(name: str, word: str) -> str | None:
    if name == "auto-submitted":
        return None if word == "no" else "Auto-Submitted"
    if name == "precedence" and word in _BULK:
        return f"Precedence {word}"
    if name == "content-type" and word == "multipart/report":
        return "a report"
    if name.startswith("list-"):
        return "from a mailing list"
    return "from an answering machine" if name in _ANSWERING_MACHINES else None


def _first_word(value: str) -> str:
    return value.partition(";")[0].partition("(")[0].strip().lower()
