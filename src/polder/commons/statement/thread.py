"""What is said now: of everything one provider said, what it has not taken the place of itself.

The rules:

1. A statement supersedes an earlier one by naming its digest, and only one of the same provider.
2. Where the same name (type and id) is there twice and neither supersedes the other, the later date wins.
3. Two statements that supersede the same one, or have the same name and date, are both shown, and that is told.
4. Circles are no threads: who may change them is in ``circle``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from polder.commons.statement.model import Heard
from polder.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Current:
    """``heard``: what stands. ``rivals``: names of statements that stand beside another in its own place."""

    heard: tuple[Heard, ...]
    rivals: frozenset[str]
    news: tuple[Problem, ...]


def current(heard: Iterable[Heard]) -> Current:
    """What stands of ``heard``, in the order given; one document that lies in two places counts once."""
    every = list({(one.statement.provider, one.digest): one for one in heard}.values())
    past = {(one.statement.provider, digest) for one in every for digest in one.statement.supersedes}
    standing = [one for one in every if (one.statement.provider, one.digest) not in past]
    latest: dict[str, Heard] = {}
    for one in standing:
        known = latest.get(one.statement.name)
        latest[one.statement.name] = one if not known or known.statement.date < one.statement.date else known
    kept = [one for one in standing if one.statement.date == latest[one.statement.name].statement.date]
    rivals = _rivals(kept)
    news = [Problem("statement.rivals", "", {"names": tuple(sorted(names))}) for names in rivals]
    return Current(tuple(kept), frozenset(name for names in rivals for name in names), tuple(news))


def _rivals(kept: list[Heard]) -> list[set[str]]:
    """Groups of statements that claim the same place."""
    places: dict[tuple[str, str], dict[str, Heard]] = {}
    for one in kept:
        said = one.statement
        claims = {("name", said.name), *((said.provider, digest) for digest in said.supersedes)}
        for place in claims:
            places.setdefault(place, {})[one.digest] = one
    found: list[set[str]] = []
    for group in places.values():
        names = {one.statement.name for one in group.values()}
        if len(group) > 1 and names not in found:
            found.append(names)
    return found
