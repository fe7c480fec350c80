"""Which of two sources shows the newer state of a provider, by nothing but the timestamps that both show.

1. Only a timestamp that the provider's keys signed counts. One signed with keys that are not known here may be the newer one (keys
   changed) or nobody's: whoever shows it is visited first, and the visit says which.
2. Of those that count, the higher version is visited; the origin when they are the same.
3. Whoever shows a lower version than what is believed, or one signed with keys that were changed since, is visited last.
4. Afterwards a source that was not visited is held against what is believed by then. Mirrors are late, so it is told only when it is late
   by more than ``LATE``, by what the provider itself signed: the ends of the two timestamps. The same version with other words is told
   always.

>>> order([Shown("good", 3), Shown("good", 4)]), order([Shown("good", 4), Shown("good", 4)]), order([Shown("good", 4), Shown("unknown")])
(((1, 0), ()), ((0, 1), ()), ((1, 0), ()))
>>> order([Shown("older"), Shown("good", 4)])
((1,), (0,))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from polder.commons.trust.accept import Trusted, accept_timestamp
from polder.commons.trust.tuf import Root, Timestamp
from polder.kernel.problem import Problem, Refused

LATE = timedelta(days=2)
"""One daily signature, and a day for a mirror that copies once a day."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a timestamp is beside what is believed. ``kind``: ``good`` (with its ``version``), ``older`` or ``unknown``. ``problem``: why it
    is not good."""

    kind: str
    version: int = 0
    problem: Problem | None = None


def look(trusted: Trusted, content: bytes, now: datetime, where: str = "") -> Shown:
    """What the timestamp ``content`` is. ``trusted`` has a root; ``now`` is aware, UTC."""
    try:
        accept_timestamp(trusted, content, now, where)
    except Refused as refused:
        problem = refused.problems[0]
        if problem.code == "sync.rollback" and problem.values.get("role") == "timestamp":
            return Shown("older", problem=problem)
        if problem.code == "trust.too-few-signatures" and _signed_before(trusted, content):
            return Shown("older", problem=Problem("sync.old-keys", where, {"role": "timestamp"}))
        return Shown("unknown", problem=problem)
    return Shown("good", trusted.read(Timestamp, content).version)


def order(shown: Sequence[Shown]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Numbers of those to be visited first, in order, and of those to be visited when nobody else is left."""
    numbers = sorted(
        range(len(shown)), key=lambda number: (shown[number].kind != "unknown", -shown[number].version)
    )
    first = tuple(number for number in numbers if shown[number].kind != "older")
    return first, tuple(number for number in numbers if number not in first)


def late(trusted: Trusted, content: bytes, now: datetime, where: str = "") -> Problem | None:
    """What is to be told of a source that shows ``content`` and was not visited; ``None`` for nothing (rule 4)."""
    found = look(trusted, content, now, where)
    if found.problem is None or found.problem.code == "sync.two-versions":
        return found.problem
    if found.kind != "older" or not trusted.timestamp:
        return None
    ends = [trusted.read(Timestamp, one).signed.expires for one in (trusted.timestamp, content)]
    return found.problem if ends[0] - ends[1] > LATE else None


def _signed_before(trusted: Trusted, content: bytes) -> bool:
    """Whether the keys of a root before the last one signed it."""
    document = trusted.read(Timestamp, content)
    roots = (trusted.read(Root, one).signed for one in reversed(trusted.roots[:-1]))
    return any(trusted.signed(root, "timestamp", document) for root in roots)
