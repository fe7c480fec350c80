"""Amounts of memory and disk, and durations, as people write them.

>>> parse_bytes("128M"), parse_bytes("1.5G"), parse_bytes(4096)
(134217728, 1610612736, 4096)
>>> show_bytes(134217728)
'128 MiB'
>>> parse_seconds("1m30s"), parse_seconds("500ms")
(90.0, 0.5)
"""

from __future__ import annotations

import re

_UNITS = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d)")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_bytes(text: str | int) -> int:
    """Bytes; units k, m, g, t are powers of 1024 as in the Compose Specification. Raises ``ValueError``."""
    if isinstance(text, int):
        return text
    match = _AMOUNT.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    return int(float(match[1]) * _UNITS[match[2].lower()])


def show_bytes(amount: int) -> str:
    """The largest binary unit that gives a number of one or more, one decimal at most."""
    value = float(amount)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.1f}".rstrip("0").rstrip(".") + f" {unit}"
        value /= 1024
    return f"{value:.1f}".rstrip("0").rstrip(".") + " TiB"


def parse_seconds(text: str | int | float) -> float:
    """Seconds from a Compose duration (``1m30s``) or a number. Raises ``ValueError``."""
    if isinstance(text, int | float):
        return float(text)
    parts = _PART.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise ValueError(text)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
