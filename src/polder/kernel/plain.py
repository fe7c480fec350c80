"""JSON as it is given to the network, and read from it: one spelling when written, nothing surprising accepted when read.

>>> write_plain({"b": 1, "a": ["é"]})
b'{"a":["\\xc3\\xa9"],"b":1}\\n'
>>> read_plain(b'{"a": 1, "a": 2}', "card.json")
Traceback (most recent call last):
polder.kernel.problem.Refused: card.json: kernel.not-plain {'why': 'the key “a” is there twice'}
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from polder.kernel.problem import Problem, Refused

LIMIT = 1_000_000
"""Bytes; more is refused before it is parsed."""


def write_plain(data: Any) -> bytes:
    """Compact JSON, keys sorted, UTF-8, a newline at the end: the same data is the same bytes. ``ValueError`` for NaN and the like."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def read_plain(content: bytes, where: str = "", limit: int = LIMIT) -> dict[str, Any]:
    """The JSON object in ``content``, which may come from anybody.

    Problem ``kernel.not-plain`` (too long, no UTF-8, no JSON, no object, a key twice, NaN, half a surrogate pair, nested too deep).
    """
    if len(content) > limit:
        raise _not_plain(where, f"{len(content)} > {limit}")
    try:
        data = json.loads(
            content.decode(), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite
        )
        if b"\\u" in content:  # half a character, which nothing could write again
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise _not_plain(where, str(error) or type(error).__name__) from None
    if not isinstance(data, dict):
        raise _not_plain(where, type(data).__name__)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key “{key[:80]}” is there twice")
        found[key] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text[:80])
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _not_plain(where: str, why: str) -> Refused:
    return Refused(Problem("kernel.not-plain", where, {"why": why[:200]}))
