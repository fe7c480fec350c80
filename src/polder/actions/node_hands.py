"""The hands for nodes: made and joined by their own engine, changed and waited for through a manager."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from polder.actions.look_hosts import Machines
from polder.actions.moved import is_empty
from polder.kernel.engine import (
    JOIN_TOKEN,
    UNLOCK_KEY,
    Engine,
    JoinSwarm,
    LeaveSwarm,
    NodeSeen,
    Seen,
    UnlockSwarm,
    UpdateNode,
)
from polder.kernel.host import HostWork, Reboot
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.kernel.secret import Secret
from polder.platform.plan.desired import HOST_LABEL
from polder.platform.plan.hosts import node_of
from polder.platform.plan.model import AtHost, AwaitNode
from polder.platform.plan.quorum import managers

POLL = 0.5
JOINED_WITHIN = 60
"""Seconds until a manager shows a node that has joined."""
SETTLED_WITHIN = 60
"""Seconds until the managers that stay have a leader, after one of them was demoted (measured: 1 to 12)."""
TRIES = 5


def at_host(
    engine: Engine, machines: Machines, work: AtHost, unlock_key: Callable[[], Secret]
) -> Mapping[str, str]:
    """The host's own engine makes, joins or leaves a swarm. The token goes from the manager's answer into that engine's request
    and nowhere else. Returns which node the host is."""
    own = machines.engine_at(work.host)
    made = ""
    for operation in work.operations:
        if isinstance(operation, UnlockSwarm):
            _unlock(own, work.host, unlock_key())
            return {}
        if isinstance(operation, LeaveSwarm) and not operation.force:
            _until_worker(own)
        values = {JOIN_TOKEN: engine.join_token(operation.role)} if isinstance(operation, JoinSwarm) else {}
        made = own.run(operation, values)
        if isinstance(operation, JoinSwarm):
            _await_ready(engine, made, JOINED_WITHIN, work.host)
    return {node_of(work.host): made}


def _until_worker(own: Engine) -> None:
    """A manager hears after a moment that it is one no longer; as one, the engine would refuse to leave. So it does when the time is
    over: nobody leaves by force."""
    limit = time.monotonic() + SETTLED_WITHIN
    while time.monotonic() < limit:
        with suppress(Unreachable, Refused):
            if own.look(tasks=False, storage=False).swarm != "manager":
                return
        time.sleep(POLL)


def _unlock(own: Engine, host: str, key: Secret) -> None:
    """The engine of a machine that has just started answers after a while, and may be open already."""
    limit = time.monotonic() + JOINED_WITHIN
    while True:
        with suppress(Unreachable):
            state = own.look(tasks=False, storage=False).swarm
            if state == "locked":
                own.run(UnlockSwarm(), {UNLOCK_KEY: key})
            if state != "none":
                return
        if time.monotonic() > limit:
            raise Refused(Problem("plan.not-ready", "", {"host": host, "seconds": JOINED_WITHIN}))
        time.sleep(POLL)


def update_node(engine: Engine, operation: UpdateNode, known: Mapping[str, str]) -> None:
    """As it was planned; a node that the plan itself made or changed before (version 0) keeps what the operation does not name."""
    if operation.version:
        engine.run(operation)
        return
    for attempt in range(TRIES):
        node = _present(engine, operation.id, known)
        try:
            engine.run(UpdateNode(node.id, node.version, {**node.spec, **operation.spec}))
            break
        except Refused as refused:
            if refused.problems[0].code != "engine.changed-since" or attempt == TRIES - 1:
                raise
        time.sleep(POLL)
    if operation.spec.get("Role") == "worker":
        late = Problem("plan.not-ready", "", {"host": node.hostname, "seconds": SETTLED_WITHIN})
        _until(engine, lambda seen: _leads_another(seen, node.id), SETTLED_WITHIN, late)


def _present(engine: Engine, planned: str, known: Mapping[str, str]) -> NodeSeen:
    """The node as it is now; a placeholder that no step made known is the node that we talk to."""
    seen = engine.look(tasks=False, storage=False)
    identity = known.get(planned, seen.node_id if planned.startswith("{") else planned)
    node = _find(seen, identity)
    if node is None:
        raise Refused(Problem("engine.missing", "", {"kind": "node", "name": identity, "message": ""}))
    return node


def _leads_another(seen: Seen, identity: str) -> bool:
    return any(node.leader and node.id != identity for node in seen.nodes)


def await_node(engine: Engine, machines: Machines | None, work: AwaitNode, identity: str) -> None:
    """``identity``: the node's id. Refused (``plan.not-empty``, ``plan.not-ready``) when the time is over.

    A manager calls a node ready for some seconds after it is gone: a machine that has just started is asked itself first.
    """
    if work.state == "empty":
        late = Problem("plan.not-empty", "", {"host": work.host, "seconds": work.within})
        _until(engine, lambda seen: is_empty(seen, identity), work.within, late)
        return
    assert machines is not None
    late = Problem("plan.not-ready", "", {"host": work.host, "seconds": work.within})
    _until(machines.engine_at(work.host), lambda seen: seen.swarm in ("manager", "worker"), work.within, late)
    _await_ready(engine, identity, work.within, work.host)


def _await_ready(engine: Engine, identity: str, within: int, host: str) -> None:
    late = Problem("plan.not-ready", "", {"host": host, "seconds": within})
    _until(engine, lambda seen: _is_ready(seen, identity), within, late)


def spare(engine: Engine, work: HostWork) -> None:
    """Just before a reboot: whether the other managers can still do without this one (``plan.reboot-quorum``)."""
    if not any(isinstance(operation, Reboot) for operation in work.operations):
        return
    seen = engine.look(tasks=False, storage=False)
    own = [n.id for n in seen.nodes if (n.spec.get("Labels") or {}).get(HOST_LABEL) == work.host]
    found = managers(seen)
    if any(not found.can_rest(node) for node in own):
        numbers = {"managers": len(found.known), "heard": len(found.heard), "needed": found.needed}
        raise Refused(Problem("plan.reboot-quorum", "", {"host": work.host, **numbers}))


def _find(seen: Seen, identity: str) -> NodeSeen | None:
    return next((node for node in seen.nodes if node.id == identity), None)


def _is_ready(seen: Seen, identity: str) -> bool:
    node = _find(seen, identity)
    return node is not None and node.state == "ready" and node.reachable


def _until(engine: Engine, good: Callable[[Seen], bool], within: float, late: Problem) -> None:
    """A manager that is away for a moment (it may be the one that reboots) is asked again."""
    limit = time.monotonic() + within
    while True:
        try:
            if good(engine.look(storage=False)):
                return
        except Unreachable:
            if time.monotonic() > limit:
                raise
        if time.monotonic() > limit:
            raise Refused(late)
        time.sleep(POLL)
