"""A peer's changes of keys, told once to whoever syncs first, kept for who looks later, and an alarm where somebody has to ask the peer.

What changed is read from the roots themselves, which are kept for ever. Beside them lies only which of them was told (``keys.json``): a
round that is killed before it told something leaves that to the next one. What happened before a peer was known here is told nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from polder.actions.sync_peer import PeerNews
from polder.commons.trust.root_steps import (
    Concern,
    KeyChange,
    RootKeys,
    base_of,
    concerns,
    departures,
    exchanged,
    read_keys,
    step,
)
from polder.kernel.problem import Refused
from polder.world.network_alarms import MOST_EVIDENCE, Alarm, raise_alarm
from polder.world.network_store import Current, PeerStore, read_time, write_time

MOST = 40
"""Changes that are kept in words; the roots themselves all stay."""
Memory = dict[str, Any]


def note_known(state: Path, peer: str) -> None:
    """Before a visit: what is believed by now is no news (in a state of before this was kept)."""
    store = PeerStore(state, peer)
    try:
        if not _load(store) and (current := store.current()).roots:
            store.keep_key_memory(_memory(store, current), flush=False)
    except (Refused, OSError):
        return  # damaged: the visit says so


def with_key_news(
    state: Path, store: PeerStore, news: PeerNews, now: datetime
) -> tuple[PeerNews, tuple[Alarm, ...]]:
    """``news`` with every change of keys that nobody was told of, and the alarms raised for them. Under the lock of ``store``."""
    current, memory = store.current(), _load(store)
    if not memory:
        if current.roots:
            store.keep_key_memory(_memory(store, current), flush=False)
        return news, ()
    robot = _robot(store, current, memory)
    if current.roots <= memory["told"] and robot == memory["robot"]:
        if current.parts.get("targets", "") != memory["people"]:
            store.keep_key_memory({**memory, "people": current.parts.get("targets", "")}, flush=False)
        return news, ()
    found, alarms, settled = _changes(state, store, current, memory, now)
    if robot != memory["robot"] and memory["robot"]:
        found = _with_robot(found, store, current, now)
    kept = [*memory["changes"], *(_plain(one) for one in found)][-MOST:]
    told = {"told": current.roots, "settled": settled, "robot": robot, "changes": kept}
    store.keep_key_memory({**memory, **told, "people": current.parts.get("targets", "")}, flush=True)
    return replace(news, keys=found), alarms


def last_changes(store: PeerStore) -> tuple[KeyChange, ...]:
    """What was told of changes of keys, from old to new."""
    return tuple(_read(one) for one in _load(store).get("changes", ()))


def _load(store: PeerStore) -> Memory:
    """Nothing when it is not there, or can be read no longer: what is believed by then counts as told."""
    memory = store.key_memory()
    try:
        numbers = {name: int(memory[name]) for name in ("told", "settled")}
        changes = [_plain(_read(one)) for one in memory["changes"]]
        robot, people = [str(one) for one in memory["robot"]], str(memory["people"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return {}
    if not 0 < numbers["settled"] <= numbers["told"]:
        return {}
    return {**numbers, "changes": changes, "robot": robot, "people": people}


def _memory(store: PeerStore, current: Current) -> Memory:
    empty: Memory = {
        "told": current.roots,
        "settled": current.roots,
        "changes": [],
        "robot": [],
        "people": "",
    }
    return {**empty, "robot": _robot(store, current, empty), "people": current.parts.get("targets", "")}


def _changes(
    state: Path, store: PeerStore, current: Current, memory: Memory, now: datetime
) -> tuple[tuple[KeyChange, ...], tuple[Alarm, ...], int]:
    """Every root after the last one told, what is an alarm among them, and which root an alarm showed last."""
    first, settled = int(memory["told"]) + 1, int(memory["settled"])
    if first > current.roots:
        return (), (), settled
    before = [_read(one) for one in memory["changes"]]
    contents = store.roots(current)
    roots = [read_keys(content) for content in contents[settled - 1 :]]
    new = tuple(step(a, b, now) for a, b in pairwise(roots) if b.version >= first)
    raised = concerns(roots[base_of(before, first - 1, settled, now) - settled :], first)
    settled = max((settled, *(one.after.version for one in raised)))
    if slow := exchanged(next(one for one in roots if one.version == settled), roots[-1]):
        raised, settled = (*raised, slow), slow.after.version
    alarms = [_alarm(state, store.peer, one, contents, now, (*before, *new)) for one in raised]
    return new, tuple(one for one in alarms if one), settled


def _alarm(
    state: Path,
    peer: str,
    one: Concern,
    roots: tuple[bytes, ...],
    now: datetime,
    changes: Sequence[KeyChange],
) -> Alarm | None:
    """``changes``: what was told of the steps between its roots, and when."""
    gone, before, after = departures(one, changes), one.before.version, one.after.version
    between = sorted({by.root for by in gone.values() if by} - {after})[2 - MOST_EVIDENCE :]
    evidence = {f"root {number}": roots[number - 1] for number in (before, *between, after)}
    told = tuple(
        f"{key[:16]} → {by.root} ({by.seen:%Y-%m-%d})" if by else key[:16] for key, by in gone.items()
    )
    values = {**one.values, "peer": peer, "gone": told}
    return raise_alarm(state, one.code, peer, values, evidence, now, f"root {after}", (one.after.digest,))


def _robot(store: PeerStore, current: Current, memory: Memory) -> list[str]:
    """The keys to which the people's part gives the server's part; what is remembered where that part is the same."""
    name = current.parts.get("targets", "")
    if not name or name == memory["people"]:
        return list(memory["robot"])
    held = json.loads(store.read(name))["signed"].get("delegations") or {}
    return sorted(held.get("keys") or {})


def _with_robot(
    found: tuple[KeyChange, ...], store: PeerStore, current: Current, now: datetime
) -> tuple[KeyChange, ...]:
    """A new key of the robot belongs to the newest root, if that is new, too; else it stands alone."""
    if found:
        return (*found[:-1], replace(found[-1], server=(*found[-1].server, "robot")))
    root: RootKeys = read_keys(store.roots(current)[-1])
    return (KeyChange(root.version, now, root.until, server=("robot",)),)


def _plain(one: KeyChange) -> dict[str, Any]:
    held = {name: list(getattr(one, name)) for name in ("came", "went", "stay", "server")}
    wanted = {role: list(pair) for role, pair in one.wanted.items()}
    return {
        "root": one.root,
        "seen": write_time(one.seen),
        "until": write_time(one.until),
        **held,
        "wanted": wanted,
    }


def _read(held: Mapping[str, Any]) -> KeyChange:
    seen, until = (read_time(held[name]) for name in ("seen", "until"))
    came, went, stay, server = (tuple(held[name]) for name in ("came", "went", "stay", "server"))
    wanted = {role: (pair[0], pair[1]) for role, pair in held["wanted"].items()}
    if seen is None or until is None:
        raise ValueError
    return KeyChange(held["root"], seen, until, came, went, stay, server, wanted)
