"""Peers through a proxy: what it is asked, what is refused, whose fault it is, and that every wait ends."""

import socket
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest

from polder.kernel.problem import Refused, Unreachable
from polder.kernel.proxy import Proxy, read_proxy
from polder.world import fetch, proxy
from polder.world.fetch import Source
from polder.world.proxy import ProxyFailed, may_be_named
from support.https import serve
from support.proxies import Proxying, Talk, asked_by_socks, connect, says, socks
from support.web import Web, drip, endless, redirect

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WAYS = pytest.mark.parametrize("way", ["socks5h", "http"])
OPEN = b"\x05\x00"
"""The greeting of a SOCKS proxy that wants no password."""


@pytest.fixture
def impatient(monkeypatch) -> None:
    for module, name, value in [
        (fetch, "PATIENCE", 0.3), (fetch, "SILENCE", 0.2), (proxy, "GREETING", 0.3), (proxy, "THROUGH", 0.5),
    ]:  # fmt: skip
        monkeypatch.setattr(module, name, value)


def fetched(
    url: str, through: Proxy | None, name: str = "a.json", limit: int = 100, private: bool = False
) -> bytes | None:
    with Source(url, private, proxy=through) as source:
        return source.get(name, limit).content


def of(proxying: Proxying, way: str) -> Proxy:
    return Proxy(way, "127.0.0.1", proxying.port)


def talk(way: str) -> Talk:
    return socks if way == "socks5h" else connect


@WAYS
def test_the_proxy_gets_the_name_and_nobody_here_asks_for_its_address(way, monkeypatch):
    asked, resolve = [], socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: asked.append(host) or resolve(host, *rest, **more)
    )
    with (
        Web({"a.json": b"12345"}) as web,
        Proxying(talk(way), {"beech.example": web.port}) as through,
        Source("http://beech.example:8080/", proxy=of(through, way)) as source,
    ):
        found = [source.get(name, 100).content for name in ("a.json", "none.json")]

    assert found == [b"12345", None]
    assert through.asked == ["beech.example:8080"]  # one connection for both
    assert set(asked) <= {"127.0.0.1"}


@WAYS
def test_a_connection_that_was_closed_meanwhile_is_made_anew_through_the_proxy(way):
    with (
        Web({"a.json": b"1"}) as web,
        Proxying(talk(way), {"beech.example": web.port}) as through,
        Source("http://beech.example/", proxy=of(through, way)) as source,
    ):
        source.get("a.json", 100)
        assert source._wire
        source._wire.held.shutdown(socket.SHUT_RDWR)
        assert source.get("a.json", 100).content == b"1"
    assert through.asked == ["beech.example:80"] * 2


def test_an_onion_address_is_reached_through_socks_and_through_nothing_else():
    onion = f"http://{'a' * 56}.onion/net/"
    with Web({"net/a.json": b"1"}) as web, Proxying(socks, {f"{'a' * 56}.onion": web.port}) as through:
        assert fetched(onion, through.socks) == b"1"
        for other in (None, through.http):
            with pytest.raises(Refused) as refused:
                Source(onion.upper().replace("HTTP", "http"), proxy=other)
            assert refused.value.problems[0].code == "sync.onion-needs-proxy"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "127.1", "0x7f.1", "2130706433",
        "127.0.0.1.", "localhost", "LOCALHOST", "a.localhost", "nas", "printer.local", "git.internal", "box.home.arpa", "0.0.0.0",
    ],
)  # fmt: skip
@WAYS
def test_what_is_a_private_address_however_it_is_written_is_not_asked_for(host, way):
    with Proxying(talk(way)) as through, pytest.raises(Refused) as refused:
        fetched(f"http://{host}/", of(through, way))
    assert refused.value.problems[0].code == "sync.private-address"
    assert through.asked == []


def test_a_peer_that_may_be_private_is_asked_for_by_its_address():
    with Web({"a.json": b"1"}) as web, Proxying(socks, {"10.0.0.7": web.port}) as through:
        assert fetched("http://10.0.0.7/", through.socks, private=True) == b"1"
        with pytest.raises(Refused):
            fetched("http://0.0.0.0/", through.socks, private=True)
    assert through.asked == ["10.0.0.7:80"]


