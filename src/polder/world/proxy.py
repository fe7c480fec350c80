"""A connection to a peer through a proxy: SOCKS version 5 with the peer's name (RFC 1928), or HTTP's CONNECT (RFC 9110, section 9.3.6).

Own code: the libraries that speak these begin their limit of time anew with each byte, so that a proxy that answers byte by byte holds
a reader for minutes (docs/decisions/0014-peers-through-a-proxy.md).

1. The proxy resolves the peer's name; nothing here does. So no address can be looked at: what is refused is a name that *is* a private
   address, however it is written, or that means one wherever it is asked.
2. 6 s to find the proxy, 3 s to connect to it, 5 s for its greeting, 20 s for its way to the peer; every wait ends at ``until``.
3. What the proxy does wrong is ``ProxyFailed``, and no fault of the peer. Only when the proxy says that the peer did not answer is that
   an ``OSError``, as if it had been seen from here. When it says nothing at all, nobody knows, and nobody is blamed.

>>> [may_be_named(one, private=False) for one in ("beech.example", "127.1", "0x7f.1", "localhost", "9.9.9.9", "fd00::1", "nas")]
[True, False, False, False, True, False, False]
"""

from __future__ import annotations

import re
import socket
import struct
import time
from contextlib import suppress
from ipaddress import ip_address

from polder.kernel.problem import Unreachable
from polder.kernel.proxy import SOCKS, Proxy
from polder.world.addresses import allowed
from polder.world.resolve import Ask, addresses_of

CONNECT, GREETING, THROUGH = 3.0, 5.0, 20.0
LONGEST_ANSWER = 8_192
SILENT = {3: "network unreachable", 4: "host unreachable", 5: "connection refused", 6: "too slow"}
"""Replies of SOCKS (RFC 1928, section 6) that speak of the peer; Tor adds those from 0xF0 to 0xF7, about onion services."""
OWN = {1: "general failure", 2: "not allowed by its rules", 7: "it cannot connect", 8: "it knows no names"}
_NAME = re.compile(rb"[A-Za-z0-9._-]{1,255}")
_INSIDE = ("localhost", "local", "internal", "home.arpa", "localdomain")
"""Names that mean something else in every house (RFC 6761, 6762, 8375), and ``.internal``."""


class ProxyFailed(Unreachable):
    """The proxy did not answer, or answered with something that is no answer. ``what``: its address."""


class _PeerSilent(OSError):
    """The proxy says that the peer did not answer."""


def may_be_named(host: str, private: bool) -> bool:
    """Whether a proxy may be asked for ``host`` (from an address of a peer); ``private``: whether it may be a private one."""
    with suppress(UnicodeError):  # a name that is none is refused by ``reach``
        host = host.encode("idna").decode()  # as the proxy is told it: in plain digits, dots and letters
    found = _as_address(host)
    if found:
        return allowed(found, private)
    name = host.lower().rstrip(".")
    inside = "." not in name or any(name == one or name.endswith(f".{one}") for one in _INSIDE)
    return private or not inside


def _as_address(host: str) -> str:
    """The address that ``host`` is, in any of the ways in which people write one; ``""`` for a name."""
    try:
        return str(ip_address(host.rstrip(".")))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))  # 127.1, 0x7f.1, 2130706433
    except OSError:
        return ""


def reach(proxy: Proxy, host: str, port: int, until: float, ask: Ask | None = None) -> socket.socket:
    """A connection to ``host`` that the proxy made. ``until``: when (``time.monotonic``) all patience ends. ``ask``: what
    finds the addresses of the proxy's name.

    ``ProxyFailed`` for what the proxy does wrong, ``OSError`` for what it says of the peer, ``ValueError`` for a name that is none.
    """
    name = _name(host)
    try:
        held = _connect(proxy, until, ask)
    except OSError as error:
        raise ProxyFailed(str(proxy), _why(error)) from None
    talk = _Talk(held, until)
    try:
        (_by_socks if proxy.kind == SOCKS else _by_connect)(talk, name, port)
    except _PeerSilent as silent:
        held.close()
        raise OSError(f"{silent}, says {proxy}") from None
    except (OSError, ValueError) as error:
        held.close()
        raise ProxyFailed(str(proxy), _why(error)) from None
    return held


