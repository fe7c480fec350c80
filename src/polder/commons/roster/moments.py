"""Times as the roster writes them: ISO 8601, UTC, seconds, ``Z``.

>>> moment("2026-11-22T08:00:00Z") == datetime(2026, 11, 22, 8, tzinfo=UTC), written(datetime(2026, 11, 22, tzinfo=UTC))
(True, '2026-11-22T00:00:00Z')
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def written(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: object) -> datetime:
    """``ValueError`` for any other spelling, and for days that do not exist or lie so far away that nothing can be counted from them."""
    if not isinstance(text, str) or not _FORM.fullmatch(text) or not "2000" <= text[:4] < "3000":
        raise ValueError(str(text)[:40])
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
