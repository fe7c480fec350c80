"""Names that a resolver does not find in time: nobody waits longer than was said, nothing piles up, and a process can end."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from polder.kernel.problem import Unreachable
from polder.kernel.proxy import Proxy
from polder.world import resolve
from polder.world.fetch import Source
from polder.world.proxy import ProxyFailed
from polder.world.resolve import addresses_of
from support.web import Web


class Slow:
    """A resolver that answers when it is told to; ``asked`` counts."""

    def __init__(self) -> None:
        self.asked, self.go = 0, threading.Event()

    def __call__(self, host: str, port: int, **_: object) -> list[object]:
        self.asked += 1
        self.go.wait(20)
        return [(2, 1, 6, "", ("127.0.0.1", port)), (2, 1, 6, "", ("127.0.0.1", port))]


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.go.set()


def test_a_name_that_takes_long_ends_with_the_deadline_and_is_asked_once(slow):
    began = time.monotonic()
    for until in (0.4, 0.2):
        source = Source("http://slow.example/", until=time.monotonic() + until, ask=slow)
        with source, pytest.raises(Unreachable, match="too slow"):
            source.get("a.json", 100)
    assert time.monotonic() - began < 1.5
    assert slow.asked == 1


def test_a_name_ends_by_itself_when_nobody_else_is_in_a_hurry(slow, monkeypatch):
    monkeypatch.setattr(resolve, "NAMES", 0.3)
    began = time.monotonic()
    with Source("http://slow.example/", ask=slow) as source, pytest.raises(Unreachable, match="too slow"):
        source.get("a.json", 100)
    assert time.monotonic() - began < 1.5


def test_everybody_who_waits_for_a_name_gets_its_one_answer(slow):
    found: list[list[str]] = []
    waiting = [
        threading.Thread(target=lambda: found.append(addresses_of("a.example", 80, 5, slow)))
        for _ in range(5)
    ]
    for one in waiting:
        one.start()
    while not slow.asked:
        time.sleep(0.01)
    slow.go.set()
    for one in waiting:
        one.join(5)
    assert found == [["127.0.0.1"]] * 5


def test_names_that_hang_leave_no_more_threads_than_are_allowed(slow, monkeypatch):
    monkeypatch.setattr(resolve, "MOST", 3)
    for number in range(6):
        with pytest.raises(TimeoutError):
            addresses_of(f"{number}.example", 80, 0.1, slow)
    assert slow.asked == 3


def test_a_name_in_time_is_reached_and_what_is_no_name_is_trouble():
    with Web({"a.json": b"12345"}) as web, Source(web.url, private=True) as source:
        assert source.get("a.json", 100).content == b"12345"
    for name in (f"{'x' * 70}.example", "nowhere.invalid"):
        with Source(f"http://{name}/") as source, pytest.raises(Unreachable):
            source.get("a.json", 100)


def test_a_proxys_name_that_takes_long_is_the_proxys_fault(slow):
    proxy = Proxy("http", "proxy.example", 3128)
    source = Source("http://beech.example/", until=time.monotonic() + 0.4, proxy=proxy, ask=slow)
    began = time.monotonic()
    with source, pytest.raises(ProxyFailed, match="too slow"):
        source.get("a.json", 100)
    assert time.monotonic() - began < 1.5


def test_a_process_ends_though_a_name_still_hangs():
    words = """
import time
from polder.world.resolve import addresses_of
try:
    addresses_of("slow.example", 80, 0.2, lambda *_, **__: time.sleep(30))
except TimeoutError:
    print("too slow")
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=20)
    assert done.stdout == "too slow\n" and done.returncode == 0
    assert time.monotonic() - began < 15