@pytest.mark.parametrize(
    "host",
    ["１２７.0.0.1", "⑫7.0.0.1", "127.0.0.1\u200b", "10.0.0.1\u00ad", "nas.ｌocal", "a.nas。local", "metadata.google.ｉnternal"],
)  # fmt: skip
def test_a_private_name_in_other_letters_is_none_that_may_be_asked_for(host):
    """The proxy is told it in plain letters, as every name beyond ASCII."""
    assert not may_be_named(host, private=False)
    assert may_be_named("bücher.example", private=False)


def test_names_that_only_look_like_addresses_are_names():
    assert may_be_named("127.0.0.1.beech.example", private=False)
    assert may_be_named("local.example", private=False)


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        pass


@WAYS
def test_tls_is_verified_for_the_name_of_the_peer_and_not_for_where_the_proxy_leads(
    way, tmp_path, monkeypatch
):
    import ssl

    with serve(Hello, "beech.test", tmp_path) as door:
        port = int(door.address.rpartition(":")[2])
        monkeypatch.setattr(fetch, "_tls", lambda: ssl.create_default_context(cadata=door.authority))
        with Proxying(talk(way), {"beech.test": port, "cedar.test": port}) as through:
            assert fetched("https://beech.test/", of(through, way)) == b"hello"
            with pytest.raises(Unreachable, match="cedar.test") as lost:
                fetched("https://cedar.test/", of(through, way))
            monkeypatch.undo()
            with pytest.raises(Unreachable, match="certificate"):
                fetched("https://beech.test/", of(through, way))
    assert not isinstance(lost.value, ProxyFailed)


def test_the_limits_of_a_file_hold_through_a_proxy(impatient):
    with Web({}) as web, Proxying(socks, {"beech.example": web.port}) as through:
        web.behave |= {
            "endless": endless,
            "moved": redirect("http://10.0.0.1/"),
            "drip": drip(b"x" * 100, 0.05),
        }
        for name, code in (("endless", "sync.endless"), ("moved", "sync.redirected")):
            with pytest.raises(Refused) as refused:
                fetched("http://beech.example/", through.socks, name)
            assert refused.value.problems[0].code == code
        began = time.monotonic()
        with pytest.raises(Unreachable, match="too slow"):
            fetched("http://beech.example/", through.socks, "drip")
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("way", ["", "socks5h", "http"])
def test_a_handshake_of_tls_that_comes_drop_by_drop_ends(way, impatient):
    """A hello that promises 16,000 bytes."""
    hello = b"\x16\x03\x03\x3e\x80" + b"\2" * 200
    with (
        Proxying(says(hello, every=0.05)) as slow,
        Proxying(talk(way), {"beech.example": slow.port}) as through,
        pytest.raises(Unreachable, match="too slow|timed out"),
    ):
        began = time.monotonic()
        if way:
            fetched("https://beech.example/", of(through, way))
        else:
            fetched(f"https://127.0.0.1:{slow.port}/", None, private=True)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("way, gone", [("socks5h", "host unreachable"), ("http", "HTTP 502")])
def test_a_peer_that_the_proxy_does_not_reach_is_the_one_that_did_not_answer(way, gone):
    with Proxying(talk(way)) as through, pytest.raises(Unreachable, match=f"{gone}, says {way}://") as lost:
        fetched("http://beech.example/", of(through, way))
    assert not isinstance(lost.value, ProxyFailed) and "beech.example" in lost.value.what


@pytest.mark.parametrize("reply", [3, 4, 5, 6, 0xF0, 0xF7])
def test_what_socks_says_of_the_peer(reply):
    with (
        Proxying(says(OPEN, bytes([5, reply, 0, 1]) + b"\0" * 6)) as through,
        pytest.raises(Unreachable) as lost,
    ):
        fetched("http://beech.example/", through.socks)
    assert not isinstance(lost.value, ProxyFailed)


