"""Dates and times as people and generators write them, to ISO 8601; and how old a card is.

Seen in files of directories: ``2014``, ``2014-05``, ``09/06/2016`` (a generator's form writes day first), ``2019-11-24T01:14Z``
(no seconds), ``2020-12-3T15:02:24Z``, fractions of seconds, offsets, seconds since 1970, and the ``YYYY`` of a template that
nobody filled in.

>>> loose_date("09/06/2016"), loose_date("2016-06-09T10:00:00"), loose_date("YYYY"), loose_date("soon")
(('2016-06-09', 'day-first'), ('2016-06-09', ''), ('', 'unfilled'), ('', 'bad'))
>>> loose_moment("2019-11-24T01:14Z"), loose_moment(1374226369), loose_moment("2024-05-20T07:03:48+02:00")
(('2019-11-24T01:14:00Z', ''), ('2013-07-19T09:32:49Z', ''), ('2024-05-20T05:03:48Z', ''))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from polder.commons.card.kinds import is_date, moment, said

_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_UNFILLED = re.compile(r"YYYY|AAAA|JJ/MM|DD/MM|MM-DD")
_SHORT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_START = re.compile(r"(\d{4}(?:-\d\d){0,2})(?:[T ].*)?")
FRESH, OLD = timedelta(days=365), timedelta(days=3 * 365)


def loose_date(value: Any) -> tuple[str, str]:
    """An ISO date as long as it is known, and what was odd: ``""``, ``day-first``, ``unfilled`` or ``bad`` (then the date is ``""``)."""
    text = str(value).strip()
    if _UNFILLED.search(text):
        return "", "unfilled"
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
        return _or_bad(f"{year}-{int(month):02}-{int(day):02}", "day-first")
    found = _START.fullmatch(_padded(text))
    return _or_bad(found[1], "") if found else ("", "bad")


def loose_moment(value: Any) -> tuple[str, str]:
    """A time in UTC as ``2019-11-24T01:14:00Z``, and what was odd. No offset means UTC; a date means its midnight."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(value)
    text = str(value).strip()
    if _UNFILLED.search(text):
        return "", "unfilled"
    if text.isdecimal() and text.isascii() and len(text) in (9, 10):
        return _since_1970(int(text))
    try:
        found = datetime.fromisoformat(_padded(text))
        return said(found if found.tzinfo else found.replace(tzinfo=UTC)), ""
    except (ValueError, OverflowError):
        day, odd = loose_date(text)
        return (f"{day}T00:00:00Z", odd) if len(day) == 10 else ("", "bad")


def _padded(text: str) -> str:
    """``2020-12-3T…`` with two digits for the day and the month."""
    return _SHORT.sub(lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}", text, count=1)


def _since_1970(value: float) -> tuple[str, str]:
    try:
        return said(datetime.fromtimestamp(value, UTC)), ""
    except (ValueError, OverflowError, OSError):
        return "", "bad"


def _or_bad(date: str, odd: str) -> tuple[str, str]:
    return (date, odd) if is_date(date) else ("", "bad")


@dataclass(frozen=True, slots=True)
class Age:
    """``level``: ``fresh``, ``old`` (over a year), ``stale`` (over three) or ``unknown``. Members of directories die and their files
    stay, good as ever: the older one is, the less it is believed, however valid."""

    level: str
    days: int


def age_of(written: str, now: datetime) -> Age:
    """How old what was written at ``written`` is. A time in the future says nothing.

    >>> age_of("2019-11-24T01:14:00Z", datetime(2026, 11, 22, tzinfo=UTC))
    Age(level='stale', days=2554)
    """
    since = moment(written)
    if since is None or since > now + timedelta(days=1):
        return Age("unknown", 0)
    passed = max(now - since, timedelta(0))
    return Age("fresh" if passed <= FRESH else "old" if passed <= OLD else "stale", passed.days)
