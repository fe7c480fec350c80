"""Which addresses a connection to a peer may go to: those of the public Internet, unless the peer may have private ones.

>>> allowed("192.0.2.1", False), allowed("::ffff:127.0.0.1", False), allowed("9.9.9.9", False), allowed("127.0.0.1", True)
(False, False, True, True)
"""

from __future__ import annotations

import ipaddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def allowed(address: str, private: bool) -> bool:
    """Whether a connection to ``address`` (from name resolution) may be made; ``private``: to any but multicast ones."""
    try:
        found = _inner(ipaddress.ip_address(address))
    except ValueError:  # a zone (fe80::1%eth0), or no address at all
        return False
    if found.is_multicast or found.is_unspecified:
        return False
    return private or (
        found.is_global and not found.is_reserved and not getattr(found, "is_site_local", False)
    )


def _inner(
    found: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address inside an IPv6 one that only wraps it (RFC 4291, 6052, 3056), which is where packets would go."""
    if not isinstance(found, ipaddress.IPv6Address):
        return found
    inside = found.ipv4_mapped or found.sixtofour
    if inside is None and found in _NAT64:
        inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return inside or found
