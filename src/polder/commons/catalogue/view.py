"""The catalogue: what verified peers offer, merged by digest. A pure function over what was verified; anybody can make it again.

Rules:

1. Recipes are equal when their folders' digests are. A name is only a name: two providers may mean different things by it.
2. What one provider publishes wrongly is a problem of that provider, told, and hides nothing of the others.
3. An offer of a provider that has not been heard of in time is shown as such; nothing new is taken from it (see ``choose``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from polder.commons.catalogue.fields import one_line
from polder.commons.catalogue.offer import ImageBuilt, Offer, read_offer
from polder.commons.catalogue.word import (
    ADOPTIONS_AT,
    APPROVALS_AT,
    Adoption,
    Approval,
    read_adoptions,
    read_approval,
)
from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published, is_target_path

MOST_OFFERS, MOST_APPROVALS = 500, 2_000
"""Read of one provider."""


@dataclass(frozen=True, slots=True)
class Offered:
    """``provider`` offers it; ``seen``: when that was last verified; ``stale``: its last word expired before a newer one came."""

    provider: str
    offer: Offer
    seen: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class Approved:
    """``provider`` read (or runs) it. ``stale`` as for an offer: such a word may have been taken back since."""

    provider: str
    approval: Approval
    stale: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """One recipe, byte for byte: everybody who offers exactly this, approved it, adopted it."""

    name: str
    digest: Digest
    offered: tuple[Offered, ...]
    approved: tuple[Approved, ...] = ()
    adopters: tuple[str, ...] = ()

    @property
    def offer(self) -> Offer:
        """What the first of those who offer it says of it."""
        return self.offered[0].offer

    @property
    def fresh(self) -> tuple[Offered, ...]:
        """Who may be taken from."""
        return tuple(one for one in self.offered if not one.stale)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``variants``: recipe to what is offered under that name, newest version first. ``images``: what an image was built from, to each
    digest that came out, to who built it. ``problems``: of what providers publish, placed at ``provider/path``."""

    variants: Mapping[str, tuple[Variant, ...]] = field(default_factory=dict)
    images: Mapping[str, Mapping[ImageBuilt, tuple[str, ...]]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """For putting versions in order: numbers by size, a longer one after its beginning, words before numbers.

    >>> sorted(["1.10", "1.9", "2", "1.9-rc1", "1.9.1"], key=version_key)
    ['1.9-rc1', '1.9', '1.9.1', '1.10', '2']
    """
    parts = re.findall(r"[0-9]+|[a-z]+", version.lower()[:100])
    keys = [(2, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]
    return (*keys, (1, 0, ""))


def make_catalogue(published: Mapping[str, Published], now: datetime) -> Catalogue:
    """Everything that the providers in ``published`` say of recipes. Reads no bundle."""
    problems: list[Problem] = []
    offered = [one for peer in published.values() for one in _offers(peer, now, problems)]
    approved: dict[tuple[str, Digest], list[Approved]] = {}
    for one in (one for peer in published.values() for one in _approvals(peer, now, problems)):
        approved.setdefault((one.approval.name, one.approval.digest), []).append(one)
    adopted = {id: _adoptions(peer, problems) for id, peer in published.items()}
    found: dict[str, list[Variant]] = {}
    for (name, digest), offers in _merged(offered).items():
        words = tuple(approved.get((name, digest), ()))
        adopters = tuple(id for id, held in adopted.items() if name in held and held[name].digest == digest)
        found.setdefault(name, []).append(Variant(name, digest, offers, words, adopters))
    variants = {name: _in_order(found[name]) for name in sorted(found)}
    return Catalogue(variants, _images(offered), tuple(problems))


def _in_order(variants: list[Variant]) -> tuple[Variant, ...]:
    return tuple(sorted(variants, key=lambda v: (version_key(v.offer.version), v.offer.date), reverse=True))


def _merged(offered: list[Offered]) -> dict[tuple[str, Digest], tuple[Offered, ...]]:
    """Those heard of in time first, then by the provider's id."""
    found: dict[tuple[str, Digest], list[Offered]] = {}
    for one in sorted(offered, key=lambda one: (one.stale, one.provider)):
        found.setdefault((one.offer.name, one.offer.digest), []).append(one)
    return {key: tuple(held) for key, held in found.items()}


def _images(offered: list[Offered]) -> dict[str, dict[ImageBuilt, tuple[str, ...]]]:
    found: dict[str, dict[ImageBuilt, tuple[str, ...]]] = {}
    for one in offered:
        for key, built in one.offer.images.items():
            by = found.setdefault(key, {})
            by[built] = tuple(sorted({*by.get(built, ()), one.provider}))
    return found


def _offers(peer: Published, now: datetime, problems: list[Problem]) -> Iterator[Offered]:
    names = [path for path in sorted(peer.files) if re.fullmatch(r"recipes/[^/]+/offer\.json", path)]
    paths = [path for path in names if is_target_path(path)]
    for path in paths[:MOST_OFFERS]:
        try:
            offer = read_offer(path.split("/")[1], peer.files[path], f"{peer.provider}/{path}")
        except Refused as refused:
            problems.extend(_told(refused))
        else:
            yield Offered(peer.provider, offer, peer.seen, peer.stale(now))


def _approvals(peer: Published, now: datetime, problems: list[Problem]) -> Iterator[Approved]:
    paths = [path for path in sorted(peer.files) if path.startswith(APPROVALS_AT) and is_target_path(path)]
    for path in paths[:MOST_APPROVALS]:
        try:
            approval = read_approval(path, peer.files[path], f"{peer.provider}/{path}")
        except Refused as refused:
            problems.extend(_told(refused))
        else:
            yield Approved(peer.provider, approval, peer.stale(now))


def _adoptions(peer: Published, problems: list[Problem]) -> dict[str, Adoption]:
    if ADOPTIONS_AT not in peer.files:
        return {}
    try:
        return read_adoptions(peer.files[ADOPTIONS_AT], f"{peer.provider}/{ADOPTIONS_AT}")
    except Refused as refused:
        problems.extend(_told(refused))
        return {}


def _told(refused: Refused) -> Iterator[Problem]:
    """Its problems; what they quote of a peer's file is made one harmless line."""
    for one in refused.problems:
        values = {key: one_line(held) if isinstance(held, str) else held for key, held in one.values.items()}
        yield Problem(one.code, one.where, values)
