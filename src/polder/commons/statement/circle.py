"""Circles from the statements that make them: a pure function, so everybody who read the same statements knows the same circles.

The rules:

1. A circle is named ``founder/name``. Its first version is the founder's, and supersedes nothing.
2. Every later version supersedes one version (or several, joining them), and its author is a steward in each of those.
3. A version that does not follow these rules, or whose forerunner nobody has, counts for nothing.
4. Two versions that nothing supersedes: the circle is split, and told so. Until a steward of both joins them, only those are members
   (and stewards) whom all versions name, and everybody is blocked whom any of them blocks. So whoever splits a circle, even a
   steward who was removed and says it acted before that, takes access away, and gives it to nobody.
5. Stewards are members. A circle that was withdrawn has ended; its name stays taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from polder.commons.statement.access import Circle
from polder.commons.statement.model import Heard
from polder.kernel.problem import Problem

TYPE = "circle"
MOST_VERSIONS = 1_000
"""Of one author, of all circles together."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """``circles`` by id; ``news``: what people should know (split circles, versions that count for nothing)."""

    circles: Mapping[str, Circle]
    news: tuple[Problem, ...] = ()


def circle_id(heard: Heard) -> str:
    """Which circle a statement is about."""
    said = heard.statement
    return str(said.data.get("circle") or f"{said.provider}/{said.id}")


def resolve(heard: Iterable[Heard]) -> Resolved:
    """The circles that all statements together make; others than circles are passed over."""
    by_circle: dict[str, dict[str, Heard]] = {}
    for one in _versions(heard):
        by_circle.setdefault(circle_id(one), {})[one.digest] = one
    found, news = {}, []
    for name, held in sorted(by_circle.items()):
        good = _valid(name, held)
        news += _for_nothing(name, [one for digest, one in held.items() if digest not in good])
        if not good:
            continue
        circle = _circle(name, good)
        found[name] = circle
        news += [_split(circle, good)] if circle.split else []
    return Resolved(found, tuple(news))


def _versions(heard: Iterable[Heard]) -> Iterable[Heard]:
    """What is about circles, so much of each author that nobody crowds out others."""
    room: dict[str, int] = {}
    for one in heard:
        author = one.statement.provider
        if one.statement.type == TYPE and one.understood and room.get(author, 0) < MOST_VERSIONS:
            room[author] = room.get(author, 0) + 1
            yield one


def _valid(name: str, held: Mapping[str, Heard]) -> dict[str, Heard]:
    """The versions that follow the rules, each looked at once for every version that it supersedes."""
    later: dict[str, list[Heard]] = {}
    for one in held.values():
        for digest in one.statement.supersedes:
            later.setdefault(digest, []).append(one)
    good: dict[str, Heard] = {}
    ready = [one for one in held.values() if not one.statement.supersedes]
    while ready:
        one = ready.pop()
        if one.digest not in good and _follows(name, one, good):
            good[one.digest] = one
            ready += later.get(one.digest, ())
    return good


def _follows(name: str, one: Heard, good: Mapping[str, Heard]) -> bool:
    said = one.statement
    if not said.supersedes:
        return said.provider == name.partition("/")[0] and not said.withdrawn
    return all(
        digest in good and said.provider in _list(good[digest], "stewards") for digest in said.supersedes
    )


def _circle(name: str, good: Mapping[str, Heard]) -> Circle:
    past = {digest for one in good.values() for digest in one.statement.supersedes}
    leaves = [one for digest, one in sorted(good.items()) if digest not in past]
    return Circle(
        id=name,
        name=max(leaves, key=lambda one: one.statement.date).statement.title,
        stewards=_common(leaves, "stewards"),
        members=_common(leaves, "members", "stewards"),
        blocked=tuple(sorted({name for one in leaves for name in _list(one, "blocked")})),
        mode="open" if all(one.statement.data.get("mode") == "open" for one in leaves) else "strict",
        split=len(leaves) > 1,
        ended=any(one.statement.withdrawn for one in leaves),
        versions=tuple(one.digest for one in leaves),
    )


def _common(leaves: list[Heard], *keys: str) -> tuple[str, ...]:
    """Who stands under one of ``keys`` in every leaf."""
    each = [{name for key in keys for name in _list(one, key)} for one in leaves]
    return tuple(sorted(set.intersection(*each)))


def _list(one: Heard, key: str) -> tuple[str, ...]:
    return tuple(one.statement.data.get(key, ()))


def _split(circle: Circle, good: Mapping[str, Heard]) -> Problem:
    authors = tuple(sorted(good[digest].statement.provider for digest in circle.versions))
    return Problem("statement.circle-split", "", {"circle": circle.id, "providers": authors})


def _for_nothing(name: str, bad: list[Heard]) -> list[Problem]:
    """Told once for each author."""
    by_author = {one.statement.provider: one for one in bad}
    return [
        Problem("statement.circle-not-theirs", f"{author}/{one.path}", {"circle": name, "provider": author})
        for author, one in sorted(by_author.items())
    ]
