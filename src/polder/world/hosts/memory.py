"""The in-memory twin of hosts: each is a ``HostSeen`` that operations change. It passes the same contract as the real ones.

A test tells it what may go wrong: ``away`` (no answer), ``wrong_key``, ``hangs``, ``fail_on`` (an operation fails, or the line
breaks at it), ``cuts_off`` (after such an operation nobody gets in any more, which a guard takes back), and ``on_script``
(what a script changes and gives). ``ran`` is what was done, in order.

>>> hosts = MemoryHosts({"ada": HostSeen("ada", system="debian", release="13")})
>>> hosts.run(HostWork("ada", (SetUnit("ssh.service"),)), {}, say=lambda line: None)
{}
>>> hosts.look({"ada": Question(units=("ssh.service",))})["ada"].units["ssh.service"].active
'active'
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from polder.kernel.host import (
    Guard,
    HostOperation,
    Hosts,
    HostSeen,
    HostWork,
    PutFile,
    Question,
    RemovePath,
    RunScript,
    Say,
    SetUnit,
    UnitSeen,
)
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.world.hosts.fill import filled
from polder.world.hosts.memory_rules import after, made_up

Matches = Callable[[str, HostOperation], bool]
OnScript = Callable[[HostSeen, RunScript], tuple[HostSeen, str] | None]

ADDRESS = "192.0.2.1"


@dataclass(slots=True)
class _Failure:
    matches: Matches
    error: Exception
    times: int
    away: bool = False


class MemoryHosts:
    """``hosts``: what each one shows at first. ``on_script``: the host after a script and the script's last line; ``None``: no change."""

    def __init__(self, hosts: Mapping[str, HostSeen], on_script: OnScript | None = None) -> None:
        self.seen = dict(hosts)
        self.on_script = on_script
        self.contents: dict[tuple[str, str], str] = {}
        self.ran: list[tuple[str, HostOperation]] = []
        self.closed = False
        self._problems: dict[str, Problem] = {}
        self._failures: list[_Failure] = []
        self._cuts: list[Matches] = []
        self._cut: set[str] = set()
        self._lock = threading.RLock()

    # -- what a test sets up --------------------------------------------------------------------------------------------

    def change(self, name: str, **changes: Any) -> None:
        """Change what a host shows, as another hand or time would."""
        with self._lock:
            self.seen[name] = replace(self.seen[name], **changes)

    def away(self, name: str, why: str = "No route to host") -> None:
        """The host does not answer any more, until ``back``."""
        self._problems[name] = _problem("host.no-answer", name, why=why)

    def hangs(self, name: str) -> None:
        """The host takes connections and says nothing (its deadline passes at once here)."""
        self.away(name, "no answer within 20 s")

    def wrong_key(self, name: str) -> None:
        self._problems[name] = _problem("host.wrong-key", name, shown="SHA256:another")

    def no_entry(self, name: str, user: str = "root") -> None:
        self._problems[name] = _problem("host.no-entry", name, user=user)

    def back(self, name: str) -> None:
        """Whatever was wrong with the host is over."""
        self._problems.pop(name, None)
        self._cut.discard(name)

    def fail_on(self, matches: Matches, error: Exception | None = None, times: int = 1) -> None:
        """The next ``times`` operations that match (given host and operation) fail with ``error``, before they are done.

        ``None``: with ``host.failed``. ``Unreachable``: the line breaks there, what was done before stays.
        """
        self._failures.append(_Failure(matches, error or failed("?", "an operation"), times))

    def power_cut(self, name: str, operation: int = 1) -> None:
        """The host goes away at its next operation (or a later one), until ``back``."""
        self.fail_at(name, operation, Unreachable(name, "the connection broke"))
        self._failures[-1].away = True

    def fail_at(self, host: str, number: int, error: Exception | None = None) -> None:
        """The ``number``-th operation from now on this host fails (the first is 1)."""
        left = [number]

        def matches(name: str, _: HostOperation) -> bool:
            left[0] -= name == host
            return name == host and left[0] == 0

        self.fail_on(matches, error)

    def cuts_off(self, matches: Matches) -> None:
        """After an operation that matches, nobody gets in to the host any more, unless a guard takes it back."""
        self._cuts.append(matches)

    # -- the interface --------------------------------------------------------------------------------------------------

    def look(self, questions: Mapping[str, Question]) -> Mapping[str, HostSeen | Problem]:
        with self._lock:
            return {name: self._look(name, question) for name, question in questions.items()}

    def run(self, work: HostWork, known: Mapping[str, str], say: Say) -> Mapping[str, str]:
        work = filled(work, known)
        with self._lock:
            self._reach(work.host)
            if work.guard:
                return self._guarded(work, work.guard, say)
            return self._operations(work, say)

    def close(self) -> None:
        self.closed = True

    # -- within ---------------------------------------------------------------------------------------------------------

    def _look(self, name: str, question: Question) -> HostSeen | Problem:
        if problem := self._wrong(name):
            return problem
        seen, gone = self.seen[name], UnitSeen("not-found", "inactive")
        if seen.system not in ("debian", ""):
            return _problem("host.not-debian", name, system=seen.system)
        return replace(
            seen,
            taken=seen.taken or time.time(),
            files={path: seen.files[path] for path in question.paths if path in seen.files},
            units={unit: seen.units.get(unit, gone) for unit in question.units},
            packages={one: seen.packages[one] for one in question.packages if one in seen.packages},
            sysctls={one: seen.sysctls[one] for one in question.sysctls if one in seen.sysctls},
        )

    def _wrong(self, name: str) -> Problem | None:
        if name in self._cut:
            return _problem("host.no-answer", name, why="Connection timed out")
        return self._problems.get(name)

    def _reach(self, name: str) -> None:
        problem = self._wrong(name)
        if problem and problem.code == "host.no-answer":
            raise Unreachable(name, str(problem.values["why"]))
        if problem:
            raise Refused(problem)

    def _guarded(self, work: HostWork, guard: Guard, say: Say) -> Mapping[str, str]:
        before = self.seen[work.host]
        try:
            made = self._operations(work, say)
        except (Refused, Unreachable):  # after a power cut the host does it when it starts
            self._take_back(work, before, guard)
            raise
        if work.host in self._cut:
            self._cut.discard(work.host)
            self._take_back(work, before, guard)
            raise Refused(
                Problem("host.taken-back", "", {"host": work.host, "lines": ("Connection timed out",)})
            )
        self.change(work.host, guard="")
        return made

    def _take_back(self, work: HostWork, before: HostSeen, guard: Guard) -> None:
        """Files as they were, then ``undo``."""
        paths = [one.path for one in work.operations if isinstance(one, PutFile | RemovePath)]
        files = {k: v for k, v in self.seen[work.host].files.items() if k not in paths}
        files |= {k: v for k, v in before.files.items() if k in paths}
        self.change(work.host, files=files)
        self.change(work.host, guard="taken-back")
        self._script(work.host, RunScript(guard.undo))

    def _operations(self, work: HostWork, say: Say) -> Mapping[str, str]:
        made: dict[str, str] = {}
        for operation in work.operations:
            self._fail_if_told(work.host, operation)
            say(type(operation).__name__)
            made |= self._do(work.host, operation)
        return made

    def _do(self, host: str, operation: HostOperation) -> Mapping[str, str]:
        if isinstance(operation, SetUnit) and self.seen[host].units.get(operation.name) == UnitSeen(
            "not-found", "inactive"
        ):
            raise failed(host, operation.name, f"Unit {operation.name} does not exist")
        self.ran.append((host, operation))
        if isinstance(operation, PutFile):
            self.contents[host, operation.path] = operation.content
        self.seen[host] = after(self.seen[host], operation)
        if any(matches(host, operation) for matches in self._cuts):
            self._cut.add(host)
        return self._script(host, operation) if isinstance(operation, RunScript) else {}

    def _script(self, host: str, operation: RunScript) -> Mapping[str, str]:
        answer = self.on_script(self.seen[host], operation) if self.on_script else None
        name = operation.gives.strip("{}")
        given = made_up(host, name)
        if answer:
            self.seen[host], given = answer
        elif name.startswith("mesh-key:"):
            self.change(host, mesh_key=given)
        return {operation.gives: given} if operation.gives else {}

    def _fail_if_told(self, host: str, operation: HostOperation) -> None:
        for failure in self._failures:
            if failure.times > 0 and failure.matches(host, operation):
                failure.times -= 1
                if failure.away:
                    self.away(host)
                raise failure.error


def _problem(code: str, host: str, **values: str) -> Problem:
    return Problem(code, "", {"host": host, "address": ADDRESS, **values})


def failed(host: str, what: str, line: str = "it was told to fail") -> Refused:
    """What a host says when an operation fails on it; for ``on_script``, too."""
    return Refused(Problem("host.failed", "", {"host": host, "what": what, "lines": (line,)}))


def _is_hosts(hosts: MemoryHosts) -> Hosts:
    return hosts
