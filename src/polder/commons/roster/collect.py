"""Everything about the roster in the folders of verified providers (and in one's own): versions, proposals, approvals, leaves.

Who publishes a file does not matter: documents and approvals carry the signatures that count. Only a leave has to be in the leaver's
own folder. What cannot be read is left out and noted; how much is read of one provider has a limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from polder.commons.roster.approval import APPROVALS, PROPOSALS, ROSTERS, Approval, is_genuine, read_approval
from polder.commons.roster.chain import Chain
from polder.commons.roster.document import Edition, read_edition
from polder.commons.roster.own_word import LEAVE, read_word, word_is_own
from polder.commons.trust.tuf import LIMITS
from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published

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
    genuine. ``left``: who said that it leaves, and when. ``noted``: what was left out."""

    merged: dict[Digest, dict[str, set[str]]] = field(default_factory=dict)
    proposed: dict[Digest, Edition] = field(default_factory=dict)
    approvals: dict[Digest, dict[str, Approval]] = field(default_factory=dict)
    left: dict[str, datetime] = field(default_factory=dict)
    noted: list[Problem] = field(default_factory=list)
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


def collect(published: Mapping[str, Published], chain: Chain | None = None) -> Facts:
    """Read all of them, in the order of their ids; the outcome does not depend on it."""
    facts = Facts()
    known = {_signed_part(one.document.content) for one in chain.editions} if chain else set()
    last = (chain.head.version if chain else 0) + MOST_AHEAD
    for name in sorted(published):
        files = published[name].files
        _documents(facts, published[name], _accepted(files, last), known)
        _documents(facts, published[name], _paths(files, PROPOSALS, MOST_PROPOSALS))
    for name in sorted(published):
        _approvals(facts, name, published[name].files)
        if chain:
            _leave(facts, published[name], chain)
    return facts


def _documents(
    facts: Facts, published: Published, paths: Iterable[str], known: Collection[bytes] = ()
) -> None:
    name = published.provider
    for path in paths:
        content, number = published.files[path], _number(path)
        if number and _signed_part(content) in known:
            continue
        try:
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


def _signed_part(content: bytes) -> bytes:
    """What a document says, to the byte, as everybody writes it; the whole of it when it is written otherwise."""
    return content[max(content.find(_SIGNED), 0) :]
