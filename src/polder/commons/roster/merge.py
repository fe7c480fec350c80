"""From what everybody published to the newest roster: a pure function that anybody computes alike.

A version becomes the next one when it follows (``verify``), its time for objections is over, and enough signatures are there, merged by
somebody already or gathered from approvals. That is repeated until nothing changes. Rules:

1. No version that was accepted is ever taken back.
2. Two valid versions with one number are *rivals*. Whoever sees both before accepting one accepts neither; the members who signed
   both are named, and both documents are kept as evidence. People mend that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations, pairwise

from polder.commons.roster.chain import Chain
from polder.commons.roster.collect import Facts, collect
from polder.commons.roster.difference import difference
from polder.commons.roster.document import Edition
from polder.commons.roster.presets import demand
from polder.commons.roster.verify import following_problems, lacking, verify_first, voters
from polder.commons.trust.tuf import signature_is_valid
from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.kernel.signing import PublicKey


@dataclass(frozen=True, slots=True)
class Rivals:
    """Two valid versions with the same number. ``equivocators``: ids of the members who signed both."""

    one: Edition
    other: Edition
    equivocators: tuple[str, ...]

    @property
    def version(self) -> int:
        return self.one.version


@dataclass(frozen=True, slots=True)
class Merged:
    """``chain``: as it is now. ``accepted``: versions that are new. ``rivals``: with their evidence. ``news``: sentences for people."""

    chain: Chain
    accepted: tuple[Edition, ...]
    rivals: tuple[Rivals, ...]
    news: tuple[Problem, ...]
    facts: Facts


def merge(chain: Chain, published: Mapping[str, Published], now: datetime) -> Merged:
    """``published``: every verified provider, one's own folder among them."""
    facts = collect(published, chain)
    begun = chain.head.version
    # What a clock that went ahead took in would be waited for as long as it was wrong.
    chain = replace(chain, accepted={version: min(when, now) for version, when in chain.accepted.items()})
    rivals: dict[tuple[str, str], Rivals] = {}
    while following := valid_following(chain.head, facts, now):
        for pair in combinations(following, 2):
            _note(rivals, chain.head, *pair)
        if len(following) > 1:
            break
        chain = chain.followed_by(following[0], now)
    for version in sorted({one.version for one in facts.proposed.values()}):
        old, mine = chain.at(version - 1), chain.at(version)
        if old is not None and mine is not None:
            for other in valid_following(old, facts, now, besides=mine.digest):
                _note(rivals, old, mine, other)
    left = {name: when for name, when in {**chain.left, **facts.left}.items() if name in chain.roster.members}
    fresh = {name: left[name] for name in set(left) - set(chain.left)}
    news = _news(chain, begun, rivals.values(), fresh) + signed_two(chain, facts)
    return Merged(
        replace(chain, left=left),
        tuple(chain.editions[begun:]),
        tuple(rivals[pair] for pair in sorted(rivals)),
        news,
        facts,
    )


def begin(first: Digest, published: Mapping[str, Published]) -> Chain | None:
    """The beginning whose fingerprint is ``first``, if it is among what was published and every founder signed it."""
    facts = collect(published, ahead=1)
    edition = facts.proposed.get(first)
    if edition is None:
        return None
    keys = [one.key for one in edition.roster.active]
    merged = _with_valid(edition, keys, facts.candidates(first))
    try:
        verify_first(merged)
    except Refused:
        return None
    return Chain((merged,))


def valid_following(old: Edition, facts: Facts, now: datetime, besides: str = "") -> list[Edition]:
    """Every version that may follow ``old`` at ``now``, in the order of digests, with the signatures known."""
    found = []
    for digest, edition in sorted(facts.proposed.items()):
        if digest == besides or edition.roster.previous != old.digest or following_problems(old, edition):
            continue
        if now < edition.roster.proposed + demand(old.roster, edition.change).open:
            continue
        if (whole := complete(old, edition, facts)) is not None:
            found.append(whole)
    return found


def complete(old: Edition, edition: Edition, facts: Facts) -> Edition | None:
    """``edition`` with a valid signature of everybody of whom one is known, if those are enough."""
    signed = _with_valid(edition, voters(old, edition), facts.candidates(edition.digest))
    held = [one for one in voters(old, edition) if one.id in signed.document.signatures]
    return None if lacking(old, edition, held) else signed


def _with_valid(
    edition: Edition, keys: Iterable[PublicKey], candidates: Mapping[str, Iterable[str]]
) -> Edition:
    payload = edition.document.payload
    found: dict[str, str] = {}
    for one in keys:
        valid = (
            held for held in sorted(candidates.get(one.id, ())) if signature_is_valid(one, held, payload)
        )
        if signature := next(valid, ""):
            found[one.id] = signature
    return edition.with_signatures(found)


def _note(rivals: dict[tuple[str, str], Rivals], old: Edition, one: Edition, other: Edition) -> None:
    first, second = sorted((one, other), key=lambda edition: edition.digest)
    rivals[first.digest, second.digest] = Rivals(first, second, equivocators(old, first, second))


def equivocators(old: Edition, one: Edition, other: Edition) -> tuple[str, ...]:
    """The members of ``old`` who broke their word: they signed both, or, where one comes in the place of the other, they refused that
    one for good and signed it."""
    signed = [set(edition.document.signatures) for edition in (one, other)]
    for new, dead, by in ((one, other, signed[1]), (other, one, signed[0])):
        if dead.digest in new.takes_place_of:
            refused = {held.key.id for held in new.instead if held.digest == dead.digest}
            return tuple(member.id for member in old.roster.active if member.key.id in refused & by)
    return tuple(member.id for member in old.roster.active if member.key.id in signed[0] & signed[1])


def signed_two(chain: Chain, facts: Facts) -> tuple[Problem, ...]:
    """Members who signed two proposals for the next version, neither in the place of the other, before that does harm."""
    version = chain.head.version + 1
    following = (one for _, one in sorted(facts.proposed.items()) if one.version == version)
    open_now = [one for one in following if one.roster.previous == chain.head.digest]
    twice: set[str] = set()
    for one, other in combinations(open_now, 2):
        if one.digest not in other.takes_place_of and other.digest not in one.takes_place_of:
            twice |= set(facts.signatures(one.digest)) & set(facts.signatures(other.digest))
    named = [one.id for one in chain.roster.active if one.key.id in twice]
    return tuple(Problem("roster.signed-two", "", {"member": name, "version": version}) for name in named)


def _news(
    chain: Chain, begun: int, rivals: Iterable[Rivals], left: Mapping[str, datetime]
) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for old, new in pairwise(chain.editions[max(0, begun - 1) :]):
        found.append(Problem("roster.accepted", "", {"version": new.version}))
        found += difference(old.roster, new.roster)  # nobody's place changes unseen, whoever signed it
    for one in rivals:
        found.append(Problem("roster.rivals", "", {"version": one.version, "members": one.equivocators}))
    for name, when in sorted(left.items()):
        found.append(Problem("roster.has-left", "", {"member": name, "day": f"{when:%Y-%m-%d}"}))
    return tuple(found)
