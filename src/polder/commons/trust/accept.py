"""What is believed of a provider's published folder: bytes in, the next state or ``Refused`` out. No clock, no network, no disk.

The client workflow of the TUF specification, sections 5.3 to 5.6, in these rules:

1. A root is believed when it is the pinned first one, or follows the last one by exactly one version and bears enough signatures
   of the keys in the last one *and* of its own. One on the way may be expired, the last one may not.
2. A timestamp is believed when the last root's keys signed it, it is not expired, and neither its version nor that of the
   snapshot in it is lower than before. The same version means the same signed words: blanks around them, which nobody signs for,
   anybody on the way could change, and have the provider accused.
3. A snapshot is believed when it is, by version, length and hash, the one that the timestamp names, and no role in it is gone
   or older than before. The same holds for ``targets`` and ``robot``, which the snapshot names; the same version of either means
   the same signed words.
4. When a root changes the keys of timestamp or snapshot, versions of both before it no longer bind: that is how a provider
   recovers after a thief pushed them up.
5. The people's part (``targets``) and the server's part (``robot``, only ``threats/*``, ``monitor/*`` and ``seen/*``) never provide
   each other's files. There is no third role, and no name that could leave a folder.

Every check stands beside the attack that it stops; ``commons.trust.kinds`` says which kind of refusal a code is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NoReturn

from polder.commons.trust.listing import ROBOT, Listed, check_people, check_robot, delegates, listed
from polder.commons.trust.parts import MOST, Part, fits, has_part, part_of, snapshot_part
from polder.commons.trust.tuf import (
    Document,
    Root,
    Snapshot,
    T,
    Targets,
    Timestamp,
    check_signatures,
    read,
    role_keys,
    signers_of,
)
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.problem import Problem, Refused, Value


@dataclass(frozen=True, slots=True)
class Trusted:
    """What was accepted, byte for byte. ``roots``: from the pinned one on. ``b""`` stands for nothing yet (or forgotten, rule 4).
    ``parsed``, ``verified``: what was read and found signed already, so that it is done once; they say nothing that the bytes do not."""

    roots: tuple[bytes, ...]
    timestamp: bytes = b""
    snapshot: bytes = b""
    targets: bytes = b""
    robot: bytes = b""
    parsed: dict[bytes, Document[Any]] = field(default_factory=dict, compare=False, repr=False)
    verified: set[tuple[int, str, bytes]] = field(default_factory=set, compare=False, repr=False)

    def read(self, kind: type[T], content: bytes, where: str = "") -> Document[T]:
        """``content`` as a document, parsed once."""
        held = self.parsed.get(content)
        if held is None or not isinstance(held.signed, kind):
            held = self.parsed[content] = read(kind, content, where)
        return held

    def signed(self, delegator: Root | Targets, role: str, document: Document[Any]) -> bool:
        """Whether enough of the keys that ``delegator`` (one of the parsed ones) names for ``role`` signed it."""
        known = (id(delegator), role, document.content)
        enough = delegator.get_delegated_role(role).threshold
        if known not in self.verified and len(signers_of(delegator, role, document)) >= enough:
            self.verified.add(known)
        return known in self.verified


@dataclass(frozen=True, slots=True)
class Whole:
    """A state with every part in place. ``expires``: when the first of them does. ``files``: what is to be fetched, by path."""

    versions: Mapping[str, int]
    expires: datetime
    files: Mapping[str, Listed]


def accept_first_root(content: bytes, pinned: Digest, where: str = "") -> Trusted:
    """The state that begins with the root whose digest was pinned. An impostor's folder stops here."""
    if digest_of_bytes(content) != pinned:
        _refuse("sync.another-root", where, found=digest_of_bytes(content), wanted=pinned)
    document = _read_root(content, where)
    check_signatures(document.signed, "root", document, where)
    if document.version != 1:
        _refuse("sync.root-version", where, found=document.version, wanted=1)
    return Trusted((content,))


def accept_root(trusted: Trusted, content: bytes, where: str = "") -> Trusted:
    """The next root (rules 1 and 4), to be offered again and again until there is no newer one."""
    last, document = root_of(trusted), _read_root(content, where)
    if document.version != last.version + 1:  # a step left out, or one taken back
        _refuse("sync.root-version", where, found=document.version, wanted=last.version + 1)
    check_signatures(last, "root", document, where)  # a thief with too few of the old keys
    check_signatures(document.signed, "root", document, where)  # new keys that nobody holds
    longer = replace(trusted, roots=(*trusted.roots, content))
    changed = any(_keys(last, role) != _keys(document.signed, role) for role in ("timestamp", "snapshot"))
    return replace(longer, timestamp=b"", snapshot=b"") if changed else longer


