"""An app in plain words: what runs where, which data, names and secrets, and the commands to do it all by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from polder.kernel.engine import Seen, ServiceSeen
from polder.kernel.names import service_name
from polder.kernel.problem import Refused, Value
from polder.kernel.size import show_bytes
from polder.platform.placement.facts import facts
from polder.platform.placement.model import Placed
from polder.platform.placement.needs import show_needs
from polder.platform.placement.place import place
from polder.platform.plan.desired import WantedService, wanted
from polder.platform.plan.hosts import condition, find_node, host_of, pinned_to
from polder.platform.plan.names import secret_file
from polder.platform.site.model import App, Site


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, or a command with what it is for (``command`` not empty)."""

    code: str
    values: Mapping[str, Value]
    command: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading's code and what stands below it."""

    heading: str
    lines: tuple[Said, ...]


def explain(site: Site, seen: Seen, app: App, language: str) -> tuple[Chapter, ...]:
    """Everything there is to say of ``app``; ``seen`` may be an engine that does not run it yet."""
    placed, why = _placed(site, seen, app)
    site, app = placed.site, placed.site.groups[app.group].apps[app.name]
    services = [s for s in wanted(site).services.values() if s.subject == app.id]
    return (
        Chapter("explain.heading-what", tuple(_what(site, app, language))),
        Chapter("explain.heading-names", tuple(_names(site, app))),
        Chapter("explain.heading-runs", (*why, *_needs(app), *_runs(services, seen))),
        Chapter("explain.heading-data", tuple(_data(site, app, seen, services, language))),
        Chapter("explain.heading-secrets", tuple(_secrets(site, app, language))),
        Chapter("explain.heading-by-hand", tuple(_by_hand(site, app, services))),
    )


def _placed(site: Site, seen: Seen, app: App) -> tuple[Placed, tuple[Said, ...]]:
    """The site with its hosts chosen, and why this app is where it is (or nowhere)."""
    away = frozenset(
        h.name for h in site.hosts.values() if (n := find_node(h, site, seen)) and condition(n) != "ready"
    )
    try:
        placed = place(site, facts(site, seen), away)
    except Refused as refused:
        about = [one for one in refused.problems if one.values.get("app") == app.id]
        return Placed(site), tuple(Said(one.code, one.values) for one in about)
    reason = placed.reasons.get(app.id)
    return placed, (Said(reason.code, reason.values),) if reason else ()


def _needs(app: App) -> Iterator[Said]:
    if app.needs:
        yield Said("explain.needs", {"needs": show_needs(app.needs)})


def _what(site: Site, app: App, language: str) -> Iterator[Said]:
    recipe = site.recipes[app.recipe]
    yield Said(
        "explain.what",
        {
            "app": app.id,
            "name": recipe.names.read(language),
            "upstream": recipe.upstream,
            "recipe": recipe.name,
            "version": recipe.version,
            "licence": recipe.licence,
            "group": site.groups[app.group].name,
        },
    )


def _names(site: Site, app: App) -> Iterator[Said]:
    recipe = site.recipes[app.recipe]
    yield Said("explain.where-name", {"domain": app.domain, "path": recipe.front_path})
    yield Said("explain.certificate", {"domain": app.domain})
    front = service_name(site.slug, app.group, app.name, recipe.front_service)
    network = service_name(site.slug, "ingress")
    yield Said("explain.route", {"domain": app.domain, "service": front, "network": network})
    yield Said("explain.way-out" if recipe.outgoing else "explain.no-way-out", {})


def _runs(services: list[WantedService], seen: Seen) -> Iterator[Said]:
    live = {service.name: service for service in seen.services}
    for service in services:
        found = live.get(service.name)
        if found is None:
            yield Said("explain.not-there", {"service": service.name})
            continue
        yield _running(found, seen)
        limits = service.spec["TaskTemplate"].get("Resources", {}).get("Limits", {})
        memory = show_bytes(int(limits.get("MemoryBytes", 0)))
        yield Said("explain.limits", {"service": service.name, "memory": memory, "order": service.order})


def _running(service: ServiceSeen, seen: Seen) -> Said:
    tasks = [t for t in seen.tasks if t.service_id == service.id and t.desired == "running"]
    up = [t for t in tasks if t.state == "running"]
    nodes = {node.id: host_of(node) for node in seen.nodes}
    where = tuple(sorted({nodes[t.node_id] for t in tasks if t.node_id in nodes}))
    image = str(service.spec["TaskTemplate"]["ContainerSpec"].get("Image", ""))
    values: dict[str, Value] = {
        "service": service.name,
        "running": len(up),
        "wanted": max(len(tasks), 1),
        "hosts": where or (pinned_to(service.spec) or "-",),
        "image": image,
    }
    return Said("explain.service", values)


def _data(site: Site, app: App, seen: Seen, services: list[WantedService], language: str) -> Iterator[Said]:
    recipe = site.recipes[app.recipe]
    places = {volume.name: str(volume.detail.get("Mountpoint") or "") for volume in seen.volumes}
    meanings = {
        service_name(site.slug, app.group, app.name, d.volume): d.meaning for d in recipe.datasets.values()
    }
    volumes = sorted({volume for service in services for volume in service.volumes})
    for volume in volumes:
        meaning = _within(meanings[volume].read(language)) if volume in meanings else volume
        folder = places.get(volume) or f"/var/lib/docker/volumes/{volume}/_data"
        yield Said(
            "explain.data", {"meaning": meaning, "volume": volume, "host": app.host or "?", "folder": folder}
        )
    if not volumes:
        yield Said("explain.no-data", {})


def _within(sentence: str) -> str:
    """A recipe's sentence, where ours goes on after it."""
    return sentence.rstrip(".")


def _secrets(site: Site, app: App, language: str) -> Iterator[Said]:
    recipe = site.recipes[app.recipe]
    names = {want.file: want.name for want in wanted(site).secrets.values() if want.subject == app.id}
    for secret in recipe.secrets.values():
        file = secret_file(app.group, app.name, secret.name)
        values = {
            "meaning": _within(secret.meaning.read(language)),
            "file": file,
            "secret": names.get(file, "?"),
        }
        yield Said("explain.secret", values)
    if not recipe.secrets:
        yield Said("explain.no-secrets", {})


def _by_hand(site: Site, app: App, services: list[WantedService]) -> Iterator[Said]:
    for service in services:
        name = service.name
        yield Said("explain.see-containers", {}, f"docker service ps --no-trunc {name}")
        yield Said("explain.see-logs", {}, f"docker service logs --tail 50 {name}")
        yield Said("explain.see-spec", {}, f"docker service inspect {name}")
        inside = f"docker ps -qf label=com.docker.swarm.service.name={name} | head -n 1"
        yield Said("explain.enter", {}, f"docker exec -it $({inside}) /bin/sh")
        yield Said("explain.stop", {}, f"docker service scale --detach {name}=0")
        yield Said("explain.start", {}, f"docker service scale --detach {name}=1")
        for volume in service.volumes:
            place = f"$(docker volume inspect -f '{{{{.Mountpoint}}}}' {volume})"
            yield Said("explain.copy-data", {}, f"tar -C {place} -czf {volume}.tar.gz .")
    for secret in site.recipes[app.recipe].secrets.values():
        file = secret_file(app.group, app.name, secret.name)
        yield Said(
            "explain.open-secret",
            {},
            f"age -d -i ${{POLDER_IDENTITY:-~/.config/polder/identity.txt}} secrets/{file}.age",
        )
    yield Said("explain.leave", {}, f"polder export {app.id} ./{app.group}-{app.name}")
