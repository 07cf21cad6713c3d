"""Tests are cut off from the network, so that none depends on it and no text of a test leaves this machine."""

from __future__ import annotations

import socket

import pytest


def test_a_connection_to_elsewhere_is_refused() -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match="Network is disabled"):
        client.connect(("192.0.2.1", 80))  # TEST-NET-1 (RFC 5737): nobody's address


def test_a_connection_to_this_machine_is_allowed() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        socket.create_connection(listener.getsockname(), timeout=5).close()
