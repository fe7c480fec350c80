"""Who saw what: the file ``seen/state.json`` in which each provider says how new a state of every peer, and of the roster, it saw.

1. **Frozen**: two others of different groups saw a newer state of a peer than we got, before we asked. One alone may be lying, or
   its server's keys are stolen; of two, the lower claim counts.
2. **Two versions**: the same version of a timestamp, or of the roster, with two hashes. Whoever holds those keys shows different things
   to different readers; the words of both witnesses are the evidence.
3. What is told changes at most every 20 hours, unless a root or the roster did: otherwise every word of ours would be news for all,
   and theirs for us.

>>> from polder.kernel.plain import write_plain
>>> read_word(write_word({}, None, datetime(2026, 11, 22, tzinfo=UTC))).peers
{}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from polder.commons.trust.tuf import Timestamp, read
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.names import is_slug
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Refused, Value

PATH, FORMAT = "seen/state.json", "polder-seen-1"
QUIET = timedelta(hours=20)
MOST_PEERS, LIMIT = 500, 200_000
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_BIG = 2**53


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one peer: the digest of its ``first`` root, its newest ``root`` and ``timestamp`` versions, the ``digest`` of what is signed
    in that timestamp, and when (``at``) it was seen first."""

    first: str
    root: int
    timestamp: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """One ``seen/state.json``. ``roster``: version and digest of what its signatures cover; ``None`` without one."""

    peers: Mapping[str, Seen]
    roster: tuple[int, str] | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Own:
    """What we saw ourselves of one peer. ``digests``: ``(root, timestamp)`` to digest, of earlier ones too. ``asked``: when a source last
    answered."""

    seen: Seen
    digests: Mapping[tuple[int, int], str]
    asked: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` with ``values``; ``subject``: the peer (or ``roster``); ``witnesses``: whose words say so; ``claims``: who says what,
    without anything else of their words. A witness who says what we saw claims nothing."""

    code: str
    subject: str
    values: Mapping[str, Value]
    witnesses: tuple[str, ...]
    claims: tuple[str, ...]


def digest_of_timestamp(content: bytes) -> Digest:
    """Of what its signatures cover. Of all its bytes, whoever serves it could make another digest, and have the provider accused.
    Refused (``trust.not-a-document``) when it is none."""
    return digest_of_bytes(read(Timestamp, content, "timestamp.json").payload)


def write_word(peers: Mapping[str, Seen], roster: tuple[int, str] | None, at: datetime) -> bytes:
    """The file's content."""
    held = {
        name: {
            "first": one.first,
            "root": one.root,
            "timestamp": one.timestamp,
            "digest": one.digest,
            "at": one.at.strftime(_TIME),
        }
        for name, one in peers.items()
    }
    data: dict[str, Any] = {"format": FORMAT, "at": at.strftime(_TIME), "peers": held}
    if roster:
        data["roster"] = {"version": roster[0], "digest": roster[1]}
    return write_plain(data)


def read_word(content: bytes) -> Word | None:
    """What a peer says; ``None`` for what makes no sense. Entries that make none are left out."""
    try:
        data = read_plain(content, PATH, LIMIT)
    except Refused:
        return None
    at, peers = _time(data.get("at")), data.get("peers")
    if data.get("format") != FORMAT or at is None or not isinstance(peers, dict) or len(peers) > MOST_PEERS:
        return None
    found = {name: seen for name, one in peers.items() if is_slug(name) and (seen := _seen(one))}
    return Word(found, _roster(data.get("roster")), at)


def worth_telling(before: Word | None, after: Word) -> bool:
    """Whether ``after`` is to be published in place of ``before`` (rule 3)."""
    if before is None or before.roster != after.roster:
        return True
    if {name: one.root for name, one in before.peers.items()} != {
        name: one.root for name, one in after.peers.items()
    }:
        return True
    return before.peers != after.peers and not before.at <= after.at < before.at + QUIET


def compare(
    own: Mapping[str, Own], rosters: Mapping[int, str], words: Mapping[str, Word], groups: Mapping[str, str]
) -> tuple[Finding, ...]:
    """What others saw beside what we saw. ``rosters``: version to digest of every roster we know; ``words``: peer to its word;
    ``groups``: peer to its independence group."""
    found = [one for name, mine in sorted(own.items()) if (one := _frozen(name, mine, words, groups))]
    for name, mine in sorted(own.items()):
        found += _two_versions(name, mine, words)
    found += _two_rosters(rosters, words)
    return tuple(found)


def _frozen(name: str, mine: Own, words: Mapping[str, Word], groups: Mapping[str, str]) -> Finding | None:
    newest: dict[str, tuple[tuple[int, int], str]] = {}
    here = (mine.seen.root, mine.seen.timestamp)
    for witness, one in _of(name, mine.seen.first, words):
        claim = (one.root, one.timestamp)
        group = groups.get(witness) or witness
        if claim > here and one.at <= mine.asked and claim > newest.get(group, (here, ""))[0]:
            newest[group] = (claim, witness)
    claims = sorted(newest.values(), reverse=True)
    if len(claims) < 2:
        return None
    told = tuple(f"{witness} {root}/{timestamp}" for (root, timestamp), witness in claims)
    (root, timestamp), _ = claims[1]
    witnesses = tuple(sorted(witness for _, witness in claims))
    values: dict[str, Value] = {"peer": name, "by": witnesses, "theirs": f"{root}/{timestamp}"}
    return Finding("sync.frozen", name, {**values, "ours": f"{here[0]}/{here[1]}"}, witnesses, told)


def _two_versions(name: str, mine: Own, words: Mapping[str, Word]) -> Iterator[Finding]:
    told: dict[tuple[int, int], dict[str, list[str]]] = {}
    for version, digest in mine.digests.items():
        told.setdefault(version, {}).setdefault(digest, []).append("")
    for witness, one in _of(name, mine.seen.first, words):
        told.setdefault((one.root, one.timestamp), {}).setdefault(one.digest, []).append(witness)
    for (root, timestamp), digests in sorted(told.items()):
        if len(digests) > 1:
            witnesses = tuple(sorted(one for by in digests.values() for one in by if one))
            values: dict[str, Value] = {"peer": name, "version": f"{root}/{timestamp}", "by": witnesses}
            claims = _claims(f"{root}/{timestamp}", digests)
            yield Finding("sync.shown-two-ways", name, values, witnesses, claims)


def _two_rosters(rosters: Mapping[int, str], words: Mapping[str, Word]) -> Iterator[Finding]:
    told: dict[int, dict[str, list[str]]] = {}
    for witness, word in sorted(words.items()):
        if word.roster:
            version, digest = word.roster
            if version not in told:  # only those are looked up of which somebody speaks
                told[version] = {rosters[version]: [""]} if version in rosters else {}
            told[version].setdefault(digest, []).append(witness)
    for version, digests in sorted(told.items()):
        if len(digests) > 1:
            witnesses = tuple(sorted(one for by in digests.values() for one in by if one))
            values: dict[str, Value] = {"version": version, "by": witnesses}
            yield Finding("sync.two-rosters", "roster", values, witnesses, _claims(str(version), digests))


def _claims(version: str, digests: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Who saw what as ``version``, but for whoever saw what we did."""
    others = {digest: by for digest, by in digests.items() if "" not in by}
    return tuple(f"{one} {version} {digest}" for digest, by in sorted(others.items()) for one in by)


def _of(name: str, first: str, words: Mapping[str, Word]) -> Iterator[tuple[str, Seen]]:
    """What others say of the provider ``name`` that began with ``first``; its own word does not count."""
    for witness, word in sorted(words.items()):
        seen = word.peers.get(name)
        if witness != name and seen and seen.first == first:
            yield witness, seen


def _seen(data: Any) -> Seen | None:
    if not isinstance(data, dict):
        return None
    at, root, timestamp = _time(data.get("at")), _count(data.get("root")), _count(data.get("timestamp"))
    first, digest = data.get("first"), data.get("digest")
    if at is None or not root or not timestamp or not _is_digest(first) or not _is_digest(digest):
        return None
    return Seen(str(first), root, timestamp, str(digest), at)


def _roster(data: Any) -> tuple[int, str] | None:
    if not isinstance(data, dict):
        return None
    version, digest = _count(data.get("version")), data.get("digest")
    return (version, str(digest)) if version and _is_digest(digest) else None


def _count(value: Any) -> int:
    return value if type(value) is int and 0 < value < _BIG else 0


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


def _time(value: Any) -> datetime | None:
    try:
        return datetime.strptime(str(value), _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
