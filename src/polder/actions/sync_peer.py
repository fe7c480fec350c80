"""One peer: ask its sources in turn until one gives what can be believed, keep that, remember how it went.

The origin is asked first, then mirrors in random order; or, where that is wanted, that one of two which shows the newer timestamp. A
source that does not answer or shows an older state gives way to the next one; so does one whose files were altered, and that is told.
What was believed before stays, whatever a source does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from polder.actions.freshest_source import Asked, ask_two, held_against
from polder.actions.source_trouble import Trouble, troubles_of
from polder.actions.visit_source import Visit
from polder.commons.trust.patience import Patience, after_failure, after_trouble, due
from polder.commons.trust.root_steps import KeyChange
from polder.kernel.peer import Peer
from polder.kernel.problem import Problem, Refused, Unreachable, file_trouble
from polder.world.fetch import Source
from polder.world.fetch_folder import FolderPlace, FolderSource
from polder.world.network_store import PeerStore, read_time, root_digest, write_time

LONGEST = 600.0
"""Seconds for all that one source gives on one visit; the next round goes on where it was."""
REMEMBERED = 40
"""How many timestamps' digests are kept, to compare with what others saw."""


@dataclass(frozen=True, slots=True)
class PeerNews:
    """How it went. ``state``: ``new``, ``same``, ``failed``, ``waiting`` (left alone for now) or ``busy`` (another process has it).
    ``source``: where the answer came from. ``left_out``: paths beyond the quota. ``clocks``: by how many seconds servers' clocks
    are ahead of ours. ``trouble``: the kind of what went wrong the last time; ``until``: before that it is left alone.
    ``renumbered``: parts whose numbers begin again after a change of keys. ``proxy``: what it was asked through. ``compared``: the two
    sources whose timestamps were held against each other. ``keys``: changes of its keys that nobody was told of before."""

    peer: str
    state: str
    source: str = ""
    versions: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    expires: str = ""
    troubles: tuple[Trouble, ...] = ()
    left_out: tuple[str, ...] = ()
    clocks: tuple[float, ...] = ()
    requests: int = 0
    received: int = 0
    strikes: int = 0
    asleep: bool = False
    trouble: str = ""
    until: str = ""
    renumbered: tuple[str, ...] = ()
    proxy: str = ""
    compared: tuple[str, ...] = ()
    keys: tuple[KeyChange, ...] = ()


def sync_peer(
    state: Path,
    peer: Peer,
    now: datetime,
    quota: int,
    chance: Random,
    insist: bool = False,
    freshest: bool = False,
) -> PeerNews:
    """``insist``: ask it even when it is being left alone. ``freshest``: hold the timestamps of two sources against each other first. What
    is wrong with its files here is told as its failure."""
    store = PeerStore(state, peer.id)
    try:
        if missing := _not_there(peer):
            return _news(store, "failed", troubles=missing)
        if not insist and not due(patience_of(store.facts()), now):
            return _news(store, "waiting")
        with store.locked():
            return replace(_sync(store, peer, now, quota, chance, freshest), proxy=str(peer.proxy or ""))
    except Refused as refused:
        if refused.problems[0].code == "sync.locked":
            return _news(store, "busy")
        return _unreadable(peer, refused.problems[0])
    except OSError as error:
        return _unreadable(peer, file_trouble(error))


def _unreadable(peer: Peer, problem: Problem) -> PeerNews:
    """Nothing that the peer did: nobody is accused, and the others go on."""
    return PeerNews(peer.id, "failed", troubles=(Trouble("", "damaged", problem),))


def _not_there(peer: Peer) -> tuple[Trouble, ...]:
    """The folder that somebody carried here has nothing of it: that is no strike against anybody."""
    return tuple(
        Trouble(place, "unreachable", Problem("sync.not-in-folder", "", {"peer": peer.id, "folder": place}))
        for place in peer.mirrors
        if isinstance(place, FolderPlace) and not place.is_there
    )


def sources(peer: Peer, chance: Random) -> Iterator[tuple[str, bool]]:
    """Addresses in the order in which they are asked, and whether each is the provider's own."""
    yield from ((url, True) for url in peer.urls)
    mirrors = [url for url in dict.fromkeys(peer.mirrors) if url not in peer.urls]
    yield from ((url, False) for url in chance.sample(mirrors, len(mirrors)))


def patience_of(facts: dict[str, Any]) -> Patience:
    """What the facts say of strikes."""
    strikes = facts.get("strikes", 0)
    struck, after = read_time(str(facts.get("struck", ""))), read_time(str(facts.get("next", "")))
    return Patience(strikes if isinstance(strikes, int) else 0, struck, after)


