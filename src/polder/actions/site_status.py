"""How a site is doing: apps, health, versions, certificates, the last journal lines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from polder.actions.addresses import ingress_address
from polder.actions.host_status import HostStatus, host_statuses
from polder.actions.look_site import Looked, looked_at
from polder.kernel.engine import Seen
from polder.kernel.problem import Problem
from polder.platform.plan.desired import ingress_app, wanted
from polder.platform.plan.hosts import host_of
from polder.platform.plan.names import INGRESS
from polder.platform.site.model import App
from polder.world.journal import Journal


@dataclass(frozen=True, slots=True)
class AppStatus:
    """``state``: running, starting, down, absent. ``days`` left of the certificate, ``None`` when it could not be read.
    ``hosts``: where it runs, by the site's names."""

    app: str
    recipe: str
    version: str
    domain: str
    state: str
    running: int
    wanted: int
    image: str
    since: str
    days: int | None
    issuer: str
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """``changes``: how many steps polder apply would take now."""

    site: str
    engine: str
    apps: tuple[AppStatus, ...]
    hosts: tuple[HostStatus, ...]
    changes: int
    findings: tuple[Problem, ...]
    journal: tuple[dict[str, Any], ...]


def site_status(folder: Path, lines: int = 5, *, over_ssh: bool = False) -> SiteStatus:
    """Look at everything once, ``over_ssh`` at the machines too. ``Unreachable`` when the engine is away."""
    with looked_at(folder, over_ssh=over_ssh) as looked:
        apps = ([ingress_app(looked.site)] if looked.site.apps else []) + list(looked.site.apps)
        names: dict[str, set[str]] = {app.id: set() for app in apps}
        for service in wanted(looked.site).services.values():
            names[service.subject].add(service.name)
        with ThreadPoolExecutor(8) as pool:
            found = tuple(pool.map(lambda app: _app(looked, app, names[app.id]), apps))
        return SiteStatus(
            looked.site.slug,
            f"{looked.engine.address} ({looked.seen.engine_version})",
            found,
            host_statuses(looked),
            len(looked.plan.acting),
            looked.plan.findings,
            tuple(Journal(folder, "").read(lines)),
        )


def _app(looked: Looked, app: App, names: set[str]) -> AppStatus:
    running, want, image, since, hosts = _tasks(looked.seen, names)
    recipe = looked.site.recipes[app.recipe]
    days, issuer = _certificate(looked, app) if app.id != INGRESS else (None, "")
    state = "absent" if not want else "running" if running >= want else "starting" if running else "down"
    domain = app.domain if app.id != INGRESS else ""
    return AppStatus(
        app.id, app.recipe, recipe.upstream, domain, state, running, want, image, since, days, issuer, hosts
    )


def _tasks(seen: Seen, names: set[str]) -> tuple[int, int, str, str, tuple[str, ...]]:
    """How many containers run of how many, of which image, since when, on which hosts."""
    services = [s for s in seen.services if s.name in names]
    ids = {s.id for s in services}
    tasks = [t for t in seen.tasks if t.service_id in ids and t.desired == "running"]
    up = [t for t in tasks if t.state == "running"]
    image = next((str(s.spec["TaskTemplate"]["ContainerSpec"].get("Image", "")) for s in services), "")
    since = min((t.updated for t in up), default="")
    used = {t.node_id for t in up}
    hosts = tuple(sorted(host_of(n) for n in seen.nodes if n.id in used))
    return len(up), max(len(tasks), len(names)) if services else 0, image, since, hosts


def _certificate(looked: Looked, app: App) -> tuple[int | None, str]:
    from polder.world.certificates import probe_certificate

    try:
        found = probe_certificate(app.domain, ingress_address(looked.site))
    except OSError:
        return None, ""
    return (found.days_left, found.issuer) if found else (None, "")


def age_of(since: str, now: datetime) -> tuple[int, str]:
    """How long ago, roughly: (3, ``d``), (5, ``h``), (12, ``min``), (4, ``s``); (0, ``""``) when unknown."""
    if not since:
        return 0, ""
    seconds = (now - datetime.fromisoformat(since[:19] + "+00:00")).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return int(seconds // size), unit
    return max(int(seconds), 0), "s"
