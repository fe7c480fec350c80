"""How many must sign what, and how long it stays open: three sets of rules to begin with, every number of them in the roster.

| change | ``polder`` | ``ladder`` | ``vouches`` |
| --- | --- | --- | --- |
| newcomer | 2 vouches, 14 days, no block that stands | over half of all, 14 days, no block | 1 vouch, any time |
| expulsion | two thirds of the active without the one concerned, 14 days | as a newcomer | k without the one concerned |
| rules, threshold | k, 14 days, no block that stands | as a newcomer | k |
| lost key, dormancy | k | k, 14 days, no block | k |
| own entry, leaving, waking | k, at once | k, at once | k, at once |

k is more than half of the active members, whatever the rules say: only so do two rival versions need somebody who signed both.

>>> threshold(1, 1, 3), threshold(3, 3, 3), threshold(5, 5, 3), threshold(5, 5, 4), threshold(2, 9, 3)
(1, 2, 3, 4, 3)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from polder.commons.roster.changes import Change, Expel, Kind, concerns, kind
from polder.commons.roster.model import Preset, Roster, Rules

PRESETS: Mapping[Preset, Rules] = {
    "polder": Rules("polder"),
    "ladder": Rules("ladder", least=1, vouches=0, second=0),
    "vouches": Rules("vouches", least=1, vouches=1, open=0),
}
Size = Literal["large", "medium", "small"]
SIZES: Mapping[Kind, Size] = {
    "found": "small",
    "join": "large",
    "expel": "large",
    "rules": "large",
    "threshold": "large",
    "key": "medium",
    "dormant": "medium",
    "change": "small",
    "leave": "small",
    "wake": "small",
}


@dataclass(frozen=True, slots=True)
class Demand:
    """What a change needs. ``signatures``: of members of the version before, those of ``without`` not counted. The rest is days:
    ``open`` to objections, ``waiting`` until readers act. ``vouches``: members who vouch for it before anybody signs."""

    size: Size
    signatures: int
    without: frozenset[str] = frozenset()
    open: timedelta = timedelta(0)
    vouches: int = 0
    waiting: timedelta = timedelta(0)


def threshold(active: int, everybody: int, least: int) -> int:
    """k for so many members: more than half of the active ones (of a third of everybody, if that is more), and ``least`` as soon as
    there are more members than that. Never everybody from three members on, so that one lost key does not end the network."""
    counted = max(active, -(-everybody // 3))
    return max(counted // 2 + 1, least if everybody > least else 0)


def demand(roster: Roster, change: Change) -> Demand:
    """What ``change`` of ``roster`` needs, by the rules in ``roster`` (the version before decides)."""
    rules, asked = roster.rules, kind(change)
    size = SIZES[asked]
    found = Demand(size, _signatures(roster, change, size), waiting=timedelta(days=rules.waiting))
    if size == "large" or (size == "medium" and rules.preset == "ladder"):
        found = replace(found, open=timedelta(days=rules.open))
    if asked == "join":
        found = replace(found, vouches=min(rules.vouches, len(roster.active)))
    if isinstance(change, Expel):
        found = replace(found, without=frozenset({change.member}))
        if change.compromised:
            found = replace(found, open=timedelta(0), waiting=timedelta(days=rules.waiting_expelled))
    return found


def _signatures(roster: Roster, change: Change, size: Size) -> int:
    if size != "large":
        return roster.threshold
    if roster.preset == "ladder":
        return max(roster.threshold, len(roster.members) // 2 + 1)
    if roster.preset == "polder" and isinstance(change, Expel) and concerns(change) in roster.members:
        return max(roster.threshold, -(-2 * len(roster.active) // 3))
    return roster.threshold
