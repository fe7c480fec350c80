"""Fetching from peers: where it may go, how much it takes, how long it waits."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from polder.kernel.problem import Refused, Unreachable
from polder.world import fetch
from polder.world.addresses import allowed
from polder.world.fetch import Source
from support.web import Web, drip, endless, page, redirect, silent, status


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({"a.json": b"12345", "b.json": b"{}"}) as web:
        yield web


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(fetch, "PATIENCE", 0.6)
    monkeypatch.setattr(fetch, "SILENCE", 0.3)


def refusal(source: Source, name: str, limit: int = 100) -> str:
    with pytest.raises(Refused) as refused:
        source.get(name, limit)
    return refused.value.problems[0].code


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
        "2001:db8::1", "2001::1", "nonsense",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet_are_left_alone(address):
    assert not allowed(address, private=False)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "64:ff9b::909:909", "::ffff:9.9.9.9"])
def test_public_addresses_are_reached(address):
    assert allowed(address, private=False)


def test_a_peer_that_may_be_private_may_not_be_everybody():
    assert allowed("10.0.0.1", private=True)
    assert not allowed("224.0.0.1", private=True)
    assert not allowed("0.0.0.0", private=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "127.1"]
)
def test_whatever_a_name_is_written_like_the_address_it_leads_to_counts(web, host):
    with Source(f"http://{host}:{web.port}/") as source, pytest.raises((Refused, Unreachable)):
        source.get("a.json", 100)
    assert web.asked == []


def test_the_connection_goes_to_the_address_that_was_looked_at(web, monkeypatch):
    """A name that leads elsewhere when it is resolved a second time: nobody resolves it a second time."""
    answers = iter([[(2, 1, 6, "", ("127.0.0.1", web.port))]])
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *_, **__: next(answers) if host == "rebound.example" else _literal(host, web.port),
    )

    with Source(f"http://rebound.example:{web.port}/", private=True) as source:
        assert source.get("a.json", 100).content == b"12345"


def _literal(host: str, port: int) -> list[object]:
    assert host == "127.0.0.1", f"{host} was resolved again"
    return [(2, 1, 6, "", (host, port))]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/passwd",
        "http:///x/",
        "http://u:p@a.example/",
        "gopher://a/",
        "http://a.example:99999/",
        "http://a b.example/",
        "http://a\x0bb.example/",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(Refused) as refused:
        Source(url)
    assert refused.value.problems[0].code == "sync.bad-address"


def test_one_connection_serves_many_files_and_missing_ones(web):
    with Source(web.url, private=True) as source:
        found = [source.get(name, 100).content for name in ("a.json", "none.json", "b.json")]
        connections = {id(source._wire)}

    assert found == [b"12345", None, b"{}"]
    assert len(connections) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(web):
    with Source(web.url, private=True) as source:
        source.get("a.json", 100)
        assert source._wire
        source._wire.held.shutdown(socket.SHUT_RDWR)
        assert source.get("b.json", 100).content == b"{}"


def test_no_more_than_the_limit_is_taken(web):
    web.behave["endless"] = endless
    web.files = {**web.files, "big": b"x" * 101}
    with Source(web.url, private=True) as source:
        assert refusal(source, "big") == "sync.endless"
        assert refusal(source, "endless") == "sync.endless"
        assert source.received <= 101


@pytest.mark.parametrize(
    "begin",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 404 Gone\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"HTTP/1.1 100 Continue\r\n",
    ],
    ids=["a chunk of a negative length", "and under 404", "trailers", "headers before the headers"],
)
def test_what_an_answer_is_wrapped_in_has_an_end_too(web, begin):
    sent, more = [], b"\r\n" + begin if b" 100 " in begin else b"X: 1\r\n"

    def without_end(handler):
        handler.wfile.write(begin)
        for _ in range(1000):
            sent.append(handler.wfile.write(more * 1000))
            handler.wfile.flush()

    web.behave["x"] = without_end
    with Source(web.url, private=True) as source:
        assert refusal(source, "x") == "sync.endless"
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize("where", ["http://127.0.0.1:1/", "file:///etc/passwd", "//127.0.0.1/", "a.json"])
def test_nobody_is_sent_elsewhere(web, where):
    web.behave["moved"] = redirect(where)
    with Source(web.url, private=True) as source:
        assert refusal(source, "moved") == "sync.redirected"


@pytest.mark.parametrize("code", [400, 401, 410, 418, 429, 500, 502, 503])
def test_other_answers_are_trouble_that_may_pass(web, code):
    web.behave["x"] = status(code)
    with Source(web.url, private=True) as source, pytest.raises(Unreachable, match=str(code)):
        source.get("x", 100)


@pytest.mark.parametrize("code", [300, 301, 304])
def test_an_answer_that_sends_nowhere_is_no_redirect(web, code):
    web.behave["x"] = status(code)
    with Source(web.url, private=True) as source, pytest.raises(Unreachable, match=f"HTTP {code}"):
        source.get("x", 100)


def test_silence_and_a_slow_drip_end(web, impatient):
    web.behave |= {"silent": silent, "drip": drip(b"x" * 100, 0.1)}
    for name in ("silent", "drip"):
        began = time.monotonic()
        with Source(web.url, private=True) as source, pytest.raises(Unreachable, match="too slow"):
            source.get(name, 100)
        assert time.monotonic() - began < 1.5


def test_a_slow_drip_of_headers_ends_too(impatient):
    with socket.create_server(("127.0.0.1", 0)) as server:
        closing = threading.Event()

        def serve() -> None:
            held, _ = server.accept()
            with held:
                while not closing.wait(0.05):
                    try:
                        held.sendall(b"H")
                    except OSError:
                        return

        threading.Thread(target=serve, daemon=True).start()
        with (
            Source(f"http://127.0.0.1:{server.getsockname()[1]}/", private=True) as source,
            pytest.raises(Unreachable),
        ):
            source.get("a.json", 100)
        closing.set()


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\0" * 100, b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/9.9 abc def\r\n\r\n", b"X" * 100_000,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
    ],
)  # fmt: skip
def test_answers_that_are_no_answers_are_trouble_and_never_a_crash(answer, impatient):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):  # the test is over before a second visit
                for _ in range(2):
                    held, _ = server.accept()
                    with held:
                        held.recv(1000)
                        held.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        with (
            Source(f"http://127.0.0.1:{server.getsockname()[1]}/", private=True) as source,
            pytest.raises((Refused, Unreachable)),
        ):
            source.get("a.json", 100)


def test_a_page_with_status_200_is_a_file_for_the_fetcher(web):
    web.behave["x"] = page
    with Source(web.url, private=True) as source:
        assert b"<title>" in (source.get("x", 100).content or b"")


def test_proxies_of_the_environment_are_not_used(web, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    with Source(web.url, private=True) as source:
        assert source.get("a.json", 100).content == b"12345"
