"""Which of two versions of a program is the earlier one, and ranges such as ``>= 1, < 2.3``. Two orders, said in each advisory:

``debian``: exactly that of dpkg (Debian Policy 5.6.12): epoch, upstream version, revision; ``~`` comes before everything.

``plain``: for what projects themselves write. A leading ``v`` and what follows a ``+`` do not count. Numbers compare as numbers, letters
as letters; ``-``, ``_`` and ``.`` separate alike. The words ``alpha``, ``beta``, ``dev``, ``pre``, ``preview``, ``rc`` and ``snapshot``
come before the version they lead to; any other letter comes after it (OpenSSL's ``1.1.1b``, DokuWiki's ``2024-02-06b``). Zeros
at the end do not count: ``1.0`` is ``1.0.0``. For ``1.2``, ``1.2.3`` and ``1.2.3-rc.1`` this is the order of Semantic Versioning.

>>> [compare(*pair) for pair in (("1.2.3", "1.10"), ("2.0-rc1", "2.0"), ("1.1.1b", "1.1.1"), ("v1.0", "1.0.0+git7"))]
[-1, -1, 1, 0]
>>> compare("1.0~rc1-1", "1.0-1", "debian"), compare("1:0.9-1", "2.0-1", "debian")
(-1, 1)
>>> inside("1.4", read_range(">= 1, < 2.3")), inside("2.3", read_range(">= 1, < 2.3"))
(True, False)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Order = Literal["plain", "debian"]
LONGEST = 100
_PLAIN = re.compile(r"[vV]?[0-9][A-Za-z0-9._+~-]*")
_DEBIAN = re.compile(r"(?:[0-9]{1,9}:)?[0-9A-Za-z][A-Za-z0-9.+~:-]*")
_EARLY = re.compile(r"[._-]*(alpha|beta|dev|preview|pre|rc|snapshot)(?![a-z])[._-]*")
_ZEROS = re.compile(r"(?:\.0+)+(?=~|$)")
_CONDITION = re.compile(r"(<=|>=|==|<|>|=)\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Range:
    """Every condition (operator, version) must hold; none: every version."""

    conditions: tuple[tuple[str, str], ...]


def is_version(text: str, order: Order = "plain") -> bool:
    """Whether ``text`` can be compared in ``order``."""
    return len(text) <= LONGEST and bool((_DEBIAN if order == "debian" else _PLAIN).fullmatch(text))


def compare(one: str, other: str, order: Order = "plain") -> int:
    """-1, 0 or 1. ``ValueError`` for what is no version."""
    if not (is_version(one, order) and is_version(other, order)):
        raise ValueError(one, other)
    if order == "plain":
        return _sign(_compare(_plainly(one), _plainly(other)))
    (epoch, upstream, revision), (epoch2, upstream2, revision2) = _debian(one), _debian(other)
    return _sign(epoch - epoch2 or _compare(upstream, upstream2) or _compare(revision, revision2))


def read_range(text: str, order: Order = "plain") -> Range:
    """``< 1.2.3``, ``>= 1, < 2``, ``= 1.4`` or ``*``. ``ValueError`` for anything else."""
    if text.strip() == "*":
        return Range(())
    found = [_CONDITION.fullmatch(part.strip()) for part in text.split(",")]
    if any(one is None or not is_version(one[2], order) for one in found):
        raise ValueError(text)
    return Range(tuple((one[1], one[2]) for one in found if one))


def inside(version: str, held: Range, order: Order = "plain") -> bool:
    """Whether ``version`` fulfils every condition. ``ValueError`` for what is no version."""
    return all(_holds(compare(version, bound, order), sign) for sign, bound in held.conditions)


def _holds(result: int, sign: str) -> bool:
    return {"<": result < 0, "<=": result <= 0, ">": result > 0, ">=": result >= 0}.get(sign, result == 0)


def _plainly(text: str) -> str:
    """The version in a spelling that the order of dpkg sorts as described above."""
    cut = text.lower().removeprefix("v").partition("+")[0]
    marked = _EARLY.sub(lambda found: "~" + found[1] + ".", cut)
    return _ZEROS.sub("", re.sub(r"[._-]+", ".", marked).rstrip(".")).replace("~.", "~")


def _debian(text: str) -> tuple[int, str, str]:
    epoch, colon, rest = text.partition(":")
    rest, number = (rest, int(epoch)) if colon else (text, 0)
    upstream, dash, revision = rest.rpartition("-")
    return (number, upstream, revision) if dash else (number, rest, "")


def _compare(one: str, other: str) -> int:
    """dpkg's comparison: runs of other characters and runs of digits in turn."""
    while one or other:
        (text, one), (text2, other) = _run(one, r"[^0-9]*"), _run(other, r"[^0-9]*")
        weights, weights2 = [_weight(c) for c in text], [_weight(c) for c in text2]
        longest = max(len(weights), len(weights2))
        weights += [0] * (longest - len(weights))
        weights2 += [0] * (longest - len(weights2))
        if weights != weights2:
            return -1 if weights < weights2 else 1
        (digits, one), (digits2, other) = _run(one, r"[0-9]*"), _run(other, r"[0-9]*")
        if int(digits or 0) != int(digits2 or 0):
            return int(digits or 0) - int(digits2 or 0)
    return 0


def _run(text: str, pattern: str) -> tuple[str, str]:
    end = re.match(pattern, text)
    cut = end.end() if end else 0
    return text[:cut], text[cut:]


def _weight(letter: str) -> int:
    """``~`` before the end, the end before letters, letters before everything else."""
    return -1 if letter == "~" else ord(letter) if letter.isalpha() else ord(letter) + 256


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
