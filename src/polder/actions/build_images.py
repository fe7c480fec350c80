"""Build the images a site needs, list them, or ask Debian for newer packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.look_site import engine_of
from polder.actions.prepare_site import Preparer
from polder.kernel.engine import Engine
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused
from polder.platform.plan.desired import WantedImage, wanted
from polder.platform.plan.model import BuildImage
from polder.platform.site.model import Site
from polder.world.git import commit_paths


@dataclass(frozen=True, slots=True)
class SiteImage:
    """``image``: what ``polder.lock`` says, ``""`` before it is built. ``packages``: name to version."""

    key: str
    recipe: str
    content: str
    image: str
    packages: dict[str, str]


def site_images(folder: Path) -> tuple[SiteImage, ...]:
    """Every image the site uses, with the packages inside where this machine built it."""
    site = load_site(folder)
    return tuple(_image(site, want) for want in wanted(site).images.values())


def _image(site: Site, want: WantedImage) -> SiteImage:
    from polder.world.images.build import packages
    from polder.world.images.cache import cache_folder

    inside = packages(cache_folder(), want.key)
    return SiteImage(want.key, want.recipe, want.content, site.lock.images.get(want.key, ""), inside)


def build_images(folder: Path, recipe: str, refresh: bool, line: Callable[[str], None]) -> dict[str, str]:
    """Build what is missing (``refresh``: all anew with today's packages) and write ``polder.lock``; the next plan
    shows what that changes. ``recipe`` narrows it to one. Returns key to image for those whose image changed."""
    site = load_site(folder)
    images = [want for want in wanted(site).images.values() if recipe in ("", want.recipe)]
    if recipe and not images:
        known = {want.recipe for want in wanted(site).images.values()}
        raise Refused(
            Problem("image.not-used", "", {"recipe": recipe, "near": nearest(recipe, known) or "-"})
        )
    with engine_of(site) as engine:
        return _build(folder, site, engine, images, refresh, line)


def _build(
    folder: Path,
    site: Site,
    engine: Engine,
    images: list[WantedImage],
    refresh: bool,
    line: Callable[[str], None],
) -> dict[str, str]:
    preparer = Preparer(folder, site, engine)
    changed: dict[str, str] = {}
    fresh: set[str] = set()
    for want in images:
        expected = site.lock.images.get(want.key, "")
        if expected and not refresh:
            continue
        work = BuildImage(want.key, want.recipe, want.content, want.content_at, site.registry, expected)
        preparer = replace(preparer, refresh=refresh and want.recipe not in fresh)
        fresh.add(want.recipe)
        image = preparer.prepare(work, line)[f"image:{want.key}"]
        if image != expected:
            changed[want.key] = image
    commit_paths(folder, preparer.written, "Build images." if not refresh else "Refresh images.")
    return changed
