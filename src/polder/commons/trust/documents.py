"""Documents of a published folder before anybody signs them, and the names of the files they become (TUF specification 4 and 7.2).

Everything that TUF leaves open is decided here: consistent snapshots, one SHA-256 and the length of every file and document, keys in
the order of their ids, one delegation (``robot``, terminating).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from polder.commons.trust.listing import ROBOT, ROBOT_PATHS
from polder.commons.trust.roles import expiry
from polder.commons.trust.tuf import (
    DelegatedRole,
    Delegations,
    Document,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
    key,
    public,
)
from polder.kernel.signing import PublicKey

TIMESTAMP = "metadata/timestamp.json"


def document_path(role: str, version: int) -> str:
    """Where a document is published.

    >>> document_path("root", 2), document_path("timestamp", 9)
    ('metadata/2.root.json', 'metadata/timestamp.json')
    """
    return TIMESTAMP if role == "timestamp" else f"metadata/{version}.{role}.json"


def new_root(version: int, now: datetime, roles: Mapping[str, tuple[frozenset[PublicKey], int]]) -> Root:
    """``roles``: role to its keys and how many of them sign."""
    every = sorted({one.id: one for held, _ in roles.values() for one in held}.items())
    named = {role: Role(_ids(held), threshold) for role, (held, threshold) in roles.items()}
    keys: dict[str, Any] = {found: key(one) for found, one in every}
    return Root(
        version=version, expires=expiry("root", now), keys=keys, roles=named, consistent_snapshot=True
    )


def new_targets(
    version: int, now: datetime, files: Mapping[str, bytes], robot: PublicKey | None = None
) -> Targets:
    """The people's part when ``robot`` (the server's key) is given, else the server's."""
    role = "targets" if robot else ROBOT
    held = {path: _file(path, files[path]) for path in sorted(files)}
    return Targets(
        version=version,
        expires=expiry(role, now),
        targets=held,
        delegations=_delegations(robot) if robot else None,
    )


def new_snapshot(version: int, now: datetime, parts: Mapping[str, Document[Any]]) -> Snapshot:
    """``parts``: role to its document."""
    meta = {f"{role}.json": _meta(parts[role]) for role in sorted(parts)}
    return Snapshot(version=version, expires=expiry("snapshot", now), meta=meta)


def new_timestamp(version: int, now: datetime, snapshot: Document[Snapshot]) -> Timestamp:
    return Timestamp(version=version, expires=expiry("timestamp", now), snapshot_meta=_meta(snapshot))


def same_files(part: Targets, files: Mapping[str, bytes]) -> bool:
    """Whether ``part`` lists exactly ``files``."""
    return part.targets.keys() == files.keys() and all(
        is_file(part, path, content) for path, content in files.items()
    )


def is_file(part: Targets, path: str, content: bytes) -> bool:
    """Whether ``part`` lists ``content`` at ``path``."""
    held = part.targets.get(path)
    if held is None or held.length != len(content):
        return False
    return bool(held.hashes == {"sha256": sha256(content).hexdigest()})


def robot_key(people: Targets) -> PublicKey | None:
    """The key to which the people's part gives the server's part; ``None`` when it gives it in another way than ours."""
    held = people.delegations
    if held is None or len(held.keys) != 1:
        return None
    (one,) = (public(found) for found in held.keys.values())
    return one if held.to_dict() == _delegations(one).to_dict() else None


def _delegations(robot: PublicKey) -> Delegations:
    role = DelegatedRole(ROBOT, [robot.id], threshold=1, terminating=True, paths=sorted(ROBOT_PATHS))
    return Delegations({robot.id: key(robot)}, {ROBOT: role})


def _file(path: str, content: bytes) -> TargetFile:
    return TargetFile(len(content), {"sha256": sha256(content).hexdigest()}, path)


def _meta(document: Document[Any]) -> MetaFile:
    return MetaFile(document.version, len(document.content), {"sha256": sha256(document.content).hexdigest()})


def _ids(keys: frozenset[PublicKey]) -> list[str]:
    return sorted(one.id for one in keys)
