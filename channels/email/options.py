"""Open this for the keys of `[channels.email]` and what is refused in them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from channels.email.addresses import named_address, plain_address
from core.hookspecs import ConfigurationError

REPLY_TOKEN = 26  # characters of base32 behind the `+` of a reply address
LONGEST_LOCAL_PART = 64
_DOMAIN = re.compile(r"@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class EmailOptions:
    """The table as it stands in plugins.toml, secrets filled in.

    Without `listen` and `imap_url` the channel only sends.
    """

    smtp_url: str
    from_: str
    listen: str | None = None
    intake: str | None = None
    replies: str | None = None
    senders: tuple[str, ...] = ()
    max_bytes: int = 5_000_000
    trust: Literal["allowlist", "relay"] = "allowlist"
    relays: tuple[str, ...] = ()
    authserv_id: str = ""
    certificate: str | None = None  # for STARTTLS: a PEM file with the chain
    key: str | None = None  # its private key, when that is a file of its own
    imap_url: str | None = None  # imaps://user:pass@host/mailbox

    def __post_init__(self) -> None:
        check_url("smtp_url", self.smtp_url, ("smtp", "smtps"))
        if self.listen is not None:
            split_listen(self.listen)
        if not 10_000 <= self.max_bytes <= 50_000_000:
            raise ValueError("max_bytes: must be from 10_000 to 50_000_000")
        self._check_addresses()
        self._check_trust()
        self._check_files()

    def _check_addresses(self) -> None:
        if named_address(self.from_) is None:
            raise ValueError('from: must be such as "Dispatch <dispatch@example.com>"')
        for key, address in (("intake", self.intake), ("replies", self.replies)):
            if address is not None and plain_address(address) is None:
                raise ValueError(f'{key}: must be one address such as "{key}@dispatch.example"')
        if self.replies is not None:
            longest = LONGEST_LOCAL_PART - 1 - REPLY_TOKEN
            if len(self.replies.strip().partition("@")[0]) > longest:
                raise ValueError(f"replies: at most {longest} characters before the @")
        for sender in self.senders:
            if plain_address(sender) is None and not _DOMAIN.fullmatch(sender):
                raise ValueError('senders: each must be an address or a domain as "@example.com"')

    def _check_trust(self) -> None:
        for relay in self.relays:
            _check_network(relay)
        if self.imap_url is not None:
            check_url("imap_url", self.imap_url, ("imap", "imaps"))
            if not self.authserv_id:
                raise ValueError("authserv_id: imap_url needs it, to know whose From to believe")
        if self.trust == "relay" and not self.authserv_id:
            raise ValueError('authserv_id: trust = "relay" needs the name your mail server signs')
        if self.trust == "relay" and self.listen is not None and not self.relays:
            raise ValueError('relays: trust = "relay" needs the addresses of your mail server')

    def _check_files(self) -> None:
        if self.key is not None and self.certificate is None:
            raise ValueError("certificate: missing, though there is a key")
        for name, file in (("certificate", self.certificate), ("key", self.key)):
            if file is not None and not Path(file).is_file():
                raise ValueError(f"{name}: there is no such file")

    @property
    def from_name(self) -> str:
        """The name that recipients see."""
        return self._from[0]

    @property
    def from_address(self) -> str:
        """The address that mail is sent from, in lower case."""
        return self._from[1]

    @property
    def intake_address(self) -> str | None:
        """Where jobs are mailed to, in lower case."""
        return None if self.intake is None else plain_address(self.intake)

    @property
    def replies_address(self) -> str | None:
        """What replies come to, in lower case, without any token."""
        return None if self.replies is None else plain_address(self.replies)

    @property
    def receives(self) -> bool:
        """Whether mail comes in at all."""
        return self.listen is not None or self.imap_url is not None

    @property
    def listens_on(self) -> tuple[str, int]:
        """Host and port of the listener; only where there is one."""
        return split_listen(self.listen or "")

    @property
    def _from(self) -> tuple[str, str]:
        return named_address(self.from_) or ("", "")


def check_trust(options: EmailOptions, base_url: str) -> None:
    """Refuse to believe every From where others than this machine can send one."""
    local = is_loopback(urlsplit(base_url).hostname or "")
    if options.receives and options.trust == "allowlist" and not local:
        raise ConfigurationError(
            'trust: "allowlist" is for trials on this machine: BASE_URL is public, use "relay"'
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def split_listen(listen: str) -> tuple[str, int]:
    """Return host and port of `127.0.0.1:2525` or `[::1]:2525`; 0 takes a free port."""
    host, _, port = listen.strip().rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError('listen: must be host and port such as "127.0.0.1:2525"')
    return host.removeprefix("[").removesuffix("]"), int(port)


def check_url(key: str, url: str, schemes: tuple[str, ...]) -> None:
    """Refuse a URL that names no server; what it says is never shown, it holds a password."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{key}: must be such as {schemes[-1]}://user:password@mail.example.com")


def _check_network(relay: str) -> None:
    try:
        ipaddress.ip_network(relay, strict=False)
    except ValueError:
        raise ValueError('relays: each must be an address such as "192.0.2.5"') from None
