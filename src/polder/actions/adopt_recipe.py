"""Adopt a peer's recipe: look at it, hold it against one's own rule, put it into the site, pin it; and take that back.

The story: ``propose`` reads everything and says what there is to know and what stands against it; a person agrees; ``adopt`` writes.
Nothing that runs is changed: the next ``polder plan`` shows what would be.

Killed at any point, asking again completes it: the files go in at once (``world.recipe_place``), ``polder.lock`` after them, the
commit last; each part that is there already is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from polder.actions.catalogue import Page, Shelf, open_page
from polder.actions.check_site import site_of
from polder.commons.catalogue.word import ADOPTIONS_AT, Adoption, adoptions_bytes
from polder.commons.network.model import GIVEN, Network
from polder.kernel.digest import Digest, short
from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Problems, Refused
from polder.platform.site.lock import lock_text
from polder.platform.site.model import Lock
from polder.world.files import builtin_path, read_folder, read_recipe_folder, write_atomically
from polder.world.git import Commit, commit_paths
from polder.world.given import remove_given, write_given
from polder.world.recipe_place import (
    Before,
    changing_recipes,
    keep_before,
    place_recipe,
    read_before,
    was_before,
)

LOCK = "polder.lock"
AGE = "catalogue.older"
STOPS = frozenset(
    (
        AGE,
        "catalogue.own-recipe",
        "catalogue.own-changes",
        "catalogue.takes-place-of-builtin",
        "catalogue.other-origin",
    )
)
"""Notes that stop an adoption until the asker says that it is meant so."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``replace``: a recipe of one's own, or one that comes with Polder, may give way; ``older``: so may a newer version."""

    name: str
    digest: str = ""
    provider: str = ""
    replace: bool = False
    older: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """``against``: what stands against it, all of it. ``nothing``: it is adopted already. ``was``: the files as they were read, so
    that nobody's edit of a moment ago is written over."""

    page: Page
    lock: Lock
    against: tuple[Problem, ...]
    nothing: bool
    was: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was written in the site (relative), the commit, and whether others are told."""

    files: tuple[str, ...]
    commit: Commit
    told: bool = False


def propose(shelf: Shelf, wish: Wish) -> Proposal:
    """Everything about adopting what is wished for. Refused when it is not clear, or not what the offer says."""
    assert shelf.site is not None
    was = _state(shelf.site, wish.name)
    page = open_page(shelf, wish.name, wish.digest, wish.provider)
    lock = _pinned(shelf.lock, page)
    there = was["digest"] == page.recipe.digest
    begun = read_before(shelf.site, wish.name, page.recipe.digest) is not None
    nothing = there and (shelf.lock == lock or not begun)
    against = () if nothing else tuple(_against(shelf, page, wish, lock, there=there))
    return Proposal(page, lock, against, nothing, was)


def adopt(shelf: Shelf, folder: Path, proposal: Proposal) -> Adopted:
    """Do it. ``folder``: the network folder. Refused with all that stands against it, and when the site changed meanwhile."""
    if proposal.against:
        raise Refused(proposal.against)
    assert shelf.site is not None
    page, site = proposal.page, shelf.site
    name, digest = page.recipe.name, page.recipe.digest
    with changing_recipes(site):
        if _state(site, name) != proposal.was:
            raise Refused(Problem("site.changed-meanwhile", f"recipes/{name}"))
        changed = []
        if proposal.was["digest"] != digest:
            keep_before(site, _before(shelf, name, digest, proposal.was["digest"]))
            place_recipe(site, name, page.folder)
            changed.append(f"recipes/{name}")
        changed += _write_lock(site, proposal.lock)
    source = page.source.provider
    message = f"Adopt {name} {page.recipe.version} from {source} ({short(digest)})."
    commit = _commit(site, name, message)
    return Adopted(tuple(changed), commit, tell_adoptions(folder, shelf.network, proposal.lock))


def undo(shelf: Shelf, folder: Path, name: str, *, anyway: bool = False) -> Adopted:
    """Put back what was so before ``name`` was adopted. Refused when nothing was adopted, or kept.

    An adopted one that was edited since gives way only ``anyway``.
    """
    assert shelf.site is not None
    site, taken = shelf.site, shelf.lock.adopted.get(name, "")
    adopted = taken.partition("@")[2]
    kept = read_before(site, name, adopted) if adopted else None
    with changing_recipes(site):
        now = _state(site, name)["digest"]
        if kept is None and (taken or not was_before(site, name, now)):
            code = "catalogue.nothing-kept" if taken else "catalogue.nothing-to-undo"
            raise Refused(Problem(code, "", {"recipe": name}))
        if kept and now not in (adopted, kept[0].digest) and not anyway:
            raise Refused(Problem("catalogue.own-changes", f"recipes/{name}", {"recipe": name}))
        changed, lock = _put_back(shelf, name, now, *kept) if kept else ([], shelf.lock)
    commit = _commit(site, name, f"Adopt {name} no longer.")
    return Adopted(tuple(changed), commit, tell_adoptions(folder, shelf.network, lock))


def _put_back(shelf: Shelf, name: str, now: str, before: Before, copy: Path) -> tuple[list[str], Lock]:
    """``copy`` becomes the recipe again, and the lock says of it what it said. Returns what was written."""
    assert shelf.site is not None
    held = read_recipe_folder(copy) if before.digest else Folder({})
    if held.files and held.digest != before.digest:
        raise Refused(Problem("catalogue.nothing-kept", "", {"recipe": name}))
    lock = _unpinned(shelf.lock, before)
    _valid(shelf.site, name, held, lock).refuse_if_any()
    changed = [] if now == before.digest else [f"recipes/{name}"]
    if changed:
        place_recipe(shelf.site, name, copy if held.files else None)
    return changed + _write_lock(shelf.site, lock), lock


def tell_adoptions(folder: Path, network: Network, lock: Lock) -> bool:
    """Write what was adopted below ``given/``, or take it away, as ``network.yml`` says; whether others are told."""
    taken = {name: held.partition("@") for name, held in lock.adopted.items()}
    adoptions = {name: Adoption(Digest(digest), provider) for name, (provider, _, digest) in taken.items()}
    if network.tell_adoptions and adoptions:
        changed = write_given(folder / GIVEN, ADOPTIONS_AT, adoptions_bytes(adoptions))
    else:
        changed = remove_given(folder / GIVEN, ADOPTIONS_AT)
    if changed:
        commit_paths(folder, [folder / GIVEN / ADOPTIONS_AT], "Tell which recipes were adopted.")
    return network.tell_adoptions and bool(adoptions)


def _state(site: Path, name: str) -> dict[str, str]:
    """What adopting looks at and writes: the digest of the own folder (``""``: none), and the text of the lock."""
    place = site / "recipes" / name
    folder = read_recipe_folder(place) if place.is_dir() else Folder({})
    lock = (site / LOCK).read_text(errors="replace") if (site / LOCK).is_file() else ""
    return {"digest": folder.digest if folder.files else "", "lock": lock}


def _pinned(lock: Lock, page: Page) -> Lock:
    """Somebody it was taken from before stays the one, as long as the bytes are the same."""
    name, digest = page.recipe.name, page.recipe.digest
    known = lock.adopted.get(name, "")
    taken = known if known.endswith(f"@{digest}") else f"{page.source.provider}@{digest}"
    return replace(lock, recipes={**lock.recipes, name: digest}, adopted={**lock.adopted, name: taken})


def _unpinned(lock: Lock, before: Before) -> Lock:
    recipes = {name: digest for name, digest in lock.recipes.items() if name != before.name}
    adopted = {name: taken for name, taken in lock.adopted.items() if name != before.name}
    if before.pinned:
        recipes[before.name] = Digest(before.pinned)
    if before.taken:
        adopted[before.name] = before.taken
    return replace(lock, recipes=recipes, adopted=adopted)


def _before(shelf: Shelf, name: str, adopted: Digest, digest: str) -> Before:
    pinned, taken = shelf.lock.recipes.get(name, ""), shelf.lock.adopted.get(name, "")
    return Before(name, adopted, digest, pinned, taken)


def _against(shelf: Shelf, page: Page, wish: Wish, lock: Lock, *, there: bool) -> list[Problem]:
    name, found = page.recipe.name, Problems()
    if page.source.stale:
        found.add("catalogue.stale", "", provider=page.source.provider)
    if page.source.provider in shelf.alarmed:
        found.add("catalogue.alarm", "", provider=page.source.provider)
    if problem := page.verdict.problem:
        found.items.append(problem)
    if page.recipe.system or _is_system(name):
        found.add("catalogue.system-recipe", "", recipe=name)
    if page.here and page.here.kind == "builtin" and page.here.folder.digest == page.recipe.digest:
        found.add("catalogue.comes-with-polder", "", recipe=name)
    notes = [] if there else [note for note in page.notes if note.code in STOPS]
    asked = {AGE: wish.older}
    found.items += [
        Problem(note.code, "", note.values) for note in notes if not asked.get(note.code, wish.replace)
    ]
    assert shelf.site is not None
    found.items += _valid(shelf.site, name, page.folder, lock).items
    return found.items


def _is_system(name: str) -> bool:
    """Whether Polder itself runs a recipe of this name."""
    from polder.platform.recipe.read import read_recipe

    place = builtin_path(name)
    return place.is_dir() and read_recipe(name, read_recipe_folder(place), builtin=True).system


def _valid(site: Path, name: str, recipe: Folder, lock: Lock) -> Problems:
    """Every problem that the site would have with ``recipe`` in place of its own."""
    folder, prefix = read_folder(site), f"recipes/{name}/"
    files = {path: held for path, held in folder.files.items() if not path.startswith(prefix)}
    executable = {path for path in folder.executable if not path.startswith(prefix)}
    files |= {prefix + path: held for path, held in recipe.files.items()}
    executable |= {prefix + path for path in recipe.executable}
    faults = {path: fault for path, fault in folder.faults.items() if not path.startswith(prefix)}
    files[LOCK] = lock_text(lock).encode()
    found = Problems()
    try:
        site_of(Folder(files, executable=frozenset(executable), faults=faults), site)
    except Refused as refused:
        found.items.extend(refused.problems)
    return found


def _write_lock(site: Path, lock: Lock) -> list[str]:
    content = lock_text(lock).encode()
    place = site / LOCK
    if place.is_file() and place.read_bytes() == content:
        return []
    write_atomically(place, content)
    return [LOCK]


def _commit(site: Path, name: str, message: str) -> Commit:
    return commit_paths(site, [site / "recipes" / name, site / LOCK], message)
