"""Propose a change of the roster, say something of a proposal, sign it: what a member's people do, each in two steps.

First a draft is made and shown (what is different, in sentences), then it is given to the network. Nothing is signed that was not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from polder.actions.load_network import load_network
from polder.actions.network_roster import (
    everything,
    is_open,
    load_chain,
    merge_all,
    need_chain,
    with_familiar,
)
from polder.commons.network.model import GIVEN
from polder.commons.roster.approval import (
    Stance,
    approval_path,
    approve,
    proposal_path,
    read_approval,
    write_approval,
)
from polder.commons.roster.chain import Chain
from polder.commons.roster.changes import Change, Found
from polder.commons.roster.collect import Facts, collect
from polder.commons.roster.difference import beginning, difference
from polder.commons.roster.document import Edition, read_edition
from polder.commons.roster.model import Member, Rules
from polder.commons.roster.own_word import INTRODUCTION, Introduction, read_introduction
from polder.commons.roster.propose import found, propose
from polder.commons.roster.standing import Standing, dead_ones, hindrances, standing, too_few
from polder.commons.roster.verify import following_problems, signers
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.world.git import commit_paths
from polder.world.given import write_given
from polder.world.publication import hold_publication
from polder.world.roster_files import first_seen, read_lock, write_lock
from polder.world.signing_keys import AgeSigner, open_key, public_keys, reveal_key

Ask = Callable[[str], Secret] | None
GOVERNANCE = "governance"
LATE = timedelta(days=2)
"""Between a proposal's date and the day it is first seen; rounds of a day, and one that failed, are nothing to speak of."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal and what it changes, to be shown. ``standing``: how it stands, ``None`` for a beginning. ``hindrances``: why this
    provider does not sign it now. ``late``: that it came here long after its date, so that there was less time to object.
    ``founders``: who signs a beginning that is open, every one of them; ``missing``: who of them has not yet. ``short``: that those who
    are there and free to sign it are too few."""

    edition: Edition
    lines: tuple[Problem, ...]
    standing: Standing | None
    hindrances: tuple[Problem, ...]
    late: Problem | None = None
    founders: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    short: Problem | None = None


def introduction_from(folder: Path, source: str) -> Introduction:
    """The introduction in the file ``source``, or in the folder of the verified peer of that name. Refused: ``roster.no-introduction``."""
    path = Path(source)
    if path.is_file():
        return read_introduction(path.read_bytes(), source)
    peer = everything(folder).get(source)
    if peer is None or INTRODUCTION not in peer.files:
        raise Refused(Problem("roster.no-introduction", "", {"source": source}))
    one = read_introduction(peer.files[INTRODUCTION], f"{source}: {INTRODUCTION}")
    if peer.root and one.root != peer.root:
        raise Refused(
            Problem(
                "roster.another-root", f"{source}: {INTRODUCTION}", {"found": one.root, "wanted": peer.root}
            )
        )
    return one


def draft_beginning(
    folder: Path,
    founders: Sequence[str],
    rules: Rules,
    name: str,
    reason: str,
    now: datetime,
    after: str = "",
) -> Draft:
    """A first version of this provider and ``founders`` (files or peers). Refused: ``roster.begun`` when there is a roster here."""
    if load_chain(folder) is not None and not after:
        raise Refused(Problem("roster.begun"))
    me = load_network(folder).provider
    introduced = [introduction_from(folder, one) for one in dict.fromkeys((me, *founders))]
    edition = found(introduced, rules, name, reason, now, after)
    return Draft(edition, beginning(edition), None, ())


def draft(folder: Path, change: Change, reason: str, now: datetime) -> Draft:
    """The next version with ``change`` in it, as it would be proposed."""
    chain = need_chain(folder)
    facts = facts_of(folder, chain)
    edition = propose(chain.head, change, reason, now, dead_ones(chain, facts))
    return as_draft(folder, chain, edition, facts, now)


def as_draft(folder: Path, chain: Chain | None, edition: Edition, facts: Facts, now: datetime) -> Draft:
    me = load_network(folder).provider
    if chain is None or edition.version == 1:
        stranger = (
            () if me in edition.roster.members else (Problem("roster.not-a-voter", "", {"member": me}),)
        )
        founders = tuple(sorted(edition.roster.members))
        there = signers(edition.signed_with(facts.signatures(edition.digest)), edition.roster)
        missing = tuple(name for name in founders if name not in there)
        return Draft(edition, beginning(edition), None, stranger, None, founders, missing)
    lines = difference(chain.roster, edition.roster)
    why = tuple(hindrances(chain, edition, facts, me, now))
    short = too_few(chain, edition, facts, me)
    return Draft(edition, lines, standing(chain, edition, facts, now), why, short=short)


def open_drafts(folder: Path, now: datetime) -> tuple[Draft, ...]:
    """Every proposal for the next version that is known and not dead, the oldest first; beginnings while there is no roster."""
    chain = load_chain(folder)
    facts = facts_of(folder, chain)
    me = load_network(folder).provider
    known = [one for one in facts.proposed.values() if is_open(chain, one, me)]
    seen = first_seen(folder / load_network(folder).state)
    drafts = [
        replace(as_draft(folder, chain, one, facts, now), late=_late(one, seen.get(one.digest, now)))
        for one in known
    ]
    alive = [one for one in drafts if "roster.is-dead" not in {why.code for why in one.hindrances}]
    return tuple(sorted(alive, key=lambda one: (one.edition.roster.proposed, one.edition.digest)))


def _late(one: Edition, seen: datetime) -> Problem | None:
    """A proposal may be dated back to leave less time for objections."""
    if seen - one.roster.proposed < LATE:
        return None
    days = {"dated": f"{one.roster.proposed:%Y-%m-%d}", "seen": f"{seen:%Y-%m-%d}"}
    return Problem("roster.seen-late", "", days)


def find_draft(folder: Path, named: str, now: datetime) -> Draft:
    """The open proposal whose digest begins with ``named``; the only one when nothing is named.

    Refused: ``roster.no-open-proposal``, ``roster.no-proposal``, ``roster.which-proposal`` and ``roster.several-proposals`` (with all
    of them).
    """
    known = open_drafts(folder, now)
    wanted = named.removeprefix("sha256:")
    fitting = [one for one in known if one.edition.digest.removeprefix("sha256:").startswith(wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if not known:
        raise Refused(Problem("roster.no-open-proposal"))
    names = tuple(one.edition.digest[7:19] for one in fitting or known)
    if not wanted:
        raise Refused(Problem("roster.several-proposals", "", {"proposals": names}))
    code = "roster.which-proposal" if fitting else "roster.no-proposal"
    raise Refused(Problem(code, "", {"named": wanted[:64], "proposals": names}))


def rivals(folder: Path, edition: Edition, now: datetime) -> tuple[Draft, ...]:
    """The open proposals for the number of ``edition``, the oldest first: of all of them only one can be accepted, and whoever signs one
    can sign none of the others."""
    chain = load_chain(folder)
    return tuple(
        one
        for one in open_drafts(folder, now)
        if one.edition.digest != edition.digest
        and one.edition.version == edition.version
        and (chain is None or edition.version == 1 or not following_problems(chain.head, one.edition))
    )


def put_forward(folder: Path, edition: Edition) -> None:
    """Give the proposal to the network, unsigned. Refused as ``read_edition`` does, for a reason that nobody could read."""
    content = edition.with_signatures({}).document.content
    read_edition(content)
    give(folder, {proposal_path(edition.digest): content}, f"roster: Version {edition.version} is proposed.")


def say_of(
    folder: Path, one: Draft, stance: Stance, reason: str, now: datetime, ask: Ask
) -> tuple[Problem, ...]:
    """Vouch for the proposal, block it, sign it, or refuse it for good; gives the news when that made a new version.

    Refused: with every hindrance when it is to be signed; ``roster.reason-wanted`` for anything else without one;
    ``roster.signed-it`` when what was signed is refused;
    ``roster.wrong-field`` for a reason that is too long or holds what cannot be seen;
    ``roster.not-a-voter``; ``roster.not-our-key`` when the governance key here is not the one in the roster, ``roster.no-governance-key``
    when there is none here.
    """
    edition, me = one.edition, load_network(folder).provider
    check_word(folder, one, stance, reason)
    signer = open_key(folder, GOVERNANCE, ask)
    content = write_approval(approve(edition, stance, signer, reason, now))
    read_approval(content)  # a reason that nobody could read
    files = {approval_path(edition.digest, signer.public): content}
    with hold_publication(folder / load_network(folder).state):
        # after all that can be refused, before the signature is given
        if pinned := _pinning(folder, edition, stance):
            write_lock(folder, pinned)
        _put(folder, files, f"roster: {me} on version {edition.version}: {stance}.")
    merged = merge_all(folder, None, now)
    return merged.news if merged else ()


def check_word(folder: Path, one: Draft, stance: Stance, reason: str) -> None:
    """That this provider may say that of the proposal, before anybody is asked for anything. Refused as ``say_of`` tells."""
    me = load_network(folder).provider
    if stance == "sign" and one.hindrances:
        raise Refused(one.hindrances)
    begun = me in one.founders and me not in one.missing
    if stance == "refuse" and (begun or (one.standing and me in one.standing.signed)):
        raise Refused(Problem("roster.signed-it", "", {"member": me}))
    if stance != "sign" and not reason:
        raise Refused(Problem("roster.reason-wanted"))
    _check_own_key(folder, one, me)
    _pinning(folder, one.edition, stance)


def _check_own_key(folder: Path, one: Draft, me: str) -> None:
    """That what is said here counts: our key is that of an active member, before or after."""
    chain = load_chain(folder)
    rosters = [one.edition.roster, *([chain.roster] if chain else [])]
    members = [held for roster in rosters for held in roster.active if held.id == me]
    if not members:
        raise Refused(Problem("roster.not-a-voter", "", {"member": me}))
    check_key(folder, me, members)


def check_key(folder: Path, me: str, members: Sequence[Member]) -> None:
    """That the governance key here is the one that ``members`` (entries of ``me`` in rosters) have."""
    ours = public_keys(folder).get(GOVERNANCE)
    known = tuple(sorted({held.key.hex[:16] for held in members}))
    if ours is None:
        raise Refused(Problem("roster.no-governance-key", "", {"member": me, "known": known}))
    if ours not in {held.key for held in members}:
        raise Refused(Problem("roster.not-our-key", "", {"key": ours.hex[:16], "known": known}))


def check_opens(folder: Path, ask: Ask) -> None:
    """That the governance key opens here, before anything is given that would be signed with it. Refused as opening it is."""
    signer = open_key(folder, GOVERNANCE, ask)
    if isinstance(signer, AgeSigner):
        reveal_key(signer)


def _pinning(folder: Path, edition: Edition, stance: Stance) -> dict[str, Any]:
    """Signing a first version is how a founder pins it: what ``network.lock`` says then, nothing for anything else. Refused
    (``roster.pinned``) when another one was pinned, unless this one says that it takes the place of that."""
    if stance != "sign" or not isinstance(edition.change, Found):
        return {}
    lock = read_lock(folder)
    pinned = lock.get("first")
    if pinned and edition.change.after == pinned:
        return {**lock, "anew": edition.digest}
    if pinned and pinned != edition.digest:
        raise Refused(Problem("roster.pinned", "", {"fingerprint": str(pinned)}))
    return {**lock, "first": edition.digest}


def give(folder: Path, files: dict[str, bytes], message: str) -> None:
    """Put files among what is given to the network next. Nobody publishes meanwhile: not to be called by who holds the publication."""
    with hold_publication(folder / load_network(folder).state):
        _put(folder, files, message)


def _put(folder: Path, files: dict[str, bytes], message: str) -> None:
    for path, content in files.items():
        write_given(folder / GIVEN, path, content)
    commit_paths(folder, [folder / GIVEN / path for path in files], message)


def facts_of(folder: Path, chain: Chain | None) -> Facts:
    return collect(everything(folder), with_familiar(folder, chain) if chain else None)
