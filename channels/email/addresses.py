"""Open this for what counts as a mail address here: one plain address, nothing clever."""

from __future__ import annotations

import re

LONGEST = 254
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_PLAIN = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*")
_IN_ANGLES = re.compile(rf"<({_LOCAL}@{_LABEL}(?:\.{_LABEL})*)>\s*([^(]*)")
_NAMED = re.compile(r'(?:"((?:[^"\\\r\n]|\\.)*)"\s*|([^"<>(),:;@\\\r\n]*))<([^<>]*)>')
_LONGEST_WITH_NAME = 1_000


def plain_address(text: str) -> str | None:
    """Return the address in lower case; None unless the text is one plain address and no more."""
    address = text.strip()
    if len(address) > LONGEST or len(address.partition("@")[0]) > 64:
        return None
    return address.lower() if _PLAIN.fullmatch(address) else None


def angle_address(text: str) -> tuple[str, str] | None:
    """Return address and rest of `<jo@example.com> SIZE=9`; None where it takes a parser."""
    found = _IN_ANGLES.fullmatch(text)
    return None if found is None else (found[1], found[2])


def named_address(text: str) -> tuple[str, str] | None:
    """Return name and address of `Jo <jo@example.com>` or `jo@example.com`; None for all else.

    A list, a group, a comment or a second address makes None: readers differ over whose it is.
    """
    if len(text) > _LONGEST_WITH_NAME:
        return None
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        address = plain_address(text)
        return None if address is None else ("", address)
    address = plain_address(named[3])
    if address is None:
        return None
    quoted, atoms = named[1], named[2]
    name = atoms if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return " ".join(name.split()), address


def is_one_of(address: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a list of addresses and `@domains` holds this address."""
    domain = address[address.rfind("@") :]
    return any(one.lower() in (address, domain) for one in allowed)
