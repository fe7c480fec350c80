"""A proxy through which peers are reached, as people write it down: Tor on this machine, or a collective's own way out.

Two kinds. ``socks5h``: SOCKS version 5, which is given names and resolves them itself; the only one that knows names in ``.onion``.
``http``: the method CONNECT. No name and no password belongs into the address: it is shown, and printed into logs.

>>> one = read_proxy("socks5h://127.0.0.1:9050")
>>> one.kind, one.host, one.port, str(one), str(read_proxy("http://[fd00::1]:8118/"))
('socks5h', '127.0.0.1', 9050, 'socks5h://127.0.0.1:9050', 'http://[fd00::1]:8118')
>>> is_onion("http://abc.onion:8080/net/"), is_onion("https://onion.example/net.onion/"), is_onion("http://abc.ｏnion/")
(True, False, True)
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

SOCKS, CONNECT = "socks5h", "http"
PATTERN = r"(socks5h|http)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})/?"
_HOST = re.compile(r"[a-z0-9+.-]+://(?:[^/?#@]*@)?([^/?#:]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proxy:
    """``kind``: ``socks5h`` or ``http``. ``host``: a name or an address, without brackets."""

    kind: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{host}:{self.port}"


def read_proxy(text: str) -> Proxy:
    """``ValueError`` for anything that is no such address."""
    found = re.fullmatch(PATTERN, text)
    if not found or not 0 < int(found[3]) < 65_536:
        raise ValueError
    return Proxy(found[1], found[2].strip("[]"), int(found[3]))


def is_onion(url: str) -> bool:
    """Whether only Tor knows the way there; such a name is never to be asked of the DNS (RFC 7686)."""
    found = _HOST.match(url)
    host = found[1] if found else ""
    with suppress(UnicodeError):  # what is asked for in the end: wide letters become plain ones
        host = host if host.isascii() else host.encode("idna").decode()
    return host.lower().rstrip(".").endswith(".onion")


def knows(proxy: Proxy | None, url: str) -> bool:
    """Whether ``url`` can be reached through ``proxy`` (or without one)."""
    return not is_onion(url) or (proxy is not None and proxy.kind == SOCKS)
