"""Look at what peers offer: the list, and one recipe with everything that somebody should know who thinks of adopting it.

Joins the network's half (who offers, approved, adopted) with the platform's (what the recipe asks of a host, what is in the site).
Nothing is changed here, and nothing is fetched: peers are read as they were last verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.load_network import load_network
from polder.actions.network_peers import find_peers
from polder.actions.network_roster import acting_members
from polder.commons.catalogue.choose import choose_source, choose_variant
from polder.commons.catalogue.offer import ImageBuilt, Offer, image_built, open_offer
from polder.commons.catalogue.policy import Verdict, judge
from polder.commons.catalogue.view import Catalogue, Offered, Variant, make_catalogue, version_key
from polder.commons.network.model import GIVEN, Network
from polder.kernel.digest import Digest
from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.published import Published
from polder.platform.recipe.difference import FileChange, changes
from polder.platform.recipe.findings import Finding, newly_asked, recipe_findings
from polder.platform.recipe.model import Recipe
from polder.platform.recipe.read import read_recipe
from polder.platform.site.model import Lock
from polder.world.files import builtin_names, builtin_path, read_recipe_folder, write_atomically
from polder.world.given import read_given
from polder.world.network_alarms import read_alarms
from polder.world.network_store import load_published


@dataclass(frozen=True, slots=True)
class Here:
    """A recipe as this provider has it. ``kind``: one's ``own``, ``adopted`` from ``taken_from``, or ``builtin`` (it comes with Polder);
    ``changed``: an adopted one that was edited since."""

    kind: str
    folder: Folder
    version: str = ""
    taken_from: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything there is to choose from. ``peers``: the catalogue of others alone; ``all``: with what this provider itself says.
    ``groups``: everybody known, each with its independence group; ``members``: whose approvals count when the rule names nobody.
    ``alarmed``: peers of whom an alarm is open."""

    network: Network
    published: Mapping[str, Published]
    peers: Catalogue
    all: Catalogue
    groups: Mapping[str, str]
    members: tuple[str, ...]
    alarmed: frozenset[str]
    site: Path | None
    lock: Lock
    now: datetime

    def taken_from(self, name: str) -> str:
        """The provider a recipe was adopted from; ``""`` for none."""
        return self.lock.adopted.get(name, "").partition("@")[0]


@dataclass(frozen=True, slots=True)
class Page:
    """One recipe in full. ``source``: who it would be taken from; a stale one is shown and never taken from. ``fresh_asks``: what it
    asks and the one here does not. ``changes``: against the one here. ``notes``: what to know besides."""

    variant: Variant
    source: Offered
    folder: Folder
    recipe: Recipe
    findings: tuple[Finding, ...]
    verdict: Verdict
    here: Here | None = None
    fresh_asks: tuple[Finding, ...] = ()
    changes: tuple[FileChange, ...] = ()
    notes: tuple[Finding, ...] = ()
    images: Mapping[str, Mapping[ImageBuilt, tuple[str, ...]]] = field(default_factory=dict)


def open_shelf(
    folder: Path, site: Path | None, now: datetime, published: Mapping[str, Published] | None = None
) -> Shelf:
    """The network folder and the site, read. ``published``: what was verified, when that is known already; of whoever is neither in the
    roster nor followed (any longer), or began anew as somebody else, nothing is shown."""
    network = load_network(folder)
    known = find_peers(folder, network, now)
    held = load_published(folder / network.state) if published is None else published
    peers = {name: one for name, one in held.items() if name in known and one.root == known[name].root}
    own = _own(folder, network, now)
    groups = {name: one.group or name for name, one in known.items()}
    members = {one.id: one.group or one.id for one in acting_members(folder, now)}
    alarms = read_alarms(folder / network.state)
    return Shelf(
        network=network,
        published=peers,
        peers=make_catalogue(peers, now),
        all=make_catalogue({**peers, network.provider: own}, now),
        groups={network.provider: network.provider, **groups, **members},
        members=tuple(sorted(members or groups)),
        alarmed=frozenset(one.peer for one in alarms if not one.closed),
        site=site,
        lock=load_site(site).lock if site else Lock(),
        now=now,
    )


def _own(folder: Path, network: Network, now: datetime) -> Published:
    """What this provider gives to the network, as if it had been read from there just now."""
    given, never = read_given(folder / GIVEN), now + timedelta(days=1)
    return Published(network.provider, Digest(""), {}, now, never, given, network.urls[0])


def open_page(shelf: Shelf, name: str, digest: str = "", provider: str = "") -> Page:
    """``name`` in full. Without ``digest`` and ``provider``, the one of the provider it was adopted from, where there is one.

    Refused when it is not clear which is meant, and when what is offered is not what the offer says, or no recipe.
    """
    if not digest and not provider and _offers(shelf, shelf.taken_from(name), name):
        provider = shelf.taken_from(name)
    variant = choose_variant(shelf.peers, name, digest, provider)
    source = _source(variant, provider, shelf.taken_from(name))
    where = f"{source.provider}/recipes/{name}"
    folder = open_offer(source.offer, shelf.published[source.provider].files, where)
    recipe = _read(name, folder, source.provider)
    _check_said(source.offer, recipe, where)
    known = next((one for one in shelf.all.variants[name] if one.digest == variant.digest), variant)
    verdict = judge(shelf.network.adopt, known, source.provider, shelf.groups, shelf.members)
    page = Page(known, source, folder, recipe, recipe_findings(recipe, folder), verdict)
    images = {key: _builders(shelf, key) for key in source.offer.images}
    return replace(_compared(shelf, page), images=images)


