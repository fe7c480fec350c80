"""What one signed document says of another: version, length and hash of the snapshot (in a timestamp) and of roles (in a snapshot).

TUF leaves length and hash out at will; here both are always demanded, so that a server can neither send without end nor choose
between two files of one version.

>>> fits(b"x", Part("snapshot", 3, 1, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"))
True
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from polder.commons.trust.tuf import LIMITS, Snapshot, Timestamp
from polder.kernel.problem import Problem, Refused

_HASH = re.compile(r"[0-9a-f]{64}")
MOST = 2**53
"""Versions beyond it are not a count of anything, and other readers of JSON would round them."""


@dataclass(frozen=True, slots=True)
class Part:
    """``role`` at ``version``: ``length`` bytes whose SHA-256 is ``sha256`` (hex)."""

    role: str
    version: int
    length: int
    sha256: str

    @property
    def name(self) -> str:
        """Its file's name, below ``metadata/``."""
        return f"{self.version}.{self.role}.json"


def fits(content: bytes, part: Part) -> bool:
    """Whether ``content`` has the length and the hash that were signed."""
    return len(content) == part.length and hashlib.sha256(content).hexdigest() == part.sha256


def snapshot_part(timestamp: Timestamp, where: str = "") -> Part:
    """The snapshot that a timestamp names."""
    return _part("snapshot", timestamp.snapshot_meta, "snapshot", where)


def part_of(snapshot: Snapshot, role: str, where: str = "") -> Part:
    """A role's file that a snapshot names. Refused (``sync.role-gone``) when it names none."""
    meta = snapshot.meta.get(f"{role}.json")
    if meta is None:
        raise Refused(Problem("sync.role-gone", where, {"role": role}))
    return _part(role, meta, "targets", where)


def has_part(snapshot: Snapshot, role: str) -> bool:
    return f"{role}.json" in snapshot.meta


def _part(role: str, meta: Any, kind: str, where: str) -> Part:
    digest = (meta.hashes or {}).get("sha256", "")
    if meta.length is None or not _HASH.fullmatch(digest) or meta.version > MOST:
        raise Refused(Problem("sync.no-hash", where, {"role": role}))
    if meta.length > LIMITS[kind]:  # no end of data
        raise Refused(Problem("trust.too-big", where, {"size": int(meta.length), "limit": LIMITS[kind]}))
    return Part(role, int(meta.version), int(meta.length), digest)
