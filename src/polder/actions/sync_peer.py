"""One peer: ask its sources in turn until one gives what can be believed, keep that, remember how it went.

The origin is asked first, then mirrors in random order. A source that does not answer or shows an older state gives way to the
next one; so does one whose files were altered, and that is told. What was believed before stays, whatever a source does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from polder.actions.visit_source import Visit
from polder.commons.trust.patience import Patience, after_failure, after_trouble, due
from polder.kernel.peer import Peer
from polder.kernel.problem import Problem, Refused, Unreachable, file_trouble
from polder.world.fetch import Source
from polder.world.network_store import PeerStore, read_time, root_digest, write_time
from polder.world.proxy import ProxyFailed

LONGEST = 600.0
"""Seconds for all that one source gives on one visit; the next round goes on where it was."""
REMEMBERED = 40
"""How many timestamps' digests are kept, to compare with what others saw."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """``kind``: ``unreachable``, ``proxy`` (not the peer's fault), or one of ``commons.trust.kinds``. ``evidence``: the file at fault."""

    source: str
    kind: str
    problem: Problem
    evidence: bytes = b""
    origin: bool = False


@dataclass(frozen=True, slots=True)
class PeerNews:
    """How it went. ``state``: ``new``, ``same``, ``failed``, ``waiting`` (left alone for now) or ``busy`` (another process has it).
    ``source``: where the answer came from. ``left_out``: paths beyond the quota. ``clocks``: by how many seconds servers' clocks
    are ahead of ours. ``trouble``: the kind of what went wrong the last time; ``until``: before that it is left alone.
    ``renumbered``: parts whose numbers begin again after a change of keys. ``proxy``: what it was asked through."""

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


def sync_peer(
    state: Path, peer: Peer, now: datetime, quota: int, chance: Random, insist: bool = False
) -> PeerNews:
    """``insist``: ask it even when it is being left alone. What is wrong with its files here is told as its failure."""
    store = PeerStore(state, peer.id)
    try:
        if not insist and not due(patience_of(store.facts()), now):
            return _news(store, "waiting")
        with store.locked():
            return replace(_sync(store, peer, now, quota, chance), proxy=str(peer.proxy or ""))
    except Refused as refused:
        if refused.problems[0].code == "sync.locked":
            return _news(store, "busy")
        return _unreadable(peer, refused.problems[0])
    except OSError as error:
        return _unreadable(peer, file_trouble(error))


def _unreadable(peer: Peer, problem: Problem) -> PeerNews:
    """Nothing that the peer did: nobody is accused, and the others go on."""
    return PeerNews(peer.id, "failed", troubles=(Trouble("", "damaged", problem),))


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


def _sync(store: PeerStore, peer: Peer, now: datetime, quota: int, chance: Random) -> PeerNews:
    began, before = time.monotonic(), dict(store.current().versions)
    if root_digest(store) not in ("", peer.root):
        problem = Problem("sync.began-anew", "", {"peer": peer.id, "folder": str(store.path)})
        return _news(store, "failed", troubles=(Trouble("", "altered", problem),))
    troubles: list[Trouble] = []
    clocks: list[float] = []
    visit = None
    places = list(sources(peer, chance))
    for number, (url, origin) in enumerate(places, start=1):
        visit = Visit(store, peer, now, quota, began)
        left = max(0.0, began + LONGEST - time.monotonic())
        found = _ask(visit, url, origin, left if number == len(places) else left / 2)
        clocks += visit.clocks
        troubles += found
        if visit.done:
            break
    good = visit is not None and visit.done
    facts = _facts(store, now, chance, visit.url if visit and good else "", troubles)
    store.keep_facts(facts)
    return _news(
        store,
        ("new" if visit.changed else "same") if visit and good else "failed",
        source=visit.url if visit and good else "",
        before=before,
        troubles=tuple(troubles),
        left_out=visit.left_out if visit else (),
        renumbered=visit.renumbered if visit else (),
        clocks=tuple(clocks),
        requests=visit.requests if visit else 0,
        received=visit.received if visit else 0,
    )


def _ask(visit: Visit, url: str, origin: bool, seconds: float) -> list[Trouble]:
    """Visit one source for so long at most (half of what is left, where others wait); what went wrong there."""
    from polder.commons.trust.kinds import kind_of

    try:
        private = visit.peer.private and url not in visit.peer.strangers
        with Source(url, private, time.monotonic() + seconds, visit.peer.proxy) as source:
            visit.run(source)
    except ProxyFailed as failed:
        problem = Problem("sync.proxy-failed", "", {"proxy": failed.what, "why": failed.why})
        return [Trouble(url, "proxy", problem, b"", origin)]
    except Unreachable as lost:
        problem = Problem("sync.unreachable", "", {"source": lost.what, "why": lost.why})
        return [Trouble(url, "unreachable", problem, b"", origin)]
    except Refused as refused:
        if any(kind_of(one.code) == "damaged" for one in refused.problems):  # here: no other source mends it
            raise
        held = visit.last
        return [Trouble(url, kind_of(one.code), one, held, origin) for one in refused.problems[:5]]
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
    away = all(one.kind == "unreachable" for one in troubles)
    after = (after_failure if away else after_trouble)(patience_of(facts), now, chance.random())
    facts |= {"strikes": after.strikes, "next": write_time(after.next or now)}
    facts["struck"] = write_time(after.struck) if after.struck else ""
    told = [one.kind for one in troubles if one.kind != "unreachable"]
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
