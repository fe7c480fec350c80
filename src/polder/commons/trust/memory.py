"""Which numbers readers have seen of a provider already, so that none is signed a second time.

A folder that was brought back from an old copy says less than what was published since. Whoever goes on from it signs numbers that
readers know with another content, and is taken for a thief. Rules:

1. What this machine published is remembered beside the published folder, and always counts.
2. What peers say they saw counts when two of different groups say so; one alone may be lying, and is only told of.
3. Readers forget the numbers of the server's documents when its keys are replaced (specification 5.3.11); so does this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from polder.commons.trust.gossip import Word
from polder.commons.trust.present import Present
from polder.commons.trust.publication import Decision
from polder.commons.trust.tuf import Root, role_keys
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Problem, Value


@dataclass(frozen=True, slots=True)
class Known:
    """What was seen of us: the digest of the ``first`` root, the newest ``root``, role to the highest of its ``versions``, and ``digest``,
    of what is signed in that timestamp. ``by``: peers that say so; nobody when it was published here."""

    first: str
    root: int
    versions: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""
    by: tuple[str, ...] = ()


def known_of(present: Present) -> Known | None:
    """What readers see now; ``None`` while that is not whole."""
    if present.timestamp is None or present.torn or not present.shown:
        return None
    first, timestamp = digest_of_bytes(present.roots[0].content), digest_of_bytes(present.timestamp.payload)
    return Known(first, present.shown, dict(present.versions), timestamp)


def heard_of(
    provider: str, words: Mapping[str, Word], groups: Mapping[str, str], first: str
) -> tuple[Known, ...]:
    """What others say of ``provider``, the highest first, one voice for each group."""
    best: dict[str, Known] = {}
    for witness, word in sorted(words.items()):
        seen = word.peers.get(provider)
        if witness == provider or seen is None or seen.first != first:
            continue
        one = Known(first, seen.root, {"timestamp": seen.timestamp}, seen.digest, (witness,))
        group = groups.get(witness) or witness
        if group not in best or _height(one) > _height(best[group]):
            best[group] = one
    return tuple(sorted(best.values(), key=_height, reverse=True))


def older_than_known(known: Known | None, present: Present, decision: Decision) -> Problem | None:
    """Refuses what would be signed (or is published here) when this machine published something newer before: ``trust.older-copy``."""
    root = _coming(present, decision)
    if known is None or root is None or not _is_ours(known, present):
        return None
    if root.version < known.root:
        return _older("root", int(root.version), known)
    if _keys_replaced(known, root, decision):
        return None
    coming = {**present.versions, **{one.role: one.version for one in decision.dues}}
    due = {one.role for one in decision.dues}
    for role, seen in sorted(known.versions.items()):
        if coming.get(role, seen + 1) < seen + (role in due):
            return _older(role, coming[role], known)
    return _other_timestamp(known, present)


def older_than_heard(
    heard: tuple[Known, ...], present: Present, decision: Decision
) -> tuple[Problem, bool] | None:
    """The same for what others say (``trust.older-than-seen``), and whether two voices say it. Only where a timestamp is to be signed: on
    any other machine the published folder may well be behind."""
    due = [one.version for one in decision.dues if one.role == "timestamp"]
    root = _coming(present, decision)
    if not due or root is None:
        return None
    newer = [
        one
        for one in heard
        if _is_ours(one, present)
        and (
            root.version < one.root
            or (not _keys_replaced(one, root, decision) and one.versions["timestamp"] >= due[0])
        )
    ]
    if not newer:
        return None
    by = tuple(sorted(name for one in newer for name in one.by))
    low = newer[min(1, len(newer) - 1)]
    values: dict[str, Value] = {
        "ours": f"{root.version}/{due[0]}",
        "theirs": f"{low.root}/{low.versions['timestamp']}",
        "by": by,
    }
    return Problem("trust.older-than-seen", "", values), len(newer) > 1


def _coming(present: Present, decision: Decision) -> Root | None:
    return decision.people.root or present.seen


def _is_ours(known: Known, present: Present) -> bool:
    """Not of what somebody published here before they began anew."""
    return bool(present.roots) and digest_of_bytes(present.roots[0].content) == known.first


def _keys_replaced(known: Known, root: Root, decision: Decision) -> bool:
    """Whether the server's keys are others now than under the root that was seen."""
    chain = decision.roots.chain
    if not root.version > known.root or known.root > len(chain):
        return False
    before = chain[known.root - 1]
    return any(role_keys(before, role) != role_keys(root, role) for role in ("snapshot", "timestamp"))


def _other_timestamp(known: Known, present: Present) -> Problem | None:
    """The same number with another content: a copy of this folder was published from, too."""
    now = present.timestamp
    if now is None or now.version != known.versions.get("timestamp") or not known.digest:
        return None
    return _older("timestamp", now.version, known) if digest_of_bytes(now.payload) != known.digest else None


def _older(role: str, version: int, known: Known) -> Problem:
    seen = known.root if role == "root" else known.versions[role]
    return Problem("trust.older-copy", "", {"kind": role, "version": version, "seen": seen})


def _height(one: Known) -> tuple[int, int]:
    return one.root, one.versions["timestamp"]
