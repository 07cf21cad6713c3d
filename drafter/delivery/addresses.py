"""Where a webhook may go: no private, loopback or link-local address unless the installation allows it.

A name is resolved once, every address that it has is checked, and the connection goes to a checked address. So a name
that answers differently a moment later (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from drafter.domain.errors import DrafterError

Resolve = Callable[[str, int], Awaitable[list[str]]]

#: IPv6 ranges that carry an IPv4 address in their last 32 bits (RFC 6052) or in bits 16 to 48 (RFC 3056).
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")


class AddressRefused(DrafterError):
    """A webhook's address leads to where webhooks may not go, or nowhere."""


async def system_resolve(host: str, port: int) -> list[str]:
    """Return all addresses of a host by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def checked_address(host: str, port: int, *, resolve: Resolve, allow_private: bool) -> str:
    """Return an address of the host to connect to.

    Raises:
        AddressRefused: the host has no address, or one of its addresses is not public.
    """
    try:
        addresses = [ip_address(text.split("%")[0]) for text in await resolve(host, port)]
    except (OSError, ValueError, UnicodeError) as error:
        raise AddressRefused("The webhook's host name has no address.") from error
    if not addresses:
        raise AddressRefused("The webhook's host name has no address.")
    if not allow_private and not all(map(is_public, addresses)):
        raise AddressRefused(
            "The webhook's host name leads to a private address. "
            "DRAFTER_WEBHOOK_ALLOW_PRIVATE=true allows that, if the receiver is in your own network."
        )
    return str(addresses[0])


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open Internet; an IPv4 address inside an IPv6 one is looked at too."""
    if isinstance(address, IPv6Address):
        if address in _NAT64_LOCAL:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast
