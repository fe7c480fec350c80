"""Hosts that ``hosts.yml`` drains: when a drain is over, and what is left to wait for where one was cut short.

Rules:
1. A drain is over when nothing runs on the host any more and what ran there is healthy on others. What has no place elsewhere (its
   data is on the host, or no other host can run it now) is not waited for: it is away until the host is opened.
2. The wait comes last: what else the plan changes may be just what lets an app start elsewhere.
3. A drain that was cut short is waited for by the next plan, while that is recent; later, what does not run is a finding.
4. Every wait has an end. Then the host stays drained: nothing is undone, and nothing that should follow is begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from polder.kernel.engine import NodeSeen, Seen, TaskSeen
from polder.platform.plan.hosts import pinned_to
from polder.platform.plan.machines import Machine
from polder.platform.plan.model import AwaitNode, Step
from polder.platform.plan.services import GRACE
from polder.platform.site.model import Site

EMPTY_WITHIN = 300
"""Seconds that the apps of a drained host may take to stop there."""
ENDED = ("complete", "failed", "shutdown", "rejected", "orphaned", "remove")
"""States of a task that runs no more."""
BROKEN = ("failed", "rejected", "orphaned")
"""States of a task that nobody stopped: it ended by itself, or never began."""


def moved_within(site: Site) -> int:
    """Seconds that what is moved may take to be healthy elsewhere, once it has stopped: as long as the slowest app may take to start."""
    used = {"ingress", *(app.recipe for app in site.apps)} & site.recipes.keys()
    return max((site.recipes[name].updates.starts_within for name in used), default=0) + GRACE


def draining_steps(
    site: Site,
    seen: Seen,
    found: Mapping[str, Machine],
    steps: list[Step],
    done: tuple[str, ...],
    now: datetime,
) -> list[Step]:
    """``steps``: those of the nodes, which drain hosts; ``done``: the keys of what comes before."""
    drains = {step.key for step in steps if step.code == "step.drain-host"}
    waits: list[Step] = []
    for name, machine in found.items():
        node, key = machine.node, f"host:{name}"
        if node is None or node.state != "ready" or machine.host.open:
            continue
        if key in drains or _cut_short(site, seen, node, name, now):
            waits.append(_wait(site, node, name, (*done, *({key} & drains))))
    return waits


def _wait(site: Site, node: NodeSeen, name: str, after: tuple[str, ...]) -> Step:
    work = AwaitNode(node.id, name, "moved", moved_within(site), site.slug)
    return Step(f"drain:{name}", "restart", f"host/{name}", "step.await-moved", {"host": name}, work, after)


def _cut_short(site: Site, seen: Seen, node: NodeSeen, name: str, now: datetime) -> bool:
    """Whether something runs on a drained node still, or was stopped there a moment ago and runs nowhere yet."""
    ours = {s.id: s for s in seen.services if s.labels.get("polder.site") == site.slug}
    there = [task for task in seen.tasks if task.node_id == node.id and task.service_id in ours]
    if any(task.state not in ENDED for task in there):
        return True
    running = {task.service_id for task in seen.tasks if task.state == task.desired == "running"}
    waiting = [t for t in there if t.service_id not in running and pinned_to(ours[t.service_id].spec) != name]
    since = now - timedelta(seconds=moved_within(site))
    return any(task.state not in BROKEN and _ended(task, since) for task in waiting)


def _ended(task: TaskSeen, since: datetime) -> bool:
    try:
        return datetime.fromisoformat(task.updated[:19] + "+00:00") > since
    except ValueError:
        return False
