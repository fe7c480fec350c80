"""Everything about the roster in the folders of verified providers (and in one's own): versions, proposals, approvals, leaves.

Who publishes a file does not matter: documents and approvals carry the signatures that count. Only a leave has to be in the leaver's
own folder. What cannot be read is left out and noted; how much is read of one provider has a limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from polder.commons.roster.approval import APPROVALS, PROPOSALS, ROSTERS, Approval, is_genuine, read_approval
from polder.commons.roster.chain import Chain
from polder.commons.roster.document import Edition, read_edition
from polder.commons.roster.editions import contents
from polder.commons.roster.own_word import LEAVE, read_word, word_is_own
from polder.commons.trust.tuf import LIMITS
from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published, known_hash

MOST_PROPOSALS, MOST_APPROVALS = 50, 500
"""Of one provider, the first by name; nobody needs so many, and reading each costs."""
MOST_AHEAD = 500
"""Versions beyond ours that are read of one provider, one document for each; whoever is further behind goes on the next time."""
_VERSION = re.compile(rf"{re.escape(ROSTERS)}([1-9][0-9]{{0,8}})\.json")
_SIGNED = b'"signed":'


@dataclass(slots=True)
class Facts:
    """``merged``: digest to key id to signatures in versions as others published them; not looked at yet, so that a false one hides no
    true one. ``proposed``: every version known, merged or not, without signatures. ``approvals``: of a digest, by key in hex, all
    genuine. ``left``: who said that it leaves, and when. ``noted``: what was left out. ``familiar``: hashes of the files that said nothing
    but what was accepted."""

    merged: dict[Digest, dict[str, set[str]]] = field(default_factory=dict)
    proposed: dict[Digest, Edition] = field(default_factory=dict)
    approvals: dict[Digest, dict[str, Approval]] = field(default_factory=dict)
    left: dict[str, datetime] = field(default_factory=dict)
    noted: list[Problem] = field(default_factory=list)
    familiar: set[str] = field(default_factory=set)
    read: dict[bytes, Edition] = field(default_factory=dict)
    """What was parsed already, by what it says: many members publish the same version."""

    def signatures(self, digest: Digest) -> dict[str, str]:
        """Key id to signature, from the approvals that sign."""
        given = self.approvals.get(digest, {}).values()
        return {one.key.id: one.signature for one in given if one.stance == "sign"}

    def refusals(self, digest: Digest) -> tuple[Approval, ...]:
        """Who refused it for good, by key."""
        given = self.approvals.get(digest, {})
        return tuple(one for _, one in sorted(given.items()) if one.stance == "refuse")

    def candidates(self, digest: Digest) -> dict[str, set[str]]:
        """Key id to signatures that may be valid."""
        found = {name: set(held) for name, held in self.merged.get(digest, {}).items()}
        for name, held in self.signatures(digest).items():
            found.setdefault(name, set()).add(held)
        return found


def collect(published: Mapping[str, Published], chain: Chain | None = None, ahead: int = MOST_AHEAD) -> Facts:
    """Read all of them, in the order of their ids; the outcome does not depend on it. ``ahead``: so many versions beyond ``chain``."""
    facts, known = Facts(), _Known(chain) if chain else None
    last = (chain.head.version if chain else 0) + ahead
    for name in sorted(published):
        files = published[name].files
        _documents(facts, published[name], _accepted(files, last), known)
        _documents(facts, published[name], _paths(files, PROPOSALS, MOST_PROPOSALS))
    for name in sorted(published):
        _approvals(facts, name, published[name].files)
        if chain:
            _leave(facts, published[name], chain)
    return facts


class _Known:
    """What the accepted versions say; they are read when somebody publishes a file that is not familiar."""

    def __init__(self, chain: Chain) -> None:
        self.familiar, self._chain = chain.familiar, chain

    def says(self, content: bytes) -> bool:
        return _signed_part(content) in self._parts

    @cached_property
    def _parts(self) -> frozenset[bytes]:
        return frozenset(_signed_part(one) for one in contents(self._chain.editions))


def _unknown(facts: Facts, files: Mapping[str, bytes], path: str, known: _Known) -> bytes | None:
    """A version as somebody else published it, unless it is one that was accepted. Each content is read once, whoever has it."""
    name = known_hash(files, path)
    if not name or (name not in known.familiar and name not in facts.familiar):
        content = files[path]
        if not known.says(content):
            return content
    if name:
        facts.familiar.add(name)
    return None


def _documents(facts: Facts, published: Published, paths: Iterable[str], known: _Known | None = None) -> None:
    name = published.provider
    for path in paths:
        number, files = _number(path), published.files
        try:
            content = _unknown(facts, files, path, known) if number and known else files[path]
            if content is None:
                continue
            edition, signatures = _read(facts, content, f"{name}: {path}")
        except Refused as refused:
            facts.noted += refused.problems
            continue
        if number not in (0, edition.version):
            facts.noted.append(Problem("roster.wrong-field", f"{name}: {path}", {"field": "version"}))
            continue
        digest = edition.digest
        if number:
            for key, signature in signatures.items():
                facts.merged.setdefault(digest, {}).setdefault(key, set()).add(signature)
        facts.proposed.setdefault(digest, edition)


def _read(facts: Facts, content: bytes, where: str) -> tuple[Edition, Mapping[str, str]]:
    """The version without signatures, and its signatures. Of one that says what another said only the signatures are parsed."""
    part = _signed_part(content)
    if (known := facts.read.get(part)) and len(content) <= LIMITS["root"]:
        return known, _signatures(content.removesuffix(part))
    edition = read_edition(content, where)
    facts.read[part] = edition.with_signatures({})
    return facts.read[part], edition.document.signatures


def _signatures(head: bytes) -> dict[str, str]:
    """Key id to signature in the part of a document before what it says; nothing when it is no such part."""
    try:
        held = json.loads(head + b'"signed":0}')["signatures"]
        return {one["keyid"]: one["sig"] for one in held if isinstance(one["keyid"] + one["sig"], str)}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _approvals(facts: Facts, name: str, files: Mapping[str, bytes]) -> None:
    for path in _paths(files, APPROVALS, MOST_APPROVALS):
        try:
            one = read_approval(files[path], f"{name}: {path}")
        except Refused as refused:
            facts.noted += refused.problems
            continue
        edition = facts.proposed.get(one.digest)
        if edition is None:
            continue
        if not is_genuine(one, edition):
            facts.noted.append(Problem("roster.approval-not-genuine", f"{name}: {path}"))
            continue
        given = facts.approvals.setdefault(one.digest, {})
        given[one.key.hex] = max(given.get(one.key.hex, one), one, key=_weight)


def _weight(one: Approval) -> tuple[int, datetime, str, str]:
    """Which of two words of one member counts: a signature and a refusal cannot be taken back, else the later one."""
    return ({"sign": 2, "refuse": 1}.get(one.stance, 0), one.date, one.stance, one.signature)


def _leave(facts: Facts, published: Published, chain: Chain) -> None:
    member = chain.roster.members.get(published.provider)
    if member is None or LEAVE not in published.files or member.root != published.root:
        return
    try:
        word = read_word(published.files[LEAVE], f"{published.provider}: {LEAVE}")
    except Refused as refused:
        facts.noted += refused.problems
        return
    own = word.say == "leave" and word.member == member.id and word.network == chain.roster.first
    if own and word_is_own(word, member.key) and word.date >= member.since:
        facts.left[member.id] = word.date


def _accepted(files: Mapping[str, bytes], last: int) -> list[str]:
    """Where the versions up to ``last`` are that a provider accepted; one for each number, however many files it lists."""
    return sorted(path for path in files if 0 < _number(path) <= last)


def _number(path: str) -> int:
    """Which version is published at ``path``; 0 for any other path."""
    found = _VERSION.fullmatch(path)
    return int(found[1]) if found else 0


def _paths(files: Mapping[str, bytes], below: str, most: int) -> Iterator[str]:
    found = sorted(path for path in files if path.startswith(below) and path.endswith(".json"))
    return iter(found[:most])


def say_the_same(one: bytes, other: bytes) -> bool:
    """Whether two documents say the same to the byte, whoever signed them."""
    return _signed_part(one) == _signed_part(other)


def _signed_part(content: bytes) -> bytes:
    """What a document says, to the byte, as everybody writes it; the whole of it when it is written otherwise."""
    return content[max(content.find(_SIGNED), 0) :]
