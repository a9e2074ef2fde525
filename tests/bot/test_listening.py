"""Sockets that are bound before anything else starts."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bot import listening
from bot.listening import PortTaken, bind, port_of


@contextmanager
def bound(host: str, port: int = 0) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(sock) for sock in bind(host, port)]


def test_every_address_of_a_name_has_the_same_free_port() -> None:
    with bound("localhost") as sockets:
        assert {sock.getsockname()[1] for sock in sockets} == {port_of(sockets)}
        assert port_of(sockets) > 0


def test_an_address_that_this_machine_lacks_does_not_spoil_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET, "127.0.0.1")]
    monkeypatch.setattr(listening, "_addresses", lambda _host: both)
    with bound("anything") as sockets:
        assert [sock.getsockname()[0] for sock in sockets] == ["127.0.0.1"]


def test_nobody_can_connect_before_the_server_listens() -> None:
    with bound("127.0.0.1") as sockets, pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port_of(sockets)), timeout=5)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_what_cannot_be_listened_on_is_named(host: str) -> None:
    with pytest.raises(PortTaken, match=f"cannot listen on {host}:4567"):
        bind(host, 4567)
