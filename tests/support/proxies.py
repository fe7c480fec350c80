"""A proxy on loopback that speaks SOCKS 5 or CONNECT as it should, or slowly, falsely, not at all."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from polder.kernel.proxy import Proxy

Talk = Callable[[socket.socket, "Proxying"], None]


class Proxying:
    """``places``: name to the port on loopback where it is; ``asked``: ``NAME:PORT`` of each request, as it came. For a ``with`` block."""

    def __init__(self, talk: Talk, places: Mapping[str, int] | None = None) -> None:
        self.talk, self.places = talk, dict(places or {})
        self.asked: list[str] = []
        self.closing = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self.server.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def socks(self) -> Proxy:
        return Proxy("socks5h", "127.0.0.1", self.port)

    @property
    def http(self) -> Proxy:
        return Proxy("http", "127.0.0.1", self.port)

    def __enter__(self) -> Proxying:
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while not self.closing.is_set():
                held, _ = self.server.accept()
                threading.Thread(target=self._one, args=(held,), daemon=True).start()

    def _one(self, held: socket.socket) -> None:
        with held, suppress(OSError):
            held.settimeout(10)
            self.talk(held, self)


def exactly(held: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count:
        some = held.recv(count - len(heard))
        if not some:
            raise ConnectionError
        heard += some
    return heard


def asked_by_socks(held: socket.socket, proxy: Proxying) -> tuple[str, int]:
    """The greeting and the request (RFC 1928); the host as it was sent and its port."""
    exactly(held, exactly(held, 2)[1])
    held.sendall(b"\x05\x00")
    kind = exactly(held, 4)[3]
    if kind == 3:
        host = exactly(held, exactly(held, 1)[0]).decode()
    else:
        packed = exactly(held, 4 if kind == 1 else 16)
        host = socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, packed)
    port = struct.unpack(">H", exactly(held, 2))[0]
    proxy.asked.append(f"{host}:{port}")
    return host, port


def socks(held: socket.socket, proxy: Proxying) -> None:
    """As it should be; a name without a place is “host unreachable”."""
    host, _ = asked_by_socks(held, proxy)
    if host not in proxy.places:
        held.sendall(b"\x05\x04\x00\x01" + b"\0" * 6)
        return
    with socket.create_connection(("127.0.0.1", proxy.places[host])) as other:
        held.sendall(b"\x05\x00\x00\x03\x05where" + b"\0\x50")
        carry(held, other)


def asked_by_connect(held: socket.socket, proxy: Proxying) -> str:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += exactly(held, 1)
    method, place, _ = head.split(b"\r\n")[0].split(b" ")
    assert method == b"CONNECT"
    proxy.asked.append(place.decode())
    return place.decode().rpartition(":")[0].strip("[]")


def connect(held: socket.socket, proxy: Proxying) -> None:
    """As it should be; a name without a place is “bad gateway”."""
    host = asked_by_connect(held, proxy)
    if host not in proxy.places:
        held.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        return
    with socket.create_connection(("127.0.0.1", proxy.places[host])) as other:
        held.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 us\r\n\r\n")
        carry(held, other)


def carry(one: socket.socket, other: socket.socket) -> None:
    """Bytes both ways until either ends."""

    def copy(from_: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while some := from_.recv(65_536):
                to.sendall(some)
        with suppress(OSError):
            to.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join(10)


def says(*replies: bytes, every: float = 0) -> Talk:
    """Each message that is heard is answered with the next of ``replies``; byte by byte when ``every`` (seconds) is given.
    Then the connection is held open in silence."""

    def talk(held: socket.socket, proxy: Proxying) -> None:
        for reply in replies:
            held.recv(4096)
            for one in [bytes([byte]) for byte in reply] if every else [reply]:
                held.sendall(one)
                if every and proxy.closing.wait(every):
                    return
        proxy.closing.wait(10)

    return talk
