"""Whether a version may follow another. The rules, each with the problem that says it is broken:

1. no key material twice: ``roster.key-twice``, ``roster.same-key`` · 2. one key for each active member: ``roster.one-key-each`` ·
3. it names the digest of the version before: ``roster.not-linked`` · 4. its threshold is more than half: ``roster.threshold-low`` ·
5. its number is the next: ``roster.not-next`` · 6. Ed25519 keys only: ``roster.key-kind`` ·
7. at most 200 members, 512,000 bytes: ``roster.too-many``, ``roster.too-big``.

1, 2, 4, 6 and 7 are looked at when a document is read. Here come 3 and 5, the signatures that the version before demands
(``roster.too-few-old``, ``roster.too-few-without``) and those that the new one demands (``roster.too-few-new``), and that the document
is what its change makes of the version before, to the byte (``roster.not-its-change``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from polder.commons.roster.approval import is_own_word
from polder.commons.roster.changes import Found
from polder.commons.roster.document import Edition
from polder.commons.roster.model import Roster
from polder.commons.roster.presets import demand
from polder.commons.roster.propose import found, propose
from polder.commons.trust.tuf import signature_is_valid
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.signing import PublicKey


def signing_keys(edition: Edition, keys: Iterable[PublicKey]) -> frozenset[PublicKey]:
    """Those of ``keys`` whose valid signature the document bears; each is tried once."""
    document = edition.document
    return frozenset(
        one
        for one in set(keys)
        if (held := document.signatures.get(one.id)) and signature_is_valid(one, held, document.payload)
    )


def signers(edition: Edition, roster: Roster) -> frozenset[str]:
    """The ids of the active members of ``roster`` who signed the document."""
    keys = signing_keys(edition, (one.key for one in roster.active))
    return frozenset(one.id for one in roster.active if one.key in keys)


def verify_first(edition: Edition, where: str = "") -> frozenset[PublicKey]:
    """Refuses a first version unless every founder signed it; gives the founders' keys. That it is the right one, only people can tell: by
    its fingerprint."""
    problems = Problems()
    change = edition.change
    if edition.version != 1 or edition.roster.previous or not isinstance(change, Found):
        problems.add("roster.not-a-beginning", where)
        problems.refuse_if_any()
    assert isinstance(change, Found)
    roster = edition.roster
    made = found(change.founders, roster.rules, roster.network, edition.reason, roster.proposed, change.after)
    if made.digest != edition.digest:
        problems.add("roster.not-its-change", where, version=1)
    held = signing_keys(edition, (one.key for one in roster.active))
    missing = set(roster.members) - {one.id for one in roster.active if one.key in held}
    if missing:
        problems.add("roster.founders-missing", where, members=tuple(sorted(missing)))
    problems.refuse_if_any()
    return held


def verify(old: Edition, new: Edition, where: str = "") -> frozenset[PublicKey]:
    """Refuses ``new`` with every reason why it cannot follow ``old``; gives the keys that count and whose signatures it bears."""
    held = signing_keys(new, voters(old, new))
    if problems := following_problems(old, new, where) + lacking(old, new, held, where):
        raise Refused(problems)
    return held


def following_problems(old: Edition, new: Edition, where: str = "") -> list[Problem]:
    """Everything but the signatures: what can be told of a proposal that nobody signed yet."""
    problems = Problems()
    if new.version != old.version + 1:
        problems.add("roster.not-next", where, version=new.version, wanted=old.version + 1)
    if new.roster.previous != old.digest:
        problems.add("roster.not-linked", where, version=new.version)
    if new.roster.proposed < old.roster.proposed:
        problems.add("roster.proposed-earlier", where, version=new.version)
    if not len(problems):
        problems.items += _change_problems(old, new, where) + _refusal_problems(old, new, where)
    return problems.items


def enough_refusals(roster: Roster) -> int:
    """How many must refuse a proposal until the others are too few to carry it."""
    return len(roster.active) - roster.threshold + 1


def _refusal_problems(old: Edition, new: Edition, where: str) -> list[Problem]:
    """Each proposal in whose place ``new`` comes must be dead: refused for good by enough members, in their own words."""
    keys, found = {one.key for one in old.roster.active}, Problems()
    wanted = enough_refusals(old.roster)
    for digest in sorted(new.takes_place_of):
        said = [one for one in new.instead if one.digest == digest and one.stance == "refuse"]
        by = {one.key for one in said if one.version == new.version and one.key in keys and is_own_word(one)}
        if len(by) < wanted:
            found.add("roster.not-dead", where, digest=digest[7:19], found=len(by), wanted=wanted)
    return found.items


def _change_problems(old: Edition, new: Edition, where: str) -> list[Problem]:
    try:
        made = propose(old, new.change, new.reason, new.roster.proposed, new.instead)
    except Refused as refused:
        return list(refused.problems)
    return (
        []
        if made.digest == new.digest
        else [Problem("roster.not-its-change", where, {"version": new.version})]
    )


def voters(old: Edition, new: Edition) -> frozenset[PublicKey]:
    """The keys whose signatures count."""
    return frozenset(one.key for one in (*old.roster.active, *new.roster.active))


def lacking(old: Edition, new: Edition, held: Collection[PublicKey], where: str = "") -> list[Problem]:
    """Which signatures are missing when the keys ``held`` signed: of the members before, of those after, and of those who may speak about
    an expulsion."""
    needed, problems = demand(old.roster, new.change), Problems()
    before = {one.id for one in old.roster.active if one.key in held}
    after = {one.id for one in new.roster.active if one.key in held}
    if len(before) < old.roster.threshold:
        problems.add("roster.too-few-old", where, found=len(before), wanted=old.roster.threshold)
    elif len(before - needed.without) < needed.signatures:
        counted = len(before - needed.without)
        problems.add("roster.too-few-without", where, found=counted, wanted=needed.signatures)
    if len(after) < new.roster.threshold:
        problems.add("roster.too-few-new", where, found=len(after), wanted=new.roster.threshold)
    return problems.items
