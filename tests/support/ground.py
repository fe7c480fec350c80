"""A site of several machines that Polder sets up, with machines and engines in memory: planned and applied as the commands do it.

site = ground(hosts_yml(managers=3, workers=1))     # the fixture of tests/actions
site.done()                                         # applies; fails the test where a step fails
site.nodes(), site.on("ada")                        # what the swarm shows
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polder.actions.apply_site import Applied, Asked, apply_to
from polder.actions.check_site import load_site
from polder.actions.look_site import look
from polder.actions.reach_engine import open_planned_engine
from polder.cli.progress import Quiet
from polder.kernel.problem import Refused
from polder.platform.plan.asked import USUAL, HostsAsked
from polder.platform.plan.model import Plan, Step
from polder.world.docker.memory import MemoryEngine
from support.cluster import Cluster
from support.sites import group

MANAGERS = ("ada", "bela", "cleo")
APPS = {"lilas": group("wiki plain", "page bare").replace("recipe: plain,", "recipe: plain, host: bela,")}


def hosts_yml(managers: int = 3, workers: int = 0, mesh: bool = True) -> str:
    names = ("ada", "bela", "cleo", "dora", "elin")
    lines = []
    for number, name in enumerate(names[: managers + workers]):
        role = "manager" if number < managers else "worker"
        roles = f"[{role}, ingress]" if number == 0 else f"[{role}]"
        inside = f", mesh: 10.213.0.{number + 1}" if mesh else ""
        lines.append(f"{name}: {{address: 192.0.2.{number + 1}, roles: {roles}, profile: baseline{inside}}}")
    return "\n".join(lines) + "\n"


class Heard(Quiet):
    """Keeps what steps say of how far they have come."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def line(self, step: Step, text: str) -> None:
        self.lines.append(text)


class Ground:
    """A site on disk and its machines. ``heard``: what steps said while they were done."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self.folder, self.cluster, self.heard = folder, cluster, Heard()

    def plan(self, asked: HostsAsked = USUAL) -> Plan:
        machines, site = self.cluster.machines(), load_site(self.folder)
        engine = open_planned_engine(site, machines)
        return look(self.folder, engine, site, machines=machines, asked=asked).plan

    def apply(self, asked: HostsAsked = USUAL) -> Applied:
        machines, site = self.cluster.machines(), load_site(self.folder)
        engine = open_planned_engine(site, machines)
        return apply_to(
            engine,
            self.folder,
            Asked(hosts=asked),
            lambda looked: None,
            lambda plan: True,
            self.heard,
            machines,
        )

    def done(self, asked: HostsAsked = USUAL) -> Plan:
        """Apply, wholly; the plan that was carried out."""
        applied = self.apply(asked)
        assert applied.outcome is None or not (applied.outcome.failed or applied.outcome.not_begun), [
            (one.step.key, one.problem) for one in applied.outcome.failed
        ]
        return applied.plan

    def keeper(self) -> MemoryEngine:
        """The engine that keeps the swarm's state."""
        return next(engine for engine in self.cluster.engines.values() if engine.nodes)

    def nodes(self) -> dict[str, tuple[str, str, str]]:
        """Role, availability and state of each node."""
        seen = self.keeper().look()
        return {n.hostname: (n.role, n.availability, n.state) for n in seen.nodes}

    def on(self, host: str) -> set[str]:
        """Services with a container on ``host``."""
        seen = self.keeper().look()
        node = next(n.id for n in seen.nodes if n.hostname == host)
        names = {s.id: s.name for s in seen.services}
        return {
            names[t.service_id] for t in seen.tasks if t.node_id == node and t.state == t.desired == "running"
        }


Make = Callable[..., Ground]


def codes(plan: Plan) -> list[str]:
    return [step.code for step in plan.steps]


def of_nodes(plan: Plan) -> list[str]:
    """Without what is done on the machines themselves."""
    return [step.code for step in plan.steps if step.kind != "host"]


def told(plan: Plan) -> set[str]:
    return {finding.code for finding in plan.findings}


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.problems[0].code


def all_before(plan: Plan, key: str) -> set[str]:
    direct = {step.key: step.after for step in plan.steps}
    found: set[str] = set()
    rest = list(direct[key])
    while rest:
        one = rest.pop()
        if one in direct and one not in found:
            found.add(one)
            rest += direct[one]
    return found


def with_machine(cluster: Cluster, name: str, at: str) -> Cluster:
    more = Cluster({name: at})
    cluster.seen[name], cluster.engines[name] = more.seen[name], more.engines[name]
    more.engines[name].wires = next(iter(cluster.engines.values())).wires
    more.engines[name].wires[at] = more.engines[name]
    return cluster
