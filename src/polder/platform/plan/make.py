"""``make_plan``: what the site asks for, held against what the engine shows, becomes steps in a safe order.

Rules:
1. Nothing is made when nothing has to change: asking twice plans nothing the second time.
2. There is no state file. What is ours on the engine carries ``polder.site``; everything else is left alone.
3. Data is never destroyed unless the group's file says so (``forget-data``); until then the plan says what is kept.
4. What a hand changed on the engine is shown as such (``drift``) and set right.
5. A step carries the version index of what it changes: changed since, it is refused.
6. What can only run on a host that is away is not begun: it would fail, and Swarm may leave it stuck. The plan says so.
7. Hosts come before what runs on them, and leave or reboot after it; a host that does not show itself is left out and named.
8. The engine lists things in any order, another one each time; the same things give the same plan all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from polder.kernel.digest import Digest, digest_of_data
from polder.kernel.engine import Json, ObjectSeen, RemoveService, Seen, UpdateNode, UpdateService
from polder.kernel.problem import Problem, Refused
from polder.platform.placement.facts import facts
from polder.platform.placement.model import Placed
from polder.platform.placement.place import place
from polder.platform.plan.asked import USUAL, HostsAsked
from polder.platform.plan.desired import Wanted, wanted
from polder.platform.plan.draining import draining_steps
from polder.platform.plan.findings import findings
from polder.platform.plan.ground import (
    Ground,
    Profile,
    after_engine,
    host_findings,
    lay_ground,
)
from polder.platform.plan.leaving import leaving_findings, leaving_nodes, leaving_steps
from polder.platform.plan.locking import unlock_engine, unlock_steps
from polder.platform.plan.machines import Looks, machines
from polder.platform.plan.model import Plan, Step, Work
from polder.platform.plan.prepare import authority_due, prepare_steps, without_authority
from polder.platform.plan.reboots import reboot_steps
from polder.platform.plan.removals import removal_steps
from polder.platform.plan.services import service_steps
from polder.platform.plan.storage import config_steps, network_steps, secret_steps
from polder.platform.site.model import Site


@dataclass(frozen=True, slots=True)
class _Case:
    """What every part of one plan looks at. ``target``: what the engine should hold for the site as it is ``placed``."""

    placed: Placed
    target: Wanted
    seen: Seen
    ground: Ground
    now: datetime
    down: bool
    forget: bool

    @property
    def site(self) -> Site:
        return self.placed.site


def make_plan(
    site: Site,
    seen: Seen,
    now: datetime,
    *,
    down: bool = False,
    forget: bool = False,
    hosts: Looks | None = None,
    former: Looks | None = None,
    asked: HostsAsked = USUAL,
    profile: Profile | None = None,
) -> Plan:
    """The plan that makes hosts and engine hold what ``site`` asks for.

    ``hosts``: what each host that Polder sets up showed (``None``: nobody looked, so nothing is planned for the machines
    themselves). ``former``: the same of the hosts that the swarm knows and the site no longer names. ``down``: everything of the site is
    taken away instead, its data kept unless ``forget``; hosts stay as they are.
    Refused when the engine is a swarm's worker, when hosts cannot be told apart, or when a quorum would be lost.
    """
    if seen.swarm == "worker":
        raise Refused(Problem("engine.not-manager"))
    if seen.swarm == "locked":
        return unlocking(site, seen, hosts, now)
    seen = in_order(seen)
    ground = Ground() if down else lay_ground(site, seen, hosts, profile)
    if asked.only or ground.nodes.unclear:
        return hosts_alone(site, seen, ground, asked, now)
    case = _case(site, seen, ground, hosts, now, down=down, forget=forget)
    refuse_taken_ports(case.site, case.target, seen)
    steps, settled = engine_steps(case)
    if not down:
        steps += last_steps(site, case.target, seen, ground, settled, asked, former or {}, now)
    known = (
        *host_findings(case.site, seen, ground, asked),
        *leaving_findings(leaving_nodes(case.site, seen, ground.machines) if not down else [], former or {}),
        *case.placed.findings,
        *findings(case.site, case.target, seen, ground.away, down=down, forget=forget),
    )
    return Plan(site.slug, tuple(steps), known, plan_digest(steps), now)


def _case(
    site: Site, seen: Seen, ground: Ground, hosts: Looks | None, now: datetime, *, down: bool, forget: bool
) -> _Case:
    """Where apps go, and what the engine should hold then: nothing when everything is taken away."""
    if down:
        return _Case(Placed(site), Wanted(), seen, ground, now, down, forget)
    placed = place(site, facts(site, seen, hosts), ground.away)
    known = without_authority(placed.site) if authority_due(placed.site, now) else placed.site
    target = wanted(known, frozenset(image.id for image in seen.images), placed.unreserved)
    return _Case(placed, target, seen, ground, now, down, forget)


def engine_steps(case: _Case) -> tuple[list[Step], tuple[str, ...]]:
    """The ground first, then what services need, the services, and what goes; with the keys of all but the last of these."""
    site, target, seen, ground = case.site, case.target, case.seen, case.ground
    prepare = [] if case.down else prepare_steps(site, target, seen, case.now, case.placed)
    begun = [*ground.steps, *after_engine(ground, prepare)]
    ready = keys(begun)
    storage = [
        *network_steps(site, target, seen),
        *secret_steps(site, target, seen),
        *config_steps(site, target, seen),
    ]
    stored = (*ready, *keys(storage))
    made = service_steps(site, target, seen, case.now, ground.away, grows=ground.grows)
    services = noted(made, case.placed.reasons)
    vacating = frozenset(key for step in services for key in step.after if key.startswith("remove:"))
    done = keys(services)
    gone = removal_steps(site, target, seen, done, down=case.down, forget=case.forget, away=ground.away)
    removals = [replace(step, after=stored) if step.key in vacating else step for step in gone]
    steps = [*begun, *after_all(ready, storage), *after_all(stored, services, vacating), *removals]
    return steps, (*stored, *done)


def keys(steps: list[Step]) -> tuple[str, ...]:
    return tuple(step.key for step in steps)


def hosts_alone(site: Site, seen: Seen, ground: Ground, asked: HostsAsked, now: datetime) -> Plan:
    """The hosts' half: asked for, or all that can be planned while nobody knows whether there is a swarm."""
    waits = draining_steps(site, seen, ground.machines, ground.nodes.steps, (), now)
    reboots = reboot_steps(site, seen, ground.machines, ground.keys) if asked.reboot else []
    steps = [*ground.steps, *waits, *reboots]
    return Plan(site.slug, tuple(steps), host_findings(site, seen, ground, asked), plan_digest(steps), now)


