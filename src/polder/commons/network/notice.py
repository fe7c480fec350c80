"""What somebody should hear of without asking, each thing once, and of an end that comes near a few times.

1. A thing is told when it is not among those that were told. While it lasts it is not told again; when it ended and comes back, it is.
2. What could not be looked at this time lasts: nothing is told twice because a look failed in between.
3. Only what was said to somebody counts as told: after a failure it is told the next time.
4. What has an end is another thing at each ``stage`` of its way there: told when it begins, at half of the time, a day before the end.

>>> from polder.kernel.problem import Problem
>>> one = Notice("peer", "beech", Problem("sync.asleep", "", {"peer": "beech", "strikes": 3}))
>>> told = lasting({"peer": (one,)}, frozenset(), unheard({"peer": (one,)}, frozenset()))
>>> unheard({"peer": (one,)}, told), sorted(lasting({}, told, ())), sorted(lasting({"peer": ()}, told, ()))
((), ['peer beech'], [])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from polder.kernel.problem import Problem

AT_ONCE = 40
"""In one message; what is beyond that comes with the next one."""
Standing = Mapping[str, tuple["Notice", ...]]
"""Kind to all that is so now; a kind that is not there could not be looked at."""


@dataclass(frozen=True, slots=True)
class Notice:
    """``kind``: a word without spaces. ``name``: what makes it the same thing as the last time, among those of its kind."""

    kind: str
    name: str
    problem: Problem

    @property
    def key(self) -> str:
        return f"{self.kind} {self.name}"


def stage(days: int, of: int) -> str:
    """How near an end is that is ``days`` (whole ones) away and is first told ``of`` days before. Who looks once a day meets each stage.

    >>> [stage(days, 60) for days in (60, 31, 30, 2, 1, 0)]
    ['', '', 'half', 'half', 'last', 'last']
    """
    return "last" if days <= 1 else "half" if days <= of // 2 else ""


def unheard(standing: Standing, told: frozenset[str]) -> tuple[Notice, ...]:
    """What nobody was told of, ``AT_ONCE`` at most."""
    every = {one.key: one for held in standing.values() for one in held if one.key not in told}
    return tuple(every.values())[:AT_ONCE]


def lasting(standing: Standing, told: frozenset[str], said: Iterable[Notice]) -> frozenset[str]:
    """What counts as told from now on: ``said``, and of what was told before all that lasts."""
    now = {one.key for held in standing.values() for one in held}
    kept = {key for key in told if key in now or key.partition(" ")[0] not in standing}
    return frozenset({*kept, *(one.key for one in said)})
