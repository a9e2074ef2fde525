"""Open this for what counts as a mail address, and how one is written into a header. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr

LONGEST_NAME = 100
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\"]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address with the name beside it; the domain is in ASCII already."""

    local: str
    domain: str
    name: str = ""

    @property
    def address(self) -> str:
        """Return it as an SMTP command takes it."""
        return f"{self.local}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Tell whether every mail server takes it."""
        return self.local.isascii()

    def header(self) -> Address:
        """Return it as a From or To takes it, the name encoded as needed."""
        return Address(self.name, self.local, self.domain)


def read_mailbox(address: str, name: str = "") -> Mailbox | None:
    """Return one plain address; None for anything that is more, or less, than that."""
    local, at, domain = address.strip().rpartition("@")
    plain = _ascii_domain(domain)
    dotted = local.startswith(".") or local.endswith(".") or ".." in local
    if not at or plain is None or dotted or not _LOCAL.fullmatch(local):
        return None
    if any(unicodedata.category(character).startswith("C") for character in local):
        return None
    shown = one_line(name, LONGEST_NAME)
    return Mailbox(local, plain, "" if shown.casefold() == address.strip().casefold() else shown)


def read_from(text: str) -> Mailbox | None:
    """Return the mailbox of `Dispatch <dispatch@example.com>`."""
    if len(text) > 500 or any(character in text for character in "\r\n\x00"):
        return None
    name, address = parseaddr(text)
    return read_mailbox(address, name)


def one_line(text: str, longest: int) -> str:
    """Return a text that a header can hold: one line, nothing that is a command or unseen."""
    kept = "".join(
        character if unicodedata.category(character) not in ("Cc", "Cs", "Cf", "Zl", "Zp") else " "
        for character in text[: longest * 4]
    )
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _ascii_domain(domain: str) -> str | None:
    try:
        plain = domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return None
    return plain.lower() if _DOMAIN.fullmatch(plain) else None
