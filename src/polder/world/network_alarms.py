"""Alarms of the network: ``state/alarms/ID.json``, each with the bytes that prove it. They are closed with a reason, never taken away.

The same alarm again is counted in the one that is there. After it was closed it opens again only by something that was not known then:
what somebody decided about is decided. Whoever raises it says what it is ``about``, so that a liar who writes the same lie with other
bytes around it says nothing new, and pushes no evidence out.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from polder.kernel.names import nearest
from polder.kernel.plain import write_plain
from polder.kernel.problem import Problem, Refused, Value
from polder.world.files import write_atomically
from polder.world.network_store import write_time

FOLDER, FORMAT = "alarms", "polder-alarm-1"
MOST_EVIDENCE, MOST_BYTES, MOST_ALIKE, MOST_KNOWN = 6, 512_000, 40, 400
"""Pieces of evidence and their size in one alarm; alarms of one code about one peer, before more become a single one; things that one
alarm was about."""

TEXTS = ("id", "code", "peer", "opened", "last", "closed", "reason")


@dataclass(frozen=True, slots=True)
class Alarm:
    """``code`` and ``values`` make its sentence. ``opened``, ``last``: when it was raised first, and last; ``times``: how often.
    ``evidence``: what each piece is, to its bytes. ``closed``: when; ``reason``: why, in somebody's words. ``known``: short digests of
    everything that it was about so far."""

    id: str
    code: str
    peer: str
    values: Mapping[str, Value]
    opened: str
    last: str
    times: int = 1
    evidence: Mapping[str, bytes] = field(default_factory=dict)
    closed: str = ""
    reason: str = ""
    known: tuple[str, ...] = ()


def raise_alarm(
    state: Path,
    code: str,
    peer: str,
    values: Mapping[str, Value],
    evidence: Mapping[str, bytes],
    now: datetime,
    key: str = "",
    about: Iterable[str] = (),
) -> Alarm | None:
    """Write an alarm down; ``None`` when that is no news. ``key``: what makes it another one of the same code and peer. ``about``: what
    it says, without what may differ from one time to the next; the evidence itself unless given."""
    short = hashlib.sha256(f"{code}\0{peer}\0{key}".encode()).hexdigest()[:8]
    of, moment = f"{code.partition('.')[2]}-{peer}-", write_time(now)
    name = f"{of}{short}" if _has_room(state, of, short) else f"{of}others"
    pieces = {what: content[:MOST_BYTES] for what, content in evidence.items()}
    told = _marks([one.encode() for one in about] or pieces.values())
    before = _read_or_nothing(state / FOLDER / f"{name}.json")
    if before is None:
        return _keep(state, Alarm(name, code, peer, dict(values), moment, moment, 1, pieces, known=told))
    new = tuple(one for one in told if one not in before.known)
    if before.closed and not new:
        return None
    again = replace(before, values=dict(values), last=moment, times=before.times + 1, closed="", reason="")
    if new:
        known = (*before.known, *new)[-MOST_KNOWN:]
        again = replace(again, known=known, evidence=_with(before.evidence, pieces, moment))
    _keep(state, again)
    return again if before.closed else None


def _marks(told: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(sorted({hashlib.sha256(one).hexdigest()[:16] for one in told}))


def _with(held: Mapping[str, bytes], pieces: Mapping[str, bytes], moment: str) -> dict[str, bytes]:
    """The evidence with what is new in ``pieces``; the oldest gives way."""
    added = {
        f"{what} ({moment})": content for what, content in pieces.items() if content not in held.values()
    }
    return dict(list({**held, **added}.items())[-MOST_EVIDENCE:])


def _has_room(state: Path, of: str, short: str) -> bool:
    """Whether there is that alarm already, or may be one more of its kind: who invents a file name for each lie fills no disk."""
    folder = state / FOLDER
    return (folder / f"{of}{short}.json").exists() or len(
        list(folder.glob(f"{of}????????.json"))
    ) < MOST_ALIKE


def read_alarms(state: Path) -> tuple[Alarm, ...]:
    """Every alarm, the open ones first, the newest first."""
    folder = state / FOLDER
    found = (
        [alarm for path in sorted(folder.glob("*.json")) if (alarm := _read(path))] if folder.is_dir() else []
    )
    newest = sorted(found, key=lambda alarm: alarm.last, reverse=True)
    return tuple(sorted(newest, key=lambda alarm: bool(alarm.closed)))


def find_alarm(state: Path, name: str) -> Alarm:
    """The alarm called ``name``, open or closed. Refused (``sync.no-alarm``) with the nearest right name."""
    known = {one.id: one for one in read_alarms(state)}
    if name in known:
        return known[name]
    if near := nearest(name[:80], known):
        raise Refused(Problem("sync.no-alarm-near", "", {"alarm": name[:80], "near": near}))
    raise Refused(Problem("sync.no-alarm", "", {"alarm": name[:80]}))


def close_alarm(state: Path, name: str, reason: str, now: datetime) -> Alarm:
    """Refused (``sync.no-alarm``, ``sync.no-reason``)."""
    known = find_alarm(state, name)
    if not reason.strip():
        raise Refused(Problem("sync.no-reason"))
    return _keep(state, replace(known, closed=write_time(now), reason=reason.strip()[:1000]))


def _keep(state: Path, alarm: Alarm) -> Alarm:
    held = {what: b64encode(content).decode() for what, content in alarm.evidence.items()}
    data: dict[str, Any] = {name: getattr(alarm, name) for name in Alarm.__dataclass_fields__}
    data |= {"format": FORMAT, "evidence": held, "values": dict(alarm.values)}
    write_atomically(state / FOLDER / f"{alarm.id}.json", write_plain(data))
    return alarm


def _read(path: Path) -> Alarm | None:
    """``None`` when there is none. Refused (``kernel.not-plain``) when it can be read no longer."""
    try:
        data = json.loads(path.read_bytes())
        held = {name: data[name] for name in Alarm.__dataclass_fields__ if name != "known"}
        values = held["values"].items()
        held["values"] = {name: tuple(value) if isinstance(value, list) else value for name, value in values}
        held["evidence"] = {what: b64decode(content) for what, content in held["evidence"].items()}
        held["known"] = tuple(map(str, data.get("known") or _marks(held["evidence"].values())))
        if not isinstance(held["times"], int) or not all(isinstance(held[name], str) for name in TEXTS):
            raise TypeError
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused(Problem("kernel.not-plain", str(path), {"why": FORMAT})) from None
    return Alarm(**held)


def _read_or_nothing(path: Path) -> Alarm | None:
    """A new alarm takes the place of one that is damaged."""
    try:
        return _read(path)
    except Refused:
        return None
