"""The kinds of scalar that documents hold: each accepts what was written, or says by its code what is wrong.

>>> from polder.kernel.document import Scalar
>>> SIZE.accept(Scalar("128M", "128M", 1)), YES_NO.accept(Scalar(True, "true", 1))
(134217728, True)
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from polder.kernel.document import Scalar
from polder.kernel.names import SLUG as SLUG_PATTERN
from polder.kernel.names import is_domain, is_slug, nearest
from polder.kernel.shape import MapOf, Value, Wrong
from polder.kernel.size import parse_bytes, parse_seconds
from polder.kernel.text import UNSEEN

LONGEST_LINE, LONGEST_PROSE = 1_000, 100_000


def _text(scalar: Scalar) -> str:
    if not isinstance(scalar.value, str):
        raise Wrong
    return scalar.value


def _prose(scalar: Scalar) -> str:
    text = _text(scalar)
    if UNSEEN.search(text):
        raise Wrong("kernel.unseen-character")
    if len(text) > LONGEST_PROSE:
        raise Wrong("kernel.too-long", limit=LONGEST_PROSE)
    return text


def _line(scalar: Scalar) -> str:
    text = _prose(scalar)
    if "\n" in text or "\t" in text:
        raise Wrong("kernel.not-one-line")
    if len(text) > LONGEST_LINE:
        raise Wrong("kernel.too-long", limit=LONGEST_LINE)
    return text


def _named(scalar: Scalar) -> str:
    text = _line(scalar)
    if not text.strip():
        raise Wrong("kernel.no-value")
    return text


def _slug(scalar: Scalar) -> str:
    text = _line(scalar)
    if not is_slug(text):
        raise ValueError
    return text


def _domain(scalar: Scalar) -> str:
    text = _line(scalar)
    if not is_domain(text):
        raise ValueError
    return text


def _number(scalar: Scalar) -> int:
    if isinstance(scalar.value, bool) or not isinstance(scalar.value, int):
        raise Wrong
    return scalar.value


def _decimal(scalar: Scalar) -> float:
    if isinstance(scalar.value, bool) or not isinstance(scalar.value, int | float):
        raise Wrong
    if not math.isfinite(scalar.value):
        raise Wrong
    return float(scalar.value)


def _yes_no(scalar: Scalar) -> bool:
    if not isinstance(scalar.value, bool):
        raise Wrong
    return scalar.value


def _size(scalar: Scalar) -> int:
    if isinstance(scalar.value, bool | float) or scalar.value is None or len(scalar.text) > 20:
        raise Wrong
    amount = parse_bytes(scalar.value)
    if amount < 0:
        raise Wrong
    return amount


def _duration(scalar: Scalar) -> int:
    if isinstance(scalar.value, bool) or scalar.value is None or len(scalar.text) > 20:
        raise Wrong
    seconds = parse_seconds(scalar.value)
    if not 0 <= seconds <= 86_400 * 366:
        raise Wrong
    return math.ceil(seconds)


_LANGUAGE = re.compile(r"[a-z]{2,3}")


def _language(scalar: Scalar) -> str:
    text = _line(scalar)
    if not _LANGUAGE.fullmatch(text):
        raise ValueError
    return text


TEXT = Value("kernel.not-text", _named, {"type": "string", "minLength": 1})
LINE = Value("kernel.not-text", _line, {"type": "string"})
PROSE = Value("kernel.not-text", _prose, {"type": "string"})
NUMBER = Value("kernel.not-a-number", _number, {"type": "integer"}, 0)
DECIMAL = Value("kernel.not-a-number", _decimal, {"type": "number"}, 0.0)
YES_NO = Value("kernel.not-yes-no", _yes_no, {"type": "boolean"}, False)
SIZE = Value(
    "kernel.not-a-size",
    _size,
    {"type": ["string", "integer"], "pattern": r"^[0-9.]+ *[kKmMgGtT]?i?[bB]?$"},
    0,
)
DURATION = Value("kernel.not-a-duration", _duration, {"type": ["string", "integer"]}, 0)
SLUG = Value("kernel.not-a-slug", _slug, {"type": "string", "pattern": f"^{SLUG_PATTERN.pattern}$"})
DOMAIN = Value("kernel.not-a-domain", _domain, {"type": "string", "pattern": r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"})
LANGUAGE = Value("kernel.not-a-language", _language, {"type": "string", "pattern": "^[a-z]{2,3}$"})
TEXTS = MapOf(PROSE, LANGUAGE)
"""A text in several languages: language to text."""


def choice(words: Iterable[str]) -> Value:
    """One of ``words``; the nearest is offered for another."""
    known = tuple(words)

    def accept(scalar: Scalar) -> str:
        if scalar.text in known and isinstance(scalar.value, str):
            return scalar.text
        if near := nearest(scalar.text, known):
            raise Wrong("kernel.not-a-choice-near", nearest=near, choices=known)
        raise Wrong(choices=known)

    return Value("kernel.not-a-choice", accept, {"enum": list(known)})


def matching(code: str, pattern: str) -> Value:
    """One line that matches ``pattern`` wholly; ``code`` is the problem when it does not."""
    compiled = re.compile(pattern)

    def accept(scalar: Scalar) -> str:
        text = _line(scalar)
        if not compiled.fullmatch(text):
            raise Wrong
        return text

    return Value(code, accept, {"type": "string", "pattern": f"^(?:{pattern})$"})


def between(least: int, most: int) -> Value:
    """A whole number within bounds, both included."""

    def accept(scalar: Scalar) -> Any:
        number = _number(scalar)
        if not least <= number <= most:
            raise Wrong("kernel.out-of-bounds", least=least, most=most)
        return number

    return Value("kernel.not-a-number", accept, {"type": "integer", "minimum": least, "maximum": most}, least)
