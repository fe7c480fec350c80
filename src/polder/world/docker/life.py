"""One service's life in the in-memory twin: its tasks come up, fail, are replaced and rolled back as time goes on.

Time is counted in ticks of one second; a look is a tick. A task is up ``starts_after`` ticks after it was made. An image
whose name or ``polder.test`` label holds ``never-healthy`` or ``crashes`` fails at that moment instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from polder.kernel.engine import NodeSeen, ServiceSeen, TaskSeen
from polder.kernel.spec import normalise, normalise_task
from polder.world.docker.rollout import fits

Json = dict[str, Any]

KEPT_TASKS = 5
ERRORS = {
    "never-healthy": "task: non-zero exit (137): dockerexec: unhealthy container",
    "crashes": "task: non-zero exit (1)",
    "missing": "No such image: {image}",
}


@dataclass(slots=True)
class World:
    """What a service's life depends on. ``next_id`` and ``next_version`` count; ``tick`` is now."""

    nodes: Sequence[NodeSeen]
    fault_of: Callable[[str], str]
    """Image reference to ``""`` or a key of ``ERRORS``."""
    next_version: Callable[[], int]
    next_id: Callable[[], str]
    tick: int
    starts_after: int

    @property
    def time(self) -> str:
        return datetime.fromtimestamp(self.tick, UTC).isoformat().replace("+00:00", "Z")


@dataclass(slots=True)
class Life:
    """``since`` is the version at which the present spec was set: later indexes are Swarm's own bookkeeping.
    ``waiting``: ticks until the newest tasks are up or fail; 0 when all is quiet."""

    id: str
    name: str
    spec: Json
    version: int
    since: int
    created: str
    updated: str
    previous: Json = field(default_factory=dict)
    update_state: str = ""
    update_message: str = ""
    tasks: list[TaskSeen] = field(default_factory=list)
    waiting: int = 0

    def seen(self) -> ServiceSeen:
        return ServiceSeen(
            self.id,
            self.name,
            self.version,
            self.spec,
            self.update_state,
            self.update_message,
            self.created,
            self.updated,
        )


def begin(life: Life, world: World) -> None:
    """The first tasks of a service just made."""
    _spawn(life, world)


def update(life: Life, spec: Json, world: World) -> None:
    """Take ``spec``; tasks are replaced only when something about them changed."""
    before, life.previous, life.spec = life.spec, life.spec, spec
    life.version = life.since = world.next_version()
    life.updated, life.update_state, life.update_message = world.time, "", ""
    if _of_tasks(before) != _of_tasks(spec):
        life.update_state = "updating"
        if _update_config(spec).get("Order") != "start-first":
            _stop_old(life, world)
        _spawn(life, world)
    elif normalise(before)["Mode"] != normalise(spec)["Mode"]:
        _scale(life, world)


def step(life: Life, world: World) -> None:
    """One tick."""
    life.waiting -= 1
    if life.waiting > 0:
        return
    if not _usable(life.spec, world):
        life.waiting = 1
        return
    fault = world.fault_of(_image(life.spec)) if any(_is_starting(t) for t in life.tasks) else ""
    _fail(life, world, fault) if fault else _come_up(life, world)


def _come_up(life: Life, world: World) -> None:
    life.tasks = [
        replace(
            t,
            state="running",
            message="started",
            updated=world.time,
            container_id=f"c-{t.id}",
            ports=_ports(life.spec),
        )
        if _is_starting(t)
        else t
        for t in life.tasks
    ]
    _stop_old(life, world)
    life.waiting = 0
    if life.update_state == "updating":
        life.update_state, life.update_message = "completed", "update completed"
        life.version = world.next_version()


def _fail(life: Life, world: World, fault: str) -> None:
    error = ERRORS[fault].format(image=_image(life.spec))
    state = "rejected" if fault == "missing" else "failed"
    life.tasks = [
        replace(t, state=state, desired="shutdown", error=error, exit_code=1, updated=world.time)
        if _is_starting(t)
        else t
        for t in life.tasks
    ]
    action = (
        _update_config(life.spec).get("FailureAction", "pause")
        if life.update_state == "updating"
        else "continue"
    )
    if action == "continue":
        _spawn(life, world)
    else:
        _give_up(life, world, action)


def _give_up(life: Life, world: World, action: str) -> None:
    life.version = world.next_version()
    life.updated, life.waiting = world.time, 0
    if action == "pause":
        life.update_state, life.update_message = (
            "paused",
            "update paused due to failure or early termination of task",
        )
        return
    life.spec, life.previous, life.since = life.previous, life.spec, life.version
    life.update_state, life.update_message = "rollback_completed", "rollback completed"
    if not any(_runs(t) for t in life.tasks):
        _spawn(life, world)


