"""``polder lab time``: what was done to the lab and what its hosts did, in order, with the seconds in between."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Moment:
    """``at``: Unix seconds. ``command``: what was asked for, ``""`` for what a host did by itself (``host``, ``what``: starts, answers,
    silent, reboots, off). ``since``: seconds since the command before; -1 before the first."""

    at: float
    command: str
    host: str
    what: str
    since: float


def timeline(lines: Iterable[str]) -> tuple[Moment, ...]:
    """The moments of ``events.jsonl``, whichever order they were written in.

    >>> found = timeline(['{"at": 10.0, "command": "kill alder-1"}', '{"at": 12.5, "host": "alder-1", "what": "silent"}'])
    >>> [(moment.command or moment.what, moment.since) for moment in found]
    [('kill alder-1', -1), ('silent', 2.5)]
    """
    events = sorted((json.loads(line) for line in lines if line.endswith("}")), key=lambda event: event["at"])
    found, last = list[Moment](), -1.0
    for event in events:
        since = round(event["at"] - last, 1) if last >= 0 else -1
        command = event.get("command", "")
        found.append(Moment(event["at"], command, event.get("host", ""), event.get("what", ""), since))
        last = event["at"] if command else last
    return tuple(found)


def read_timeline(folder: Path) -> tuple[Moment, ...]:
    """Of the lab whose state is in ``folder``."""
    file = folder / "events.jsonl"
    return timeline(file.read_text().splitlines()) if file.exists() else ()


def answering_since(moments: Iterable[Moment]) -> dict[str, float]:
    """Each host with the moment since which it answers without a break; 0 when it does not."""
    found: dict[str, float] = {}
    for moment in moments:
        if moment.what == "answers":
            found[moment.host] = moment.at
        elif moment.what:
            found[moment.host] = 0.0
    return dict(sorted(found.items()))
