"""One round: every peer asked, sixteen at a time; what was verified mirrored; what others saw compared; alarms written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random, SystemRandom

from polder.actions.key_news import note_known, with_key_news
from polder.actions.load_network import load_network
from polder.actions.network_gossip import listen, tell
from polder.actions.network_peers import find_peers, mirrored_peers, named
from polder.actions.source_trouble import Trouble
from polder.actions.sync_peer import PeerNews, sync_peer
from polder.commons.network.model import Network
from polder.commons.trust.clock import ahead, apart, off_by
from polder.commons.trust.kinds import about
from polder.kernel.peer import Peer
from polder.kernel.problem import Refused, file_trouble
from polder.world.fetch_folder import FolderPlace
from polder.world.network_alarms import Alarm, raise_alarm
from polder.world.network_mirror import write_mirror
from polder.world.network_store import PeerStore, read_time

AT_ONCE = 16
MIRRORS = "mirrors"
_UNNUMBERED = re.compile(r"^(?:[0-9]+|[0-9a-f]{64})\.")
"""Version or hash before a file's name: the next version of one lie is the same alarm."""
ALARMING = frozenset({"altered", "mixed", "two versions"})
"""Kinds of trouble that somebody has to look at. A peer that is away, and a mirror that is late, are none."""


@dataclass(frozen=True, slots=True)
class Round:
    """``news`` of each peer, by name. ``alarms`` raised now. ``clock``: seconds by which most peers are ahead of us, when that is
    more than an hour; else 0. ``mirrored``: peers whose copy here was brought up to date. ``apart``: by how many seconds one peer is
    ahead of us, when no other answered to tell whose clock is wrong."""

    news: tuple[PeerNews, ...]
    alarms: tuple[Alarm, ...]
    clock: float
    mirrored: tuple[str, ...]
    apart: Mapping[str, float] = field(default_factory=dict)

    @property
    def reached(self) -> tuple[PeerNews, ...]:
        return tuple(one for one in self.news if one.state in ("new", "same"))

    @property
    def failed(self) -> tuple[PeerNews, ...]:
        return tuple(one for one in self.news if one.state == "failed")


def sync_network(
    folder: Path,
    now: datetime,
    names: tuple[str, ...] = (),
    told: Callable[[PeerNews], None] = lambda news: None,
    at_once: int = AT_ONCE,
    freshest: bool = False,
    shelf: Path | None = None,
) -> Round:
    """Ask the peers ``names`` (all that are due when empty). ``told`` is called as each is done, from this thread. ``freshest``: ask two
    sources of each for their timestamps first, as network.yml may say as well. ``shelf``: a folder with one folder for each peer, read in
    the place of the net, whether a peer is due or not."""
    network, chance = load_network(folder), SystemRandom()
    network = replace(network, freshest=network.freshest or freshest)
    peers = find_peers(folder, network, now)
    chosen = named(peers, names)
    copies = mirrored_peers(folder, network, peers, now)
    news: dict[str, PeerNews] = {}
    done: list[str] = []
    raised: list[Alarm] = []
    with ThreadPoolExecutor(max(1, min(at_once, len(chosen)))) as pool:
        jobs = [
            pool.submit(_one, folder, network, peer, now, chance, bool(names or shelf), name in copies)
            for name, peer in _shelved(chosen, shelf).items()
        ]
        for job in as_completed(jobs):
            found, about_keys, changed = job.result()
            news[found.peer] = found
            done += [found.peer] if changed else []
            raised += about_keys
            told(found)
    every = tuple(news[name] for name in sorted(news))
    state = folder / network.state
    alarms = sorted(raised, key=lambda alarm: alarm.id)
    alarms += [
        alarm for one in every for trouble in one.troubles if (alarm := _alarm(state, one, trouble, now))
    ]
    clocks = _clocks(every, now)
    clock = off_by(list(clocks.values()))
    alarms += _clock_alarm(state, network, clock, now)
    alarms += listen(folder, network, peers, now)
    tell(folder, network, peers, now)
    return Round(every, tuple(alarms), clock, tuple(sorted(done)), apart(clocks))