def _sync(
    store: PeerStore, peer: Peer, now: datetime, quota: int, chance: Random, freshest: bool
) -> PeerNews:
    began, before = time.monotonic(), dict(store.current().versions)
    if root_digest(store) not in ("", peer.root):
        problem = Problem("sync.began-anew", "", {"peer": peer.id, "folder": str(store.path)})
        return _news(store, "failed", troubles=(Trouble("", "altered", problem),))
    places = list(sources(peer, chance))
    with ask_two(store, places, lambda url: _open(peer, url, LONGEST / 2), now, freshest) as asked:
        visits, troubles = _visit_all(store, peer, now, quota, began, asked)
        visited = {visit.url for visit in visits}
        troubles = [*asked.troubles, *troubles, *held_against(asked, visited, store, now)]
        others = [one.source for url, one in asked.answered.items() if url not in visited]
    visit = visits[-1] if visits else None
    good = visit if visit and visit.done else None
    facts = _facts(store, now, chance, good.url if good else "", troubles)
    store.keep_facts({**facts, "hashed": write_time(now)} if good and good.hashed else facts)
    return _news(
        store,
        ("new" if good.changed else "same") if good else "failed",
        source=good.url if good else "",
        before=before,
        troubles=tuple(troubles),
        left_out=visit.left_out if visit else (),
        renumbered=visit.renumbered if visit else (),
        clocks=tuple(clock for one in visits for clock in one.clocks),
        requests=(visit.requests if visit else 0) + sum(one.requests for one in others),
        received=(visit.received if visit else 0) + sum(one.received for one in others),
        compared=tuple(asked.answered) if len(asked.answered) > 1 else (),
    )


def _visit_all(
    store: PeerStore, peer: Peer, now: datetime, quota: int, began: float, asked: Asked
) -> tuple[list[Visit], list[Trouble]]:
    """One place after the other until one gives what can be believed."""
    visits: list[Visit] = []
    troubles: list[Trouble] = []
    for number, (url, origin) in enumerate(asked.places, start=1):
        visits.append(visit := Visit(store, peer, now, quota, began))
        left = max(0.0, began + LONGEST - time.monotonic())
        troubles += _ask(visit, url, origin, left if number == len(asked.places) else left / 2, asked)
        if visit.done:
            break
    return visits, troubles


def _open(peer: Peer, url: str, seconds: float) -> Source:
    if isinstance(url, FolderPlace):
        return FolderSource(url)
    private = peer.private and url not in peer.strangers
    return Source(url, private, time.monotonic() + seconds, peer.proxy)


def _ask(visit: Visit, url: str, origin: bool, seconds: float, asked: Asked) -> list[Trouble]:
    """Visit one source for so long at most (half of what is left, where others wait); what went wrong there."""
    visit.url = url
    try:
        held = asked.answered.get(url)
        with held.source if held else _open(visit.peer, url, seconds) as source:
            source.until = time.monotonic() + seconds
            visit.run(source, held.content if held else b"")
    except (Unreachable, Refused) as error:
        return troubles_of(error, url, origin, visit.last)
    return []


def _facts(
    store: PeerStore, now: datetime, chance: Random, source: str, troubles: list[Trouble]
) -> dict[str, Any]:
    facts = {**store.facts(), "tried": write_time(now)}
    if source:
        from polder.commons.trust.gossip import digest_of_timestamp

        current = store.current()
        seen = dict(facts.get("timestamps") or {})
        version = f"{current.roots}/{current.versions['timestamp']}"
        if version not in seen:
            facts["since"] = write_time(now)
        seen[version] = digest_of_timestamp(store.read(current.parts["timestamp"]))
        facts |= {"seen": write_time(now), "source": source, "strikes": 0, "struck": "", "next": ""}
        return {**facts, "timestamps": dict(list(seen.items())[-REMEMBERED:]), "trouble": ""}
    counted = [one for one in troubles if one.problem.code != "sync.onion-needs-proxy"] or troubles
    away = all(one.kind == "unreachable" for one in counted)
    after = (after_failure if away else after_trouble)(patience_of(facts), now, chance.random())
    facts |= {"strikes": after.strikes, "next": write_time(after.next or now)}
    facts["struck"] = write_time(after.struck) if after.struck else ""
    told = [one.kind for one in counted if one.kind != "unreachable"]
    return {**facts, "trouble": told[-1] if told else "unreachable"}


def _news(store: PeerStore, state: str, **more: Any) -> PeerNews:
    current, facts = store.current(), store.facts()
    patience = patience_of(facts)
    return PeerNews(
        peer=store.peer,
        state=state,
        versions=dict(current.versions),
        expires=current.expires,
        strikes=patience.strikes,
        asleep=patience.asleep,
        trouble=str(facts.get("trouble", "")),
        until=str(facts.get("next", "")),
        **more,
    )
