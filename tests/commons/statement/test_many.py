"""As much as one provider may say: what it takes grows with it, and no faster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time

from polder.commons.statement.access import NETWORK, PUBLIC, Circles, Reader
from polder.commons.statement.draft import Place
from polder.commons.statement.earlier import Piece
from polder.commons.statement.give import plan
from polder.commons.statement.model import Heard, HeardPart, Part, Statement
from polder.commons.statement.project import view
from polder.commons.statement.source import Source, read_source
from polder.kernel.digest import digest_of_bytes
from polder.kernel.text import Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLACE = Place("alder", NOW, ("own",), {"alder": (), "beech": ("theirs",)})
FEW, MANY, MOST = 190, 1900, 18
"""Ten times as many take about ten times as long. Where each was held against each, it was more than 25 times."""


def seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(2):
        began = process_time()
        work()
        times.append(process_time() - began)
    return min(times)


def given(count: int) -> tuple[Piece, ...]:
    """Three quarters for everybody, each piece under the name that it got."""
    pieces = plan(sources(count), (), PLACE).pieces
    return tuple(
        Piece(one.path or f"statements/sealed/{number}.age", one.to, one.texts, one.statement, one.readers)
        for number, one in enumerate(pieces)
    )


def sources(count: int) -> list[Source]:
    return [
        read_source(
            f"title: {{en: Number {n}}}\naudience: {'public' if n % 4 else 'network'}\n".encode(),
            f"statements/news/n{n}{'' if n % 4 else '.private'}.yml",
            "alder",
        )
        for n in range(count)
    ]


def test_giving_one_more_of_many_takes_no_longer_for_each() -> None:
    later = Place("alder", NOW + timedelta(days=1), PLACE.own, PLACE.members)
    few, many = given(FEW), given(MANY)
    again = plan(sources(MANY + 1), many, later)
    assert set(many) < set(again.pieces) and len(again.pieces) == MANY + 1 and not again.drop
    short, long = sources(FEW + 1), sources(MANY + 1)
    took = seconds(lambda: plan(short, few, later))
    assert seconds(lambda: plan(long, many, later)) < MOST * took


def heard(count: int) -> tuple[list[Heard], list[HeardPart]]:
    found, parts = [], []
    for number in range(count):
        name = f"n{number}"
        said = Statement("news", 1, name, "alder", NOW, PUBLIC, Text({"en": name}))
        digest = digest_of_bytes(name.encode())
        found.append(Heard(said, digest, f"statements/news/{name}.json"))
        part = Part(NETWORK, Text({"en": f"inside {name}"}))
        parts.append(HeardPart(part, digest, f"news/{name}", "alder", f"statements/news/{name}-1.json"))
    return found, parts


def test_each_part_is_shown_with_what_it_belongs_to_however_many_there_are() -> None:
    circles = Circles({}, frozenset({"alder", "beech"}))
    few, many = heard(2 * FEW), heard(2 * MANY)
    seen = view(*many, Reader("beech"), circles)
    assert {(one.statement.id, one.statement.parts[0].body.read("en")) for one in seen} == {
        (f"n{number}", f"inside n{number}") for number in range(2 * MANY)
    }
    assert not any(one.statement.parts for one in view(*many, Reader("cedar"), circles))
    took = seconds(lambda: view(*few, Reader("beech"), circles))
    assert seconds(lambda: view(*many, Reader("beech"), circles)) < MOST * took
