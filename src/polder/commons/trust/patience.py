"""How long to leave a peer alone that did not answer. After three strikes it sleeps: it is asked once a day, and its operator is told.

A strike counts when the one before is half an hour old: three tries in a minute are one. An answer wakes it.

>>> from datetime import UTC, datetime
>>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
>>> once = after_failure(Patience(), now, 0.5)
>>> once.strikes, due(once, now), due(once, now + timedelta(minutes=15)), after_failure(once, now, 0.5).strikes
(1, False, True, 1)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

STRIKES = 3
APART = timedelta(minutes=30)
WAITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(days=1))
JITTER = 0.2
"""A fifth sooner or later, so that a network that was away does not come back all at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """``strikes``: rounds on which no source answered. ``struck``: when the last one was. ``next``: not before."""

    strikes: int = 0
    struck: datetime | None = None
    next: datetime | None = None

    @property
    def asleep(self) -> bool:
        return self.strikes >= STRIKES


def after_failure(before: Patience, now: datetime, chance: float) -> Patience:
    """``chance``: a number from 0 to 1."""
    counts = before.struck is None or now - before.struck >= APART
    strikes = before.strikes + counts
    wait = WAITS[min(strikes, len(WAITS)) - 1] * (1 + JITTER * (2 * chance - 1))
    return replace(before, strikes=strikes, struck=now if counts else before.struck, next=now + wait)


def after_trouble(before: Patience, now: datetime, chance: float) -> Patience:
    """It answered, but nothing that could be believed: no strike, and asked again after the shortest wait."""
    return replace(before, next=now + WAITS[0] * (1 + JITTER * (2 * chance - 1)))


def due(patience: Patience, now: datetime) -> bool:
    """Whether it may be asked; a clock that was set back does not keep it waiting for ever."""
    return patience.next is None or now >= patience.next or patience.next - now > 2 * WAITS[-1]
