"""Who is in the network, as far as this provider accepted it: read it, act on it, and bring in what others published.

Nobody decides centrally when a version counts: each provider merges what it verified of the others, alone, to the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.told_rosters import tell_rosters
from polder.commons.network.model import GIVEN, Network
from polder.commons.roster.approval import APPROVALS, PROPOSALS, read_approval
from polder.commons.roster.chain import Chain, acting
from polder.commons.roster.changes import Found
from polder.commons.roster.collect import Facts, collect
from polder.commons.roster.document import Edition, read_edition
from polder.commons.roster.editions import Editions
from polder.commons.roster.merge import Merged, begin
from polder.commons.roster.merge import merge as merge_purely
from polder.commons.roster.model import Member, Roster
from polder.commons.roster.moments import moment, written
from polder.commons.roster.verify import verify
from polder.kernel.digest import Digest, short
from polder.kernel.peer import Peer
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.world.git import commit_paths
from polder.world.given import read_given, remove_given
from polder.world.network_store import load_published
from polder.world.publication import hold_publication
from polder.world.roster_files import (
    LOCK,
    RosterFiles,
    keep_rival,
    note_seen,
    put_aside,
    read_familiar,
    read_lock,
    write_familiar,
    write_lock,
    write_roster,
)


def current_roster(folder: Path) -> Roster | None:
    """The newest version that was accepted; ``None`` before there is one."""
    chain = load_chain(folder)
    return chain.roster if chain else None


def load_chain(folder: Path) -> Chain | None:
    """Every accepted version, read when it is asked for. They were verified when they were written, and disks and people change files: the
    first must be the one whose fingerprint was compared, the newest must follow the one before; ``roster replay`` looks at all."""
    contents, lock = RosterFiles(folder), read_lock(folder)
    if contents:
        _hold(contents[0], contents[-2:], len(contents), lock.get("first", ""))
    editions = Editions(contents)
    accepted = {int(version): moment(when) for version, when in lock.get("accepted", {}).items()}
    left = {name: moment(when) for name, when in lock.get("left", {}).items()}
    return Chain(editions, accepted, left) if editions else None


@lru_cache(maxsize=8)
def _hold(first: bytes, newest: tuple[bytes, ...], count: int, pinned: str) -> None:
    """Refuses a beginning that is not ``pinned``, and a newest version that does not follow the one before."""
    beginning = read_edition(first, "roster/1.json")
    if pinned and beginning.digest != pinned:
        values = {"found": beginning.digest, "wanted": pinned}
        raise Refused(Problem("roster.another-beginning", "roster/1.json", values))
    if count > 1:
        old, new = (read_edition(one, f"roster/{count - 1 + at}.json") for at, one in enumerate(newest))
        verify(old, new, f"roster/{count}.json")


def with_familiar(folder: Path, chain: Chain) -> Chain:
    """``chain`` with the files of peers that were found to say nothing new, and need not be read again for it; none when the rosters here
    are others than they were then."""
    head, files = read_familiar(folder / load_network(folder).state)
    return replace(chain, familiar=files) if head == chain.head.digest else chain


def need_chain(folder: Path) -> Chain:
    """The chain; refused (``roster.none``) when there is none yet."""
    chain = load_chain(folder)
    if chain is None:
        raise Refused(Problem("roster.none"))
    return chain


def acting_members(folder: Path, now: datetime | None = None) -> tuple[Member, ...]:
    """The members on whom this provider acts now, itself among them: the waiting is over, and nobody in it left or was cut off."""
    chain = load_chain(folder)
    return acting(chain, now or datetime.now(UTC)) if chain else ()


def peers(folder: Path, now: datetime | None = None) -> tuple[Peer, ...]:
    """Whom this provider syncs with: the members it acts on but itself, then those it follows by its own choice, by id."""
    network = load_network(folder)
    members = acting_members(folder, now)
    found = {one.id: _peer(one, members, network) for one in members if one.id != network.provider}
    for name, one in network.follow.items():
        private = one.private or name in network.private
        mirrors = one.mirrors
        found.setdefault(
            name, Peer(name, Digest(one.root), (one.url,), mirrors, (), name, private, proxy=one.proxy)
        )
    return tuple(found[name] for name in sorted(found))


def _peer(one: Member, members: tuple[Member, ...], network: Network) -> Peer:
    keepers = [held for held in members if one.id in held.mirrors and held.id != network.provider]
    followed = network.follow.get(one.id)
    kept = {held.id: f"{held.urls[0]}mirrors/{one.id}/" for held in keepers}
    strangers = frozenset(url for name, url in kept.items() if name not in network.private)
    mirrors = list(kept.values())
    mirrors += [url for url in (followed.mirrors if followed else ()) if url not in mirrors]
    private = one.id in network.private or bool(followed and followed.private)
    group = one.group or one.id
    proxy = followed.proxy if followed else network.proxy
    return Peer(one.id, one.root, one.urls, tuple(mirrors), one.recipients, group, private, strangers, proxy)


def mirrored(folder: Path, now: datetime | None = None) -> tuple[str, ...]:
    """Ids of the members whose folder this provider mirrors as the roster says, besides what ``network.yml`` names."""
    provider = load_network(folder).provider
    return next((one.mirrors for one in acting_members(folder, now) if one.id == provider), ())


def everything(folder: Path, published: Mapping[str, Published] | None = None) -> dict[str, Published]:
    """What was verified of others (as it lies in the state folder unless given), and what one gives oneself."""
    network = load_network(folder)
    held = load_published(folder / network.state) if published is None else dict(published)
    given = read_given(folder / GIVEN) if (folder / GIVEN).is_dir() else {}
    roster = current_roster(folder)
    me = roster.members.get(network.provider) if roster else None
    root = me.root if me else Digest("")
    held[network.provider] = Published(network.provider, root, {}, _EVER, _NEVER, given, "")
    return held


def merge(folder: Path, published: Mapping[str, Published], now: datetime) -> tuple[Problem, ...]:
    """Bring in what others published about the roster; gives the news as sentences, nothing when there is none."""
    merged = merge_all(folder, published, now)
    return merged.news if merged else ()


def merge_all(folder: Path, published: Mapping[str, Published] | None, now: datetime) -> Merged | None:
    """The same with everything that was found; ``None`` when nothing was pinned yet or the pinned beginning is not there. Nobody publishes
    or merges meanwhile: not to be called by who holds the publication."""
    with hold_publication(folder / load_network(folder).state):
        return _merge_all(folder, published, now.replace(microsecond=0))


def _merge_all(folder: Path, published: Mapping[str, Published] | None, now: datetime) -> Merged | None:
    held = everything(folder, published)
    touched = _begin(folder, held)
    chain = load_chain(folder)
    if chain is None:
        _note_seen(folder, collect(held, None), None, now)
        return None
    merged = merge_purely(with_familiar(folder, chain), held, now)
    if touched:  # it began just now
        merged = replace(merged, news=(Problem("roster.accepted", "", {"version": 1}), *merged.news))
    touched += _write_editions(folder, merged.chain, chain.head.version)
    touched += _write_rivals(folder, merged)
    touched += clear_decided(folder, merged.chain)
    touched += save_lock(folder, merged.chain)
    write_familiar(folder / load_network(folder).state, merged.chain.head.digest, merged.facts.familiar)
    tell_rosters(folder)
    _note_seen(folder, merged.facts, merged.chain, now)
    if touched:
        commit_paths(folder, touched, f"roster: version {merged.chain.head.version}.")
    return merged


def is_open(chain: Chain | None, one: Edition, me: str) -> bool:
    """Whether it is for the next version, or a beginning that the provider ``me`` is asked to take part in."""
    if isinstance(one.change, Found):
        return me in one.roster.members and one.change.after == (chain.editions[0].digest if chain else "")
    return chain is not None and one.roster.previous == chain.head.digest


def _note_seen(folder: Path, facts: Facts, chain: Chain | None, now: datetime) -> None:
    """Remember when each open proposal came here first: whoever is shown one is told when it was dated back."""
    network = load_network(folder)
    found = [one.digest for one in facts.proposed.values() if is_open(chain, one, network.provider)]
    note_seen(folder / network.state, found, now)


def _begin(folder: Path, held: Mapping[str, Published]) -> list[Path]:
    """Take in the beginning that a person pinned, as soon as every founder signed it; the network before goes aside."""
    lock, chain = read_lock(folder), load_chain(folder)
    wanted = lock.get("anew") or (None if chain else lock.get("first"))
    begun = begin(Digest(wanted), held) if wanted else None
    if begun is None:
        return []
    touched = put_aside(folder, chain.editions[0].digest) if chain else []
    touched += _write_editions(folder, begun, 0)
    write_lock(folder, {"first": wanted})
    return [*touched, folder / LOCK]


def _write_editions(folder: Path, chain: Chain, after: int) -> list[Path]:
    return [
        write_roster(folder, edition.version, edition.document.content) for edition in chain.editions[after:]
    ]


def _write_rivals(folder: Path, merged: Merged) -> list[Path]:
    both = [edition for pair in merged.rivals for edition in (pair.one, pair.other)]
    return [keep_rival(folder, one.version, one.digest, one.document.content) for one in both]


def clear_decided(folder: Path, chain: Chain) -> list[Path]:
    """Give one's own proposals and approvals no longer when their number is decided: the roster holds what came of them."""
    given = folder / GIVEN
    files = read_given(given) if given.is_dir() else {}
    decided = [path for path, held in files.items() if _is_decided(path, held, chain)]
    anew = short(str(read_lock(folder).get("anew", "sha256:-")), 16)
    decided = [path for path in decided if anew not in path]
    for path in decided:
        remove_given(given, path)
    return [given / path for path in decided]


def _is_decided(path: str, content: bytes, chain: Chain) -> bool:
    """Whether it is a proposal or an approval for a number that ``chain`` has; a beginning in place of ours is open until it is signed."""
    if path.startswith(APPROVALS):
        return read_approval(content, path).version <= chain.head.version
    if not path.startswith(PROPOSALS):
        return False
    edition = read_edition(content, path)
    anew = isinstance(edition.change, Found) and edition.change.after == chain.editions[0].digest
    return edition.version <= chain.head.version and not anew


def save_lock(folder: Path, chain: Chain) -> list[Path]:
    """Write what was pinned and when what was accepted; gives the file when it changed."""
    part = {
        **read_lock(folder),
        "first": chain.editions[0].digest,
        "accepted": {str(version): written(when) for version, when in chain.accepted.items()},
        "left": {name: written(when) for name, when in chain.left.items()},
    }
    return [folder / LOCK] if write_lock(folder, part) else []


_EVER, _NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
