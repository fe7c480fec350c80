"""Fetch files of peers: little, slowly or badly answered, and from nowhere it should not.

The standard library's ``http.client`` on connections of our own making: urllib3 and httpx resolve names and connect themselves, so that
what was looked at before would not be what is connected to, and their time limits begin anew with each byte.

1. The name is resolved once; private, loopback, link-local, multicast and other addresses that are not of the public Internet are
   left out unless the peer may have such; the connection goes to the address that was looked at. TLS is verified for the name.
2. 6 s to find where a name leads, 3 s to connect, 5 s of silence, and a deadline for the whole file: a slow drip ends.
3. An answer has at most as many bytes as were signed for (or the role's most), and what it is wrapped in (headers, chunks) not many more:
   ``http.client`` takes a chunk of a negative length for one without end.
4. No redirects, cookies, compression, or proxies of the environment. ``404`` (and ``403``, which some stores of files say instead)
   means that there is no such file; anything but ``200`` is trouble that may pass.
5. One connection for each source, kept open from file to file.
6. Through a proxy that network.yml names, the same holds, with three times the patience: TLS is verified for the peer's name, and the
   proxy resolves it, so that rule 1 can only look at what is written (``world.proxy``). A name in ``.onion`` is asked of no DNS.
"""

from __future__ import annotations

import io
import math
import re
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, NoReturn
from urllib.parse import urlsplit

from polder.kernel.problem import Problem, Refused, Unreachable
from polder.kernel.proxy import Proxy, knows
from polder.world.addresses import allowed
from polder.world.proxy import may_be_named, reach
from polder.world.resolve import Ask, addresses_of

CONNECT, SILENCE, PATIENCE, SLOWEST, PROXIED = 3.0, 5.0, 10.0, 20_000, 3
"""Seconds to connect, seconds without a byte, seconds for any file, and bytes a second that a large one must come with; how much longer
the second and the third may be through a proxy."""
WRAPPED = 65_536
"""Bytes of one answer besides twice those that were asked for: its headers, or a page of regret."""
MISSING = (404, 403)
_NO_NAME = re.compile(r"[\x00-\x20\x7f]")
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "polder"}


@dataclass(frozen=True, slots=True)
class Answer:
    """``content``: ``None`` when there is no such file. ``date``: what the server says the time is (nobody signed that)."""

    content: bytes | None
    date: datetime | None


