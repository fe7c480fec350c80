"""HTTP requests to an engine over a small pool of kept-alive connections.

Rules: each request has one deadline for all of it (connecting aside), so an engine that dies or dawdles can never hang
us; an answer has a largest size; a connection found closed is replaced before anything is sent on it; nothing is sent
twice. Errors: ``Unreachable``; an answer of any status is returned: what it means is the caller's matter.
"""

from __future__ import annotations

import http.client
import io
import json
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import IO, Any, cast

from polder.kernel.problem import Unreachable
from polder.world.docker.address import Place, SshPlace
from polder.world.docker.dial import Line, dial

VERSION = "/v1.41"
LIMIT = 30.0
"""Seconds that one ordinary request may take."""
LARGEST = 512 * 2**20
"""Bytes of answer; the tasks of ten thousand services are about a tenth of it."""
CUT = "the connection was cut before the answer came; did the engine stop?"
LEADERLESS = "the swarm has no leader now: more than half of its managers must hear one another, and choosing takes seconds"
WITHOUT_LEADER = ("does not have a leader", "lost leader status", "code = DeadlineExceeded")
"""What Swarm's managers say while too few of them hear one another."""
MOST = 16
MOST_BY_SSH = 4
"""Connections open at once. An sshd turns new ones away when about ten log in at the same time (``MaxStartups``)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is raw; ``json`` reads it. ``now`` is the engine's clock when it answered (seconds since 1970)."""

    status: int
    body: bytes
    now: float = 0.0

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    def message(self) -> str:
        """The engine's own words about what went wrong."""
        try:
            found = json.loads(self.body)["message"]
        except (ValueError, KeyError, TypeError):
            found = self.body[:500].decode(errors="replace")
        return str(found).strip()


class Watched(io.RawIOBase):
    """A socket whose every read and write ends at ``deadline`` (monotonic seconds); what http.client is given to use."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.deadline = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._hurry()
        return self.line.recv_into(buffer)

    def sendall(self, data: Any) -> None:
        self._hurry()
        self.line.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BufferedReader(_Shared(self), 65536)

    def _hurry(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.line.settimeout(left)


class _Shared(io.RawIOBase):
    """A view of a ``Watched`` that can be closed after one answer without closing the connection."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.watched.readinto(buffer)


class _Connection(http.client.HTTPConnection):
    def __init__(self, line: Line) -> None:
        super().__init__("polder")
        self.auto_open = 0
        self.line = line
        self.watched = Watched(line.socket)
        self.sock = cast("socket.socket", self.watched)

    def is_stale(self) -> bool:
        """An idle connection with something to read has been closed by the other end."""
        waiting = select.poll()
        waiting.register(self.line.socket, select.POLLIN)
        return bool(waiting.poll(0))

    def hang_up(self) -> None:
        self.line.hang_up()


class Wire:
    """Requests to the engine at ``place``; safe to use from many threads at once."""

    def __init__(self, place: Place, what: str) -> None:
        self.place, self.what = place, what
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()
        self._given_up = False
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(MOST_BY_SSH if isinstance(place, SshPlace) else MOST)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        limit: float = LIMIT,
        largest: int = LARGEST,
    ) -> Answer:
        """One request; ``body`` is sent as JSON. ``path`` begins after the version."""
        sent = None if body is None else json.dumps(body).encode()
        with self.stream(method, path, sent, limit=limit) as response:
            answer = Answer(response.status, _read_all(response, largest, self.what), _clock(response))
        if answer.status >= 500 and any(words in answer.message() for words in WITHOUT_LEADER):
            raise Unreachable(self.what, LEADERLESS)
        return answer

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        body: bytes | IO[bytes] | None,
        *,
        headers: dict[str, str] | None = None,
        limit: float = LIMIT,
    ) -> Iterator[http.client.HTTPResponse]:
        """One request whose answer is read as it comes; the connection is kept only when it was read to its end."""
        self._turns.acquire()
        kept, connection = False, self._take_or_pass_on()
        try:
            connection.watched.deadline = time.monotonic() + limit
            response = self._send(connection, method, path, body, headers)
            yield response
            kept = response.isclosed() and not response.will_close
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(self.what, _why(error, connection.line, limit)) from None
        finally:
            self._give_back(connection, kept)

    def close(self) -> None:
        """Nothing is asked any more, and nobody waits for what still is."""
        self.give_up()
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.hang_up()

    def _send(
        self,
        connection: _Connection,
        method: str,
        path: str,
        body: bytes | IO[bytes] | None,
        headers: dict[str, str] | None,
    ) -> http.client.HTTPResponse:
        given = {"Content-Type": "application/json"} if isinstance(body, bytes) else {}
        chunked = body is not None and not isinstance(body, bytes)
        if chunked:
            given["Transfer-Encoding"] = "chunked"
        try:
            connection.request(method, VERSION + path, body, given | (headers or {}), encode_chunked=chunked)
        except (BrokenPipeError, ConnectionResetError):
            if not chunked:
                raise
        # An engine that refuses a long upload answers and stops listening: its reason is waiting to be read.
        return connection.getresponse()

    def give_up(self) -> None:
        """Whatever is still asked, nobody waits for it any more: every request ends with ``Unreachable`` at once."""
        with self._lock:
            self._given_up = True
            busy = list(self._busy)
        for connection in busy:
            with suppress(OSError):  # only closed, it would not wake whoever reads from it
                connection.line.socket.shutdown(socket.SHUT_RDWR)
            connection.hang_up()

    def _take(self) -> _Connection:
        connection = self._find()
        with self._lock:
            if not self._given_up:
                self._busy.add(connection)
                return connection
        connection.hang_up()
        raise Unreachable(self.what, CUT)

    def _find(self) -> _Connection:
        while True:
            if self._given_up:
                raise Unreachable(self.what, CUT)
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return _Connection(dial(self.place))
            if not connection.is_stale():
                return connection
            connection.hang_up()

    def _take_or_pass_on(self) -> _Connection:
        try:
            return self._take()
        except BaseException:
            self._turns.release()
            raise

    def _give_back(self, connection: _Connection, keep: bool) -> None:
        with self._lock:
            self._busy.discard(connection)
            if keep := keep and not self._given_up:
                self._idle.append(connection)
        if not keep:
            connection.hang_up()
        self._turns.release()


def _clock(response: http.client.HTTPResponse) -> float:
    date = response.headers.get("Date", "")
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return time.time()


def _read_all(response: http.client.HTTPResponse, largest: int, what: str) -> bytes:
    if response.length is None and not response.chunked:
        # The engine always says where an answer ends; without that, one cut short would look whole.
        raise Unreachable(what, CUT)
    if (response.length or 0) > largest:
        raise Unreachable(what, "the answer is too large to be an engine's")
    body = response.read(largest + 1) if response.length is None else response.read()
    if len(body) > largest:
        raise Unreachable(what, "the answer is too large to be an engine's")
    return body


def _why(error: Exception, line: Line, limit: float) -> str:
    if isinstance(error, TimeoutError):
        return f"the engine did not answer within {limit:g} seconds"
    if words := line.last_words():
        return words
    if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead | ConnectionError):
        return CUT
    if isinstance(error, http.client.HTTPException):
        return "what answered does not speak HTTP"
    return getattr(error, "strerror", None) or str(error)
