"""What this provider says for itself alone, signed with its governance key: how it wants to stand in the roster, that it leaves, that it
is awake again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_keys import identity
from polder.actions.network_roster import everything, load_chain, merge_all, need_chain
from polder.actions.roster_proposals import (
    GOVERNANCE,
    Ask,
    Draft,
    check_key,
    draft,
    find_draft,
    give,
    open_drafts,
    put_forward,
    rivals,
    say_of,
)
from polder.commons.roster.chain import Chain
from polder.commons.roster.changes import Change, Leave, Wake, concerns
from polder.commons.roster.document import Edition
from polder.commons.roster.own_word import (
    INTRODUCTION,
    LEAVE,
    WAKE,
    Introduction,
    OwnWord,
    plain_introduction,
    plain_word,
    read_introduction,
    read_word,
    with_signature,
)
from polder.commons.roster.propose import propose
from polder.commons.roster.verify import following_problems
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.world.signing_keys import open_key

AHEAD = timedelta(days=1)
"""A proposal's date may be ahead of our clock by so much."""


def introduce(folder: Path, name: str, group: str, now: datetime, ask: Ask) -> bytes:
    """How this provider wants to stand in the roster, signed with its governance key and given to the network; the file's content.

    Refused: ``roster.not-published`` (its first root file is made by ``polder network publish``), ``trust.no-key``.
    """
    network = load_network(folder)
    root = _first_root(folder / network.publish / "metadata" / "1.root.json", folder)
    signer = open_key(folder, GOVERNANCE, ask)
    one = Introduction(
        network.provider,
        name,
        network.urls,
        root,
        signer.public,
        network.recipients,
        group or network.provider,
        now.replace(microsecond=0),
    )
    content = with_signature(plain_introduction(one), signer)
    read_introduction(content)
    give(folder, {INTRODUCTION: content}, f"roster: {network.provider} introduces itself.")
    return content


def _first_root(published: Path, folder: Path) -> Digest:
    """As it is published; on a person's machine, where nothing is, as enough of them signed it."""
    found = digest_of_bytes(published.read_bytes()) if published.is_file() else identity(folder)
    if found is None:
        raise Refused(Problem("roster.not-published", "", {"file": str(published)}))
    return found


@dataclass(frozen=True, slots=True)
class Left:
    """What saying that one leaves led to. ``draft``: the version without this provider, ``None`` when it is not proposed yet, because of
    ``before``: proposals for the same number that somebody signed; or when there can be none, for ``why``: too few would be left.
    ``signed``: this provider signed it."""

    draft: Draft | None
    before: tuple[Draft, ...] = ()
    signed: bool = False
    why: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What members said for themselves: ``fresh`` changes that nobody proposed yet, and open proposals that ``carried`` others."""

    fresh: tuple[Change, ...]
    carried: tuple[Draft, ...]


def leave(folder: Path, now: datetime, ask: Ask) -> Left:
    """Say that this provider leaves, which others honour as soon as they see it; propose and sign the version without it, so that the
    others need one signature less. One that is proposed already is signed instead of another; and where somebody signed something
    else for the same number, nothing is proposed beside it: nobody could sign both. That it leaves is said, too, where no version
    without it can be made (``roster.too-few-left``)."""
    ask = cache(ask) if ask else None  # what opened the key for the word opens it for the proposal
    carried = _carrying(folder, open_drafts(folder, now), Leave, load_network(folder).provider, now)
    if not carried:
        word = _own_word(folder, "leave", LEAVE, now, ask)
        try:
            fresh = draft(folder, Leave(word), "", now)
        except Refused as refused:
            if {one.code for one in refused.problems} != {"roster.too-few-left"}:
                raise
            merge_all(folder, None, now)
            return Left(None, why=refused.problems)
        if before := tuple(one for one in rivals(folder, fresh.edition, now) if _begun(one)):
            merge_all(folder, None, now)
            return Left(None, before)
        put_forward(folder, fresh.edition)
        carried = (find_draft(folder, fresh.edition.digest, now),)
    signs = not carried[0].hindrances
    if signs:
        say_of(folder, carried[0], "sign", "", now, ask)
    else:
        merge_all(folder, None, now)
    return Left(carried[0], (), signs)


def _begun(one: Draft) -> bool:
    return bool(one.standing and one.standing.signed)


def wake(folder: Path, now: datetime, ask: Ask) -> Edition:
    """End this provider's dormancy by its own signed word; the others sign the version in which it counts again."""
    if carried := _carrying(folder, open_drafts(folder, now), Wake, load_network(folder).provider, now):
        return carried[0].edition
    me, roster = load_network(folder).provider, need_chain(folder).roster
    if me in roster.members and roster.members[me].state == "active":
        raise Refused(Problem("roster.not-dormant", "", {"member": me}))
    one = draft(folder, Wake(_own_word(folder, "wake", WAKE, now, ask)), "", now)
    put_forward(folder, one.edition)
    return one.edition


