"""One round of the steward, for a timer: read the peers, bring in the roster, tell what was seen, warn of advisories, sign anew.

A step that fails is said and the next one goes on: a roster that cannot be read is no reason to let the timestamp expire.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_gossip import hear_of_ourselves, tell
from polder.actions.network_peers import find_peers, misnamed
from polder.actions.sync_network import Round, sync_network
from polder.actions.sync_peer import PeerNews
from polder.kernel.problem import Problem, Refused, Unreachable, file_trouble
from polder.world.network_alarms import Alarm
from polder.world.network_store import load_published


@dataclass(frozen=True, slots=True)
class Stewarded:
    """``news``: what became of the roster, names of nobody in network.yml, advisories that concern this provider, and
    signatures that people owe. ``signed``: documents published anew. ``failed``: step to its problems. ``alarms``: raised about
    this provider itself, besides those of the round."""

    round: Round | None
    news: tuple[Problem, ...]
    signed: tuple[str, ...]
    failed: tuple[tuple[str, tuple[Problem, ...]], ...]
    alarms: tuple[Alarm, ...] = ()


def steward(folder: Path, now: datetime, told: Callable[[PeerNews], None] = lambda news: None) -> Stewarded:
    """Everything that is due at ``now``."""
    network = load_network(folder)  # refused when this is no network folder; everything after it is a step
    rounds: list[Round] = []
    news: list[Problem] = []
    signed: list[str] = []
    alarms: list[Alarm] = []
    steps: dict[str, Callable[[], object]] = {
        "sync": lambda: rounds.append(sync_network(folder, now, told=told)),
        "roster": lambda: news.extend(_roster(folder, now)),
        "names": lambda: news.extend(misnamed(folder, network, now)),
        "advisories": lambda: news.extend(_advisories(folder, now)),
        "publish": lambda: _publish(folder, now, signed, news),
        "ourselves": lambda: alarms.extend(_ourselves(folder, now)),
    }
    unforeseen: list[Exception] = []
    failed = [(name, problems) for name, step in steps.items() if (problems := _try(step, unforeseen))]
    if unforeseen:  # our own bug: said loudly, and not at the price of what the other steps do
        raise unforeseen[0]
    return Stewarded(rounds[0] if rounds else None, tuple(news), tuple(signed), tuple(failed), tuple(alarms))


def _roster(folder: Path, now: datetime) -> tuple[Problem, ...]:
    from polder.actions.network_roster import merge
    from polder.actions.roster_proposals import open_drafts

    network = load_network(folder)
    news = merge(folder, load_published(folder / network.state), now)
    open_drafts(folder, now)  # notes since when each proposal is known here
    tell(folder, network, find_peers(folder, network, now), now)  # a new roster is told at once
    return news


def _advisories(folder: Path, now: datetime) -> tuple[Problem, ...]:
    from polder.actions.network_advisories import due_warnings

    return tuple(due_warnings(folder, now))


def _publish(folder: Path, now: datetime, signed: list[str], news: list[Problem]) -> None:
    from polder.actions.network_publish import freshen

    outcome = freshen(folder, now)
    signed.extend(outcome.written)
    news.extend(outcome.notes)


def _ourselves(folder: Path, now: datetime) -> list[Alarm]:
    network = load_network(folder)
    return hear_of_ourselves(folder, network, find_peers(folder, network, now), now)


def _try(step: Callable[[], object], unforeseen: list[Exception]) -> tuple[Problem, ...]:
    try:
        step()
    except Refused as refused:
        return refused.problems
    except Unreachable as lost:
        return (Problem("kernel.unreachable", "", {"what": lost.what, "why": lost.why}),)
    except OSError as error:
        return (file_trouble(error),)
    except Exception as error:
        unforeseen.append(error)
    return ()
