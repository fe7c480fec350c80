"""Write one app as a plain Compose project: the way out."""

from __future__ import annotations

from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.explain_app import find_app
from polder.actions.secrets import open_secret
from polder.kernel.names import service_name
from polder.kernel.problem import Problem, Refused
from polder.platform.compose.interpolate import interpolate
from polder.platform.export import Exported, export_project, secret_paths
from polder.platform.plan.desired import variables, wanted
from polder.platform.plan.names import secret_file
from polder.platform.site.model import App, Site
from polder.world.files import write_atomically


def export_app(
    folder: Path, name: str, target: Path, language: str, *, with_secrets: bool = False
) -> list[Path]:
    """Write the project to ``target`` (made if missing; refused when it holds files). Returns the paths written.

    ``with_secrets``: the values are written too, mode 0600; otherwise the README lists which files to put there.
    """
    site = load_site(folder)
    app = find_app(site, name)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(Problem("app.export-not-empty", "", {"folder": str(target)}))
    exported = exported_app(site, app, language)
    if unbuilt := [image for image in exported.images.values() if image.startswith("image:")]:
        raise Refused(Problem("app.export-not-built", "", {"app": app.id, "images": tuple(unbuilt)}))
    written = []
    for path, text in export_project(exported, language).items():
        written.append(target / path)
        write_atomically(target / path, text.encode())
    if with_secrets:
        for secret, path in secret_paths(exported).items():
            value = open_secret(folder, secret_file(app.group, app.name, secret))
            written.append(target / path)
            write_atomically(target / path, value.reveal_bytes(), mode=0o600)
    return written


def exported_app(site: Site, app: App, language: str) -> Exported:
    """What ``platform.export`` needs to know of ``app``."""
    recipe = site.recipes[app.recipe]
    services = {s.name: s for s in wanted(site).services.values() if s.subject == app.id}
    prefix = (site.slug, app.group, app.name)
    project = interpolate(recipe.project, variables(app, recipe))
    images = {
        name: str(services[service_name(*prefix, name)].spec["TaskTemplate"]["ContainerSpec"]["Image"])
        for name in project.services
    }
    return Exported(
        name="-".join((app.group, app.name)),
        title=recipe.names.read(language),
        domain=app.domain,
        project=project,
        front=recipe.front_service,
        images=images,
        volumes={volume: service_name(*prefix, volume) for volume in project.volumes},
    )