def unlocking(site: Site, seen: Seen, hosts: Looks | None, now: datetime) -> Plan:
    """Every manager that was asked is locked: nothing else can be known before one is open."""
    found = machines(site, seen, hosts)
    known = any(machine.locked for machine in found.values())
    steps, told = unlock_steps(site, found) if known else unlock_engine(site)
    return Plan(site.slug, tuple(steps), (Problem("plan.locked"), *told), plan_digest(steps), now)


def last_steps(
    site: Site,
    target: Wanted,
    seen: Seen,
    ground: Ground,
    done: tuple[str, ...],
    asked: HostsAsked,
    former: Looks,
    now: datetime,
) -> list[Step]:
    """What comes when all apps are where they belong: drains are waited for, hosts leave, hosts are rebooted."""
    waits = draining_steps(site, seen, ground.machines, ground.nodes.steps, done, now)
    done = (*done, *keys(waits))
    leaving = leaving_steps(site, target, seen, ground.machines, ground.nodes.managers, done, former)
    gone = (*done, *keys(leaving))
    late = after_all(gone, ground.late)
    reboots = reboot_steps(site, seen, ground.machines, (*gone, *keys(late))) if asked.reboot else []
    return waits + leaving + late + reboots


def noted(steps: list[Step], reasons: Mapping[str, Problem]) -> list[Step]:
    """What is begun says why it is where it is; what people wrote needs no reason."""
    why = {app: reason for app, reason in reasons.items() if reason.code != "placement.written"}
    return [
        replace(step, note=why[step.subject])
        if step.kind == "create" and step.data and step.subject in why
        else step
        for step in steps
    ]


def refuse_taken_ports(site: Site, target: Wanted, seen: Seen) -> None:
    """Two services cannot publish one port on a host: a plan that would try is refused before it takes anything away."""
    live = {service.name for service in seen.services}
    theirs = [s for s in seen.services if s.labels.get("polder.site") != site.slug]
    held = {port: service for service in theirs for port in published(service.spec)}
    fresh = [want for want in target.services.values() if want.name not in live]
    problems = [
        Problem(
            "plan.port-taken",
            "",
            {"port": port[0], "service": held[port].name, "other": held[port].labels.get("polder.site", "-")},
        )
        for want in fresh
        for port in sorted(published(want.spec) & held.keys())
    ]
    if problems:
        raise Refused(problems)


def published(spec: Json) -> frozenset[tuple[int, str]]:
    """The ports that a service publishes, with their protocols."""
    ports = (spec.get("EndpointSpec") or {}).get("Ports") or ()
    return frozenset((p["PublishedPort"], p.get("Protocol", "tcp")) for p in ports if p.get("PublishedPort"))


def after_all(before: tuple[str, ...], steps: list[Step], others: frozenset[str] = frozenset()) -> list[Step]:
    """Each of ``steps`` after everything in ``before``. One tuple for all of them, or a large plan would take room by the square;
    a step that follows another of ``steps`` (or of ``others``, which follow ``before`` too) follows it by that already."""
    known, own = frozenset(before), others.union(step.key for step in steps)
    found = []
    for step in steps:
        more = tuple(key for key in step.after if key not in known)
        after = more if not own.isdisjoint(more) else (*before, *more) if more else before
        found.append(replace(step, after=after))
    return found


def in_order(seen: Seen) -> Seen:
    """The same look with everything that has a name sorted by it."""
    return replace(
        seen,
        nodes=tuple(sorted(seen.nodes, key=lambda node: node.id)),
        services=tuple(sorted(seen.services, key=lambda service: service.name)),
        networks=by_name(seen.networks),
        secrets=by_name(seen.secrets),
        configs=by_name(seen.configs),
        volumes=by_name(seen.volumes),
    )


def by_name(found: tuple[ObjectSeen, ...]) -> tuple[ObjectSeen, ...]:
    return tuple(sorted(found, key=lambda one: one.name))


def plan_digest(steps: list[Step]) -> Digest:
    """Over what would be done, in order; equal digests are the same plan.

    Version indexes are left out: Swarm moves them by itself while nothing of the plan changes. What a hand changed shows in
    the differences.
    """
    return digest_of_data([[s.key, s.code, repr(_timeless(s.work)), repr(s.changes)] for s in steps])


def _timeless(work: Work) -> Work:
    return replace(work, version=0) if isinstance(work, UpdateNode | UpdateService | RemoveService) else work