def words_of_peers(folder: Path, now: datetime) -> Words:
    """What members' own words ask for: who left, who woke. What carries them comes the oldest first, as everywhere: members who sign
    different ones first could finish none."""
    chain = load_chain(folder)
    if chain is None:
        return Words((), ())
    drafts, fresh, found = open_drafts(folder, now), list[Change](), list[Draft]()
    for name, one in sorted(everything(folder).items()):
        change = _word_of(chain, name, one)
        if change:
            carried = _carrying(folder, drafts, type(change), name, now)
            found += carried
            fresh += [] if carried else [change]
    possible_first = sorted(fresh, key=lambda one: not _possible(chain, one, now))
    carried_by = {one.edition.digest for one in found}
    return Words(tuple(possible_first), tuple(one for one in drafts if one.edition.digest in carried_by))


def _possible(chain: Chain, change: Change, now: datetime) -> bool:
    """Whether it may be proposed now. What may not (a word that is too old, or of somebody else) is told, but waited for by no other."""
    try:
        propose(chain.head, change, "", now)
    except Refused:
        return False
    return True


def _word_of(chain: Chain, name: str, one: Published) -> Leave | Wake | None:
    """What cannot be read asks for nothing: nobody's file keeps the others from being heard."""
    member = chain.roster.members.get(name)
    with suppress(Refused):
        if member and name in chain.left and LEAVE in one.files:
            return Leave(read_word(one.files[LEAVE], name))
        if member and member.state == "dormant" and WAKE in one.files:
            return Wake(read_word(one.files[WAKE], name))
    return None


def _carrying(
    folder: Path, drafts: Iterable[Draft], kind: type[Leave | Wake], member: str, now: datetime
) -> tuple[Draft, ...]:
    """Those of the open proposals that bring in what ``member`` said for itself, the oldest first. One that somebody dated far ahead, so
    that it cannot be signed for weeks, holds up nobody."""
    chain = need_chain(folder)
    return tuple(
        one
        for one in drafts
        if one.edition.roster.proposed <= now + AHEAD
        and isinstance(one.edition.change, kind)
        and concerns(one.edition.change) == member
        and not following_problems(chain.head, one.edition)
    )


def _own_word(folder: Path, say: str, path: str, now: datetime, ask: Ask) -> OwnWord:
    me, chain = load_network(folder).provider, need_chain(folder)
    if me not in chain.roster.members:
        raise Refused(Problem("roster.no-such-member", "", {"member": me}))
    check_key(folder, me, [chain.roster.members[me]])
    word = OwnWord(say, me, chain.roster.first, now.replace(microsecond=0))
    content = with_signature(plain_word(word), open_key(folder, GOVERNANCE, ask))
    give(folder, {path: content}, f"roster: {me} says: {say}.")
    return read_word(content)
