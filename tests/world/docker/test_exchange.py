"""Answers as engines, proxies and strangers write them, read over a pair of sockets."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.world.docker.dial import Line
from polder.world.docker.exchange import Connection, CutShort, Response, Strange

OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def a_connection() -> Iterator[tuple[Connection, socket.socket]]:
    ours, theirs = socket.socketpair()
    connection = Connection(Line(ours, ours.close, lambda: ""))
    connection.deadline = time.monotonic() + 5
    with ours, theirs:
        yield connection, theirs


def answered(answer: bytes, *, ends: bool = False) -> tuple[Response, bytes]:
    """The answer with its body, and whether the connection ended after it."""
    with a_connection() as (connection, theirs):
        theirs.sendall(answer)
        if ends:
            theirs.shutdown(socket.SHUT_WR)
        response = connection.receive()
        return response, response.read()


def test_a_body_of_known_length():
    response, body = answered(OK + b"Content-Length: 2\r\nDate: today\r\n\r\n{}")
    assert (response.status, response.headers["date"], body, response.reusable) == (200, "today", b"{}", True)


def test_a_body_in_chunks_with_extensions_and_trailers():
    chunks = b"3;quality=good\r\nabc\r\n0a\r\n0123456789\r\n0\r\nSum: 13\r\n\r\n"
    response, body = answered(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert (body, response.reusable) == (b"abc0123456789", True)


def test_a_body_that_ends_with_the_connection():
    response, body = answered(OK + b"\r\nall of it", ends=True)
    assert (body, response.reusable) == (b"all of it", False)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_that_has_no_body(status):
    response, body = answered(b"HTTP/1.1 " + status + b"\r\n\r\n")
    assert (body, response.reusable) == (b"", True)


def test_an_answer_announced_by_others_is_the_one_that_counts():
    response, body = answered(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx")
    assert (response.status, body) == (200, b"x")


@pytest.mark.parametrize(
    "head", [b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n", OK + b"Connection: Close\r\nContent-Length: 1\r\n"]
)
def test_a_connection_that_will_be_closed_is_not_used_again(head):
    response, body = answered(head + b"\r\nx")
    assert (body, response.reusable) == (b"x", False)


def test_a_connection_on_which_something_came_after_the_answer_is_not_used_again():
    with a_connection() as (connection, theirs):
        theirs.sendall(OK + b"Content-Length: 1\r\n\r\nxy")
        assert connection.receive().read() == b"x"
        assert connection.is_stale()


def test_an_answer_that_was_not_read_to_its_end_leaves_the_connection_unusable():
    with a_connection() as (connection, theirs):
        theirs.sendall(OK + b"Content-Length: 4\r\n\r\n{  }")
        response = connection.receive()
        assert (response.read(2), response.reusable) == (b"{ ", False)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 99 Odd\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: two\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
        OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        OK + b"X: y\r\n" * 20_000 + b"\r\n",
    ],
    ids=lambda answer: answer[:40].decode(),
)
def test_what_is_no_answer_is_strange(answer):
    with pytest.raises(Strange):
        answered(answer, ends=True)


def test_an_answer_cut_anywhere_is_cut_short():
    answer = OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
    assert answered(answer)[1] == b"abcd"
    for kept in range(len(answer)):
        with pytest.raises(CutShort):
            answered(answer[:kept], ends=True)


def test_no_wait_is_longer_than_the_deadline():
    with a_connection() as (connection, theirs):
        connection.deadline = time.monotonic() + 0.2
        theirs.sendall(OK)
        with pytest.raises(TimeoutError):
            connection.receive()
        with pytest.raises(TimeoutError):
            connection.send("GET", "/info", None, {})


@pytest.mark.parametrize("path", ["/a b", "/a\r\nX: y", "/é", ""])
def test_nothing_but_a_path_is_sent_as_one(path):
    with a_connection() as (connection, _), pytest.raises(ValueError, match="not a path"):
        connection.send("GET", path, None, {})


def sent(method: str, body: bytes | io.BytesIO | None) -> bytes:
    with a_connection() as (connection, theirs):
        connection.send(method, "/x", body, {"Content-Type": "text/plain"})
        connection.line.socket.shutdown(socket.SHUT_WR)
        return theirs.makefile("rb").read()


def test_requests_are_written_as_the_standard_says():
    head = b"/x HTTP/1.1\r\nHost: polder\r\nContent-Type: text/plain\r\n"
    assert sent("GET", None) == b"GET " + head + b"\r\n"
    assert sent("POST", None) == b"POST " + head + b"Content-Length: 0\r\n\r\n"
    assert sent("POST", b"{}") == b"POST " + head + b"Content-Length: 2\r\n\r\n{}"
    chunked = b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
    assert sent("POST", io.BytesIO(b"body")) == b"POST " + head + chunked


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=3000), max_size=8), st.integers(1, 200), st.booleans())
def test_a_body_is_the_same_however_it_is_cut_into_chunks_and_packets(pieces, packet, chunked):
    body = b"".join(pieces)
    if chunked:
        cut = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in pieces)
        answer = OK + b"Transfer-Encoding: chunked\r\n\r\n" + cut + b"0\r\n\r\n"
    else:
        answer = OK + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    with a_connection() as (connection, theirs):

        def drip() -> None:
            for at in range(0, len(answer), packet):
                theirs.sendall(answer[at : at + packet])

        threading.Thread(target=drip, daemon=True).start()
        response = connection.receive()
        assert response.read() == body
        assert response.reusable


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.binary(max_size=300).map(lambda line: line.replace(b"\n", b"")), max_size=8),
    st.integers(1, 90),
)
def test_lines_are_the_same_however_they_are_cut_into_chunks(lines, size):
    body = b"\n".join(lines)
    cut = b"".join(
        b"%x\r\n%b\r\n" % (len(body[at : at + size]), body[at : at + size])
        for at in range(0, len(body), size)
    )
    with a_connection() as (connection, theirs):
        theirs.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n" + cut + b"0\r\n\r\n")
        response = connection.receive()
        found = []
        while line := response.readline(1 << 20):
            found.append(line)
        assert b"".join(found) == body
        assert all(line.endswith(b"\n") for line in found[:-1])
        assert response.reusable
