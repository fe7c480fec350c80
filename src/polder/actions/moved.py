"""Wait until nothing runs on a drained node any more, and what ran there is healthy on others.

Rules:
1. Waited for is every service of the site that ran there until it was drained (``moved``), and that some other node can run now.
2. ``settled``, before a node goes for good: also what runs nowhere, whatever the reason: the node may be needed to mend it. Only what waits
   for another host that is away is left out.
3. The engine's own memory says what ran there; it soon forgets a service that keeps failing elsewhere, so whoever drains a node looks
   before (``running_on``), and what was seen once stays waited for.
4. What has to stop has its time, then what has to start has its own. Progress is told when it changes; over the limit, what is not healthy
   is named (``plan.not-moved``) and nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from polder.kernel.engine import Engine, NodeSeen, Rollout, Seen, ServiceSeen, TaskSeen
from polder.kernel.problem import Problem, Refused, Unreachable, Value
from polder.platform.plan.draining import BROKEN, EMPTY_WITHIN, ENDED
from polder.platform.plan.model import AwaitNode
from polder.world.docker.rollout import fits, moment

POLL = 0.5
Tell = Callable[[Problem], None]
"""Given how far it has come, as a ``plan.moving``."""


class Clock(Protocol):
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


def running_on(engine: Engine, site: str, node: str) -> set[str]:
    """The services of ``site`` that will have to move when the node is drained."""
    return set(_due(engine.look(storage=False), site, node, settled=False))


def await_moved(engine: Engine, work: AwaitNode, node: str, ran: set[str], tell: Tell, clock: Clock) -> None:
    """``node``: the node's id; ``ran``: what is known to have run there. ``work.within`` counts from when it is empty. Refused
    (``plan.not-empty``, ``plan.not-moved``) when the time is over; a manager that falls silent meanwhile is asked again until then."""
    waiting = _Waiting(engine, work, node, tell, set(ran))
    limit, empty = clock.monotonic() + EMPTY_WITHIN, False
    while True:
        late = clock.monotonic() > limit
        try:
            waiting.look()
        except (Unreachable, Refused):  # refused: a service that somebody removed between two questions
            if late:
                raise
        if waiting.over:
            return
        if waiting.empty and not empty:
            limit, empty = clock.monotonic() + work.within, True
        elif late:
            raise Refused(waiting.problem())
        clock.sleep(POLL)


@dataclass(slots=True)
class _Waiting:
    """How far it has come. ``due``: what is waited for; ``rollouts``: how that is going, ``None`` before anybody could say."""

    engine: Engine
    work: AwaitNode
    node: str
    tell: Tell
    due: set[str]
    empty: bool = False
    rollouts: Mapping[str, Rollout] | None = None
    told: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        return self.empty and self.rollouts is not None and not self.ill

    @property
    def ill(self) -> tuple[str, ...]:
        found = self.rollouts or {}
        return tuple(sorted(name for name, rollout in found.items() if not _healthy(rollout)))

    def look(self) -> None:
        seen = self.engine.look(storage=False)
        self.due |= set(_due(seen, self.work.site, self.node, settled=self.work.state == "settled"))
        self.due &= {service.name for service in seen.services}
        self.empty = is_empty(seen, self.node)
        if self.empty:
            self.rollouts = self.engine.rollouts(sorted(self.due)) if self.due else {}
            if self.ill and self.ill != self.told:
                self.told = self.ill
                self.tell(self._moving())

    def _moving(self) -> Problem:
        count = len(self.rollouts or {})
        values: dict[str, Value] = {"healthy": count - len(self.ill), "all": count, "services": self.ill}
        return Problem("plan.moving", "", values)

    def problem(self) -> Problem:
        if not self.empty:
            return Problem("plan.not-empty", "", {"host": self.work.host, "seconds": EMPTY_WITHIN})
        errors = [rollout.error for rollout in (self.rollouts or {}).values() if rollout.error]
        names = self.ill or tuple(sorted(self.due))
        values: dict[str, Value] = {
            "services": names,
            "service": next(iter(names), "-"),
            "host": self.work.host,
        }
        values |= {"seconds": self.work.within, "error": next(iter(errors), "-")}
        return Problem("plan.not-moved", "", values)


def is_empty(seen: Seen, node: str) -> bool:
    """Whether nothing runs on a node any more, as far as anybody can say."""
    found = next((one for one in seen.nodes if one.id == node), None)
    runs = any(task.node_id == node and task.state not in ENDED for task in seen.tasks)
    return found is None or found.state != "ready" or not runs


def _due(seen: Seen, site: str, node: str, *, settled: bool) -> Iterator[str]:
    by_service: dict[str, list[TaskSeen]] = {}
    for task in seen.tasks:
        by_service.setdefault(task.service_id, []).append(task)
    for service in seen.services:
        if service.labels.get("polder.site") != site or "Global" in (service.spec.get("Mode") or {}):
            continue
        tasks = by_service.get(service.id, [])
        usable, elsewhere = _places(seen, service, node)
        moves = usable and _ran_there(tasks, node)
        lacks = settled and not _runs(tasks, node) and (usable or not elsewhere)
        if moves or lacks:
            yield service.name


def _places(seen: Seen, service: ServiceSeen, node: str) -> tuple[bool, bool]:
    """Whether another node could run it now, and whether one could if it were there."""
    constraints = (service.spec["TaskTemplate"].get("Placement") or {}).get("Constraints") or []
    others = [n for n in seen.nodes if n.id != node and fits(n, constraints)]
    return any(_takes_work(n) for n in others), bool(others)


def _takes_work(node: NodeSeen) -> bool:
    return node.state == "ready" and node.availability == "active"


def _ran_there(tasks: list[TaskSeen], node: str) -> bool:
    """What kept ending there by itself was not moved: it was broken before."""
    there = [task for task in tasks if task.node_id == node]
    return bool(there) and max(there, key=lambda task: moment(task.created)).state not in BROKEN


def _runs(tasks: list[TaskSeen], node: str) -> bool:
    return any(task.state == task.desired == "running" and task.node_id != node for task in tasks)


def _healthy(rollout: Rollout) -> bool:
    """A roll-back of long ago is no fault of the move."""
    return rollout.state in ("done", "rolled-back") and rollout.running >= rollout.wanted
