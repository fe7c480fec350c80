"""One request and its answer over one connection: as much of HTTP/1.1 (RFC 9112) as an engine speaks.

For: starting quickly. The standard library's client brings the readers of mail and TLS with it, which take longer to import than a
look at an engine takes. Rules: every read and write ends at the connection's deadline; a head has a largest size; what does not
look like an answer is ``Strange``, one that ends too early ``CutShort``; a connection may be used again only when its
answer was read to the end, nothing came after it, and the engine did not say that it would close.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any, Protocol

from polder.world.docker.dial import Line

HEAD = 65536
"""Bytes that a status line with its headers may take."""
BLOCK, LARGE = 1 << 16, 1 << 20
"""Bytes read at once: usually, and of a body that is known to be long."""
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: .*)?")
_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?")
_PATH = re.compile(r"[\x21-\x7e]+")
_WITHOUT_BODY = (204, 304)


class Strange(Exception):
    """What answered does not speak HTTP."""


class CutShort(ConnectionError):
    """The connection ended before the answer did."""


class Connection:
    """``deadline`` (monotonic seconds) is set before each request."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.deadline = 0.0
        self.reader = Reader(self)

    def is_stale(self) -> bool:
        """An idle connection with something to read has been closed by the other end."""
        waiting = select.poll()
        waiting.register(self.line.socket, select.POLLIN)
        return bool(not self.reader.idle or waiting.poll(0))

    def hang_up(self) -> None:
        self.line.hang_up()

    def in_time(self) -> socket.socket:
        """The socket, whose next wait ends at the deadline."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.line.socket.settimeout(left)
        return self.line.socket

    def send(
        self, method: str, path: str, body: bytes | IO[bytes] | None, headers: Mapping[str, str]
    ) -> None:
        """A request; a file is sent in chunks, as it is read."""
        if not _PATH.fullmatch(path):
            raise ValueError("not a path")
        whole = b"" if body is None else body if isinstance(body, bytes) else None
        told = {"Host": "polder", **headers}
        if whole is None:
            told["Transfer-Encoding"] = "chunked"
        elif whole or method != "GET":
            told["Content-Length"] = str(len(whole))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        self.in_time().sendall("\r\n".join([*lines, "", ""]).encode("ascii") + (whole or b""))
        if whole is None:
            for chunk in _chunks(body):
                self.in_time().sendall(chunk)

    def receive(self) -> Response:
        """The head of the answer; those that only say that another one follows (1xx) are skipped."""
        while True:
            found = _STATUS.fullmatch(self.reader.line(HEAD))
            if not found:
                raise Strange
            headers = self._headers()
            if found[2][0] != ord("1"):
                return Response(self.reader, int(found[2]), headers, old=found[1] == b"0")

    def _headers(self) -> dict[str, str]:
        """Until the empty line; names in lower case."""
        found: dict[str, str] = {}
        for line in self.reader.head(HEAD).splitlines():
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon:
                raise Strange
            found[name.lower()] = value.strip()
        return found


class Deadlined(Protocol):
    """What a ``Reader`` reads from."""

    def in_time(self) -> socket.socket: ...


class Reader:
    """Bytes as they come, with what came early ``held`` from place ``at`` on."""

    def __init__(self, source: Deadlined) -> None:
        self.source = source
        self.held, self.at = b"", 0

    @property
    def idle(self) -> bool:
        """Nothing came early."""
        return self.at == len(self.held)

    def line(self, most: int) -> bytes:
        """Up to the next line's end, which is left out."""
        found = b""
        while True:
            if self.idle and not self._fill():
                raise CutShort
            end = self.held.find(b"\n", self.at)
            found += self.held[self.at : end if end >= 0 else len(self.held)]
            self.at = end + 1 or len(self.held)
            if len(found) > most:
                raise Strange
            if end >= 0:
                return found.removesuffix(b"\r")

    def head(self, most: int) -> bytes:
        """Lines up to an empty one, which is left out. As a rule they come all at once."""
        end = self.held.find(b"\r\n\r\n", max(self.at - 2, 0))
        if 0 <= end <= self.at + most:
            found, self.at = self.held[self.at : end], end + 4
            return found
        found = b""
        while line := self.line(most - len(found)):
            found += line + b"\n"
        return found

    def some(self, most: int) -> bytes:
        """What is there, at most ``most`` bytes, at least one; nothing at the end."""
        if self.idle and not self._fill(most):
            return b""
        found = self.held[self.at : self.at + most]
        self.at += len(found)
        return found

    def _fill(self, most: int = BLOCK) -> bool:
        self.held, self.at = self.source.in_time().recv(max(BLOCK, min(most, LARGE))), 0
        return bool(self.held)


class Response:
    """``length`` is what the head says of the body, ``None`` when it does not. Read by ``read`` or ``readline``."""

    def __init__(self, reader: Reader, status: int, headers: Mapping[str, str], *, old: bool = False) -> None:
        self.status, self.headers = status, headers
        self._closes = old or "close" in headers.get("connection", "").lower()
        self.chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        said = headers.get("content-length", "")
        if said and not (said.isascii() and said.isdigit()):
            raise Strange
        self.length = 0 if status in _WITHOUT_BODY else int(said) if said and not self.chunked else None
        self._reader = reader
        self._left = self.length or 0
        self._early = b""
        self.ended = self.length == 0

    @property
    def reusable(self) -> bool:
        """Whether another request may follow on the connection."""
        return self.ended and not self._closes and (self.chunked or self.length is not None)

    def read(self, most: int | None = None) -> bytes:
        """The rest of the body, or at most ``most`` bytes of it."""
        parts, length = [self._early], len(self._early)
        while (most is None or length < most) and (
            part := self._some(LARGE if most is None else most - length)
        ):
            parts.append(part)
            length += len(part)
        whole = b"".join(parts)
        self._early = b"" if most is None else whole[most:]
        return whole if most is None else whole[:most]

    def readline(self, most: int) -> bytes:
        """The next line with its end, at most ``most`` bytes of it."""
        found = self._early
        while b"\n" not in found and len(found) < most and (part := self._some(BLOCK)):
            found += part
        at = min(found.find(b"\n") + 1 or len(found), most)
        self._early = found[at:]
        return found[:at]

    def _some(self, most: int) -> bytes:
        """The next bytes of the body; nothing at its end."""
        if self.chunked and not self.ended and not self._left:
            self._next_chunk()
        if self.ended:
            return b""
        bounded = self.chunked or self.length is not None
        found = self._reader.some(min(most, self._left) if bounded else most)
        if not bounded:
            self.ended = not found
        elif not found:
            raise CutShort
        else:
            self._left -= len(found)
            self._end_of_piece()
        return found

    def _next_chunk(self) -> None:
        size = _SIZE.fullmatch(self._reader.line(HEAD))
        if not size:
            raise Strange
        self._left = int(size[1], 16)
        if not self._left:
            while self._reader.line(HEAD):
                pass
            self.ended = True

    def _end_of_piece(self) -> None:
        """A body of known length ends with its last byte, a chunk with an empty line."""
        if self._left:
            return
        if not self.chunked:
            self.ended = True
        elif self._reader.line(HEAD):
            raise Strange


def _chunks(body: Any) -> Iterator[bytes]:
    while block := body.read(BLOCK):
        yield b"%x\r\n%b\r\n" % (len(block), block)
    yield b"0\r\n\r\n"
