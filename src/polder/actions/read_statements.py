"""Everything said that can be read here: of this provider and of its peers, in clear or encrypted to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.commons.network.model import GIVEN, STATEMENTS, Network
from polder.commons.statement.access import Circles, Reader
from polder.commons.statement.circle import TYPE as CIRCLE
from polder.commons.statement.circle import resolve
from polder.commons.statement.gather import Gathered, gather
from polder.commons.statement.model import Heard
from polder.commons.statement.project import view
from polder.commons.statement.source import BLOCKED, read_blocks
from polder.commons.statement.thread import current
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.published import Published
from polder.world.age import Identities, load_identities
from polder.world.given import read_given
from polder.world.network_store import load_published
from polder.world.opened import Opened
from polder.world.sealing import opens

OPENED = "opened"
"""The folder of the state that remembers what was opened."""
STRAY = ("blocked.yml", "blocked.yaml", "blocked.private.yaml")
"""Names under which the list of blocks is not read."""
Members = Mapping[str, tuple[str, ...]]
"""Id of each member of the network to its recipients."""


@dataclass(frozen=True, slots=True)
class Listening:
    """``gathered``: all that was found and opened. ``reader``: this provider. ``speakers``: whose word is shown (of
    others only versions of circles count). ``able``: a key of ours was found. ``open_``: opens what is encrypted to it.
    ``news``: what people should know (refused files of speakers, split circles, no key)."""

    network: Network
    gathered: Gathered
    circles: Circles
    members: Members
    blocks: frozenset[str]
    reader: Reader
    speakers: frozenset[str]
    able: bool
    open_: Callable[[bytes, str], bytes | None]
    news: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands of everything a reader may see, newest first; ``rivals``: names of those that stand in each other's place."""

    heard: tuple[Heard, ...]
    rivals: frozenset[str]
    news: tuple[Problem, ...]


def listen(
    folder: Path,
    now: datetime,
    published: Mapping[str, Published] | None = None,
    members: Members | None = None,
) -> Listening:
    """Read the network folder in ``folder``. ``published`` and ``members`` are what it holds itself when not given."""
    network = load_network(folder)
    news: list[Problem] = []
    known = members_of(folder, now, news) if members is None else members
    identities = _identities(network, news)
    opened = Opened(folder / network.state / OPENED, identities, network.recipients)
    peers = load_published(folder / network.state) if published is None else published
    speakers = frozenset({network.provider, *known, *(network.follow if published is None else peers)})
    news += [_stale(held) for peer, held in sorted(peers.items()) if peer in speakers and held.stale(now)]
    files: dict[str, Mapping[str, bytes]] = {peer: held.files for peer, held in peers.items()}
    files[network.provider] = read_given(folder / GIVEN)
    with opened:
        gathered = gather(files, opened.open, network.provider)
    resolved = resolve(gathered.heard)
    return Listening(
        network=network,
        gathered=gathered,
        circles=Circles(resolved.circles, frozenset(known)),
        members=known,
        blocks=blocks_of(folder),
        reader=Reader(network.provider),
        speakers=speakers,
        able=identities is not None,
        open_=opened.open,
        news=(
            *news,
            *(one for one in gathered.problems if one.where.split("/")[0] in speakers),
            *resolved.news,
        ),
    )


def show(listening: Listening, reader: Reader | None = None) -> Shown:
    """What ``reader`` (this provider when not given) sees. Listing and reading one both come from here."""
    who = listening.reader if reader is None else reader
    blocks = listening.blocks if who.provider != listening.network.provider else frozenset[str]()
    heard = [one for one in listening.gathered.heard if one.statement.provider in listening.speakers]
    seen = view(heard, listening.gathered.parts, who, listening.circles, blocks)
    now = current(one for one in seen if not _is_circle(one))
    standing = {digest for circle in listening.circles.known.values() for digest in circle.versions}
    circles = [one for one in seen if _is_circle(one) and one.digest in standing]
    every = sorted((*now.heard, *circles), key=lambda one: one.statement.date, reverse=True)
    return Shown(tuple(every), now.rivals, now.news)


def find(shown: Shown, written: str) -> tuple[Heard, ...]:
    """The statement called ``written``: ``provider/type/id``, ``type/id`` or ``id``. Several only when rivals share the name.

    Problems: ``statement.not-found``, ``statement.several``. What cannot be read is not found, in the same words.
    """
    names = {one.statement.name for one in shown.heard}
    meant = sorted(name for name in names if name == written or name.endswith(f"/{written}"))
    if len(meant) > 1:
        raise Refused(Problem("statement.several", "", {"statement": written, "names": tuple(meant)}))
    if meant:
        return tuple(one for one in shown.heard if one.statement.name == meant[0])
    endings = [name.split("/", cut)[cut] for name in names for cut in (0, 1, 2)]
    if near := nearest(written, endings):
        raise Refused(Problem("statement.not-found-near", "", {"statement": written, "nearest": near}))
    raise Refused(Problem("statement.not-found", "", {"statement": written}))


def members_of(folder: Path, now: datetime, news: list[Problem]) -> Members:
    """Who is in the network, by the roster that this provider acts on."""
    from polder.actions.network_roster import acting_members

    members = acting_members(folder, now)
    if not members:
        news.append(Problem("statement.no-network"))
    return {member.id: member.recipients for member in members}


def _stale(held: Published) -> Problem:
    return Problem(
        "statement.stale", "", {"provider": held.provider, "since": held.seen.strftime("%Y-%m-%d")}
    )


def blocks_of(folder: Path) -> frozenset[str]:
    """Who gets nothing that is not public, as this provider wrote it."""
    path = folder / STATEMENTS / BLOCKED
    return read_blocks(path.read_bytes()) if path.is_file() else frozenset()


def refuse_stray_blocks(folder: Path) -> None:
    """``statement.not-private``: a list of blocks under another name would block nobody."""
    wanted = f"{STATEMENTS}/{BLOCKED}"
    problems = Problems()
    for name in STRAY:
        if (folder / STATEMENTS / name).is_file():
            problems.add("statement.not-private", "", file=f"{STATEMENTS}/{name}", private=wanted)
    problems.refuse_if_any()


def unknown_blocks(listening: Listening) -> tuple[Problem, ...]:
    """Names that are blocked and that nobody has, as far as is known here: somebody else may be meant. While nobody is known there is
    nothing to hold a name against."""
    others = {*listening.members, *listening.speakers} - {listening.network.provider}
    found = []
    for name in sorted(listening.blocks):
        provider, told = name.partition("/")[0], {"key": f"{STATEMENTS}/{BLOCKED}", "name": name}
        if not others or provider in {*others, listening.network.provider}:
            continue
        near = nearest(provider, others)
        code = "sync.names-nobody-near" if near else "sync.names-nobody"
        found.append(Problem(code, "", {**told, "near": near}))
    return tuple(found)


def _identities(network: Network, news: list[Problem]) -> Identities | None:
    """The private keys that open what is for this provider; ``None`` when there are none, which is told."""
    try:
        found = load_identities()
    except Refused as refused:
        news += [one for one in refused.problems if one.code != "secret.no-identity"]
        found = None
    if not opens(found, network.recipients):
        news.append(Problem("statement.key-unnamed" if found else "statement.no-key"))
        return None
    return found


def _is_circle(one: Heard) -> bool:
    return one.statement.type == CIRCLE and one.understood
