"""What this provider says for itself alone, signed with its governance key: how it wants to stand in the roster, that it leaves, that it
is awake again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_roster import everything, load_chain, need_chain
from polder.actions.roster_proposals import GOVERNANCE, Ask, draft, give, put_forward, say_of
from polder.commons.roster.changes import Change, Leave, Wake
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
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Problem, Refused
from polder.world.signing_keys import open_key


def introduce(folder: Path, name: str, group: str, now: datetime, ask: Ask) -> bytes:
    """How this provider wants to stand in the roster, signed with its governance key and given to the network; the file's content.

    Refused: ``roster.not-published`` (its first root file is made by ``polder network publish``), ``trust.no-key``.
    """
    network = load_network(folder)
    root = folder / network.publish / "metadata" / "1.root.json"
    if not root.is_file():
        raise Refused(Problem("roster.not-published", "", {"file": str(root)}))
    signer = open_key(folder, GOVERNANCE, ask)
    one = Introduction(
        network.provider,
        name,
        network.urls,
        digest_of_bytes(root.read_bytes()),
        signer.public,
        network.recipients,
        group or network.provider,
        now.replace(microsecond=0),
    )
    content = with_signature(plain_introduction(one), signer)
    read_introduction(content)
    give(folder, {INTRODUCTION: content}, f"roster: {network.provider} introduces itself.")
    return content


def leave(folder: Path, now: datetime, ask: Ask) -> Edition:
    """Say that this provider leaves, which others honour as soon as they see it; propose and sign the version without it, so that the
    others need one signature less. Gives that version."""
    word = _own_word(folder, "leave", LEAVE, now, ask)
    one = draft(folder, Leave(word), "", now)
    put_forward(folder, one.edition)
    if not one.hindrances:
        say_of(folder, one, "sign", "", now, ask)
    return one.edition


def wake(folder: Path, now: datetime, ask: Ask) -> Edition:
    """End this provider's dormancy by its own signed word; the others sign the version in which it counts again."""
    one = draft(folder, Wake(_own_word(folder, "wake", WAKE, now, ask)), "", now)
    put_forward(folder, one.edition)
    return one.edition


def words_of_peers(folder: Path) -> tuple[Change, ...]:
    """Changes that a member's own word asks for and that nobody proposed yet: who left, who woke."""
    chain = load_chain(folder)
    if chain is None:
        return ()
    asked: list[Change] = []
    for name, one in sorted(everything(folder).items()):
        member = chain.roster.members.get(name)
        if member and name in chain.left and LEAVE in one.files:
            asked.append(Leave(read_word(one.files[LEAVE], name)))
        elif member and member.state == "dormant" and WAKE in one.files:
            asked.append(Wake(read_word(one.files[WAKE], name)))
    return tuple(asked)


def _own_word(folder: Path, say: str, path: str, now: datetime, ask: Ask) -> OwnWord:
    me, chain = load_network(folder).provider, need_chain(folder)
    if me not in chain.roster.members:
        raise Refused(Problem("roster.no-such-member", "", {"member": me}))
    word = OwnWord(say, me, chain.roster.first, now.replace(microsecond=0))
    content = with_signature(plain_word(word), open_key(folder, GOVERNANCE, ask))
    give(folder, {path: content}, f"roster: {me} says: {say}.")
    return read_word(content)
