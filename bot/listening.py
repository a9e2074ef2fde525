"""Open this for the sockets: bound before anything else starts, so that a taken port ends it."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack

from core.errors import DispatchError

NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class PortTaken(DispatchError):
    """HOST and PORT cannot be listened on."""


def bind(host: str, port: int) -> list[socket.socket]:
    """Return bound sockets for every address of `host`; port 0: the same free one for all.

    Nobody can connect before the server listens on them. Raises PortTaken in one line.
    """
    bound: list[socket.socket] = []
    with ExitStack() as undo:
        try:
            for family, address in _addresses(host):
                sock = _bound(family, address, port)
                if sock is not None:
                    bound.append(undo.enter_context(sock))
                    port = port_of(bound)
        except OSError as error:
            raise PortTaken(_reason(host, port, error)) from error
        undo.pop_all()
    if not bound:
        raise PortTaken(f"cannot listen on {host}:{port}: this machine has no such address")
    return bound


def port_of(sockets: list[socket.socket]) -> int:
    """Return the port that bound sockets share."""
    return int(sockets[0].getsockname()[1])


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, str(name[0])) for family, _, _, _, name in found))


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket | None:
    """Return a bound socket; None when this machine lacks the address, as ::1 of localhost."""
    sock = None
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
    except OSError as error:
        if sock is not None:
            sock.close()
        if error.errno in NO_SUCH_ADDRESS:
            return None
        raise
    return sock


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: stop what listens there, or choose another PORT"
    return f"cannot listen on {host}:{port}: {error.strerror or error}"
