"""What was verified of a provider's published folder: the form in which everything else reads peers.

>>> from datetime import UTC, datetime
>>> seen = datetime(2026, 11, 22, tzinfo=UTC)
>>> beech = Published("beech", Digest("sha256:00"), {"timestamp": 3}, seen, seen, {"card.json": b"{}"}, "https://beech.example/")
>>> beech.below("card"), beech.stale(seen)
({'card.json': b'{}'}, True)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from polder.kernel.digest import Digest

LONG = timedelta(days=30)
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"
_PATH = re.compile(rf"(?:{_SEGMENT}/){{0,5}}{_SEGMENT}")


def is_target_path(path: str) -> bool:
    """Whether ``path`` may be a target's: ASCII segments that begin with a letter, digit or ``_``, so nothing that leads out of a folder
    or hides; 200 characters, 6 segments at most.

    >>> is_target_path("governance/approvals/ab12.json"), is_target_path("../x"), is_target_path("a//b"), is_target_path("a/.b")
    (True, False, False, False)
    """
    return len(path) <= 200 and _PATH.fullmatch(path) is not None


def served_name(path: str, sha256: str) -> str:
    """Where a target is served, below ``targets/``: its hash before its name (TUF specification 6.2, consistent snapshots).

    >>> served_name("recipes/wiki/offer.json", "ab12")
    'recipes/wiki/ab12.offer.json'
    """
    folder, _, name = path.rpartition("/")
    return f"{folder}/{sha256}.{name}" if folder else f"{sha256}.{name}"


class Hashed(Protocol):
    """Files of which more is known than their content."""

    def sha256(self, path: str) -> str:
        """The hash (hex) of the file at ``path``, which need not be read for it."""
        ...


def known_hash(files: Mapping[str, bytes], path: str) -> str:
    """The hash of a file where that is known without reading it; else ``""``.

    >>> known_hash({"card.json": b"{}"}, "card.json")
    ''
    """
    ask: Hashed | None = files if hasattr(files, "sha256") else None
    return ask.sha256(path) if ask else ""


@dataclass(frozen=True, slots=True)
class Published:
    """``provider``: its id (a slug). ``root``: digest of its first root file, which is its identity for ever. ``versions``: role
    (``root``, ``timestamp``, ``snapshot``, ``targets``, ``robot``) to version. ``seen``: when it was last verified (UTC).
    ``expires``: until when its newest timestamp holds. ``files``: target path (``card.json``) to content, every one verified;
    may read lazily. ``source``: the address it came from last."""

    provider: str
    root: Digest
    versions: Mapping[str, int]
    seen: datetime
    expires: datetime
    files: Mapping[str, bytes]
    source: str

    def below(self, prefix: str) -> dict[str, bytes]:
        """The files whose path begins with ``prefix``."""
        return {path: self.files[path] for path in self.files if path.startswith(prefix)}

    def stale(self, now: datetime) -> bool:
        """Whether nothing newer came before the last word of it expired."""
        return now >= self.expires

    def long_stale(self, now: datetime) -> bool:
        """Whether it has been stale for 30 days: still history, but nothing new should be begun with it."""
        # Not the other way about: a provider may say that its words hold until the last day there is.
        return now - self.expires >= LONG
