"""The ground that apps stand on: the machines set up and joined, before anything runs on them.

Rules:
1. A machine that did not show itself gets no steps; the plan names it and goes on for the others.
2. Bare machines are set up side by side. Where a step restarts Docker on hosts of a swarm that runs, they take turns.
3. Where it is not clear whether there is a swarm already, machines are set up and nothing else is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from polder.kernel.engine import Seen
from polder.kernel.host import HostSeen, HostWork, SetUnit
from polder.kernel.problem import Problem
from polder.platform.plan.asked import HostsAsked
from polder.platform.plan.hosts import DRAINED_LABEL, condition
from polder.platform.plan.leaving import leaving_nodes, with_leaving
from polder.platform.plan.locking import lock_steps, unlock_step, unlock_steps
from polder.platform.plan.machines import Looks, Machine, machines
from polder.platform.plan.model import AtHost, AwaitNode, BuildImage, Step
from polder.platform.plan.nodes import Nodes, node_steps
from polder.platform.plan.reboots import READY_WITHIN, waiting_for_reboot
from polder.platform.site.model import Host, Site

Profile = Callable[[Site, Host, HostSeen, Mapping[str, HostSeen]], list[Step]]


@dataclass(slots=True)
class Ground:
    """``steps``: the machines' and the nodes'. ``away``: hosts that can run nothing new. ``late``: steps for when hosts have left."""

    machines: Mapping[str, Machine] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    nodes: Nodes = field(default_factory=Nodes)
    away: frozenset[str] = frozenset()
    late: list[Step] = field(default_factory=list)

    @property
    def grows(self) -> bool:
        """Whether a host joins a swarm that runs: what runs on every host begins there too, and is waited for."""
        return any(machine.joins for machine in self.machines.values())

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(step.key for step in self.steps)


def lay_ground(site: Site, seen: Seen, looks: Looks | None, profile: Profile | None = None) -> Ground:
    """The steps for machines and nodes. Refused as ``node_steps`` says."""
    found = machines(site, seen, looks)
    leaving = leaving_nodes(site, seen, found)
    by_host = _set_up(with_leaving(site, leaving), found, profile)
    late = _late(by_host, _set_up(site, found, profile)) if leaving else []
    before = {name: tuple(step.key for step in steps) for name, steps in by_host.items()}
    nodes = node_steps(site, seen, found, before)
    unlock, shut = unlock_steps(site, found)
    lock = [] if nodes.unclear else lock_steps(site, seen, (step.key for step in nodes.steps))
    steps = [*unlock, *take_turns(by_host, found, locks=seen.autolock), *nodes.steps, *lock]
    nodes.told += shut
    return Ground(found, steps, nodes, _away(found, {step.key for step in nodes.steps}), late)


def _late(now: Mapping[str, list[Step]], then: Mapping[str, list[Step]]) -> list[Step]:
    """What is different once the hosts that leave are gone."""
    begun = {step.key: step.work for steps in now.values() for step in steps}
    late = [s for steps in then.values() for s in steps if begun.get(s.key) != s.work]
    new = {step.key: f"{step.key}:late" for step in late}
    return [replace(s, key=new[s.key], after=tuple(new.get(key, key) for key in s.after)) for s in late]


def _set_up(site: Site, found: Mapping[str, Machine], profile: Profile | None) -> dict[str, list[Step]]:
    reached = {name: machine.look for name, machine in found.items() if machine.look}
    if reached and profile is None:
        from polder.platform.hosts.baseline import host_steps

        profile = host_steps
    others = {name: {other: look for other, look in reached.items() if other != name} for name in reached}
    return {
        name: profile(site, found[name].host, look, others[name]) if profile else []
        for name, look in reached.items()
    }


def take_turns(
    by_host: Mapping[str, list[Step]], found: Mapping[str, Machine], *, locks: bool = False
) -> list[Step]:
    """All the hosts' steps. On hosts that are nodes already, a step that restarts Docker waits for the former host's to be over
    and its node to be ready: managers that are away together could cost the swarm its quorum. ``locks``: a manager has to be unlocked
    then."""
    steps: list[Step] = []
    last: tuple[str, ...] = ()
    for name, own in by_host.items():
        node = found[name].node
        restarts = [step.key for step in own if node and _restarts_docker(step)]
        steps += [replace(s, after=(*s.after, *last)) if s.key in restarts else s for s in own]
        if node and restarts:
            key = f"host:{name}:ready"
            wait = AwaitNode(node.id, name, "ready", READY_WITHIN)
            values = {"host": name}
            after = tuple(restarts)
            if locks and node.role == "manager":
                steps.append(unlock_step(name, f"host:{name}:unlock", after))
                after = (f"host:{name}:unlock",)
            steps.append(Step(key, "host", f"host/{name}", "step.await-node", values, wait, after))
            last = (key,)
    return steps


def _restarts_docker(step: Step) -> bool:
    done = step.work.operations if isinstance(step.work, HostWork) else ()
    units = [
        one for one in done if isinstance(one, SetUnit) and one.name.split(".")[0] in ("docker", "containerd")
    ]
    return any(one.change in ("restart", "stop") for one in units)


def _away(found: Mapping[str, Machine], keys: set[str]) -> frozenset[str]:
    return frozenset(name for name, machine in found.items() if _is_away(machine, keys))


def _is_away(machine: Machine, keys: set[str]) -> bool:
    node = machine.node
    if not machine.host.open:
        return True
    if node is None:
        return machine.managed and not ({f"join:{machine.host.name}", "swarm"} & keys and machine.look)
    opens = DRAINED_LABEL in (node.spec.get("Labels") or {}) and node.state == "ready"
    return condition(node) != "ready" and not opens


def after_engine(ground: Ground, steps: list[Step]) -> list[Step]:
    """Images are handed to an engine: where a plan makes it, they come after."""
    made = tuple(step.key for step in ground.steps if step.key == "swarm" and isinstance(step.work, AtHost))
    return [
        replace(s, after=(*s.after, *made)) if made and isinstance(s.work, BuildImage) else s for s in steps
    ]


def host_findings(site: Site, seen: Seen, ground: Ground, asked: HostsAsked) -> tuple[Problem, ...]:
    """What is worth knowing of the machines."""
    return (*ground.nodes.unclear, *ground.nodes.told, *_findings(ground, asked))


def _findings(ground: Ground, asked: HostsAsked) -> Iterator[Problem]:
    for name, machine in ground.machines.items():
        if machine.fault:
            yield replace(machine.fault, where=machine.fault.where or machine.host.where)
        elif machine.elsewhere:
            yield Problem("plan.other-swarm", machine.host.where, {"host": name})
        elif machine.managed and machine.node is None and machine.look is None:
            yield Problem("plan.not-joined", machine.host.where, {"host": name})
        if not machine.host.open:
            yield Problem("plan.host-drained", machine.host.where, {"host": name})
    if ground.machines and not any(machine.host.open for machine in ground.machines.values()):
        yield Problem("plan.all-drained", "hosts.yml")
    for machine in [] if asked.reboot else waiting_for_reboot(ground.machines):
        yield Problem("plan.reboot-needed", machine.host.where, {"host": machine.host.name})
