"""Rules that no single file can break: domains, hosts, names on the engine, secrets, and what recipes may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from polder.kernel.names import service_name
from polder.kernel.problem import Problems
from polder.platform.compose.permissions import needed_permissions
from polder.platform.hosts.refusals import check_refusals
from polder.platform.recipe.model import Recipe
from polder.platform.site.model import App, Site

LONGEST_NAME = 63
"""Swarm takes service names as DNS labels (RFC 1035) and secret and config names of 64 characters at most."""
DIGEST_TAIL = len("_") + 12


def check_across(site: Site, problems: Problems) -> None:
    """Adds every problem that shows only when files and recipes are seen together."""
    _domains(site, problems)
    _operators(site, problems)
    _registry(site, problems)
    _permissions(site, problems)
    check_refusals(site.hosts.values(), problems)
    for app in site.apps:
        if recipe := site.recipes.get(app.recipe):
            _app(site, app, recipe, problems)


def _domains(site: Site, problems: Problems) -> None:
    first: dict[str, App] = {}
    for app in site.apps:
        other = first.setdefault(app.domain, app) if app.domain else app
        if other is not app:
            problems.add(
                "site.same-domain",
                app.where,
                domain=app.domain,
                app=app.id,
                other=other.id,
                place=other.where,
            )


def _operators(site: Site, problems: Problems) -> None:
    wanting = tuple(a.id for a in site.apps if a.recipe in site.recipes and site.recipes[a.recipe].secrets)
    if wanting and not site.operators:
        problems.add("site.no-operators", "site.yml:1", apps=wanting[:5], count=len(wanting))


def _registry(site: Site, problems: Problems) -> None:
    if len(site.hosts) > 1 and not site.registry:
        problems.add("site.no-registry", "site.yml:1", hosts=tuple(site.hosts))


def _permissions(site: Site, problems: Problems) -> None:
    """Once for each recipe and permission, at the first app that asks for the recipe; of an ingress that does not come with
    Polder, which is run unasked, too."""
    first: dict[str, str] = {}
    for app in site.apps:
        first.setdefault(app.recipe, app.where)
    own = site.recipes.get("ingress")
    if own and not own.builtin:
        first.setdefault(own.name, "site.yml:1")
    for name, where in first.items():
        recipe = site.recipes.get(name)
        for permission, place in needed_permissions(recipe.project).items() if recipe else ():
            if permission not in site.allow.get(name, ()):
                values = {"recipe": name, "permission": permission, "place": place}
                problems.add(f"site.needs-{permission}", where, **values)


def _app(site: Site, app: App, recipe: Recipe, problems: Problems) -> None:
    if recipe.system:
        problems.add("site.system-recipe", app.where, recipe=recipe.name)
    longest = max(_names(site, app, recipe), key=len, default="")
    if len(longest) > LONGEST_NAME:
        problems.add("site.long-name", app.where, name=longest, length=len(longest), limit=LONGEST_NAME)
    for secret in recipe.secrets.values():
        file = f"{app.group}.{app.name}.{secret.name}"
        if not secret.generate and file not in site.secrets:
            problems.add(
                "site.secret-missing", app.where, secret=secret.name, app=app.id, file=f"secrets/{file}.age"
            )


def _names(site: Site, app: App, recipe: Recipe) -> Iterator[str]:
    """Every name that the app's parts get on the engine."""
    project = recipe.project
    goes_out = recipe.outgoing or any(service.ports for service in project.services.values())
    for part in (*project.services, *project.volumes, *project.networks, *(["_out"] if goes_out else [])):
        yield service_name(site.slug, app.group, app.name, part)
    for part in (*project.secrets, *project.configs):
        yield service_name(site.slug, app.group, app.name, part) + "_" + "0" * 12