def _spawn(life: Life, world: World) -> None:
    nodes = _usable(life.spec, world)
    count = slots(life.spec, len(nodes))
    fresh = [
        _task(life, world, slot + 1, nodes[slot % len(nodes)].id if nodes else "") for slot in range(count)
    ]
    life.tasks = [*life.tasks[-KEPT_TASKS * max(count, 1) :], *fresh]
    life.waiting = world.starts_after
    if life.waiting <= 0:
        step(life, world)


def drain(life: Life, node: str, world: World) -> None:
    """What runs on ``node`` is stopped there and begun elsewhere, where there is an elsewhere; global services only stop."""
    leaving = [task for task in life.tasks if task.node_id == node and task.desired == "running"]
    if not leaving:
        return
    gone = {task.id for task in leaving}
    life.tasks = [
        replace(t, state="shutdown", desired="shutdown", updated=world.time) if t.id in gone else t
        for t in life.tasks
    ]
    nodes = _usable(life.spec, world)
    if normalise(life.spec)["Mode"].get("Replicated"):
        life.tasks += [_task(life, world, task.slot, nodes[0].id if nodes else "") for task in leaving]
        life.waiting = max(world.starts_after, 1)


def fill(life: Life, world: World) -> None:
    """A node is open again: global services run there too, and what waited for a place has one."""
    nodes = _usable(life.spec, world)
    for index, task in enumerate(life.tasks):
        if task.state == "pending" and not task.node_id and nodes:
            life.tasks[index] = replace(task, node_id=nodes[0].id, state="preparing")
    if not normalise(life.spec)["Mode"].get("Replicated"):
        used = {task.node_id for task in life.tasks if task.desired == "running"}
        life.tasks += [_task(life, world, 1, node.id) for node in nodes if node.id not in used]
    life.waiting = max(world.starts_after, 1)


def _scale(life: Life, world: World) -> None:
    running = [task for task in life.tasks if _runs(task)]
    count = slots(life.spec, len(_usable(life.spec, world)))
    for task in running[count:]:
        life.tasks[life.tasks.index(task)] = replace(
            task, state="shutdown", desired="shutdown", updated=world.time
        )
    if count > len(running):
        nodes = _usable(life.spec, world)
        life.tasks += [
            _task(life, world, slot + 1, nodes[slot % len(nodes)].id) for slot in range(len(running), count)
        ]
        life.waiting = max(world.starts_after, 1)


def _stop_old(life: Life, world: World) -> None:
    newest, ports = normalise_task(life.spec["TaskTemplate"]), _ports(life.spec)
    life.tasks = [
        replace(t, state="shutdown", desired="shutdown", updated=world.time)
        if _runs(t) and (normalise_task(t.spec) != newest or t.ports != ports)
        else t
        for t in life.tasks
    ]


def _task(life: Life, world: World, slot: int, node: str) -> TaskSeen:
    state = "preparing" if node else "pending"
    error = "" if node else "no suitable node (scheduling constraints not satisfied on 1 node)"
    return TaskSeen(
        id=world.next_id(),
        service_id=life.id,
        node_id=node,
        slot=slot,
        state=state,
        desired="running",
        message=state,
        error=error,
        exit_code=None,
        container_id="",
        updated=world.time,
        spec=life.spec["TaskTemplate"],
        created=world.time,
    )


def slots(spec: Json, nodes: int) -> int:
    """How many tasks a service wants on ``nodes`` usable nodes."""
    mode = normalise(spec)["Mode"]
    replicated: Mapping[str, int] | None = mode.get("Replicated")
    return replicated["Replicas"] if replicated else nodes


def _usable(spec: Json, world: World) -> list[NodeSeen]:
    constraints = (spec["TaskTemplate"].get("Placement") or {}).get("Constraints") or []
    return [
        n for n in world.nodes if n.state == "ready" and n.availability == "active" and fits(n, constraints)
    ]


def _image(spec: Json) -> str:
    return str(spec["TaskTemplate"].get("ContainerSpec", {}).get("Image", ""))


def _ports(spec: Json) -> tuple[tuple[int, int, str], ...]:
    ports = (spec.get("EndpointSpec") or {}).get("Ports") or []
    return tuple((p["PublishedPort"], p["TargetPort"], p.get("Protocol", "tcp")) for p in ports)


def _of_tasks(spec: Json) -> tuple[Json, tuple[tuple[int, int, str], ...]]:
    return normalise_task(spec["TaskTemplate"]), _ports(spec)


def _update_config(spec: Json) -> Json:
    found: Json = spec.get("UpdateConfig") or {}
    return found


def _is_starting(task: TaskSeen) -> bool:
    return task.state in ("preparing", "pending") and task.desired == "running"


def _runs(task: TaskSeen) -> bool:
    return task.state == "running" and task.desired == "running"
