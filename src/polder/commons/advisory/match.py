"""Which advisories concern what runs here.

The rules:

1. Software is the same when one of its names is, without regard to case, blanks and punctuation.
2. A version that one of the ranges holds is affected, unless it is one of those in which the advisory says it is mended.
3. Where a version is unknown, cannot be read, or is written in another order than the advisory's, the answer is ``unknown``: a person
   looks. It is never taken for good.
4. A place is told once: where it knows the program under two names (as upstream's, as a Debian package), the answer that is one.

>>> verdict(("< 2",), "plain", ("1.9-mended",), "1.9"), verdict(("< 2",), "plain", (), ""), verdict(("< 2",), "plain", (), "2.0")
('affected', 'unknown', 'clear')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from polder.commons.advisory.model import Advisory, Running
from polder.commons.advisory.shape import SEVERITIES
from polder.commons.advisory.version import Order, inside, is_version, read_range

Verdict = Literal["affected", "unknown", "clear", "absent"]
VERDICTS: tuple[Verdict, ...] = ("affected", "unknown", "clear", "absent")


@dataclass(frozen=True, slots=True)
class Match:
    """``running`` is ``None`` when nothing here has its name (``absent``)."""

    advisory: Advisory
    verdict: Verdict
    running: Running | None = None


def match(advisories: Iterable[Advisory], running: Iterable[Running]) -> tuple[Match, ...]:
    """One match for each advisory and each place where its software runs; the worst first."""
    here = tuple(running)
    places = by_name(here)
    found = [one for advisory in advisories for one in _matches(advisory, here, places)]
    return tuple(sorted(found, key=_badness))


def by_name(here: Sequence[Running]) -> dict[str, list[int]]:
    """Where in ``here`` software with each name is, the names without case, blanks and punctuation.

    >>> by_name([Running(("DokuWiki", "doku-wiki"), "1", "a"), Running(("…", "Doku wiki"), "2", "b")])
    {'dokuwiki': [0, 1]}
    """
    found: dict[str, list[int]] = {}
    for at, one in enumerate(here):
        for name in {_plain(name) for name in one.names} - {""}:
            found.setdefault(name, []).append(at)
    return found


def verdict(affected: Iterable[str], order: Order, fixed: Iterable[str], version: str) -> Verdict:
    """Whether ``version`` is ``affected``, ``clear`` or ``unknown``."""
    if not is_version(version, order):
        return "unknown"
    if version in fixed:
        return "clear"
    try:
        hit = any(inside(version, read_range(one, order), order) for one in affected)
    except ValueError:
        return "unknown"
    return "affected" if hit else "clear"


def _matches(advisory: Advisory, here: Sequence[Running], places: Mapping[str, Sequence[int]]) -> list[Match]:
    named = sorted({at for name in advisory.software for at in places.get(_plain(name), ())})
    found = [Match(advisory, _one(advisory, here[at]), here[at]) for at in named]
    known = {one.running.where for one in found if one.running and one.verdict != "unknown"}
    told = [
        one for one in found if one.running and (one.verdict != "unknown" or one.running.where not in known)
    ]
    return told or [Match(advisory, "absent")]


def _one(advisory: Advisory, running: Running) -> Verdict:
    if running.order != advisory.order:
        return "unknown"
    return verdict(advisory.affected, advisory.order, advisory.fixed_in, running.version)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _badness(one: Match) -> tuple[int, int, str, str]:
    where = one.running.where if one.running else ""
    return (
        VERDICTS.index(one.verdict),
        -SEVERITIES.index(one.advisory.severity),
        one.advisory.name,
        where,
    )
