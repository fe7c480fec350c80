"""How a service's newest change is going, judged from what Swarm shows. Pure.

Swarm answers 200 to an update that will never work, so only these facts count:

- A task is *new* when its own spec equals the service's present one and it holds no ports
  other than those that the service publishes (a change of ports restarts tasks whose spec stays the same).
- ``UpdateStatus`` is absent after a creation, just after an update, and after updates that touch no task: absent says nothing.
- ``paused``, ``rollback_paused`` and ``rollback_completed`` are final until somebody updates again.
- A task with a health check is ``running`` only once healthy; one without is believed after it has run ``SETTLED`` seconds,
  or ``SETTLED_AGAIN`` when others of the same spec ended before.
- ``FAILURES`` ended tasks of the newest spec, with nothing for Swarm to roll back to, are a failure, not a delay.
- A task on a node that is down counts for nothing, whatever its state says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from polder.kernel.engine import Json, NodeSeen, Rollout, ServiceSeen, TaskSeen
from polder.kernel.spec import normalise_task

FAILURES = 3
SETTLED = 1.0
SETTLED_AGAIN = 5.0
State = Literal["converging", "done", "rolled-back", "failing"]
_ENDED = ("failed", "rejected", "complete", "orphaned")
_FINAL = ("paused", "rollback_paused", "rollback_completed")


def judge(service: ServiceSeen, tasks: Sequence[TaskSeen], nodes: Sequence[NodeSeen], now: float) -> Rollout:
    """``now``: seconds since 1970 by the engine's own clock. ``tasks``: those of this service."""
    template = normalise_task(service.spec.get("TaskTemplate") or {})
    ports = _host_ports(service.spec)
    new = [task for task in tasks if _is_new(task, template, ports)]
    failed = [task for task in new if _failed_since(task, service.updated)]
    wanted = _wanted(service.spec, nodes)
    usable = {node.id for node in nodes if node.state == "ready"}
    patience = _patience(template, bool(failed))
    standing = [task for task in new if _stands(task, usable) and now - moment(task.updated) >= patience]
    if service.update_state in _FINAL:
        return _final(service, tasks, new, len(standing), wanted)
    state = _state(service, tasks, new, failed, usable, len(standing) == wanted)
    error = "" if state == "done" else _error(failed or new)
    return Rollout(state, min(len(standing), wanted), wanted, error, len(failed))


def _state(
    service: ServiceSeen,
    tasks: Iterable[TaskSeen],
    new: list[TaskSeen],
    failed: list[TaskSeen],
    usable: set[str],
    complete: bool,
) -> State:
    unfinished = service.update_state in ("updating", "rollback_started")
    leaving = any(task not in new and _stands(task, usable) for task in tasks)
    if complete and not unfinished and not leaving:
        return "done"
    if len(failed) >= FAILURES and not (unfinished and _swarm_decides(service)):
        return "failing"
    return "converging"


def _swarm_decides(service: ServiceSeen) -> bool:
    """Whether Swarm itself stops or takes back an update that fails."""
    action = (service.spec.get("UpdateConfig") or {}).get("FailureAction") or "pause"
    return action != "continue"


def _final(
    service: ServiceSeen, tasks: Sequence[TaskSeen], new: list[TaskSeen], running: int, wanted: int
) -> Rollout:
    given_up = new if service.update_state == "paused" else [task for task in tasks if task not in new]
    failed = [task for task in given_up if task.state in _ENDED]
    error = _error(failed) or service.update_message
    return Rollout("rolled-back", min(running, wanted), wanted, error, len(failed))


def _is_new(task: TaskSeen, template: Json, ports: set[tuple[int, int, str]]) -> bool:
    # Ports are shown late, and never on an internal network: none shown says nothing.
    return normalise_task(task.spec) == template and (not task.ports or set(task.ports) == ports)


def _host_ports(spec: Json) -> set[tuple[int, int, str]]:
    published = (spec.get("EndpointSpec") or {}).get("Ports") or []
    return {
        (port.get("PublishedPort", 0), port.get("TargetPort", 0), port.get("Protocol") or "tcp")
        for port in published
        if port.get("PublishMode") == "host"
    }


def _failed_since(task: TaskSeen, updated: str) -> bool:
    return task.state in _ENDED and moment(task.updated) >= moment(updated)


def _stands(task: TaskSeen, usable: set[str]) -> bool:
    return task.state == "running" and task.desired == "running" and task.node_id in usable


def _patience(template: Json, failed_before: bool) -> float:
    if failed_before:
        return SETTLED_AGAIN
    return 0.0 if (template.get("ContainerSpec") or {}).get("Healthcheck") else SETTLED


def _error(tasks: Iterable[TaskSeen]) -> str:
    """The newest reason that any of these gives."""
    told = [task for task in tasks if task.error]
    return max(told, key=lambda task: moment(task.updated)).error if told else ""


def _wanted(spec: Json, nodes: Sequence[NodeSeen]) -> int:
    mode = spec.get("Mode") or {}
    if "Global" not in mode:
        replicas = (mode.get("Replicated") or {}).get("Replicas")
        return 1 if replicas is None else int(replicas)
    constraints = ((spec.get("TaskTemplate") or {}).get("Placement") or {}).get("Constraints") or []
    usable = {
        n.id for n in nodes if n.state == "ready" and n.availability == "active" and fits(n, constraints)
    }
    return len(usable)


def fits(node: NodeSeen, constraints: Iterable[str]) -> bool:
    """Whether ``node`` satisfies every placement constraint (``node.labels.power!=solar``); unknown facts are taken to fit."""
    return all(_fits_one(node, constraint) for constraint in constraints)


def _fits_one(node: NodeSeen, constraint: str) -> bool:
    sign = "!=" if "!=" in constraint else "=="
    key, _, value = (part.strip() for part in constraint.partition(sign))
    facts = {"node.id": node.id, "node.hostname": node.hostname, "node.role": node.role}
    labels = node.spec.get("Labels") or {}
    if key.startswith("node.labels."):
        known = labels.get(key.removeprefix("node.labels."), "")
    elif key in facts:
        known = facts[key]
    else:
        return True
    same: bool = known.lower() == value.lower()
    return same == (sign == "==")


def moment(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 time, 0 for none.

    >>> moment("1970-01-01T00:01:00.5Z")
    60.5
    """
    return datetime.fromisoformat(text).timestamp() if text else 0.0
