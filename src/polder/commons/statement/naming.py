"""Circles by the name that people write: ``care`` where only one circle of that name is known, ``alder/care`` always."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from polder.commons.statement.access import Rule, Scope
from polder.commons.statement.source import Source
from polder.kernel.names import nearest
from polder.kernel.problem import Problems


def find_circle(written: str, known: Collection[str], where: str, problems: Problems) -> str:
    """The id of the circle that ``written`` means, or ``written`` and a problem.

    >>> find_circle("care", {"alder/care", "alder/watch"}, "", Problems())
    'alder/care'
    """
    if "/" in written:
        meant = [written] if written in known else []
    else:
        meant = sorted(name for name in known if name.partition("/")[2] == written)
    if len(meant) == 1:
        return meant[0]
    if meant:
        problems.add("statement.circle-ambiguous", where, circle=written, known=tuple(meant))
    elif near := nearest(written, [*known, *(name.partition("/")[2] for name in known)]):
        problems.add("statement.unknown-circle-near", where, circle=written, nearest=near)
    else:
        problems.add("statement.unknown-circle", where, circle=written)
    return written


def with_names(source: Source, known: Collection[str], problems: Problems) -> Source:
    """``source`` with every circle by its id."""

    def named(rule: Rule, key: str) -> Rule:
        where = source.where.get(key, source.file)
        return Rule(tuple(_scopes(rule.scopes, known, where, problems)), rule.mode)

    parts = tuple(
        replace(part, rule=named(part.rule, "narrow" if part.data else "parts")) for part in source.parts
    )
    embargo = named(source.embargo, "embargo") if source.embargo else None
    return replace(source, rule=named(source.rule, "audience"), parts=parts, embargo=embargo)


def _scopes(
    scopes: Iterable[Scope], known: Collection[str], where: str, problems: Problems
) -> Iterable[Scope]:
    for scope in scopes:
        if scope.kind == "circle":
            yield Scope("circle", (find_circle(scope.names[0], known, where, problems),))
        else:
            yield scope
