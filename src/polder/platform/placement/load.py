"""What each app takes: the memory limits of all its services, and the disk and cores that its recipe's size names."""

from __future__ import annotations

from polder.platform.compose.interpolate import interpolate
from polder.platform.placement.model import Amount
from polder.platform.plan.desired import ingress_app, variables
from polder.platform.recipe.model import Recipe
from polder.platform.site.model import App, Site


def stateful(recipe: Recipe) -> bool:
    """Whether its apps keep data on the host that they run on."""
    return bool(recipe.project.volumes)


def loads(site: Site) -> dict[str, Amount]:
    """App to what it takes. Apps of one recipe and size take the same: a limit that a setting changes counts as the first one's."""
    known: dict[tuple[str, str], Amount] = {}
    found: dict[str, Amount] = {}
    for app in site.apps:
        key = (app.recipe, app.size)
        if key not in known:
            known[key] = app_load(site.recipes[app.recipe], app)
        found[app.id] = known[key]
    return found


def ingress_load(site: Site) -> Amount:
    """What the ingress takes on each host that has that role; nothing where no app needs one."""
    if not site.apps or "ingress" not in site.recipes:
        return Amount()
    return app_load(site.recipes["ingress"], ingress_app(site))


def app_load(recipe: Recipe, app: App) -> Amount:
    """A service without a limit of its own may use the size's memory, as its service on the engine will."""
    size = recipe.sizes[app.size]
    project = interpolate(recipe.project, variables(app, recipe))
    memory = sum(
        (service.limits.memory or size.memory) * max(service.replicas, 1)
        for service in project.services.values()
    )
    return Amount(memory, size.disk, size.cpus)
