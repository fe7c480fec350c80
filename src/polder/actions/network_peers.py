"""Whom this provider reads, and whom it mirrors: the roster's members and those it follows besides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from polder.commons.network.model import Network
from polder.kernel.names import nearest
from polder.kernel.peer import Peer
from polder.kernel.problem import Problem, Refused


def find_peers(folder: Path, network: Network, now: datetime) -> Mapping[str, Peer]:
    """By id, this provider itself not among them."""
    from polder.actions.network_roster import peers

    return {one.id: one for one in peers(folder, now) if one.id != network.provider}


def mirrored_peers(
    folder: Path, network: Network, peers: Mapping[str, Peer], now: datetime
) -> frozenset[str]:
    """Whose folders this provider serves copies of: as network.yml says, and as the roster asks of it."""
    from polder.actions.network_roster import mirrored

    return frozenset({*network.mirror, *mirrored(folder, now)} & set(peers))


def roster_digests(folder: Path) -> dict[int, str]:
    """Version to digest (of what its signatures cover) of every roster accepted here; nothing outside any network."""
    from polder.actions.network_roster import load_chain

    chain = load_chain(folder)
    return {one.version: str(one.digest) for one in chain.editions} if chain else {}


def named(peers: Mapping[str, Peer], names: tuple[str, ...]) -> dict[str, Peer]:
    """The peers with these names, all when there are none. Refused (``sync.unknown-peer``) with every wrong one."""
    wrong = [name for name in names if name not in peers]
    if wrong:
        raise Refused(
            Problem("sync.unknown-peer", "", {"peer": name, "near": nearest(name, peers) or "–"})
            for name in wrong
        )
    return {name: peers[name] for name in names or peers}
