"""Our end of the worker: starts it, gives it requests from any number of threads, and ends it.

Rules: every wait has a limit. The worker keeps the limits of single hosts; one that says nothing itself for too long, or that
ends, is killed, and whatever was under way did not get an answer. The next request starts another. It ends when its input
does, so nothing is left running when we are killed.
"""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from polder.kernel.host import Hosts, HostSeen, HostWork, Question, Reach, Say
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.world.hosts.ask import script, unpacked
from polder.world.hosts.fill import filled
from polder.world.hosts.known import CONFIG_VARIABLE
from polder.world.hosts.read import read
from polder.world.hosts.wire import as_json, line, problem_from

Json = dict[str, Any]

START = "from gevent import monkey; monkey.patch_all(); from polder.world.hosts.worker import main; main()"
"""gevent changes the standard library before anything else is imported, and only in that process."""

SILENCE = 30.0
"""Seconds after which a worker that does not even say that it lives is taken for hung."""


class SshHosts(AbstractContextManager["SshHosts"]):
    """``kernel.host.Hosts`` over SSH; see ``open_hosts``."""

    def __init__(self, reaches: Mapping[str, Reach], deadline: float) -> None:
        self._reaches, self._deadline = dict(reaches), deadline
        self._worker: _Worker | None = None
        self._guard = threading.Lock()

    def look(self, questions: Mapping[str, Question]) -> Mapping[str, HostSeen | Problem]:
        mark = f"polder-{secrets.token_hex(8)}"
        asked = {
            name: self._ask({"look": {"host": name, "script": script(question, mark)}})
            for name, question in questions.items()
        }
        return {name: self._seen(name, questions[name], mark, answers) for name, answers in asked.items()}

    def run(self, work: HostWork, known: Mapping[str, str], say: Say) -> Mapping[str, str]:
        answers = self._ask({"run": {"work": as_json(filled(work, known))}})
        for answer in answers:
            if "say" in answer:
                say(answer["say"])
            elif "problem" in answer:
                raise Refused(problem_from(answer["problem"]))
            else:
                return {str(key): str(value) for key, value in _done(answer).items()}
        raise AssertionError("a request ends with an answer")

    def close(self) -> None:
        with self._guard:
            worker, self._worker = self._worker, None
        if worker:
            worker.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: Json) -> Iterator[Json]:
        with self._guard:
            if self._worker is None or not self._worker.alive():
                if self._worker:
                    self._worker.close()
                self._worker = _Worker(self._reaches, self._deadline)
            return self._worker.ask(request)

    def _seen(self, name: str, question: Question, mark: str, answers: Iterator[Json]) -> HostSeen | Problem:
        try:
            answer = next(answers)
            if "problem" in answer:
                return problem_from(answer["problem"])
            done = _done(answer)
        except Unreachable as error:
            return self._no_answer(name, error.why)
        seen = read(name, unpacked(done["answer"]), mark, question, done["began"])
        return judged(seen, self._reaches[name]) if seen else self._no_answer(name, "its answer was cut off")

    def _no_answer(self, name: str, why: str) -> Problem:
        return Problem(
            "host.no-answer", "", {"host": name, "address": self._reaches[name].address, "why": why}
        )


def judged(seen: HostSeen, reach: Reach) -> HostSeen | Problem:
    """What was seen, or why it cannot be believed to be all."""
    if seen.system != "debian":
        values = {"host": reach.name, "address": reach.address, "system": seen.system or "?"}
        return Problem("host.not-debian", "", values)
    return seen


def _done(answer: Json) -> Any:
    if "unreachable" in answer:
        raise Unreachable(*answer["unreachable"])
    if "bug" in answer:
        raise RuntimeError(answer["bug"])
    return answer["done"]


class _Worker:
    """One process, and the thread that hands out what it says."""

    def __init__(self, reaches: Mapping[str, Reach], deadline: float) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="polder-hosts-")
        self._log = Path(self._folder.name) / "log"
        self._waiting: dict[int, queue.SimpleQueue[Json]] = {}
        self._count, self._ended = 0, False
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._process = self._start()
        self._send({"open": self._opening(reaches, deadline)})
        threading.Thread(target=self._listen, name="polder-hosts", daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-c", START]
        pipe = subprocess.PIPE
        with self._log.open(
            "wb"
        ) as log:  # a session of its own: nobody's Ctrl-C, and no terminal to ask passwords at
            return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, start_new_session=True)

    def _opening(self, reaches: Mapping[str, Reach], deadline: float) -> Json:
        return {
            "reaches": [asdict(one) for one in reaches.values()],
            "config": os.environ.get(CONFIG_VARIABLE, ""),
            "keys": self._folder.name,
            "deadline": deadline,
        }

    def alive(self) -> bool:
        return not self._ended

    def ask(self, request: Json) -> Iterator[Json]:
        answers: queue.SimpleQueue[Json] = queue.SimpleQueue()
        with self._lock:
            self._count += 1
            number = self._count
            self._waiting[number] = answers
            ended = self._ended
        if ended or not self._send({"id": number, **request}):
            self._end("the part that talks to hosts has ended")
        return self._answers(answers)

    def _answers(self, answers: queue.SimpleQueue[Json]) -> Iterator[Json]:
        while True:
            answer = answers.get()
            yield answer
            if "say" not in answer:
                return

    def _send(self, message: Json) -> bool:
        try:
            with self._writing:
                _input(self._process).write(line(message))
                _input(self._process).flush()
        except (OSError, ValueError):
            return False
        return True

    def _listen(self) -> None:
        import json

        output = self._process.stdout
        assert output is not None
        buffered = b""
        while True:
            ready, _, _ = select.select([output], [], [], SILENCE)
            content = os.read(output.fileno(), 1 << 20) if ready else b""
            if not content:
                self._end("it says nothing any more" if not ready else self._last_words())
                return
            *lines, buffered = (buffered + content).split(b"\n")
            for one in lines:
                self._hand_out(json.loads(one))

    def _hand_out(self, message: Json) -> None:
        with self._lock:
            number = message.pop("id", 0)
            answers = self._waiting.get(number)
            if "say" not in message:
                self._waiting.pop(number, None)
        if answers:
            answers.put(message)

    def _end(self, why: str) -> None:
        """Kill what is left; whoever still waits is told."""
        self._process.kill()
        with self._lock:
            self._ended = True
            waiting, self._waiting = list(self._waiting.values()), {}
        for answers in waiting:
            answers.put({"unreachable": ["the part of polder that talks to hosts", why]})

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            said = self._log.read_text(errors="replace").strip().splitlines()
            return said[-1] if said else "it ended"
        return "it ended"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            _input(self._process).close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def _is_hosts(hosts: SshHosts) -> Hosts:
    return hosts
