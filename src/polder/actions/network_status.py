"""What is believed of each peer, how fresh it is, and whether a copy is served here. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from polder.actions.key_news import last_changes
from polder.actions.load_network import load_network
from polder.actions.network_peers import find_peers, mirrored_peers, named
from polder.actions.sync_network import mirror_place
from polder.actions.sync_peer import patience_of
from polder.commons.trust.root_steps import KeyChange
from polder.kernel.peer import Peer
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.world.network_mirror import mirror_size
from polder.world.network_store import PeerStore, read_time


@dataclass(frozen=True, slots=True)
class PeerStatus:
    """``state``: ``fresh``, ``stale`` (since ``expires``), ``old`` (stale for 30 days), ``never`` seen, or ``damaged``: what is wrong with
    our own copy is in ``damage``. ``next``: not asked before. ``mirror``: bytes of the copy served here, -1 when there is to be none.
    ``proxy``: what it is reached through. ``keys``: what was told of changes of its keys, from old to new."""

    peer: str
    state: str
    versions: Mapping[str, int] = field(default_factory=dict)
    expires: datetime | None = None
    seen: datetime | None = None
    source: str = ""
    files: int = 0
    strikes: int = 0
    asleep: bool = False
    next: datetime | None = None
    trouble: str = ""
    mirror: int = -1
    proxy: str = ""
    damage: tuple[Problem, ...] = ()
    keys: tuple[KeyChange, ...] = ()


def network_status(folder: Path, now: datetime, names: tuple[str, ...] = ()) -> tuple[PeerStatus, ...]:
    """The peers ``names``, every one when empty. Refused (``sync.unknown-peer``)."""
    network = load_network(folder)
    peers = find_peers(folder, network, now)
    chosen = named(peers, names)
    copies = mirrored_peers(folder, network, peers, now) & set(chosen)
    sizes = {name: mirror_size(mirror_place(folder, network, name)) for name in copies}
    return tuple(
        _status(folder / network.state, peer, now, sizes.get(name, -1)) for name, peer in chosen.items()
    )


def key_changes(folder: Path, names: Iterable[str]) -> dict[str, tuple[KeyChange, ...]]:
    """Of each peer of ``names`` what was told of changes of its keys, from old to new."""
    state = folder / load_network(folder).state
    return {name: last_changes(PeerStore(state, name)) for name in names}


def wake_peer(folder: Path, names: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    """Forget the strikes of the peers ``names``; the next round asks them. Refused (``sync.unknown-peer``)."""
    network = load_network(folder)
    chosen = named(find_peers(folder, network, now), names)
    for name in chosen:
        store = PeerStore(folder / network.state, name)
        with store.locked():
            store.keep_facts({**store.facts(), "strikes": 0, "struck": "", "next": ""})
    return tuple(chosen)


def _status(state: Path, peer: Peer, now: datetime, mirror: int) -> PeerStatus:
    store = PeerStore(state, peer.id)
    published, damage = _read(store)
    facts = store.facts()
    patience = patience_of(facts)
    return PeerStatus(
        peer=peer.id,
        state="damaged" if damage else _freshness(published, now),
        versions=published.versions if published else {},
        expires=published.expires if published else None,
        seen=read_time(str(facts.get("seen", ""))),
        source=published.source if published else "",
        files=len(published.files) if published else 0,
        strikes=patience.strikes,
        asleep=patience.asleep,
        next=patience.next if patience.next and patience.next > now else None,
        trouble=str(facts.get("trouble", "")),
        mirror=mirror,
        proxy=str(peer.proxy or ""),
        damage=damage,
        keys=last_changes(store),
    )


def _read(store: PeerStore) -> tuple[Published | None, tuple[Problem, ...]]:
    try:
        return store.published(), ()
    except Refused as refused:
        return None, refused.problems


def _freshness(published: Published | None, now: datetime) -> str:
    if published is None:
        return "never"
    return "old" if published.long_stale(now) else "stale" if published.stale(now) else "fresh"