class Source:
    """One address of a peer's folder (``http://…/`` or ``https://…/``). ``until``: when (``time.monotonic``) all patience
    ends. ``ask``: what finds the addresses of a name, the machine's own resolver unless given. Use it in a ``with`` block; ``requests``
    and ``received`` count. Refused: ``sync.bad-address``, ``sync.onion-needs-proxy``."""

    def __init__(
        self,
        url: str,
        private: bool = False,
        until: float = math.inf,
        proxy: Proxy | None = None,
        ask: Ask | None = None,
    ) -> None:
        self.url, self.private, self.until, self.requests, self.received = url, private, until, 0, 0
        self.proxy, self._longer, self.ask = proxy, PROXIED if proxy else 1, ask
        self._secure, self._host, self._port, self._base = _taken_apart(url)
        if not knows(proxy, url):
            raise Refused(Problem("sync.onion-needs-proxy", url))
        self._wire: _Wire | None = None
        self._http = HTTPConnection(self._host, self._port)
        self._http.default_port = 443 if self._secure else 80
        self._http.auto_open = 0
        self._answered = False

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def again(self) -> Source:
        """Another one like it, with a connection of its own."""
        return Source(self.url, self.private, self.until, self.proxy, self.ask)

    def close(self) -> None:
        self._http.close()
        if self._wire:
            self._wire.shut()
        self._wire = None

    def get(self, name: str, limit: int) -> Answer:
        """The file ``name`` below the address, of ``limit`` bytes at most.

        ``Refused``: ``sync.redirected``, ``sync.endless``, ``sync.encoded``, ``sync.private-address``. ``Unreachable``: all that may pass,
        ``world.proxy.ProxyFailed`` where it is the proxy's fault.
        """
        until = min(self.until, time.monotonic() + PATIENCE * self._longer + limit / SLOWEST)
        kept = self._wire is not None
        try:
            return self._get(name, limit, until)
        except Unreachable:
            if not kept or self._answered:
                raise
        return self._get(name, limit, until)  # the server had closed the connection that was kept

    def _get(self, name: str, limit: int, until: float) -> Answer:
        done, self._answered = False, False
        self.requests += 1
        try:
            answer = self._ask(name, limit, until)
            done = self._http.sock is not None
            return answer
        except _NoEnd:
            self._refuse("sync.endless", name, limit=limit)
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(self.url + name, _reason(error)) from None
        finally:
            if not done:
                self.close()

    def _ask(self, name: str, limit: int, until: float) -> Answer:
        if self._wire is None:
            self._wire = self._http.sock = self._connect(until)
        self._wire.until, self._wire.room = until, WRAPPED + 2 * limit
        self._http.request("GET", self._base + name, headers=HEADERS)
        with self._http.getresponse() as response:
            self._answered = True
            return self._read(response, name, limit)

    def _read(self, response: HTTPResponse, name: str, limit: int) -> Answer:
        date = _date(response.getheader("Date"))
        to = (response.getheader("Location") or "")[:200]
        if 300 <= response.status < 400 and response.status != 304 and to:
            self._refuse("sync.redirected", name, to=to)
        if response.status in MISSING:
            self._skip(response)
            return Answer(None, date)
        if response.status != 200:
            raise Unreachable(self.url + name, f"HTTP {response.status}")
        if (response.getheader("Content-Encoding") or "identity") != "identity":
            self._refuse("sync.encoded", name)
        if (response.length or 0) > limit:
            self._refuse("sync.endless", name, limit=limit)
        content = response.read(limit + 1)
        self.received += len(content)
        if len(content) > limit:
            self._refuse("sync.endless", name, limit=limit)
        if response.length:  # it promised more than it sent
            raise Unreachable(self.url + name, "cut short")
        return Answer(content, date)

    def _skip(self, response: HTTPResponse) -> None:
        """Read a short page of a server's past, so that the connection can be kept."""
        self.received += len(response.read(16_384))
        if not response.isclosed():
            self._http.close()

    def _connect(self, until: float) -> _Wire:
        if self.proxy:
            if not may_be_named(self._host, self.private):
                raise Refused(Problem("sync.private-address", self.url, {"address": self._host}))
            return self._held(reach(self.proxy, self._host, self._port, until, self.ask), until)
        addresses = self._addresses(until)
        begun, trouble = time.monotonic(), OSError("no address")
        for number, address in enumerate(addresses):
            left = min(CONNECT - (time.monotonic() - begun), until - time.monotonic())
            try:
                return self._connect_to(address, max(0.1, left / (len(addresses) - number)), until)
            except OSError as error:
                trouble = error
        raise trouble

    def _connect_to(self, address: Any, seconds: float, until: float) -> _Wire:
        return self._held(socket.create_connection(address, seconds), until)

    def _held(self, plain: socket.socket, until: float) -> _Wire:
        """The connection, with TLS where the address says so: the handshake as a whole ends after so many seconds."""
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(SILENCE * self._longer)
        try:
            held = _tls().wrap_socket(plain, server_hostname=self._host) if self._secure else plain
        except BaseException:
            plain.close()
            raise
        return _Wire(held, until, SILENCE * self._longer)

    def _addresses(self, until: float) -> list[tuple[str, int]]:
        """Where to connect to, at most four; what may not be reached is not among them."""
        every = addresses_of(self._host, self._port, until - time.monotonic(), self.ask)
        good = [(one, self._port) for one in every if allowed(one, self.private)]
        if not good:
            raise Refused(Problem("sync.private-address", self.url, {"address": every[0] if every else ""}))
        return good[:4]

    def _refuse(self, code: str, name: str, **values: str | int) -> NoReturn:
        raise Refused(Problem(code, self.url + name, values))


class _NoEnd(Exception):
    """More came than any answer to what was asked for has."""


class _Wire:
    """An open connection as ``http.client`` wants one, whose every wait ends at ``until``, and which hands on ``room`` bytes at most. Only
    ``shut`` closes it."""

    def __init__(self, held: socket.socket, until: float, silence: float) -> None:
        self.held, self.until, self.silence, self.room = held, until, silence, WRAPPED

    def sendall(self, data: Any) -> None:
        self.held.settimeout(self.left())
        self.held.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """``http.client`` is done with it before the answer is read."""

    def shut(self) -> None:
        with suppress(OSError):
            self.held.close()

    def left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("too slow")
        return min(self.silence, left)


class _Reader(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self.wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.wire.held.settimeout(self.wire.left())
        count = self.wire.held.recv_into(buffer)
        self.wire.room -= count
        if self.wire.room < 0:
            raise _NoEnd
        return count


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _taken_apart(url: str) -> tuple[bool, str, int, str]:
    """Whether it is TLS, host, port and path of an address. Refused (``sync.bad-address``)."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    host = parts.hostname or ""
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.username is not None
        or _NO_NAME.search(host)
    ):
        raise Refused(Problem("sync.bad-address", "", {"url": url[:200]}))
    return (
        parts.scheme == "https",
        host,
        port,
        parts.path if parts.path.endswith("/") else parts.path + "/",
    )


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "too slow"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)[:200]