def _connect(proxy: Proxy, until: float, ask: Ask | None) -> socket.socket:
    addresses = addresses_of(proxy.host, proxy.port, _left(until), ask)[:4]
    end, trouble = min(until, time.monotonic() + CONNECT), OSError("no address")
    for number, address in enumerate(addresses):
        try:
            left = _left(end) / (len(addresses) - number)
            return socket.create_connection((address, proxy.port), left)
        except OSError as error:
            trouble = error
    raise trouble


class _Talk:
    """Few bytes to and from the proxy; ``wait``: seconds for the next answer, from when it is set."""

    def __init__(self, held: socket.socket, until: float) -> None:
        self.held, self.until = held, until
        self.wait(GREETING)

    def wait(self, seconds: float) -> None:
        self.end = min(self.until, time.monotonic() + seconds)

    def say(self, content: bytes) -> None:
        self.held.settimeout(_left(self.end))
        self.held.sendall(content)

    def hear(self, count: int) -> bytes:
        """Exactly ``count`` bytes: the next one may be the peer's."""
        heard = b""
        while len(heard) < count:
            self.held.settimeout(_left(self.end))
            some = self.held.recv(count - len(heard))
            if not some:
                raise ConnectionError("it closed the connection")
            heard += some
        return heard


def _by_socks(talk: _Talk, name: bytes | str, port: int) -> None:
    """RFC 1928: no method of authentication, the command CONNECT, the peer by name (or by address, if it is one)."""
    talk.say(b"\x05\x01\x00")
    version, method = talk.hear(2)
    if version != 5:
        raise ValueError("it speaks no SOCKS 5")
    if method != 0:
        raise ValueError("it wants a password")
    talk.wait(THROUGH)
    talk.say(b"\x05\x01\x00" + _place(name) + struct.pack(">H", port))
    version, reply, _, kind = talk.hear(4)
    if version != 5 or (not reply and kind not in (1, 3, 4)):
        raise ValueError("it speaks no SOCKS 5")
    if reply in SILENT or 0xF0 <= reply <= 0xF7:
        raise _PeerSilent(SILENT.get(reply, "no way to this onion service"))
    if reply:
        raise ValueError(OWN.get(reply, f"reply {reply}"))
    talk.hear({1: 4, 4: 16}.get(kind) or talk.hear(1)[0])
    talk.hear(2)


def _by_connect(talk: _Talk, name: bytes | str, port: int) -> None:
    """A tunnel by CONNECT. What a proxy answers from 500 on, it says of the peer: it found or reached nobody."""
    host = name.decode() if isinstance(name, bytes) else f"[{name}]" if ":" in name else name
    talk.say(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    talk.wait(THROUGH)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += talk.hear(1)
        if len(answer) > LONGEST_ANSWER:
            raise ValueError("its answer has no end")
    status = re.match(rb"HTTP/1\.[01] ([1-9][0-9]{2})\b", answer)
    if not status:
        raise ValueError("it speaks no HTTP")
    if status[1].startswith(b"5"):
        raise _PeerSilent(f"HTTP {int(status[1])}")
    if not status[1].startswith(b"2"):
        raise ValueError(f"HTTP {int(status[1])}")


def _name(host: str) -> bytes | str:
    """``host`` as the wire has it: a name as bytes, an address as text. ``ValueError`` for what is neither."""
    if found := _as_address(host):
        return found
    name = host.encode("idna")
    if not _NAME.fullmatch(name):
        raise ValueError("no name of a host")
    return name


def _place(name: bytes | str) -> bytes:
    if isinstance(name, bytes):
        return b"\x03" + bytes([len(name)]) + name
    packed = ip_address(name).packed
    return (b"\x01" if len(packed) == 4 else b"\x04") + packed


def _left(until: float, most: float = GREETING + THROUGH) -> float:
    left = min(until - time.monotonic(), most)
    if left <= 0:
        raise TimeoutError("too slow")
    return left


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "too slow"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)[:200]
