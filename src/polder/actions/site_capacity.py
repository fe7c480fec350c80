"""What a site's hosts still have room for: by the files alone, or with what engine and hosts show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from polder.actions.check_site import load_recipes, load_site
from polder.actions.look_hosts import Looks
from polder.actions.look_site import reached
from polder.kernel.engine import Seen
from polder.platform.placement.capacity import Capacity, capacity
from polder.platform.placement.facts import facts
from polder.platform.plan.hosts import condition, find_node, pinned_to
from polder.platform.recipe.model import Recipe
from polder.platform.site.model import Site
from polder.world.files import read_folder


def site_capacity(folder: Path, *, offline: bool = False) -> Capacity:
    """``offline``: nobody is asked. ``Unreachable`` when the engine does not answer; a host that does not is only not looked at."""
    site = load_site(folder)
    recipes = [recipe for recipe in load_recipes(read_folder(folder)).values() if not recipe.system]
    if offline:
        return capacity(site, facts(site, Seen("none")), recipes)
    with reached(site) as (engine, machines):
        looks = machines.look(site) if machines else {}
        return seen_capacity(site, engine.look(), recipes, looks)


def seen_capacity(site: Site, seen: Seen, recipes: list[Recipe], looks: Looks | None = None) -> Capacity:
    """The same from what was looked at."""
    nodes = {name: find_node(host, site, seen) for name, host in site.hosts.items()}
    away = {name for name, node in nodes.items() if node and condition(node) != "ready"}
    names = {node.id: name for name, node in nodes.items() if node}
    known = facts(site, seen, looks)
    return capacity(site, known, recipes, away, _running(site, seen, names))


def _running(site: Site, seen: Seen, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Where apps without a host of their own run now."""
    apps = {
        service.id: service.labels["polder.app"]
        for service in seen.services
        if service.labels.get("polder.site") == site.slug
        and not pinned_to(service.spec)
        and "polder.app" in service.labels
    }
    found: dict[str, dict[str, None]] = {}
    for task in seen.tasks:
        if task.desired == "running" and task.service_id in apps and task.node_id in names:
            found.setdefault(apps[task.service_id], {})[names[task.node_id]] = None
    return {app: tuple(hosts) for app, hosts in found.items()}
