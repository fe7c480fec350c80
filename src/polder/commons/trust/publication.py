"""A publication as values: what should be published, and what has to be signed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from polder.commons.trust.roots import Keys, Signed
from polder.commons.trust.tuf import Document, Root, Targets
from polder.kernel.problem import Problem

Why = Literal["first", "content", "keys", "time"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be published. ``files``: the people's part, target path to content, ``None`` when it cannot be read now; ``robot``: the
    server's. ``stored``: name below ``targets/`` to size of every content file that is published already."""

    keys: Keys
    files: Mapping[str, bytes] | None
    robot: Mapping[str, bytes]
    stored: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is ``new``, ``changed`` or ``withdrawn``. ``role``: whose part lists it; ``size`` in bytes. ``before``, ``after``: its
    SHA-256 (hex); ``""`` where there is none."""

    path: str
    kind: Literal["new", "changed", "withdrawn"]
    size: int
    role: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A document to sign, why, and the names of the keys that sign it here."""

    role: str
    version: int
    why: Why
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RootStage:
    """``proposed``: a root to sign now. ``chain``: the roots that hold once that is done. ``signed``: how far a root is that still waits;
    ``lines``: what the next root changes."""

    chain: tuple[Root, ...]
    proposed: Root | None = None
    due: Due | None = None
    signed: Signed | None = None
    lines: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleStage:
    """``root``: the one under which all is published, ``None`` when nothing can be. The people's part is ``made`` (to sign) or ``kept``."""

    root: Root | None = None
    made: Targets | None = None
    kept: Document[Targets] | None = None
    due: Due | None = None
    notes: tuple[Problem, ...] = ()

    @property
    def part(self) -> Targets | None:
        return self.made or (self.kept.signed if self.kept else None)


@dataclass(frozen=True, slots=True)
class ServerStage:
    """``robot``: the server's part, when it is due. ``snapshot``, ``timestamp``: their next versions, 0 when not due. ``blocked``:
    something is due whose key is not here, so nothing is published now."""

    robot: Targets | None = None
    snapshot: int = 0
    timestamp: int = 0
    dues: tuple[Due, ...] = ()
    blocked: bool = False
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done. ``dues``: every document to sign; ``changes``: every file that readers get anew or no more; ``notes``: what
    waits for somebody, or ends soon."""

    roots: RootStage
    people: PeopleStage
    server: ServerStage
    changes: tuple[Change, ...] = ()
    notes: tuple[Problem, ...] = ()
    unwritten: bool = False
    """Whether something that is signed already is not where readers see it."""

    @property
    def dues(self) -> tuple[Due, ...]:
        first = [one for one in (self.roots.due, self.people.due) if one]
        return (*first, *self.server.dues)

    @property
    def nothing(self) -> bool:
        return not self.dues and not self.unwritten
