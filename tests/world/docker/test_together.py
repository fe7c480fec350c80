"""Questions at the same time: whose answer is whose, what becomes of failures, and of whoever is interrupted meanwhile."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from polder.kernel.problem import Unreachable
from polder.world.docker.http import open_engine
from polder.world.docker.together import begin, together

SITE = (
    "provider: elm\nname: Elm\nlanguages: [en]\ndomain: elm.test\ncontact: mailto:ops@elm.test\n"
    "engine: unix://{path}\n"
)


@pytest.fixture
def silent(tmp_path: Path):
    """Where an engine takes every connection and never says a word."""
    path = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)
        listener.settimeout(20)
        yield path, listener


def test_questions_are_asked_side_by_side_and_answered_in_their_order() -> None:
    meet = threading.Barrier(40, timeout=10)

    def answer(number: int) -> int:
        meet.wait()
        return number

    assert together([partial(answer, number) for number in range(40)]) == list(range(40))
    assert together([]) == []


def test_of_those_that_fail_the_first_is_raised_when_all_are_done() -> None:
    done = []

    def fail(seconds: float, word: str) -> None:
        time.sleep(seconds)
        done.append(word)
        raise LookupError(word)

    with pytest.raises(LookupError, match="first"):
        together([partial(fail, 0.2, "first"), partial(fail, 0, "second"), partial(fail, 0.4, "third")])
    assert done == ["second", "first", "third"]


def test_an_engine_that_is_closed_ends_what_is_still_asked_of_it(silent) -> None:
    path, listener = silent
    engine = open_engine(f"unix://{path}")
    asked = begin(engine.look)
    held = listener.accept()
    engine.close()

    assert isinstance(asked.exception(timeout=5), Unreachable)
    assert held


def test_a_command_that_is_interrupted_while_an_engine_is_silent_ends_soon(silent, tmp_path: Path) -> None:
    path, listener = silent
    (tmp_path / "site.yml").write_text(SITE.format(path=path))
    (tmp_path / "hosts.yml").write_text("one: {address: local, roles: [manager, ingress]}\n")
    words = [sys.executable, "-m", "polder", "--site", str(tmp_path), "plan"]
    # What a shell starts in the background does not heed interruptions, nor does what that starts.
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, preexec_fn=heeds) as process:
        try:
            held = listener.accept()
            time.sleep(0.5)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=25)
        finally:
            process.kill()

    assert held and process.returncode == 130 and "Traceback" not in told
    assert time.monotonic() - began < 10
