"""After a round of the steward: hand what is new to the command that network.yml names, so that people hear of it.

What was told is in ``state/notified.json``, for operators only: it names what runs here. Losing it
costs one message with everything that lasts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_steward import Stewarded
from polder.commons.network.model import Network
from polder.commons.network.notice import Notice, lasting, stage, unheard
from polder.commons.trust.roles import SOON
from polder.kernel.plain import write_plain
from polder.kernel.problem import Problem, Refused, Value
from polder.world.files import write_atomically
from polder.world.network_alarms import read_alarms
from polder.world.notifier import SECONDS, alone, hand_over

FILE, LOCK, FORMAT = "notified.json", "notify.lock", "polder-notified-1"
KEYS = frozenset(
    {
        "trust.ended",
        "trust.root-ends",
        "trust.root-unsigned",
        "trust.root-waits",
        "trust.targets-wait",
        "trust.targets-renew",
    }
)
"""Notes of publishing that want a person."""
CHANGING = frozenset({"days", "have", "missing"})
"""Values that are others the next day, though it is the same thing."""


@dataclass(frozen=True, slots=True)
class Told:
    """``said``: what people were told now. ``failed``: why they could not be; it is told again with the next round."""

    said: tuple[Notice, ...] = ()
    failed: Problem | None = None


def notify_people(
    folder: Path,
    done: Stewarded,
    now: datetime,
    text: Callable[[tuple[Problem, ...]], str],
    seconds: float = SECONDS,
) -> Told:
    """Tell what nobody was told of. ``text``: the whole message, in the asker's language. Nothing without ``notify`` in network.yml."""
    network = load_network(folder)
    state = folder / network.state
    if not network.notify:
        return Told()
    with alone(state / LOCK) as held:
        if not held:
            return Told()
        standing, told = _standing(folder, network, done, now), _load(state)
        new = unheard(standing, told)
        why = (
            hand_over(network.notify, text(tuple(one.problem for one in new)), folder, seconds) if new else ""
        )
        said = () if why else new
        if (after := lasting(standing, told, said)) != told:
            write_atomically(state / FILE, write_plain({"format": FORMAT, "told": sorted(after)}), 0o600)
    problem = Problem("network.notify-failed", "network.yml", {"command": network.notify[0], "why": why})
    return Told(said, problem if why else None)


def _standing(
    folder: Path, network: Network, done: Stewarded, now: datetime
) -> dict[str, tuple[Notice, ...]]:
    """All that is so now. A kind that cannot be looked at (the round said why) is left out."""
    failed = {step for step, _ in done.failed}
    looks: dict[str, Callable[[], tuple[Notice, ...]]] = {
        "failed": lambda: _failed(done),
        "alarm": lambda: _alarms(folder / network.state),
        "peer": lambda: _asleep(folder, now),
        "proposal": lambda: _proposals(folder, network, now),
    }
    if "advisories" not in failed:
        looks["advisory"] = lambda: _advisories(folder, now)
    if "publish" not in failed:
        looks["keys"] = lambda: _keys(done)
    found: dict[str, tuple[Notice, ...]] = {}
    for kind, look in looks.items():
        try:
            found[kind] = look()
        except (Refused, OSError):
            continue
    return found


def _failed(done: Stewarded) -> tuple[Notice, ...]:
    return tuple(
        Notice("failed", f"{step} {one.code} {one.where}", one)
        for step, problems in done.failed
        for one in problems
    )


def _alarms(state: Path) -> tuple[Notice, ...]:
    return tuple(
        Notice("alarm", one.id, Problem(one.code, f"{one.id}", one.values))
        for one in read_alarms(state)
        if not one.closed
    )


def _asleep(folder: Path, now: datetime) -> tuple[Notice, ...]:
    from polder.actions.network_status import network_status

    return tuple(
        Notice("peer", one.peer, Problem("sync.asleep", "", {"peer": one.peer, "strikes": one.strikes}))
        for one in network_status(folder, now)
        if one.asleep
    )


def _proposals(folder: Path, network: Network, now: datetime) -> tuple[Notice, ...]:
    """Those that this provider's people have not signed, while their signature counts."""
    from polder.actions.roster_proposals import open_drafts

    found = []
    for one in open_drafts(folder, now):
        if network.provider in (one.standing.missing if one.standing else one.missing):
            digest = one.edition.digest.removeprefix("sha256:")[:8]
            values: dict[str, Value] = {"version": one.edition.version, "digest": digest}
            found.append(
                Notice("proposal", one.edition.digest, Problem("network.proposal-waits", "", values))
            )
    return tuple(found)


def _advisories(folder: Path, now: datetime) -> tuple[Notice, ...]:
    from polder.actions.network_advisories import match

    return tuple(
        Notice(
            "advisory",
            f"{one.name} {one.digest} {one.where}",
            Problem(f"advisory.{one.verdict}", "", one.values),
        )
        for one in match(folder, None, now, keep=False).findings
        if one.urgent
    )


def _keys(done: Stewarded) -> tuple[Notice, ...]:
    return tuple(Notice("keys", _same(one), one) for one in done.news if one.code in KEYS)


def _same(one: Problem) -> str:
    """The same words for the same thing. What has days left is another thing at each stage of its way to the end."""
    words = [one.code, *(str(held) for name, held in sorted(one.values.items()) if name not in CHANGING)]
    near = stage(days, SOON) if isinstance(days := one.values.get("days"), int) else ""
    return " ".join([*words, *([near] if near else [])])


def _load(state: Path) -> frozenset[str]:
    try:
        return frozenset(str(one) for one in json.loads((state / FILE).read_bytes())["told"])
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