def mirror_place(folder: Path, network: Network, peer: str) -> Path:
    """Where the copy of ``peer`` is served from."""
    return folder / network.publish / MIRRORS / peer


def _shelved(peers: Mapping[str, Peer], shelf: Path | None) -> Mapping[str, Peer]:
    """The peers as they lie in ``shelf``: a copy like a mirror's, so that an old one is told and accuses nobody."""
    if shelf is None:
        return peers
    return {
        name: replace(peer, urls=(), mirrors=(FolderPlace.of(shelf, name),), proxy=None)
        for name, peer in peers.items()
    }


def _one(
    folder: Path, network: Network, peer: Peer, now: datetime, chance: Random, insist: bool, copy: bool
) -> tuple[PeerNews, tuple[Alarm, ...], bool]:
    """What became of it, alarms about its keys, and whether its copy here is another now."""
    state = folder / network.state
    note_known(state, peer.id)
    alarms: tuple[Alarm, ...] = ()
    found = sync_peer(state, peer, now, network.quota, chance, insist, network.freshest)
    if found.state == "busy" or (not copy and any(one.kind == "damaged" for one in found.troubles)):
        return found, alarms, False
    store = PeerStore(state, peer.id)
    try:
        with store.locked():
            found, alarms = with_key_news(state, store, found, now)
            changed = copy and write_mirror(store, mirror_place(folder, network, peer.id), now)
            return found, alarms, changed
    except Refused as refused:
        problem = refused.problems[0]
    except OSError as error:
        problem = file_trouble(error)
    if problem.code == "sync.locked":  # another round has it, and does the same
        return found, alarms, False
    trouble = Trouble("", "damaged", problem)
    return replace(found, state="failed", troubles=(*found.troubles, trouble)), alarms, False


def _alarm(state: Path, news: PeerNews, trouble: Trouble, now: datetime) -> Alarm | None:
    if trouble.kind not in ALARMING and not (trouble.kind == "older" and trouble.origin):
        return None
    problem = trouble.problem
    told = f"{problem.code} {problem.where} {dict(problem.values)}"
    evidence = {f"what {trouble.source} gave": trouble.evidence or told.encode()}
    if trouble.kind == "two versions":
        store, role = PeerStore(state, news.peer), str(problem.values.get("role", "timestamp"))
        evidence["what was seen before"] = store.read(store.current().binding.get(role, ""))
    values = {**problem.values, "source": trouble.source, "peer": news.peer, "where": problem.where}
    key = f"{trouble.source} {_UNNUMBERED.sub('', problem.where.rpartition('/')[2])}"
    what = (about(problem, trouble.evidence),)
    return raise_alarm(state, problem.code, news.peer, values, evidence, now, key, what)


def _clocks(news: tuple[PeerNews, ...], now: datetime) -> dict[str, float]:
    """Where no server says the time (a folder on a stick has none), a peer tells something only when it signed in our future."""
    read = [one for one in news if one.clocks or one.state in ("new", "same")]
    found = {one.peer: ahead(one.clocks, read_time(one.expires), now) for one in read}
    return {one.peer: found[one.peer] for one in read if one.clocks or found[one.peer]}


def _clock_alarm(state: Path, network: Network, clock: float, now: datetime) -> list[Alarm]:
    if not clock:
        return []
    code = "sync.clock-behind" if clock > 0 else "sync.clock-ahead"
    hours = round(abs(clock) / 3600, 1)
    told, week = {"hours": str(hours).encode()}, f"{now:%G-W%V}"  # a clock that was mended may go wrong again
    alarm = raise_alarm(state, code, network.provider, {"hours": hours}, told, now, about=(week,))
    return [alarm] if alarm else []