def accept_timestamp(trusted: Trusted, content: bytes, now: datetime, where: str = "") -> Trusted:
    """Rule 2. ``now`` is aware, UTC. Returns ``trusted`` itself when nothing is new."""
    root = root_of(trusted)
    _check_fresh("root", root.expires, now, where)  # keys that nobody renewed
    if content == trusted.timestamp:
        _check_fresh("timestamp", trusted.read(Timestamp, content, where).signed.expires, now, where)
        return trusted
    document = trusted.read(Timestamp, content, where)
    check_signatures(root, "timestamp", document, where)  # altered on the way
    part = snapshot_part(document.signed, where)
    if document.version > MOST:
        _refuse("sync.no-hash", where, role="timestamp")
    before = trusted.read(Timestamp, trusted.timestamp) if trusted.timestamp else None
    if before:
        _check_timestamp_order(before, document, part, where)
    _check_fresh("timestamp", document.signed.expires, now, where)  # frozen: old words said again
    return trusted if before and before.payload == document.payload else replace(trusted, timestamp=content)


def accept_snapshot(trusted: Trusted, content: bytes, now: datetime, where: str = "") -> Trusted:
    """Rule 3 for the snapshot."""
    part = snapshot_part(trusted.read(Timestamp, trusted.timestamp).signed, where)
    document = _read_part(trusted, Snapshot, content, part, root_of(trusted), where)
    if not trusted.snapshot:  # a beginning, or rule 4: numbers of before no longer bind
        trusted = _only_named(trusted, document.signed, where)
    else:
        _check_snapshot_order(
            trusted.read(Snapshot, trusted.snapshot).signed.meta, document.signed.meta, where
        )
    _check_fresh("snapshot", document.signed.expires, now, where)
    return replace(trusted, snapshot=content)


def accept_targets(trusted: Trusted, role: str, content: bytes, now: datetime, where: str = "") -> Trusted:
    """Rules 3 and 5 for ``role``: ``targets`` first, ``robot`` after it."""
    part = part_of(trusted.read(Snapshot, trusted.snapshot).signed, role, where)
    delegator = root_of(trusted) if role == "targets" else trusted.read(Targets, trusted.targets).signed
    document = _read_part(trusted, Targets, content, part, delegator, where)
    _check_fresh(role, document.signed.expires, now, where)
    if (held := getattr(trusted, role)) and content != held:
        before = trusted.read(Targets, held)
        if before.version == document.version and before.payload != document.payload:
            # signed twice: one of the two is shown to others
            _refuse("sync.two-versions", where, role=role, version=document.version)
    if role == "targets":
        check_people(document.signed, where)
        return replace(trusted, targets=content)
    check_robot(document.signed, where)
    return replace(trusted, robot=content)


def wanted(trusted: Trusted) -> Part | None:
    """The file to offer next; ``None`` when the state is whole: each part is what the one before it names."""
    root = root_of(trusted)
    part = snapshot_part(trusted.read(Timestamp, trusted.timestamp).signed)
    if not _holds(trusted, Snapshot, trusted.snapshot, part, root):
        return part
    snapshot = trusted.read(Snapshot, trusted.snapshot).signed
    part = part_of(snapshot, "targets")
    if not _holds(trusted, Targets, trusted.targets, part, root):
        return part
    people = trusted.read(Targets, trusted.targets).signed
    if not (delegates(people) and has_part(snapshot, ROBOT)):
        return None
    part = part_of(snapshot, ROBOT)
    return None if _holds(trusted, Targets, trusted.robot, part, people) else part


def whole(trusted: Trusted, now: datetime, where: str = "") -> Whole:
    """What a state says when nothing more is wanted. Refused (``sync.expired``) when one of its parts is too old by ``now``."""
    parts: dict[str, Any] = {
        "root": root_of(trusted),
        "timestamp": trusted.read(Timestamp, trusted.timestamp).signed,
    }
    parts["snapshot"] = trusted.read(Snapshot, trusted.snapshot).signed
    people = parts["targets"] = trusted.read(Targets, trusted.targets).signed
    if delegates(people) and has_part(parts["snapshot"], ROBOT):
        parts[ROBOT] = trusted.read(Targets, trusted.robot).signed
    for role, signed in parts.items():
        _check_fresh(role, signed.expires, now, where)
    versions = {role: int(signed.version) for role, signed in parts.items()}
    until = min(signed.expires for signed in parts.values())
    return Whole(versions, until, listed(people, parts.get(ROBOT)))


