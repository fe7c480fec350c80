"""Hosts that wait for a reboot, one at a time: drained, rebooted, waited for, opened again.

Rules: workers first, the leader last; refused when the other managers would be too few meanwhile; where nothing else could take
the apps, the host is not drained and they are away until it is back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from polder.kernel.engine import Seen, UpdateNode
from polder.kernel.host import HostWork, Reboot
from polder.kernel.problem import Problem, Refused, Value
from polder.platform.plan.draining import EMPTY_WITHIN
from polder.platform.plan.hosts import DRAINED_LABEL, condition, node_spec
from polder.platform.plan.locking import unlock_step
from polder.platform.plan.machines import Machine
from polder.platform.plan.model import AwaitNode, Step, Work
from polder.platform.plan.quorum import Managers, managers
from polder.platform.site.model import Site

READY_WITHIN = 120
"""Seconds from a host's answer after its reboot until its node is ready (measured: 2 to 14)."""


def waiting_for_reboot(found: Mapping[str, Machine]) -> list[Machine]:
    return [machine for machine in found.values() if machine.look and machine.look.reboot_needed]


def reboot_steps(site: Site, seen: Seen, found: Mapping[str, Machine], done: tuple[str, ...]) -> list[Step]:
    """Refused (``plan.reboot-quorum``) with every host that cannot be spared."""
    waiting = sorted(waiting_for_reboot(found), key=lambda machine: _rank(machine, seen))
    _refuse(waiting, managers(seen))
    steps: list[Step] = []
    for machine in waiting:
        alone = not any(n for n in seen.nodes if machine.node != n and condition(n) == "ready")
        after = (steps[-1].key,) if steps else done
        drains = machine.node is not None and machine.host.open and not alone
        steps += _steps(machine, after, drains=drains, locks=seen.autolock)
    return steps


def _rank(machine: Machine, seen: Seen) -> tuple[bool, bool, bool]:
    node = machine.node
    return (
        bool(node and node.role == "manager"),
        bool(node and node.leader),
        bool(node and node.id == seen.node_id),
    )


def _refuse(waiting: list[Machine], found: Managers) -> None:
    problems = []
    for machine in waiting:
        if machine.node and not found.can_rest(machine.node.id):
            numbers = {"managers": len(found.known), "heard": len(found.heard), "needed": found.needed}
            values: dict[str, Value] = {"host": machine.host.name, **numbers}
            problems.append(Problem("plan.reboot-quorum", machine.host.where, values))
    if problems:
        raise Refused(problems)


def _steps(machine: Machine, after: tuple[str, ...], *, drains: bool, locks: bool) -> Iterator[Step]:
    name, node = machine.host.name, machine.node.id if machine.node else ""
    labels = node_spec(machine.host, machine.node)["Labels"] if machine.node else {}
    if drains:
        closed = {"Availability": "drain", "Labels": labels | {DRAINED_LABEL: "reboot"}}
        yield _step(name, "drain", "step.drain-host", UpdateNode(node, 0, closed), after)
        wait = AwaitNode(node, name, "empty", EMPTY_WITHIN)
        yield _step(name, "empty", "step.await-empty", wait, (f"reboot:{name}:drain",))
        after = (f"reboot:{name}:empty",)
    yield _step(name, "boot", "step.reboot-host", HostWork(name, (Reboot(),)), after)
    last = "boot"
    if locks and machine.node and machine.node.role == "manager":
        yield unlock_step(name, f"reboot:{name}:unlock", (f"reboot:{name}:boot",))
        last = "unlock"
    if node:
        wait = AwaitNode(node, name, "ready", READY_WITHIN)
        yield _step(name, "ready", "step.await-node", wait, (f"reboot:{name}:{last}",))
    if drains:
        opened = {"Availability": "active", "Labels": labels}
        yield _step(name, "open", "step.open-host", UpdateNode(node, 0, opened), (f"reboot:{name}:ready",))


def _step(host: str, key: str, code: str, work: Work, after: tuple[str, ...]) -> Step:
    return Step(
        f"reboot:{host}:{key}", "host", f"host/{host}", code, {"host": host, "address": host}, work, after
    )
