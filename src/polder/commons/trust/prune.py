"""What of a published folder may go: documents replaced more than 30 days ago, and contents that no document left lists.

Readers and mirrors that began with the documents of yesterday still find everything they name. Roots stay for ever: whoever comes
back after years walks from the one they know to the newest. Files that are not ours are left alone, and so is a document that
cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from polder.commons.trust.listing import listed
from polder.commons.trust.roles import KEPT, signed_at
from polder.commons.trust.tuf import Snapshot, Targets, read
from polder.kernel.problem import Refused

_KINDS: Mapping[str, Any] = {"snapshot": Snapshot, "targets": Targets, "robot": Targets}
_NAME = re.compile(r"metadata/([1-9][0-9]{0,15})\.(snapshot|targets|robot)\.json")
_CONTENT = re.compile(r"(?:[^/]+/)*[0-9a-f]{64}\.[^/]+")


def prunable(
    documents: Mapping[str, bytes], versions: Mapping[str, int], stored: Iterable[str], now: datetime
) -> tuple[str, ...]:
    """Paths in the published folder to remove. ``documents``: path to content of what is below ``metadata/``; ``versions``: role to the
    version that is published now; ``stored``: names below ``targets/``."""
    if not versions:
        return ()
    kept: list[Any] = []
    gone: list[str] = []
    for role, found in _by_role(documents).items():
        current = versions.get(role, 0)
        for version, path in found.items():
            signed = _read(role, documents[path])
            if signed is None or version > current or not _replaced(role, version, found, documents, now):
                kept.append(signed)
            else:
                gone.append(path)
    if any(signed is None for signed in kept):
        return tuple(gone)
    named = {one.name for signed in kept if isinstance(signed, Targets) for one in listed(signed).values()}
    gone += [f"targets/{name}" for name in stored if name not in named and _CONTENT.fullmatch(name)]
    return tuple(gone)


def _by_role(documents: Mapping[str, bytes]) -> dict[str, dict[int, str]]:
    """Role to its versions (ascending) to their paths."""
    found: dict[str, dict[int, str]] = {}
    for path in documents:
        if match := _NAME.fullmatch(path):
            found.setdefault(match[2], {})[int(match[1])] = path
    return {role: dict(sorted(held.items())) for role, held in found.items()}


def _replaced(
    role: str, version: int, found: Mapping[int, str], documents: Mapping[str, bytes], now: datetime
) -> bool:
    """Whether the next version of ``role`` was signed 30 days ago or earlier."""
    later = next((one for one in found if one > version), None)
    successor = _read(role, documents[found[later]]) if later else None
    return successor is not None and now - signed_at(role, successor.expires) >= KEPT


def _read(role: str, content: bytes) -> Any:
    try:
        return read(_KINDS[role], content).signed
    except Refused:
        return None
