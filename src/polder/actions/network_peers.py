"""Whom this provider reads, and whom it mirrors: the roster's members and those it follows besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


class RosterDigests(Mapping[int, str]):
    """Version to digest (of what its signatures cover) of every roster accepted here, read when it is asked for; nothing outside any
    network."""

    def __init__(self, folder: Path) -> None:
        from polder.actions.network_roster import load_chain

        self._chain = load_chain(folder)

    def __getitem__(self, version: int) -> str:
        found = self._chain.at(version) if self._chain else None
        if found is None:
            raise KeyError(version)
        return str(found.digest)

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self) + 1))

    def __len__(self) -> int:
        return len(self._chain.editions) if self._chain else 0

    def __contains__(self, version: object) -> bool:
        return isinstance(version, int) and 0 < version <= len(self)

    @property
    def latest(self) -> tuple[int, str] | None:
        """The newest version."""
        return (len(self), self[len(self)]) if len(self) else None


def named(peers: Mapping[str, Peer], names: tuple[str, ...]) -> dict[str, Peer]:
    """The peers with these names, all when there are none. Refused (``sync.unknown-peer``) with every wrong one."""
    wrong = [name for name in names if name not in peers]
    if wrong:
        raise Refused(_unknown(name, peers) for name in wrong)
    return {name: peers[name] for name in names or peers}


def must_know(name: str, known: Iterable[str]) -> None:
    """Refused (``sync.unknown-peer``, with the nearest that is known) when ``name`` is none of ``known``: a slip of the fingers must not
    look like somebody who says nothing."""
    everybody = set(known)
    if name not in everybody:
        raise Refused(_unknown(name, everybody))


def _unknown(name: str, peers: Iterable[str]) -> Problem:
    if near := nearest(name, peers):
        return Problem("sync.unknown-peer-near", "", {"peer": name, "near": near})
    return Problem("sync.unknown-peer", "", {"peer": name})


def misnamed(folder: Path, network: Network, now: datetime) -> tuple[Problem, ...]:
    """Names below “mirror” and “private” in network.yml that are nobody's here (``sync.names-nobody``): a slip of the fingers there
    would leave a copy unmade for ever. This provider's own name is known before any roster has it."""
    from polder.actions.network_roster import current_roster

    roster = current_roster(folder)
    known = {network.provider, *find_peers(folder, network, now), *network.follow}
    known |= set(roster.members) if roster else set()
    found = []
    for key, names in (("mirror", network.mirror), ("private", network.private)):
        for name in sorted(set(names) - known):
            near = nearest(name, sorted(known - {network.provider}))
            told = {"key": key, "name": name, **({"near": near} if near else {})}
            found.append(Problem(f"sync.names-nobody{'-near' if near else ''}", "network.yml", told))
    return tuple(found)
