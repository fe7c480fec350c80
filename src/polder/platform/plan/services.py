"""Services created, changed, or waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from polder.kernel.digest import digest_of_data
from polder.kernel.engine import CreateService, Json, Seen, ServiceSeen, UpdateService
from polder.kernel.problem import Value
from polder.kernel.spec import normalise
from polder.platform.plan.desired import Wanted, WantedService
from polder.platform.plan.difference import differences
from polder.platform.plan.hosts import pinned_to
from polder.platform.plan.model import Change, Nothing, Step, Wait
from polder.platform.plan.names import fill, has_placeholder
from polder.platform.site.model import Site

SPEC_LABEL = "polder.spec"
GRACE = 30
"""Seconds added to a recipe's ``starts-within`` for pulling, scheduling and taking turns on a busy machine."""
JOINING = 120
"""Seconds more for what runs on every host, when one has just joined: it pulls the image first; Docker joins each of the swarm's
networks there, 10 s a network while a host that is about to leave does not answer; then the others take turns. 90 s were too few once."""


def finish(spec: Json, known: Mapping[str, str]) -> Json:
    """The spec as it is sent: placeholders filled from ``known`` and, when none is left, ``polder.spec`` set to its digest. One that
    is finished stays as it is."""
    filled: Json = spec
    if has_placeholder(spec):
        filled = fill(spec, known)
        if has_placeholder(filled):
            return filled
    elif SPEC_LABEL in (spec.get("Labels") or {}):
        return spec
    return {**filled, "Labels": {**(filled.get("Labels") or {}), SPEC_LABEL: spec_digest(filled)}}


def bare(spec: Json) -> Json:
    """Normalised, without our own digest label: what two specs are compared by."""
    labels = {k: v for k, v in (spec.get("Labels") or {}).items() if k != SPEC_LABEL}
    return normalise({**spec, "Labels": labels})


def spec_digest(spec: Json) -> str:
    return digest_of_data(bare(spec))


def service_steps(
    site: Site,
    target: Wanted,
    seen: Seen,
    now: datetime,
    away: Collection[str] = (),
    *,
    grows: bool = False,
) -> list[Step]:
    """One step for each service that is missing, different, or still on its way up, but for those that belong on a host
    that is ``away``. ``grows``: hosts are added, and what runs on each of them (the ingress) must be up there before others leave.

    Swarm never schedules a task again that it could not place, once its service was changed and changed back meanwhile.
    """
    live = {service.name: service for service in seen.services}
    running = {t.service_id for t in seen.tasks if t.state == "running" and t.desired == "running"}
    leaving = _leaving(site, target, seen)
    steps: list[Step] = []
    for want in target.services.values():
        found = live.get(want.name)
        if away and pinned_to(want.spec) in away:
            continue
        joining = grows and want.mode == "global"
        within = want.starts_within + GRACE + (JOINING if joining else 0)
        if found is None:
            steps.append(_create(want, _vacates(want, leaving), within))
        elif (changed := compare(want, found)) is not None:
            steps.append(_change(want, found, changed, within))
        elif joining or _is_rising(want, found, seen, running, now):
            steps.append(_await(want, within))
    return steps


@dataclass(frozen=True, slots=True)
class Difference:
    """``changes`` between live and wanted; ``by_hand``: the live spec is not the one we wrote."""

    changes: tuple[Change, ...]
    by_hand: bool
    restarts: bool


def compare(want: WantedService, found: ServiceSeen) -> Difference | None:
    """What differs, or ``None``. Comparing two digests first keeps the usual case (nothing) quick."""
    old, new = bare(found.spec), bare(want.spec)
    if old == new:
        return None
    by_hand = found.labels.get(SPEC_LABEL) != digest_of_data(old)
    restarts = old.get("TaskTemplate") != new.get("TaskTemplate")
    return Difference(differences(old, new), by_hand, restarts)


def _create(want: WantedService, vacates: tuple[str, ...], within: int) -> Step:
    return Step(
        key=f"service:{want.name}",
        kind="create",
        subject=want.subject,
        code="step.create-service",
        values=_values(want),
        work=CreateService(want.name, finish(want.spec, {})),
        after=(*(f"service:{need}" for need in want.needs), *vacates),
        data=want.volumes,
        secrets=want.files,
        wait=Wait(want.name, within, fresh=True),
    )


def _change(want: WantedService, found: ServiceSeen, changed: Difference, within: int) -> Step:
    away = want.away if changed.restarts else 0
    rotates = bool(changed.changes) and all(change.path.startswith("secret ") for change in changed.changes)
    code = "step.rotate-in-service" if rotates else "step.update-service"
    return Step(
        key=f"service:{want.name}",
        kind="rotate" if rotates else "change",
        subject=want.subject,
        code=code if changed.restarts else "step.adjust-service",
        values=_values(want),
        work=UpdateService(want.name, found.version, finish(want.spec, {})),
        after=tuple(f"service:{need}" for need in want.needs),
        changes=changed.changes,
        data=want.volumes,
        secrets=want.files,
        undo="rollback",
        away=away,
        wait=Wait(want.name, within, fresh=False),
        drift=changed.by_hand,
    )


def _await(want: WantedService, within: int) -> Step:
    return Step(
        key=f"service:{want.name}",
        kind="restart",
        subject=want.subject,
        code="step.await-service",
        values=_values(want),
        work=Nothing(),
        wait=Wait(want.name, within, fresh=True),
    )


def _values(want: WantedService) -> dict[str, Value]:
    limits = want.spec["TaskTemplate"].get("Resources", {}).get("Limits", {})
    found: dict[str, Value] = {"service": want.name, "app": want.subject}
    host = pinned_to(want.spec)
    return {**found, "memory": int(limits.get("MemoryBytes", 0)), **({"host": host} if host else {})}


def _is_rising(
    want: WantedService, found: ServiceSeen, seen: Seen, running: Collection[str], now: datetime
) -> bool:
    return bool(seen.tasks) and found.id not in running and _recent(found, want, now)


def _recent(found: ServiceSeen, want: WantedService, now: datetime) -> bool:
    """Whether the service was changed so lately that it may still be starting."""
    try:
        changed = datetime.fromisoformat(found.updated[:19] + "+00:00")
    except ValueError:
        return False
    return now - changed < timedelta(seconds=want.starts_within + GRACE)


def aliases(spec: Json) -> frozenset[str]:
    """The full domain names that a service answers to."""
    networks = spec["TaskTemplate"].get("Networks") or []
    return frozenset(a for network in networks for a in network.get("Aliases") or [] if "." in a)


def _leaving(site: Site, target: Wanted, seen: Seen) -> dict[str, list[str]]:
    """Domain to the services on their way out that hold it."""
    found: dict[str, list[str]] = defaultdict(list)
    for service in seen.services:
        if service.labels.get("polder.site") == site.slug and service.name not in target.services:
            for name in aliases(service.spec):
                found[name].append(service.name)
    return found


def _vacates(want: WantedService, leaving: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Removals that must come first: services on their way out that hold this one's domain."""
    if not leaving:
        return ()
    held = {service for name in aliases(want.spec) for service in leaving.get(name, ())}
    return tuple(f"remove:{service}" for service in sorted(held))
