"""How a proposal stands, and why a member may not sign it yet: what people are shown before they decide.

A document counts by its signatures alone. Vouches and blocks work before that: as long as one of these hindrances is there, no member's
tool signs. So a block holds as long as fewer than the threshold of members use tools that pass over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from polder.commons.roster.approval import Approval
from polder.commons.roster.chain import Chain, departed
from polder.commons.roster.changes import Dormant, concerns
from polder.commons.roster.collect import Facts
from polder.commons.roster.document import Edition
from polder.commons.roster.presets import Demand, demand
from polder.commons.roster.verify import enough_refusals, following_problems, lacking, signers
from polder.kernel.problem import Problem, Problems, Value

APART = timedelta(days=14)
"""Between the two announcements that a member is to be called dormant."""


@dataclass(frozen=True, slots=True)
class Block:
    """``since``: when the first member blocked. ``seconds``: who else did in time. A block that does not hold fell for want of one."""

    member: str
    reason: str
    since: datetime
    seconds: tuple[str, ...]
    holds: bool
    pending: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """``open_until``: objections are heard until then. ``signed``, ``missing``: ids of the
    active members; ``newcomers``: keys that sign in the new version only. ``wanted``: how many must sign."""

    edition: Edition
    demand: Demand
    open_until: datetime
    signed: tuple[str, ...]
    missing: tuple[str, ...]
    newcomers: tuple[str, ...]
    wanted: int
    vouches: tuple[str, ...]
    refused: tuple[str, ...]
    blocks: tuple[Block, ...]


def standing(chain: Chain, edition: Edition, facts: Facts, now: datetime) -> Standing:
    """How ``edition``, proposed to follow the head of ``chain``, stands at ``now``."""
    roster = chain.roster
    needed = demand(roster, edition.change)
    given = facts.approvals.get(edition.digest, {})
    whole = edition.signed_with(facts.signatures(edition.digest))
    signed = tuple(sorted(signers(whole, roster)))
    voters = [one.id for one in roster.active if one.id not in needed.without]
    coming = {one.id for one in edition.roster.active if one.key not in {held.key for held in roster.active}}
    open_until = edition.roster.proposed + needed.open
    said = {one.id: given[one.key.hex] for one in roster.active if one.key.hex in given}
    words = sorted((name, one) for name, one in said.items() if name in voters)
    return Standing(
        edition,
        needed,
        open_until,
        signed,
        tuple(name for name in voters if name not in signed),
        tuple(sorted(coming - signers(whole, edition.roster))),
        needed.signatures,
        tuple(name for name, one in words if one.stance in ("vouch", "sign")),
        tuple(sorted(name for name, one in said.items() if one.stance == "refuse")),
        _blocks(
            [(name, one) for name, one in words if one.stance == "block"],
            roster.rules.second,
            open_until,
            now,
        ),
    )


def _blocks(
    said: Iterable[tuple[str, Approval]], days: int, open_until: datetime, now: datetime
) -> tuple[Block, ...]:
    """A block that comes late finds a second member or is nothing: else one member, with a new date each week or one far ahead, could
    hold everything up for ever."""
    ordered = sorted(said, key=lambda entry: (entry[1].date, entry[0]))
    late = open_until + timedelta(days=days)
    found = []
    for name, one in ordered:
        until = one.date + timedelta(days=days)
        seconds = tuple(
            other for other, another in ordered if other != name and one.date <= another.date <= until
        )
        holds = bool(seconds) or days == 0
        pending = not holds and one.date <= late and now <= until
        found.append(Block(name, one.reason, one.date, seconds, holds, pending))
    return tuple(found)


def hindrances(chain: Chain, edition: Edition, facts: Facts, me: str, now: datetime) -> list[Problem]:
    """Why the member ``me`` does not sign ``edition`` now; nothing when it may.

    Problems: those of ``following_problems``, and ``roster.not-a-voter``, ``roster.no-vote``, ``roster.open-still``,
    ``roster.refused-it``, ``roster.is-dead``, ``roster.vouches-wanted``, ``roster.blocked``, ``roster.block-pending``,
    ``roster.signed-another``, ``roster.not-silent-enough``.
    """
    problems = Problems()
    problems.items += following_problems(chain.head, edition)
    if len(problems):
        return problems.items
    found = standing(chain, edition, facts, now)
    if me not in {one.id for one in (*chain.roster.active, *edition.roster.active)}:
        problems.add("roster.not-a-voter", "", member=me)
    if me in found.demand.without:
        problems.add("roster.no-vote", "", member=me)
    if now < found.open_until:
        problems.add("roster.open-still", "", until=f"{found.open_until:%Y-%m-%d %H:%M}")
    if me in found.refused:
        problems.add("roster.refused-it", "", member=me)
    if len(found.refused) >= enough_refusals(chain.roster):
        problems.add("roster.is-dead", "", members=found.refused)
    vouched = set(found.vouches) - {concerns(edition.change)}
    if len(vouched) < found.demand.vouches:
        problems.add("roster.vouches-wanted", "", found=len(vouched), wanted=found.demand.vouches)
    for block in found.blocks:
        if block.holds:
            problems.add("roster.blocked", "", member=block.member, reason=block.reason)
        elif block.pending:
            problems.add("roster.block-pending", "", member=block.member, reason=block.reason)
    problems.items += _signed_another(chain, edition, facts, me)
    if isinstance(edition.change, Dormant) and not _silent(chain, edition.change, edition.roster.proposed):
        problems.add("roster.not-silent-enough", "", member=edition.change.member)
    return problems.items


def _signed_another(chain: Chain, edition: Edition, facts: Facts, me: str) -> list[Problem]:
    """Other proposals for the same number that ``me`` signed: to sign both is what forks a network, unless this one comes in the place of
    a dead one."""
    mine = {one.key.id for one in (*chain.roster.active, *edition.roster.active) if one.id == me}
    found = []
    for other in _others(chain, edition, facts):
        if mine & set(facts.signatures(other.digest)):
            place: Mapping[str, Value] = {"version": other.version, "digest": other.digest[7:19]}
            found.append(Problem("roster.signed-another", "", place))
    return found


def _others(chain: Chain, edition: Edition, facts: Facts) -> list[Edition]:
    """The proposals for the same number that ``edition`` does not come in the place of, by digest."""
    found = (one for digest, one in sorted(facts.proposed.items()) if digest != edition.digest)
    return [
        one
        for one in found
        if one.roster.previous == chain.head.digest and one.digest not in edition.takes_place_of
    ]


def too_few(chain: Chain, edition: Edition, facts: Facts, me: str) -> Problem | None:
    """That ``edition`` cannot be accepted by those who are there and free to sign it (``roster.too-few-stay``): it waits for some who
    left, refused it, or signed another one for its number. ``None`` when those others are enough."""
    old = chain.head
    said = facts.approvals.get(edition.digest, {})
    signed = set(facts.signatures(edition.digest))
    bound = {key for one in _others(chain, edition, facts) for key in facts.signatures(one.digest)}
    bound |= {one.key.id for one in said.values() if one.stance == "refuse"}
    gone = {*departed(chain), *facts.left} - {me}
    everybody = {one.key: one.id for one in (*old.roster.active, *edition.roster.active)}
    away = {key for key, name in everybody.items() if name in gone or key.id in bound} - {
        key for key in everybody if key.id in signed
    }
    if not lacking(old, edition, everybody.keys() - away):
        return None
    return Problem("roster.too-few-stay", "", {"members": tuple(sorted({everybody[key] for key in away}))})


def dead_ones(chain: Chain, facts: Facts) -> tuple[Approval, ...]:
    """The refusals of every proposal for the next version that is dead: what a new proposal lists as ``instead``."""
    found: list[Approval] = []
    keys = {one.key for one in chain.roster.active}
    for digest, other in sorted(facts.proposed.items()):
        if other.roster.previous == chain.head.digest:
            said = [one for one in facts.refusals(digest) if one.key in keys and one.version == other.version]
            found += said if len(said) >= enough_refusals(chain.roster) else []
    return tuple(found)


def _silent(chain: Chain, change: Dormant, proposed: datetime) -> bool:
    """Whether the rules of dormancy hold: long silence, announced twice, and large changes that it did not sign."""
    rules, told = chain.roster.rules, sorted(change.announced)
    missed = [chain.at(version) for version in change.missed]
    return (
        proposed - change.silent >= timedelta(days=rules.silence)
        and len(told) > 1
        and change.silent <= told[0]
        and told[-1] - told[0] >= APART
        and told[-1] <= proposed
        and len(missed) >= rules.missed
        and all(one is not None and _missed(chain, one, change.member) for one in missed)
    )


def _missed(chain: Chain, edition: Edition, member: str) -> bool:
    before = chain.at(edition.version - 1)
    if before is None or member not in {one.id for one in before.roster.active}:
        return False
    return demand(before.roster, edition.change).size == "large" and member not in signers(
        edition, before.roster
    )
