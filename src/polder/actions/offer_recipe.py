"""Offer a recipe to the network, take the offer back, and say of a peer's recipe that we read it.

What is written goes below ``given/``; publishing it is for ``polder network publish``, which wants people's signatures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from polder.commons.catalogue.bundle import pack
from polder.commons.catalogue.fields import one_line
from polder.commons.catalogue.offer import (
    ImageBuilt,
    Offer,
    bundle_path,
    image_built,
    offer_bytes,
    offer_path,
    read_offer,
)
from polder.commons.catalogue.word import Approval, approval_bytes, approval_path
from polder.commons.network.model import GIVEN
from polder.kernel.digest import Digest, digest_of_bytes, short
from polder.kernel.folder import Folder
from polder.kernel.names import is_slug
from polder.kernel.problem import Problem, Problems, Refused
from polder.platform.recipe.model import Recipe
from polder.platform.recipe.read import read_recipe
from polder.world.files import builtin_names, builtin_path, read_recipe_folder
from polder.world.git import Commit, commit_paths
from polder.world.given import remove_given, write_given

_PRIVATE = re.compile(rb"AGE-SECRET-KEY-1[A-Z0-9]{20}|-----BEGIN [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True, slots=True)
class Given:
    """What was written or removed below ``given/`` (target paths), and the commit. ``hidden``: files left out of the bundle, because
    recipes' digests do not count them."""

    paths: tuple[str, ...]
    commit: Commit
    hidden: tuple[str, ...] = ()


def offer_recipe(
    network: Path, site: Path | None, recipe: str, now: datetime, note: str = ""
) -> tuple[Offer, Given]:
    """Offer ``recipe``: the name of one of the site's own or of those that come with Polder, or the path of a folder.

    Refused with every problem of the recipe; for a recipe of Polder itself (the ingress); for one that holds a private key.
    """
    name, place = _find(site, recipe)
    folder = read_recipe_folder(place)
    read = read_recipe(name, folder, builtin=False)
    _check_given_away(read, folder)
    bundle = pack(folder)
    offer = _offer(read, bundle, now, note, _images(site, read))
    offer = _unless_only_later(network, offer)
    files = {bundle_path(name, offer.digest): bundle, offer_path(name): offer_bytes(offer)}
    gone = [path for path in _bundles(network, name) if path not in files]
    changed = [path for path, held in files.items() if write_given(network / GIVEN, path, held)]
    changed += [path for path in gone if remove_given(network / GIVEN, path)]
    commit = _commit(network, [*files, *gone], f"Offer {name} {read.version} ({short(offer.digest)}).")
    return offer, Given(tuple(changed), commit, tuple(_hidden(place)))


def withdraw_offer(network: Path, recipe: str) -> Given:
    """Offer ``recipe`` no longer. Refused (``catalogue.not-offered-here``) when it is not offered."""
    paths = [offer_path(recipe), *_bundles(network, recipe)] if is_slug(recipe) else []
    gone = [path for path in paths if remove_given(network / GIVEN, path)]
    if not gone:
        raise Refused(Problem("catalogue.not-offered-here", "", {"recipe": recipe}))
    return Given(tuple(gone), _commit(network, paths, f"Offer {recipe} no longer."))


def approve_recipe(
    network: Path, name: str, digest: Digest, now: datetime, note: str = "", *, runs: bool = False
) -> Given:
    """Say that we read the recipe whose folder has ``digest`` (``runs``: and run it)."""
    path = approval_path(digest)
    content = approval_bytes(Approval(name, digest, runs, now, one_line(note)))
    changed = (path,) if write_given(network / GIVEN, path, content) else ()
    return Given(changed, _commit(network, [path], f"Approve {name}@{short(digest)}."))


def withdraw_approval(network: Path, name: str, digest: Digest) -> Given:
    """Say it no longer. Refused (``catalogue.not-approved-here``) when it was not said."""
    path = approval_path(digest)
    if not remove_given(network / GIVEN, path):
        raise Refused(Problem("catalogue.not-approved-here", "", {"recipe": f"{name}@{short(digest)}"}))
    return Given((path,), _commit(network, [path], f"Approve {name}@{short(digest)} no longer."))


def _find(site: Path | None, recipe: str) -> tuple[str, Path]:
    """Name and folder of what is meant: a path when it has a slash in it."""
    if "/" in recipe:
        place = Path(recipe).resolve()
        return place.name, place
    own = site / "recipes" / recipe if site else None
    if own and is_slug(recipe) and (own / "recipe.yml").is_file():
        return recipe, own
    if recipe in builtin_names():
        return recipe, builtin_path(recipe)
    raise Refused(Problem("catalogue.no-such-recipe", "", {"recipe": recipe}))


def _check_given_away(recipe: Recipe, folder: Folder) -> None:
    found = Problems()
    if not is_slug(recipe.name):
        found.add("kernel.not-a-slug", "", key="recipe", value=recipe.name)
    if recipe.system:
        found.add("catalogue.system-recipe", "", recipe=recipe.name)
    for path, held in folder.files.items():
        if _PRIVATE.search(held):
            found.add("catalogue.private-key", f"recipes/{recipe.name}/{path}")
    found.refuse_if_any()


def _offer(
    recipe: Recipe, bundle: bytes, now: datetime, note: str, images: Mapping[str, ImageBuilt]
) -> Offer:
    return Offer(
        name=recipe.name,
        digest=recipe.digest,
        bundle=digest_of_bytes(bundle),
        size=len(bundle),
        version=recipe.version,
        names=recipe.names,
        summary=recipe.summary,
        licence=recipe.licence,
        upstream=recipe.upstream,
        source=recipe.source,
        date=now,
        note=one_line(note),
        images=images,
    )


def _images(site: Path | None, recipe: Recipe) -> dict[str, ImageBuilt]:
    """What ``polder.lock`` says was built from exactly this recipe. Not those with a group's own files in them."""
    from polder.actions.check_site import load_site
    from polder.platform.plan.names import image_key

    if site is None or recipe.image is None:
        return {}
    key = image_key(recipe, None)
    reference = load_site(site).lock.images.get(key, "")
    return {key: image_built(reference)} if reference else {}


def _unless_only_later(network: Path, offer: Offer) -> Offer:
    """Asked twice, nothing changes: the offer that stands keeps its date."""
    try:
        held = (network / GIVEN / offer_path(offer.name)).read_bytes()
        stands = read_offer(offer.name, held, "")
    except (OSError, Refused):
        return offer
    dated = replace(offer, date=stands.date)
    return dated if offer_bytes(dated) == held else offer


def _bundles(network: Path, name: str) -> list[str]:
    folder = network / GIVEN / "recipes" / name
    return [f"recipes/{name}/{path.name}" for path in sorted(folder.glob("*.tar"))]


def _hidden(place: Path) -> Iterator[str]:
    for path in sorted(place.rglob("*")):
        parts = path.relative_to(place).parts
        if path.is_file() and any(p.startswith(".") or p.endswith("~") or p == "__pycache__" for p in parts):
            yield path.relative_to(place).as_posix()


def _commit(network: Path, paths: list[str], message: str) -> Commit:
    return commit_paths(network, [network / GIVEN / path for path in paths], message)
