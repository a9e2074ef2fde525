"""Open this for which mail server takes our mail, and how well the way to it is guarded. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from core.hookspecs import ConfigurationError

FORM = "smtp_url: must be smtp://host:port or smtps://user:password@host:port, percent-encoded"
_PORTS = {("smtp", False): 25, ("smtp", True): 587, ("smtps", False): 465, ("smtps", True): 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over; the password shows in no log and no error."""

    host: str
    port: int
    tls_at_once: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def starttls(self) -> bool | None:
        """True: insist; None: where it is offered; False: never.

        Credentials go over a network only under TLS. On this machine's loopback nobody listens,
        and the certificate would be for another name.
        """
        if self.tls_at_once or (self.is_loopback and not self.user):
            return False
        return True if self.user and not self.is_loopback else None

    @property
    def checks_certificate(self) -> bool:
        """Tell whether a wrong certificate stops us: not where TLS is extra."""
        return not self.is_loopback and (self.tls_at_once or self.user is not None)

    @property
    def is_loopback(self) -> bool:
        """Tell whether the server runs on this machine."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def read_smtp_url(url: str) -> MailServer:
    """Return the server of `smtp_url`; ConfigurationError, without the value, when malformed."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ConfigurationError(FORM) from None
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    rest = (parts.path.strip("/"), parts.query, parts.fragment)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or any(rest):
        raise ConfigurationError(FORM)
    if (user is None) != (password is None) or port == 0:
        raise ConfigurationError(FORM)
    usual = _PORTS[parts.scheme, user is not None]
    return MailServer(parts.hostname, port or usual, parts.scheme == "smtps", user, password)
