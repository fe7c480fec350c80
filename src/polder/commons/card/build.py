"""The end of every import and of every export, the same for all formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from polder.commons.card.audience import for_everybody
from polder.commons.card.columns import (
    Imported,
    Leaves,
    Pair,
    Path,
    dotted,
    leaves,
    matched,
    nested,
)
from polder.commons.card.model import Card
from polder.commons.card.read import card_of_data
from polder.commons.card.shape import CARD_JSON
from polder.commons.card.write import card_data
from polder.kernel.problem import Problem

LISTS = ("places", "areas")
PRIVATE = ("phone", "bankaccount", "board")
"""Keys of directory files that hold what is some person's or a bank account."""


def build(
    format: str,
    found: Leaves,
    kept: Mapping[str, Any],
    warnings: Iterable[Problem],
    problems: Iterable[Problem] = (),
    unfilled: int = 0,
) -> Imported:
    """The card of ``found``. ``unfilled``: how many values a template left."""
    whole = _whole_positions(found)
    halves = tuple(
        Problem("card.half-kept-out", format, {"key": ".".join(path)}) for path in found if path not in whole
    )
    data = nested(whole, LISTS)
    card, notes = card_of_data(data, CARD_JSON, format)
    held = {format: dict(kept)} if kept else {}
    missing = ("kernel.missing-key", "kernel.no-value")
    odd = (*warnings, *halves, *(note for note in notes if note.code not in missing), *_private(kept, format))
    wrong = tuple(problems)
    template = bool(unfilled) or any(problem.code == "card.template-marks" for problem in wrong)
    status = "unfilled" if template else "invalid" if wrong else "good"
    return Imported(format, replace(card, also=held), status, wrong, odd)


def mine(card: Card) -> Leaves:
    """What may leave of a card, as leaves."""
    return leaves(card_data(for_everybody(card)))


def dropped(all_of_it: Leaves, carried: Iterable[Path]) -> tuple[str, ...]:
    """The fields that no file of the format says. Who the provider is in our network, and when this was written, is no loss."""
    ours = {"provider", "urls", "recipients", "written"}
    return tuple(sorted(".".join(path) for path in set(all_of_it) - set(carried) if path[0] not in ours))


def kept_unknown(kept: Leaves, pairs: Iterable[Pair]) -> tuple[Leaves, tuple[str, ...]]:
    """What was kept and nobody knows, to be given back; and the rest, known keys whose value was bad or old: that is not repeated."""
    keys = [one.key for one in pairs]
    known = {path for path in kept if any(matched(key[: len(path)], path) is not None for key in keys)}
    return {path: kept[path] for path in kept if path not in known}, dotted(known)


def _whole_positions(found: Leaves) -> Leaves:
    """Without half positions: a latitude alone says nothing."""
    halves = {"latitude": "longitude", "longitude": "latitude"}
    return {
        path: value
        for path, value in found.items()
        if path[-1] not in halves or (*path[:-1], halves[path[-1]]) in found
    }


def _private(kept: Any, format: str) -> list[Problem]:
    """A warning for each kind of private thing among what is kept."""
    names = {part for path in leaves(kept) for part in ".".join(path).split(".")}
    return [Problem("card.kept-private", format, {"key": key}) for key in PRIVATE if key in names]
