"""Who may read what: one rule, one test, asked everywhere (for encrypting, reading, listing and projecting).

The rules:

1. A rule names scopes and whether a reader needs ``any`` or ``all`` of them. No scope means nobody.
2. A scope is open (everybody belongs to it, even somebody without a name) or strict (only who is named).
3. A block wins, whatever else a reader is: one of the author, or one of a circle that the rule names. A provider's block holds for
   all of its people. Only from what is public it keeps nobody: that lies in clear, and they read it without a name.
4. A circle nobody knows has no members. A split circle (see ``circle``) has only the members that all of its versions name.
5. Who said something may read it.

>>> care = Circle("alder/care", Text({}), ("alder",), ("alder", "beech"))
>>> circles = Circles({"alder/care": care}, frozenset({"alder", "beech", "cedar"}))
>>> rule = Rule((Scope("circle", ("alder/care",)), Scope("network")), "all")
>>> [name for name in ("alder", "beech", "cedar", "") if may_read(Reader(name), rule, circles)]
['alder', 'beech']
>>> may_read(Reader("beech"), rule, circles, blocks=frozenset({"beech"}))
False
>>> may_read(Reader("beech"), PUBLIC, circles, blocks=frozenset({"beech"}))
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from polder.kernel.text import Text

Kind = Literal["public", "network", "circle", "providers"]
Mode = Literal["any", "all"]
CircleMode = Literal["open", "strict"]
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """``names``: of kind ``circle`` one circle (``founder/name``), of kind ``providers`` those meant, else empty."""

    kind: Kind
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """``mode`` means nothing with one scope."""

    scopes: tuple[Scope, ...]
    mode: Mode = "all"

    @property
    def circles(self) -> tuple[str, ...]:
        """The circles it names."""
        return tuple(scope.names[0] for scope in self.scopes if scope.kind == "circle")


PUBLIC, NETWORK = Rule((Scope("public"),)), Rule((Scope("network"),))


@dataclass(frozen=True, slots=True)
class Circle:
    """A working group of providers. ``id``: ``founder/name``. ``stewards`` may change it; none is only for one that ended.
    ``blocked``: providers (``cedar``) or people (``cedar/ana``) who get nothing that names this circle. ``split``: two versions stand
    side by side, and only what all of them grant holds. ``versions``: digests of the statements it stands on."""

    id: str
    name: Text
    stewards: tuple[str, ...]
    members: tuple[str, ...]
    blocked: tuple[str, ...] = ()
    mode: CircleMode = "strict"
    split: bool = False
    ended: bool = False
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Circles:
    """What scopes mean at one moment. ``network``: ids of the roster's members."""

    known: Mapping[str, Circle] = field(default_factory=dict)
    network: frozenset[str] = NOBODY


@dataclass(frozen=True, slots=True)
class Reader:
    """``provider`` is ``""`` for somebody without a name; ``person`` is ``""`` for the provider as a whole."""

    provider: str = ""
    person: str = ""

    @property
    def names(self) -> frozenset[str]:
        """What blocks may call this reader."""
        return frozenset({self.provider, f"{self.provider}/{self.person}"} if self.provider else ())


ANYBODY = Reader()


def may_read(
    reader: Reader, rule: Rule, circles: Circles, blocks: frozenset[str] = NOBODY, author: str = ""
) -> bool:
    """The one test. ``blocks``: the author's own; ``author``: who said it."""
    if blocked(reader, rule, circles, blocks):
        return False
    if author and reader.provider == author:
        return True
    found = [_belongs(reader, scope, circles) for scope in rule.scopes]
    return bool(found) and (any(found) if rule.mode == "any" else all(found))


def blocked(reader: Reader, rule: Rule, circles: Circles, blocks: frozenset[str]) -> bool:
    """Whether a block stands between ``reader`` and everything under ``rule``."""
    if rule.scopes == PUBLIC.scopes:
        return False
    named = (circles.known[name] for name in rule.circles if name in circles.known)
    return not reader.names.isdisjoint(blocks.union(*(circle.blocked for circle in named)))


def readers(
    rule: Rule, circles: Circles, blocks: frozenset[str], among: Iterable[str], author: str = ""
) -> tuple[str, ...]:
    """Those of the providers ``among`` who may read, sorted."""
    return tuple(sorted(name for name in set(among) if may_read(Reader(name), rule, circles, blocks, author)))


def _belongs(reader: Reader, scope: Scope, circles: Circles) -> bool:
    match scope.kind:
        case "public":
            return True
        case "network":
            return reader.provider in circles.network
        case "providers":
            return reader.provider in scope.names
        case "circle":
            circle = circles.known.get(scope.names[0]) if scope.names else None
            return circle is not None and not circle.ended and _member(reader, circle)


def _member(reader: Reader, circle: Circle) -> bool:
    return circle.mode == "open" or (bool(reader.provider) and reader.provider in circle.members)