def _offers(shelf: Shelf, provider: str, name: str) -> bool:
    held = shelf.peers.variants.get(name, ())
    return any(one.provider == provider for variant in held for one in variant.offered)


def _source(variant: Variant, provider: str, before: str) -> Offered:
    """``provider``, else whom the recipe came from ``before``, else another. Shown may be what is stale, too."""
    wanted = provider or (before if before in {one.provider for one in variant.fresh} else "")
    try:
        return choose_source(variant, wanted)
    except Refused:
        return next(one for one in variant.offered if wanted in ("", one.provider))


def _builders(shelf: Shelf, key: str) -> dict[ImageBuilt, tuple[str, ...]]:
    """Who built what from the same, this provider itself among them."""
    found = dict(shelf.all.images.get(key, {}))
    if reference := shelf.lock.images.get(key, ""):
        own, me = image_built(reference), shelf.network.provider
        found[own] = tuple(sorted({*found.get(own, ()), me}))
    return found


def _read(name: str, folder: Folder, provider: str) -> Recipe:
    """Its problems are placed below the provider's name: they are not in a file of ours."""
    try:
        return read_recipe(name, folder, builtin=False)
    except Refused as refused:
        raise Refused(Problem(p.code, f"{provider}/{p.where}", p.values) for p in refused.problems) from None


def _check_said(offer: Offer, recipe: Recipe, where: str) -> None:
    """An offer that says other things of the recipe than its files do was made by hand, or in bad faith."""
    found = Problems()
    pairs = {
        "version": (offer.version, recipe.version),
        "licence": (offer.licence, recipe.licence),
        "upstream": (offer.upstream, recipe.upstream),
        "source": (offer.source, recipe.source),
    }
    for key, (said, is_so) in pairs.items():
        if said.split() != is_so.split():
            found.add("catalogue.says-otherwise", where, key=key, said=said, found=is_so)
    found.refuse_if_any()


def _compared(shelf: Shelf, page: Page) -> Page:
    here = find_here(shelf, page.recipe.name)
    notes = tuple(_notes(shelf, page, here))
    if here is None:
        return replace(page, notes=notes)
    before = _findings_here(page.recipe.name, here)
    return replace(
        page,
        here=here,
        fresh_asks=newly_asked(page.findings, before),
        changes=changes(here.folder, page.folder),
        notes=notes,
    )


def unpack_recipe(page: Page, place: Path) -> Path:
    """Write the recipe's files below ``place`` for people to read; nothing is run. Refused when something is there already."""
    target = place / page.recipe.name
    if target.exists():
        raise Refused(Problem("catalogue.there-already", str(target)))
    for path, content in page.folder.files.items():
        write_atomically(target / path, content)
    return target


def find_here(shelf: Shelf, name: str) -> Here | None:
    """The recipe ``name`` as this provider would run it now; ``None`` when there is none."""
    own = shelf.site / "recipes" / name if shelf.site else None
    if own and own.is_dir() and (folder := read_recipe_folder(own)).files:
        taken, _, digest = shelf.lock.adopted.get(name, "").partition("@")
        kind = "adopted" if taken else "own"
        return Here(kind, folder, _version(name, folder), taken, bool(taken) and folder.digest != digest)
    if name in builtin_names():
        folder = read_recipe_folder(builtin_path(name))
        return Here("builtin", folder, _version(name, folder))
    return None


def _version(name: str, folder: Folder) -> str:
    try:
        return read_recipe(name, folder, builtin=True).version
    except Refused:
        return ""


def _findings_here(name: str, here: Here) -> tuple[Finding, ...]:
    try:
        return recipe_findings(read_recipe(name, here.folder, builtin=True), here.folder)
    except Refused:
        return ()


def _notes(shelf: Shelf, page: Page, here: Here | None) -> list[Finding]:
    """What neither the recipe nor the offer says of itself."""
    recipe, source = page.recipe, page.source
    found = []
    if source.stale:
        found.append(Finding("catalogue.stale", {"provider": source.provider}, "red"))
    if source.provider in shelf.alarmed:
        found.append(Finding("catalogue.alarm", {"provider": source.provider}, "red"))
    if here is None:
        return found
    if here.folder.digest == recipe.digest:
        return [*found, Finding("catalogue.is-here", {"recipe": recipe.name}, "plain")]
    if here.kind == "builtin":
        found.append(Finding("catalogue.takes-place-of-builtin", {"recipe": recipe.name}, "red"))
    if here.kind == "own":
        found.append(Finding("catalogue.own-recipe", {"recipe": recipe.name}, "red"))
    if here.changed:
        found.append(Finding("catalogue.own-changes", {"recipe": recipe.name}, "red"))
    if here.taken_from and here.taken_from not in {one.provider for one in page.variant.offered}:
        values = {"recipe": recipe.name, "before": here.taken_from, "now": source.provider}
        found.append(Finding("catalogue.other-origin", values, "red"))
    return [*found, *_age(here.version, recipe.version)]


def _age(ours: str, theirs: str) -> list[Finding]:
    values = {"version": theirs, "ours": ours}
    if version_key(theirs) < version_key(ours):
        return [Finding("catalogue.older", values, "red")]
    if version_key(theirs) == version_key(ours):
        return [Finding("catalogue.same-version", values, "yellow")]
    return []