def version_of(trusted: Trusted, role: str) -> int:
    """The version of an accepted document, 0 when there is none."""
    kinds: Mapping[str, Any] = {"timestamp": Timestamp, "snapshot": Snapshot}
    content = getattr(trusted, role)
    return trusted.read(kinds.get(role, Targets), content).version if content else 0


def same_number_or_lower(trusted: Trusted, role: str, before: bytes) -> bool:
    """Whether the accepted ``role`` says something else than ``before`` did, with a number that is not higher."""
    content = getattr(trusted, role)
    if not (content and before) or content == before:
        return False
    kinds: Mapping[str, Any] = {"timestamp": Timestamp, "snapshot": Snapshot}
    kind = kinds.get(role, Targets)
    old, new = trusted.read(kind, before), trusted.read(kind, content)
    return bool(new.version <= old.version and new.payload != old.payload)


def root_of(trusted: Trusted) -> Root:
    """The last root."""
    return trusted.read(Root, trusted.roots[-1]).signed


def _holds(trusted: Trusted, kind: Any, content: bytes, part: Part, delegator: Root | Targets) -> bool:
    """Whether ``content`` is there and is ``part``, under the keys of now: those it was accepted under may have gone since."""
    if not content or not fits(content, part):
        return False
    document: Document[Any] = trusted.read(kind, content)
    return document.version == part.version and trusted.signed(delegator, part.role, document)


def _read_root(content: bytes, where: str) -> Document[Root]:
    document = read(Root, content, where)
    if (
        not document.signed.consistent_snapshot
    ):  # without numbered names, readers could get halves of two states
        _refuse("sync.not-numbered", where)
    return document


def _read_part(
    trusted: Trusted, kind: Any, content: bytes, part: Part, delegator: Root | Targets, where: str
) -> Document[Any]:
    """``content`` when it is exactly what ``part`` names, and its keys signed it."""
    document: Document[Any] = trusted.read(kind, content, where)
    told: dict[str, Value] = {"role": part.role, "version": part.version}
    if not (fits(content, part) and document.version == part.version):
        # a file nobody signed, or old and new ones put together
        _refuse(
            "sync.mixed" if trusted.signed(delegator, part.role, document) else "sync.altered", where, **told
        )
    if not trusted.signed(delegator, part.role, document):
        check_signatures(delegator, part.role, document, where)
    return document


def _check_timestamp_order(
    before: Document[Timestamp], after: Document[Timestamp], part: Part, where: str
) -> None:
    if after.version < before.version:  # rolled back
        _refuse("sync.rollback", where, role="timestamp", version=after.version, seen=before.version)
    if after.version == before.version and after.payload != before.payload:
        # signed twice: one of the two is shown to others
        _refuse("sync.two-versions", where, role="timestamp", version=after.version)
    known = snapshot_part(before.signed, where).version
    if part.version < known:  # an old snapshot under a new timestamp
        _refuse("sync.rollback", where, role="snapshot", version=part.version, seen=known)


def _check_snapshot_order(before: Mapping[str, Any], after: Mapping[str, Any], where: str) -> None:
    for name, known in before.items():
        role = name.removesuffix(".json")
        if name not in after:  # forgetting a role would forget its versions
            _refuse("sync.role-gone", where, role=role)
        if after[name].version < known.version:
            _refuse("sync.rollback", where, role=role, version=after[name].version, seen=known.version)


def _only_named(trusted: Trusted, snapshot: Snapshot, where: str) -> Trusted:
    """Without the parts held that ``snapshot`` does not name byte for byte."""
    held = {"targets": trusted.targets, ROBOT: trusted.robot}
    kept = {
        role: content
        for role, content in held.items()
        if content and has_part(snapshot, role) and fits(content, part_of(snapshot, role, where))
    }
    return replace(trusted, targets=kept.get("targets", b""), robot=kept.get(ROBOT, b""))


def _check_fresh(role: str, expires: datetime, now: datetime, where: str) -> None:
    if now >= expires:
        _refuse("sync.expired", where, role=role, expires=f"{expires:%Y-%m-%d}")


def _keys(root: Root, role: str) -> tuple[Any, ...]:
    return (role_keys(root, role), root.get_delegated_role(role).threshold)


def _refuse(code: str, where: str, **values: Value) -> NoReturn:
    raise Refused(Problem(code, where, values))
