"""One operator at a time for each site, from whatever machine, with no server but the engine itself.

The lock is a Swarm config ``<site>_lock``: its creation is atomic by name, and its labels can be changed with a version
check. They say who holds it, and a beat changes them every ``beat`` seconds. Rules:

- Held by a live process on this machine, or beating: ``Refused(engine.locked)``.
- Held by a process of this machine that is dead: taken over at once.
- Not beating for longer than two beats: taken over. Taking over is a version-checked change: of two who try, one wins.
- A holder that finds its lock in other hands stops at the next ``check`` with ``engine.lost-lock``.
- Where there is no swarm yet there is nothing to lock and no place for a lock: making the swarm comes first and
  only one can succeed at it. The first ``check`` that finds a swarm takes the lock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from polder.kernel.engine import CreateConfig, Engine, ObjectSeen, RemoveConfig, UpdateConfigLabels
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.world.docker.holder import Holder, is_dead, is_here, read_holder, this_process

BEAT = 5.0
CONTENT = (
    "Polder is applying changes. This config goes away by itself; see its labels for who and since when.\n"
)


@contextmanager
def hold(engine: Engine, site: str, who: str, *, beat: float = BEAT) -> Iterator[Lock]:
    """Hold the lock of ``site`` for as long as the block runs. ``who`` is shown to others.

    Refuses ``engine.locked`` (values: by, since, site), after at most a little more than two beats.
    """
    lock = Lock(engine, site, who, beat)
    try:
        lock.check()
        yield lock
    finally:
        lock.release()


class Lock:
    """Made by ``hold``. Call ``check`` before each step: it refuses when the lock is no longer ours."""

    def __init__(self, engine: Engine, site: str, who: str, beat: float) -> None:
        self.engine, self.site, self.beat = engine, site, beat
        self.name = f"{site}_lock"
        self.holder = this_process(who, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.held = False
        self.lost = False
        self._version = 0
        self._beats = 0
        self._beaten = time.time()
        self._guard, self._taking = threading.Lock(), threading.Lock()
        self._done = threading.Event()
        self._heart: threading.Thread | None = None

    def check(self) -> None:
        """Refuses ``engine.lost-lock``; takes the lock when it is not held yet and there is a swarm."""
        if self.held and time.time() - self._beaten > 1.5 * self.beat:
            # This machine slept, or the engine was away: others may have waited long enough meanwhile.
            self._beat()
        if self.lost:
            raise Refused(Problem("engine.lost-lock", "", {"site": self.site}))
        if not self.held:
            with (
                self._taking
            ):  # steps run side by side: the second one would meet the first as a holder that lives
                self._take_if_there_is_a_swarm()

    def _take_if_there_is_a_swarm(self) -> None:
        if not self.held and self.engine.look(tasks=False, storage=False).swarm == "manager":
            self._take()
            self._heart = threading.Thread(target=self._keep_beating, name=self.name, daemon=True)
            self._heart.start()

    def release(self) -> None:
        """Give the lock back, if it is still ours. An engine that is away keeps it: it goes stale by itself."""
        self._done.set()
        if self._heart:
            self._heart.join()
        if self.held and not self.lost:
            with suppress(Refused, Unreachable):
                # The last beat fails when another took over; after it nobody can for two beats.
                self._change({"polder.lock.released": "yes"})
                self.engine.run(RemoveConfig(self.name))
        self.held = False

    def _take(self) -> None:
        while not self.held:
            try:
                self.engine.run(CreateConfig(self.name, self._labels(), CONTENT))
            except Refused as refused:
                if refused.problems[0].code != "engine.exists":
                    raise
                self._meet_holder()
            else:
                self._begin()

    def _begin(self) -> None:
        """We made it: learn its version."""
        found = self._find()
        if found and read_holder(found.labels).token == self.holder.token:
            self._version, self.held = found.version, True

    def _meet_holder(self) -> None:
        found = self._find()
        if found is None:
            return
        if self._is_abandoned(found):
            self._take_over(found)

    def _is_abandoned(self, found: ObjectSeen) -> bool:
        """Waits to see; refuses when the holder lives; false when the lock went away meanwhile."""
        holder = read_holder(found.labels)
        if is_dead(holder):
            return True
        if is_here(holder):
            self._refuse(holder)
        until = time.monotonic() + 2.2 * self.beat
        while time.monotonic() < until:
            time.sleep(self.beat / 4)
            present = self._find()
            if present is None:
                return False
            if present.version != found.version:
                self._refuse(read_holder(present.labels))
        return True

    def _take_over(self, found: ObjectSeen) -> None:
        try:
            self._version = int(self.engine.run(UpdateConfigLabels(self.name, found.version, self._labels())))
        except Refused as refused:
            if refused.problems[0].code not in ("engine.changed-since", "engine.missing"):
                raise
        else:
            self.held = True

    def _keep_beating(self) -> None:
        while not self._done.wait(self.beat) and not self.lost:
            with suppress(Unreachable):
                self._beat()

    def _beat(self) -> None:
        try:
            self._change({})
        except Refused:
            found = self._find()
            if found and read_holder(found.labels).token == self.holder.token:
                self._version = (
                    found.version
                )  # a beat that was written, but whose answer was lost with its manager
            else:
                self.lost = True

    def _change(self, more: dict[str, str]) -> None:
        with self._guard:
            self._beats += 1
            labels = self._labels() | more
            self._version = int(self.engine.run(UpdateConfigLabels(self.name, self._version, labels)))
            self._beaten = time.time()

    def _labels(self) -> dict[str, str]:
        own = {"polder.site": self.site, "polder.kind": "lock", "polder.lock.beat": str(self._beats)}
        return own | self.holder.labels()

    def _find(self) -> ObjectSeen | None:
        configs = self.engine.look(tasks=False, storage=False).configs
        return next((one for one in configs if one.name == self.name), None)

    def _refuse(self, holder: Holder) -> None:
        by = f"{holder.who} ({holder.host})" if holder.host else holder.who
        raise Refused(Problem("engine.locked", "", {"by": by, "since": holder.since, "site": self.site}))


__all__ = ["BEAT", "Lock", "hold"]
