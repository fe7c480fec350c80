"""What becomes of a request when the other end is missing, slow, dying, strange or huge."""

import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from polder.kernel.engine import CreateSecret
from polder.kernel.problem import Unreachable
from polder.kernel.secret import Secret
from polder.world.docker.address import UnixPlace
from polder.world.docker.http import open_engine
from polder.world.docker.wire import Wire

Serve = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def an_engine_that(serve: Serve, folder: Path) -> Iterator[Path]:
    """A socket at which every connection gets ``serve``."""
    path = folder / "engine.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def accept() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield path
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def say(answer: bytes) -> Serve:
    def serve(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(answer)
        line.close()

    return serve


def why(path: Path, **options) -> str:
    with pytest.raises(Unreachable) as away:
        Wire(UnixPlace(str(path)), "the engine").ask("GET", "/info", **options)
    return away.value.why


def test_no_socket_is_said(tmp_path):
    assert "no such socket" in why(tmp_path / "none.sock")


def test_a_socket_that_nobody_listens_on_is_said(tmp_path):
    path = tmp_path / "dead.sock"
    socket.socket(socket.AF_UNIX).bind(str(path))
    assert "nothing listens" in why(path)


def test_an_engine_that_never_answers_ends_at_the_limit(tmp_path):
    with an_engine_that(lambda line: time.sleep(5), tmp_path) as path:
        began = time.monotonic()
        assert "within 0.3 seconds" in why(path, limit=0.3)
        assert time.monotonic() - began < 2


def test_an_engine_that_drips_ends_at_the_limit_too(tmp_path):
    def drip(line: socket.socket) -> None:
        line.sendall(OK + b"Content-Length: 1000\r\n\r\n")
        for _ in range(50):
            time.sleep(0.1)
            with suppress(BrokenPipeError):
                line.sendall(b"x")

    with an_engine_that(drip, tmp_path) as path:
        began = time.monotonic()
        assert "within 0.5 seconds" in why(path, limit=0.5)
        assert time.monotonic() - began < 2


def test_an_engine_that_drips_its_headers_ends_at_the_limit_too(tmp_path):
    def drip(line: socket.socket) -> None:
        for letter in OK + b"X: " + b"x" * 50:
            time.sleep(0.05)
            with suppress(BrokenPipeError):
                line.sendall(bytes([letter]))

    with an_engine_that(drip, tmp_path) as path:
        assert "within 0.5 seconds" in why(path, limit=0.5)


@pytest.mark.parametrize(
    "answer",
    [b"", OK, OK + b"Content-Length: 100\r\n\r\n{", OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"],
)
def test_an_engine_that_dies_in_the_middle_is_unreachable(answer, tmp_path):
    with an_engine_that(say(answer), tmp_path) as path:
        assert why(path)


def test_something_that_speaks_no_http_is_said(tmp_path):
    with an_engine_that(say(b"SSH-2.0-OpenSSH\r\n"), tmp_path) as path:
        assert why(path) == "what answered does not speak HTTP"


@pytest.mark.parametrize(
    "head", [b"Content-Length: 5000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1388\r\n"]
)
def test_an_answer_that_is_too_large_is_not_read(head, tmp_path):
    with an_engine_that(say(OK + head + b"x" * 5000), tmp_path) as path:
        assert "too large" in why(path, largest=1000)


def test_a_connection_that_was_closed_meanwhile_is_replaced(tmp_path):
    closed = threading.Event()

    def answer_and_close(line: socket.socket) -> None:
        say(OK + b"Content-Length: 2\r\n\r\n{}")(line)
        closed.set()

    with an_engine_that(answer_and_close, tmp_path) as path:
        wire = Wire(UnixPlace(str(path)), "the engine")
        for _ in range(3):
            assert wire.ask("GET", "/x").json() == {}
            assert closed.wait(10)
            closed.clear()
        wire.close()


def test_nothing_is_sent_twice(tmp_path):
    received: list[bytes] = []

    def die(line: socket.socket) -> None:
        received.append(line.recv(65536))
        line.close()

    with an_engine_that(die, tmp_path) as path, pytest.raises(Unreachable):
        Wire(UnixPlace(str(path)), "the engine").ask("POST", "/services/create", {})
    assert len(received) == 1


def test_the_engine_that_dies_while_a_secret_is_sent_leaves_no_trace_of_it(tmp_path):
    value = "tide-table-of-1953"
    with an_engine_that(lambda line: line.close(), tmp_path) as path:
        engine = open_engine(f"unix://{path}")
        values = {"key": Secret(value)}
        with pytest.raises(Unreachable) as away:
            engine.run(CreateSecret("key", {}, "key"), values)
    told = "".join(traceback.TracebackException.from_exception(away.value, capture_locals=True).format())
    shown = [line for line in told.splitlines() if "tide" in line or "dGlkZS10" in line]
    assert [line for line in shown if line != f"    value = '{value}'"] == []
