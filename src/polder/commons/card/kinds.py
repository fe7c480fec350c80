"""The kinds of value that a card holds, and dates of three lengths.

>>> is_date("2014"), is_date("2014-02-30"), is_date("09/06/2016"), is_moment("2026-11-22T12:00:00Z")
(True, False, False, True)
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from polder.kernel.document import Scalar
from polder.kernel.kinds import between, matching
from polder.kernel.shape import Value, Wrong

URL_PATTERN = r"https?://[^\s<>\"\\^`{|}/?#@][^\s<>\"\\^`{|}]{0,990}"
EMAIL_PATTERN = r"[^\s@<>,;:\"()]{1,64}@[^\s@<>,;:\"()/]{1,200}"
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)

URL = matching("card.not-a-url", URL_PATTERN)
EMAIL = matching("card.not-an-email", EMAIL_PATTERN)
REACH = matching("card.not-a-way-to-reach", rf"(?:{EMAIL_PATTERN}|{URL_PATTERN})")
"""A mail address or a page."""

COUNTRY = matching("card.not-a-country", r"[A-Z]{2}")
KEY = matching("card.not-a-key", r"[^\s\x00-\x1f][^\x00-\x1f]{0,99}")
"""A name somebody else chose: a network, a kind of chat. Blanks inside and any script are fine."""

AMOUNT = between(0, 2**53)


def is_date(text: str) -> bool:
    """Whether ``text`` is a year, a month or a day that exists (ISO 8601, as long as it is known)."""
    found = _DATE.fullmatch(text)
    if not found:
        return False
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_moment(text: str) -> bool:
    """Whether ``text`` is a time in UTC to the second, with ``Z``."""
    return moment(text) is not None


def moment(text: str) -> datetime | None:
    """The time of ``2026-11-22T12:00:00Z``; ``None`` for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def said(when: datetime) -> str:
    """An aware time as it is written: UTC, seconds, ``Z``."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(scalar: Scalar) -> str:
    """``2014`` is a number to YAML, and means the year."""
    if not is_date(scalar.text):
        raise Wrong
    return scalar.text


def _moment(scalar: Scalar) -> str:
    if not isinstance(scalar.value, str) or not is_moment(scalar.value):
        raise Wrong
    return scalar.value


def _degrees(scalar: Scalar, most: int) -> float:
    value = scalar.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise Wrong
    return float(value)


def _written(scalar: Scalar) -> str:
    """``01000`` and ``1.20`` mean what was written, not the numbers they look like."""
    text = scalar.text.strip()
    if not text or not text.isprintable() or len(text) > 200:
        raise Wrong
    return text


WRITTEN = Value("kernel.not-text", _written, {"type": ["string", "number"]})
DATE = Value("card.not-a-date", _date, {"type": ["string", "integer"]})
MOMENT = Value("card.not-a-moment", _moment, {"type": "string"})
LATITUDE = Value(
    "card.not-degrees", lambda s: _degrees(s, 90), {"type": "number", "minimum": -90, "maximum": 90}, 0.0
)
LONGITUDE = Value(
    "card.not-degrees", lambda s: _degrees(s, 180), {"type": "number", "minimum": -180, "maximum": 180}, 0.0
)
