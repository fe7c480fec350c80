"""One engine out of several managers of a swarm: the first that answers, and another one when it falls silent.

Rules:
1. They are asked side by side; the first in the given order is kept, when it answers within a moment of the fastest.
2. What only reads is asked again of another manager when the one in use falls silent. An operation never is: whoever began it
   cannot know whether it was done. Before one, a manager that was quiet for some seconds is asked whether it is there.
3. One that says that it is no manager (any more) did nothing of what it was asked: another one is.
4. ``bare``: the machine that will make the swarm. Until its engine runs it shows no swarm instead of being unreachable.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Literal, TypeVar

from polder.kernel.engine import Engine, Operation, Rollout, Seen
from polder.kernel.problem import Refused, Unreachable
from polder.kernel.secret import Secret
from polder.world.docker.http import HttpEngine

GRACE = 1.0
"""Seconds that an earlier manager has after a later one answered."""
QUIET = 5.0
"""Seconds after which a manager is asked whether it is still there before it is given work."""
R = TypeVar("R")


class ManagersEngine:
    """``openers``: each manager's own engine, by host, the preferred one first. ``heard``: that one has just shown itself."""

    def __init__(
        self, openers: Mapping[str, Callable[[], Engine]], *, bare: bool = False, heard: bool = False
    ) -> None:
        self.openers, self.bare = dict(openers), bare
        self._choosing, self._opening = threading.RLock(), threading.Lock()
        self._opened: dict[str, Engine] = {}
        self._used = next(iter(self.openers)) if heard else ""
        self._heard = 0.0

    @property
    def address(self) -> str:
        """That of the manager in use."""
        return self._open(self._used or next(iter(self.openers))).address

    def look(self, *, tasks: bool = True, storage: bool = True) -> Seen:
        try:
            seen = self._read(lambda engine: engine.look(tasks=tasks, storage=storage))
        except Unreachable:
            if not self.bare:
                raise
            return Seen("none")
        self.bare = self.bare and seen.swarm == "none"
        if seen.swarm == "worker" and len(self.openers) > 1:
            return self._another(self._used).look(tasks=tasks, storage=storage)
        return seen

    def run(self, operation: Operation, values: Mapping[str, Secret] | None = None) -> str:
        if time.monotonic() - self._heard > QUIET:
            self.look(tasks=False, storage=False)
        engine, used = self._engine(), self._used
        try:
            return engine.run(operation, values)
        except Refused as refused:
            if len(self.openers) < 2 or refused.problems[0].code != "engine.no-swarm":
                raise
        return self._another(used).run(operation, values)

    def join_token(self, role: Literal["manager", "worker"]) -> Secret:
        return self._read(lambda engine: engine.join_token(role))

    def unlock_key(self) -> Secret:
        return self._read(lambda engine: engine.unlock_key())

    def rollout(self, service: str) -> Rollout:
        return self._read(lambda engine: engine.rollout(service))

    def rollouts(self, services: Sequence[str]) -> Mapping[str, Rollout]:
        return self._read(lambda engine: engine.rollouts(services))

    def logs(self, service: str, lines: int = 20) -> tuple[str, ...]:
        return self._read(lambda engine: engine.logs(service, lines))

    def load_image(self, archive: Path) -> str:
        return self._engine().load_image(archive)

    def push_image(self, image: str, reference: str) -> str:
        return self._engine().push_image(image, reference)

    def close(self) -> None:
        for engine in self._opened.values():
            engine.close()

    def _read(self, ask: Callable[[Engine], R]) -> R:
        engine, used = self._engine(), self._used
        try:
            found = ask(engine)
        except (Unreachable, Refused) as error:
            lost = isinstance(error, Unreachable) or error.problems[0].code == "engine.no-swarm"
            if len(self.openers) < 2 or not lost:
                raise
            found = ask(self._another(used))
        self._heard = time.monotonic()
        return found

    def _engine(self) -> Engine:
        with self._choosing:
            if not self._used:
                self._use(self._first_that_answers(list(self.openers)))
            return self._open(self._used)

    def _another(self, silent: str) -> Engine:
        """A manager other than ``silent``; several threads may notice that at once."""
        with self._choosing:
            if self._used == silent:
                self._use(self._first_that_answers([one for one in self.openers if one != silent]))
            return self._open(self._used)

    def _use(self, name: str) -> None:
        before, self._used = self._opened.get(self._used), name
        engine = self._open(name)
        if isinstance(engine, HttpEngine) and isinstance(before, HttpEngine):
            engine.succeed(before)

    def _open(self, name: str) -> Engine:
        with self._opening:
            if name not in self._opened:
                self._opened[name] = self.openers[name]()
            return self._opened[name]

    def _first_that_answers(self, names: list[str]) -> str:
        """The one to use; when none answers as a manager, the first: what is wrong with it is said when it is asked."""
        if len(names) == 1:
            return names[0]
        pool = ThreadPoolExecutor(len(names), "polder-managers")
        asked = {name: pool.submit(self._manages, name) for name in names}
        found, until = "", float("inf")
        while not found or time.monotonic() < until:
            done, rest = wait(asked.values(), timeout=0.05)
            answered = [name for name, one in asked.items() if one in done and one.result()]
            if answered and not found:
                until = time.monotonic() + GRACE
            found = answered[0] if answered else found
            if not rest or found == names[0]:
                break
        pool.shutdown(wait=False, cancel_futures=True)
        for name, one in asked.items():
            if not one.done():
                self._give_up(name)
        return found or names[0]

    def _give_up(self, name: str) -> None:
        with self._opening:
            engine = self._opened.pop(name, None)
        if isinstance(engine, HttpEngine):
            engine.give_up()

    def _manages(self, name: str) -> bool:
        try:
            return self._open(name).look(tasks=False, storage=False).swarm == "manager"
        except (Unreachable, Refused):
            return False


__all__ = ["ManagersEngine"]
