"""The journal of a site, or the part of it that somebody asks for: an access log of each host, what one operator did, since when.

A line is about a host when its step was done there (``subject: host/NAME``) or to something that runs or is kept there
(``values.host``). The line's own ``host`` is another: the machine at which the operator sat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from polder.kernel.problem import Problem, Refused
from polder.world.journal import Journal

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """``last``: how many of the newest, 0 for all. ``since``: a day or a time, ``""`` for any."""

    last: int = 0
    host: str = ""
    operator: str = ""
    since: str = ""


def read_journal(folder: Path, asked: Asked) -> list[Line]:
    """Lines oldest first. Refused: a date that is none (``journal.bad-since``)."""
    since = _moment(asked.since)
    found = [line for line in Journal(folder, "").read() if _wanted(line, asked, since)]
    return found[-asked.last :] if asked.last else found


def _wanted(line: Mapping[str, Any], asked: Asked, since: str) -> bool:
    return (
        (not asked.host or asked.host in touched(line))
        and (not asked.operator or line.get("who") == asked.operator)
        and str(line.get("when", "")) >= since
    )


def touched(line: Mapping[str, Any]) -> frozenset[str]:
    """The hosts that a line is about.

    >>> sorted(touched({"host": "laptop", "subject": "host/ada", "values": {"host": "ben"}}))
    ['ada', 'ben']
    """
    values = line.get("values")
    held = values if isinstance(values, dict) else {}
    named = [held.get("host"), *_several(held.get("hosts"))]
    kind, _, name = str(line.get("subject", "")).partition("/")
    return frozenset(str(host) for host in (*named, name if kind == "host" else None) if host)


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _moment(text: str) -> str:
    """As the journal writes times: in UTC, so that texts compare as times do. A time without a zone is the asker's own."""
    if not text:
        return ""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(Problem("journal.bad-since", "", {"value": text})) from None
    return f"{given.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
