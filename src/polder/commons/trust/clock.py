"""Whether our own clock is right, by what peers say. With a clock set back, words that expired long ago would be believed.

Two things are known of each peer that answered: what its web server says the time is (not signed), and when it signed its timestamp
(its expiry less 14 days), which was in the past for everybody with a right clock.

>>> off_by([7200.0, 7300.0, 4.0]), off_by([7200.0, 4.0]), off_by([7200.0])
(7200.0, 0.0, 0.0)

One peer alone cannot tell whose clock is wrong, its own or ours; that they are apart is said, and is no alarm:

>>> apart({"beech": -7200.0}), apart({"beech": -60.0}), apart({"beech": -7200.0, "cedar": 4.0})
({'beech': -7200.0}, {}, {})
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median, median_low

HELD = timedelta(days=14)
HOUR = 3600.0
LEAST = 2
"""Peers that must answer; one alone may be the one whose clock is wrong."""


def ahead(told: Sequence[float], expires: datetime | None, now: datetime) -> float:
    """By how many seconds a peer is ahead of us: what its servers told, or more when it signed in what is our future."""
    signed = (expires - HELD - now).total_seconds() if expires else 0.0
    plain = median(told) if told else 0.0
    return signed if signed > HOUR and signed > plain else plain


def off_by(found: Sequence[float]) -> float:
    """Seconds by which most peers are ahead of us (negative: behind), when that is more than an hour; else 0."""
    for sign in (1, -1):
        far = [one for one in found if sign * one > HOUR]
        if len(found) >= LEAST and len(far) * 2 > len(found):
            return median_low(far)
    return 0.0


def apart(found: Mapping[str, float]) -> dict[str, float]:
    """The peers whose clock and ours are more than an hour apart, when too few answered to tell which of them is wrong."""
    return {name: one for name, one in found.items() if abs(one) > HOUR} if len(found) < LEAST else {}
