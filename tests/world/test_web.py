"""A visitor against a small HTTPS server on loopback, with the site's own authority: names that do not resolve, cookies,
redirects, deadlines, sizes; and the certificate it shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest

from polder.kernel.problem import Unreachable
from polder.world.certificates import probe_certificate
from polder.world.web import Visitor, first_valid_answer
from support.https import Door, serve


class Pages(BaseHTTPRequestHandler):
    """What the app answers."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        answer = {
            "/sign-in": self.sign_in,
            "/home": self.home,
            "/loop": self.loop,
            "/away": self.away,
            "/big": self.big,
        }
        answer.get(
            path, {"/slow": self.slow, "/elsewhere": self.elsewhere, "/cut": self.cut}.get(path, self.echo)
        )()

    do_POST = do_PUT = do_GET

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def echo(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        sent = self.rfile.read(length).decode()
        words = (self.command, self.path, self.headers["Host"], self.headers.get("Authorization", ""), sent)
        self.reply(200, "\n".join(words).encode())

    def sign_in(self) -> None:
        self.reply(302, Location="/home", Set_Cookie="s=1; Domain=wiki.lilas.test; Path=/; Secure; HttpOnly")

    def home(self) -> None:
        self.reply(200 if "s=1" in self.headers.get("Cookie", "") else 403, "ça va".encode())

    def loop(self) -> None:
        self.reply(302, Location="/loop")

    def elsewhere(self) -> None:
        self.reply(302, Location="https://other.test/")

    def away(self) -> None:
        self.reply(503)

    def big(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(12):
            self.wfile.write(b"x" * 2**20)

    def slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.1)

    def cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with serve(Pages, "wiki.lilas.test", tmp_path_factory.mktemp("door")) as found:
        yield found


@pytest.fixture
def visitor(door: Door) -> Iterator[Visitor]:
    with Visitor("wiki.lilas.test", door.address, door.authority) as found:
        yield found


def test_a_name_that_does_not_resolve_is_visited_at_the_ingress(visitor: Visitor) -> None:
    answer = visitor.ask("GET", "/page?x=1")
    assert answer.status == 200
    assert answer.body.splitlines()[:3] == ["GET", "/page?x=1", "wiki.lilas.test"]


def test_a_form_a_body_and_a_password_are_sent(visitor: Visitor) -> None:
    assert visitor.ask("POST", "/p", form={"u": "ana", "p": "a&b"}).body.endswith("u=ana&p=a%26b")
    assert visitor.ask("PUT", "/p", body="BEGIN:VCALENDAR").body.endswith("BEGIN:VCALENDAR")
    assert "Basic YW5hOng=" in visitor.ask("GET", "/p", auth=("ana", "x")).body


def test_cookies_are_kept_and_redirects_followed_when_asked(visitor: Visitor) -> None:
    assert visitor.ask("GET", "/home").status == 403
    assert visitor.ask("GET", "/sign-in").status == 302
    assert visitor.ask("GET", "/home").body == "ça va"
    followed = visitor.ask("POST", "/sign-in", follow=True)
    assert (followed.status, followed.path) == (200, "/home")


def test_each_visitor_has_cookies_of_their_own(door: Door) -> None:
    with Visitor("wiki.lilas.test", door.address, door.authority) as first:
        first.ask("GET", "/sign-in")
    with Visitor("wiki.lilas.test", door.address, door.authority) as second:
        assert second.ask("GET", "/home").status == 403


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/loop", "more than 10 redirects"),
        ("/elsewhere", "it leads to https://other.test"),
        ("/big", "the answer is larger than 5 MiB"),
        ("/cut", "RemoteProtocolError"),
    ],
)
def test_an_answer_that_is_not_acceptable_is_no_answer(visitor: Visitor, path: str, why: str) -> None:
    with pytest.raises(Unreachable) as lost:
        visitor.ask("GET", path, follow=True)
    assert lost.value.why == why


def test_an_answer_that_drips_is_given_up_at_the_deadline(visitor: Visitor) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match="too long"):
        visitor.ask("GET", "/slow", seconds=0.5)
    assert time.monotonic() - began < 2


def test_a_certificate_for_another_name_is_not_believed(door: Door) -> None:
    with (
        Visitor("other.lilas.test", door.address, door.authority) as visitor,
        pytest.raises(Unreachable) as lost,
    ):
        visitor.ask("GET", "/")
    assert "certificate" in lost.value.why


def test_an_unknown_authority_is_not_believed(door: Door) -> None:
    with Visitor("wiki.lilas.test", door.address, "") as visitor, pytest.raises(Unreachable) as lost:
        visitor.ask("GET", "/")
    assert "certificate" in lost.value.why


def test_what_was_sent_is_not_in_the_error(door: Door) -> None:
    with (
        Visitor("wiki.lilas.test", "127.0.0.1:1", door.authority) as visitor,
        pytest.raises(Unreachable) as lost,
    ):
        visitor.ask("POST", "/x?key=hunter22", form={"p": "hunter22"}, auth=("ana", "hunter22"))
    assert "hunter22" not in str(lost.value)
    assert lost.value.why == "Connection refused"


def test_the_first_valid_answer_is_waited_for(door: Door) -> None:
    assert first_valid_answer("wiki.lilas.test", door.address, door.authority, within=5) < 5
    with pytest.raises(Unreachable, match="503"):
        first_valid_answer("wiki.lilas.test", door.address, door.authority, "/away", within=0.3)


def test_the_certificate_shown_says_how_long_it_lasts_and_who_signed(door: Door) -> None:
    seen = probe_certificate("wiki.lilas.test", door.address)
    assert seen is not None
    assert 5 <= seen.days_left <= 6
    assert seen.issuer.startswith("Les Lilas intermediate")
    assert seen.names == ("wiki.lilas.test",)
    late = probe_certificate("wiki.lilas.test", door.address, now=datetime(2100, 1, 1, tzinfo=UTC))
    assert late is not None
    assert late.days_left < 0


def test_a_name_that_the_ingress_refuses_has_no_certificate(door: Door) -> None:
    assert probe_certificate("unknown.lilas.test", door.address) is None


def test_nothing_answering_is_said_as_such() -> None:
    with pytest.raises(OSError):
        probe_certificate("wiki.lilas.test", "127.0.0.1:1")
