"""What the site no longer asks for: services and networks go; old secrets and configs are pruned; data is kept, and said so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from polder.kernel.engine import (
    ObjectSeen,
    RemoveConfig,
    RemoveNetwork,
    RemoveSecret,
    RemoveService,
    RemoveVolume,
    Seen,
    ServiceSeen,
)
from polder.platform.plan.desired import Wanted
from polder.platform.plan.hosts import host_of, pinned_to
from polder.platform.plan.model import Nothing, Step
from polder.platform.plan.names import INGRESS, has_placeholder
from polder.platform.plan.storage import stem
from polder.platform.site.model import Site


def removal_steps(
    site: Site,
    target: Wanted,
    seen: Seen,
    done: tuple[str, ...],
    *,
    down: bool,
    forget: bool,
    away: Collection[str] = (),
) -> list[Step]:
    """Steps for everything that is ours on the engine and not in ``target``.

    ``done``: keys of the service steps; pruning waits for them, so that nothing is pruned under a running container. ``away``:
    hosts whose services are left as they are.
    """
    gone = [s for s in seen.services if _ours(site, s.labels) and s.name not in target.services]
    services = [_service(s) for s in gone]
    keys = tuple(step.key for step in services)
    networks = [
        _network(n, (*done, *keys))
        for n in seen.networks
        if _ours(site, n.labels) and n.name not in target.networks
    ]
    of_app, there = _keys_by_app(gone), frozenset(app.id for app in site.apps)
    data = [
        _volume(site, v, of_app.get(v.labels.get("polder.app", ""), ()), there, down=down, forget=forget)
        for v in _left_over(site, target, seen)
    ]
    data += [step for service in gone for step in _kept_elsewhere(service, seen, there)]
    prune = _prune(site, target, seen, (*done, *keys), down, _held(target, seen, away))
    return [*services, *networks, *prune, *data]


def _ours(site: Site, labels: object) -> bool:
    return isinstance(labels, dict) and labels.get("polder.site") == site.slug


def _service(service: ServiceSeen) -> Step:
    app = service.labels.get("polder.app", "")
    return Step(
        key=f"remove:{service.name}",
        kind="remove",
        subject=app,
        code="step.remove-service",
        values={"service": service.name, "app": app},
        work=RemoveService(service.name, service.version),
        away=None,
    )


def _network(network: ObjectSeen, after: tuple[str, ...]) -> Step:
    return Step(
        key=f"remove-network:{network.name}",
        kind="prune",
        subject=network.labels.get("polder.app", ""),
        code="step.remove-network",
        values={"network": network.name},
        work=RemoveNetwork(network.name),
        after=after,
    )


def _left_over(site: Site, target: Wanted, seen: Seen) -> list[ObjectSeen]:
    used = {volume for service in target.services.values() for volume in service.volumes}
    return [v for v in seen.volumes if _ours(site, v.labels) and v.name not in used]


def _keys_by_app(gone: list[ServiceSeen]) -> dict[str, tuple[str, ...]]:
    """The removals of each app's services."""
    found: dict[str, list[str]] = defaultdict(list)
    for service in gone:
        found[service.labels.get("polder.app", "")].append(f"remove:{service.name}")
    return {app: tuple(keys) for app, keys in found.items()}


def _volume(
    site: Site,
    volume: ObjectSeen,
    after: tuple[str, ...],
    there: Collection[str],
    *,
    down: bool,
    forget: bool,
) -> Step:
    """``there``: the apps that the site has."""
    app = volume.labels.get("polder.app", "")
    group, _, name = app.partition("/")
    said = group in site.groups and name in site.groups[group].forget_data
    values = {"volume": volume.name, "app": app}
    if (down and forget) or (said and not down):
        return Step(
            f"forget:{volume.name}",
            "forget",
            app,
            "step.forget-data",
            values,
            RemoveVolume(volume.name),
            after,
            data=(volume.name,),
            undo="no",
            away=None,
        )
    stays = "step.keep-data-down" if down else "step.keep-unused-data"
    code = stays if app in there or app == INGRESS else "step.keep-data"
    step_values = {**values, "site": site.slug} if code == "step.keep-data-down" else values
    return Step(f"keep:{volume.name}", "keep", app, code, step_values, Nothing(), data=(volume.name,))


def _kept_elsewhere(service: ServiceSeen, seen: Seen, there: Collection[str]) -> Iterator[Step]:
    """Volumes on another host than the one we talk to, known only while the service that uses them is there."""
    host, app = pinned_to(service.spec), service.labels.get("polder.app", "")
    here = any(node.id == seen.node_id and host_of(node) == host for node in seen.nodes)
    mounts = service.spec["TaskTemplate"]["ContainerSpec"].get("Mounts") or []
    for volume in () if here or not host else (m["Source"] for m in mounts if m.get("Type") == "volume"):
        values = {"volume": volume, "app": app, "host": host}
        code = "step.keep-data-down-elsewhere" if app in there else "step.keep-data-elsewhere"
        yield Step(f"keep:{volume}", "keep", app, code, values, Nothing(), data=(volume,))


def _held(target: Wanted, seen: Seen, away: Collection[str]) -> set[str]:
    """Secrets and configs of services whose change waits for their host: they are still used."""
    found: set[str] = set()
    for service in seen.services if away else ():
        want = target.services.get(service.name)
        if want and pinned_to(want.spec) in away:
            container = service.spec["TaskTemplate"]["ContainerSpec"]
            found |= {one["SecretName"] for one in container.get("Secrets") or []}
            found |= {one["ConfigName"] for one in container.get("Configs") or []}
    return found


def _prune(
    site: Site, target: Wanted, seen: Seen, after: tuple[str, ...], down: bool, held: set[str]
) -> list[Step]:
    """Old contents of secrets and configs: the newest ``keep_old`` of each stay for a rollback; all of a removed app go."""
    steps = []
    for item in _old(seen.secrets, site, {*target.secrets, *held}, down):
        steps.append(_pruned(item, "secret", RemoveSecret(item.name), after))
    for item in _old(seen.configs, site, {*target.configs, *held}, down):
        steps.append(_pruned(item, "config", RemoveConfig(item.name), after))
    return steps


def _old(items: tuple[ObjectSeen, ...], site: Site, wanted: set[str], down: bool) -> list[ObjectSeen]:
    by_stem: dict[str, list[ObjectSeen]] = defaultdict(list)
    for item in items:
        if _ours(site, item.labels) and item.name != f"{site.slug}_lock" and item.name not in wanted:
            by_stem[stem(item.name)].append(item)
    stems = {stem(name) for name in wanted}
    replaced_now = {stem(name) for name in wanted if has_placeholder(name)}
    found: list[ObjectSeen] = []
    for key, group in by_stem.items():
        newest_first = sorted(group, key=lambda item: item.created, reverse=True)
        keep = site.keep_old + (1 if key in replaced_now else 0) if key in stems and not down else 0
        found.extend(newest_first[keep:])
    return found


def _pruned(item: ObjectSeen, kind: str, work: RemoveSecret | RemoveConfig, after: tuple[str, ...]) -> Step:
    app = item.labels.get("polder.app", "")
    return Step(
        f"prune:{item.name}", "prune", app, f"step.prune-{kind}", {kind: item.name}, work, after, undo="no"
    )
