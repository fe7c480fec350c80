"""How long each signed document holds, when it is signed anew, and who signs it.

========= ===================================== ======== ============
role      keys                                  holds    signed anew
========= ===================================== ======== ============
root      the people's, as many as agreed       365 days 60 days before its end
targets   one of the people's                   120 days 60 days before its end
robot     the server's                           30 days 20 days before its end
snapshot  the server's                           30 days 20 days before its end
timestamp the server's                           14 days after 20 hours: daily, with room for a timer's whims
========= ===================================== ======== ============

A short life bounds how long old words can be said again; a long rest of it gives people time to act, and lets mirrors speak for a
provider whose machines are down for a fortnight.

>>> from datetime import UTC, datetime, timedelta
>>> signed = datetime(2026, 11, 22, tzinfo=UTC)
>>> due("timestamp", expiry("timestamp", signed), signed + timedelta(hours=19))
False
>>> due("timestamp", expiry("timestamp", signed), signed + timedelta(hours=20))
True
"""

from __future__ import annotations

from datetime import datetime, timedelta

PEOPLE, SERVER = ("root", "targets"), ("robot", "snapshot", "timestamp")
GOVERNANCE = "governance"
"""The key with which a provider takes part in the network's decisions. It signs no document of the published folder."""
RESERVED = (*SERVER, *PEOPLE, GOVERNANCE, "server")
"""Names of keys that no person can have."""
HOLDS = {
    "root": timedelta(days=365),
    "targets": timedelta(days=120),
    "robot": timedelta(days=30),
    "snapshot": timedelta(days=30),
    "timestamp": timedelta(days=14),
}
SOON = 60
"""Days before the end of a root from which on everybody is warned."""
_REST = {
    "root": timedelta(days=SOON),
    "targets": timedelta(days=60),
    "robot": timedelta(days=20),
    "snapshot": timedelta(days=20),
    "timestamp": timedelta(days=14) - timedelta(hours=20),
}
KEPT = timedelta(days=30)
"""How long what was replaced stays published, for readers and mirrors on their way. Roots stay for ever."""
MANY = 1_000
"""Files in one list; more make every reader slower, and belong into one file."""


def expiry(role: str, now: datetime) -> datetime:
    """Until when a document that is signed ``now`` holds; whole seconds, as TUF writes them."""
    return now.replace(microsecond=0) + HOLDS[role]


def due(role: str, expires: datetime, now: datetime) -> bool:
    """Whether a document should be signed anew by now: its end is near, or it was signed by a clock that went ahead.

    >>> from datetime import UTC
    >>> due("snapshot", datetime(2029, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
    True
    """
    rest = expires - now
    return rest <= _REST[role] or rest > HOLDS[role] + timedelta(days=1)


def signed_at(role: str, expires: datetime) -> datetime:
    """When a document of ours was signed."""
    return expires - HOLDS[role]