@pytest.mark.parametrize(
    "way, talk, why",
    [
        ("socks5h", says(b"\x05\xff"), "password"),
        ("socks5h", says(b"\x05\x02"), "password"),
        ("socks5h", says(b"\x04\x5a"), "no SOCKS 5"),
        ("socks5h", says(b"HTTP/1.1 400 Bad\r\n\r\n"), "no SOCKS 5"),
        ("socks5h", says(OPEN, b"\x05\x01\x00\x01" + b"\0" * 6), "general failure"),
        ("socks5h", says(OPEN, b"\x05\x02\x00\x01" + b"\0" * 6), "rules"),
        ("socks5h", says(OPEN, b"\x05\x08\x00\x01" + b"\0" * 6), "names"),
        ("socks5h", says(OPEN, b"\x05\x63\x00\x01" + b"\0" * 6), "reply 99"),
        ("socks5h", says(OPEN, b"\x05\x00\x00\x09" + b"\0" * 6), "no SOCKS 5"),
        ("socks5h", says(OPEN, b"\x04\x00\x00\x01" + b"\0" * 6), "no SOCKS 5"),
        ("socks5h", says(), "too slow"),
        ("socks5h", says(b"\x05"), "too slow"),
        ("socks5h", says(OPEN), "too slow"),
        ("socks5h", says(b"\x05\x00", every=0.25), "too slow"),
        ("socks5h", says(OPEN, b"\x05\x00\x00\x03\xff" + b"x" * 257, every=0.03), "too slow"),
        ("socks5h", lambda held, _: held.close(), "closed|reset|Broken"),
        ("http", says(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), "HTTP 407"),
        ("http", says(b"HTTP/1.1 403 Forbidden\r\n\r\n"), "HTTP 403"),
        ("http", says(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n"), "HTTP 302"),
        ("http", says(b"nonsense\r\n\r\n"), "no HTTP"),
        ("http", says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 2000), "no end"),
        ("http", says(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20, every=0.03), "too slow"),
        ("http", says(), "too slow"),
        ("http", lambda held, _: held.close(), "closed|reset|Broken"),
    ],
)  # fmt: skip
def test_what_the_proxy_does_wrong_is_said_of_the_proxy_and_ends(way, talk, why, impatient):
    began = time.monotonic()
    with Proxying(talk) as through, pytest.raises(ProxyFailed, match=why) as failed:
        fetched("http://beech.example/", of(through, way))
    assert failed.value.what == str(of(through, way))
    assert time.monotonic() - began < 1.5


def test_a_proxy_that_is_not_there(impatient):
    with pytest.raises(ProxyFailed, match="refused"):
        fetched("http://beech.example/", Proxy("socks5h", "127.0.0.1", 1))


def test_bytes_behind_the_answer_of_the_proxy_are_the_peers_and_none_is_lost():
    """A lying proxy that answers for the peer is a peer that answers: what is believed is decided by signatures."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    def at_once(held: socket.socket, through: Proxying) -> None:
        asked_by_socks(held, through)
        held.sendall(b"\x05\x00\x00\x01" + b"\0" * 6 + answer)
        through.closing.wait(5)

    with Proxying(at_once) as through:
        assert fetched("http://beech.example/", through.socks) == b"{}"


@pytest.mark.parametrize("host", [f"{'a' * 64}.example", "a..example", "a%0d%0ab.example"])
@WAYS
def test_a_name_that_is_none_reaches_no_proxy(host, way):
    with Proxying(talk(way)) as through, pytest.raises(Unreachable) as lost:
        fetched(f"http://{host}/", of(through, way))
    assert through.asked == [] and not isinstance(lost.value, ProxyFailed)


@pytest.mark.parametrize(
    "text",
    [
        "socks5://127.0.0.1:9050", "socks5h://127.0.0.1", "socks5h://:9050", "https://a.example:8080", "http://a.example:0",
        "127.0.0.1:9050", "http://a.example:8080/path", "http://a.example:99999", "http://ana:secret@a.example:8080", "", "http://a b:1",
    ],
)  # fmt: skip
def test_what_is_no_proxy(text):
    with pytest.raises(ValueError):
        read_proxy(text)
