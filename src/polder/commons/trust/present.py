"""What a provider has signed so far: the documents in ``signing/`` (kept in its history) and those that are published.

``signing/`` holds every root and the newest people's part, so that each clone of the network folder knows what people signed; what is
published can be made again from it. Nothing here is believed for where it lies: every document counts by its signatures only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from polder.commons.trust.documents import TIMESTAMP, document_path
from polder.commons.trust.parts import Part, fits, part_of, snapshot_part
from polder.commons.trust.tuf import Document, Root, Snapshot, Targets, Timestamp, check_signatures, read
from polder.kernel.problem import Refused

T = TypeVar("T", Root, Snapshot, Targets, Timestamp)
TARGETS = "targets.json"
"""The newest people's part, below ``signing/``."""


@dataclass(frozen=True, slots=True)
class Present:
    """``roots``: those that hold, from the first on; ``shown``: how many of them are published. ``proposal``: the next one, when it
    still wants signatures. ``targets``: the newest people's part. ``published``, ``robot``, ``snapshot``, ``timestamp``: what readers
    see. ``versions``: role to the version that readers have seen. ``torn``: what is published is not whole, or is gone: versions that are
    not in ``versions`` may have been seen all the same."""

    roots: tuple[Document[Root], ...] = ()
    shown: int = 0
    proposal: Document[Root] | None = None
    targets: Document[Targets] | None = None
    published: Document[Targets] | None = None
    robot: Document[Targets] | None = None
    snapshot: Document[Snapshot] | None = None
    timestamp: Document[Timestamp] | None = None
    versions: Mapping[str, int] = field(default_factory=dict)
    torn: bool = False

    @property
    def last(self) -> Root | None:
        """The newest root that holds."""
        return self.roots[-1].signed if self.roots else None

    @property
    def seen(self) -> Root | None:
        """The newest root that readers see."""
        return self.roots[self.shown - 1].signed if self.shown else None


def root_name(version: int) -> str:
    """A root's file below ``signing/``."""
    return f"root-{version}.json"


def read_present(signing: Mapping[str, bytes], public: Mapping[str, bytes]) -> Present:
    """``signing``, ``public``: file name (``metadata/1.root.json``) to content. What cannot be read counts as not there."""
    roots, proposal = _roots(signing, public)
    shown = 0
    while shown < len(roots) and public.get(document_path("root", shown + 1)) == roots[shown].content:
        shown += 1
    trusting = [roots[at].signed for at in sorted({shown - 1, len(roots) - 1}) if at >= 0]
    seen = _published(public, trusting)
    signed = _read(Targets, signing.get(TARGETS, b""))
    candidates = [one for one in (signed, seen.published) if one and _holds(one, "targets", trusting)]
    newest = max(reversed(candidates), key=lambda one: one.version, default=None)
    torn = seen.torn or (TIMESTAMP in public and seen.timestamp is None)
    begun = len(roots) > 1 or bool(newest and newest.version > 1)
    return replace(
        seen,
        roots=roots,
        shown=shown,
        proposal=proposal,
        targets=newest,
        torn=torn or (begun and seen.timestamp is None),
    )


def _roots(
    signing: Mapping[str, bytes], public: Mapping[str, bytes]
) -> tuple[tuple[Document[Root], ...], Document[Root] | None]:
    """The chain of roots that hold, and the next one if it is begun."""
    found: list[Document[Root]] = []
    while True:
        version = len(found) + 1
        both = (public.get(document_path("root", version), b""), signing.get(root_name(version), b""))
        begun = [one for one in (_read(Root, content) for content in both) if one and one.version == version]
        holding = [one for one in begun if _follows(one, found)]
        if not holding:
            return tuple(found), begun[-1] if begun else None
        # What people signed counts more than what lies on the server; of the same with other signatures, the one that was seen.
        found.append(holding[0] if holding[0].payload == holding[-1].payload else holding[-1])


def _follows(one: Document[Root], before: list[Document[Root]]) -> bool:
    trusting = [one.signed, *([before[-1].signed] if before else [])]
    return all(_holds(one, "root", [root]) for root in trusting)


def _published(public: Mapping[str, bytes], trusting: list[Root]) -> Present:
    """What readers see: from the timestamp to what it names."""
    timestamp = _read(Timestamp, public.get(TIMESTAMP, b""))
    if timestamp is None or not _holds(timestamp, "timestamp", trusting):
        return Present()
    parts = {"snapshot": _named(snapshot_part, timestamp.signed)}
    snapshot = _part(Snapshot, public, parts["snapshot"])
    if snapshot:
        parts |= {role: _named(part_of, snapshot.signed, role) for role in ("targets", "robot")}
    targets, robot = (_part(Targets, public, parts.get(role)) for role in ("targets", "robot"))
    if targets and not _holds(targets, "targets", trusting):  # a stolen server can list what it likes
        targets = None
    return Present(
        published=targets,
        robot=robot,
        snapshot=snapshot,
        timestamp=timestamp,
        versions={
            "timestamp": timestamp.version,
            **{role: one.version for role, one in parts.items() if one},
        },
        torn=not (snapshot and targets and robot),
    )


def _named(find: Any, *words: Any) -> Part | None:
    try:
        found: Part = find(*words)
    except Refused:
        return None
    return found


def _part(kind: type[T], public: Mapping[str, bytes], part: Part | None) -> Document[T] | None:
    content = public.get(f"metadata/{part.name}", b"") if part else b""
    return _read(kind, content) if part and fits(content, part) else None


def _read(kind: type[T], content: bytes) -> Document[T] | None:
    try:
        return read(kind, content) if content else None
    except Refused:
        return None


def _holds(one: Document[Any], role: str, trusting: list[Root]) -> bool:
    """Whether one of ``trusting`` believes it."""
    for root in trusting:
        try:
            check_signatures(root, role, one)
        except Refused:
            continue
        return True
    return False
