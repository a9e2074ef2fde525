"""Open this for who is believed to be who their From says."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

from channels.email.addresses import is_one_of
from channels.email.receiving.frame import Arrival
from channels.email.receiving.headers import Header

_RESULT = re.compile(r"\s*([A-Za-z][\w-]*)(?:\s*/\s*\d+)?\s*=\s*([A-Za-z]+)")
_HEADER_FROM = re.compile(r'\sheader\.from\s*=\s*"?([^\s;"]+)', re.IGNORECASE)
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[()";]|[^()";\\]+|\\')


class Proof(StrEnum):
    """What is known of a mail's From."""

    PASSED = "passed"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Trust:
    """The rules by which a From is believed."""

    rule: str  # allowlist or relay
    senders: tuple[str, ...]
    relays: tuple[str, ...]
    authserv_id: str

    def proof_of(self, arrival: Arrival, header: Header, address: str) -> Proof:
        """Tell what is known: by our mail server's word, or on this machine by the allowlist."""
        if arrival.way == "imap":
            return self._by_mail_server(header, address)
        if self.rule == "relay":
            if not is_relay(arrival.peer, self.relays):
                return Proof.FAILED
            return self._by_mail_server(header, address)
        return Proof.PASSED if is_one_of(address, self.senders) else Proof.UNKNOWN

    def _by_mail_server(self, header: Header, address: str) -> Proof:
        """Read the topmost Authentication-Results; any below may be forged."""
        topmost = next(header.all("authentication-results"), "")
        dmarc = dmarc_of(topmost, self.authserv_id, address.rpartition("@")[2])
        match dmarc:
            case "pass":
                return Proof.PASSED
            case "fail" | "reject" | "quarantine":
                return Proof.FAILED
            case _:
                return Proof.UNKNOWN


def is_relay(peer: str, relays: tuple[str, ...]) -> bool:
    """Tell whether a connection comes from one of the mail servers named."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in ipaddress.ip_network(relay, strict=False) for relay in relays)


def dmarc_of(results: str, authserv_id: str, domain: str) -> str | None:
    """Return the one DMARC result that this server states on this domain; None without one."""
    server, *stated = _statements(results)
    if not authserv_id or server.split()[:1] != [authserv_id.lower()]:
        return None
    found: list[str] = []
    for statement in stated:
        result = _RESULT.match(statement)
        if result is None or result[1].lower() != "dmarc":
            continue
        on = _HEADER_FROM.search(statement)
        if on is not None and on[1].rpartition("@")[2].lower() != domain:
            return "fail"
        found.append(result[2].lower())
    return found[0] if len(set(found)) == 1 else None


def _statements(results: str) -> list[str]:
    """Return what stands between the semicolons, comments left out."""
    statements, depth = [""], 0
    for piece in _PIECES.findall(results):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(depth - 1, 0)
        elif depth == 0 and piece == ";":
            statements.append("")
        elif depth == 0:
            statements[-1] += piece
    return [statement if n else statement.lower() for n, statement in enumerate(statements)]
