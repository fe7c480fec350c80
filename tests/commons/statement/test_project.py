"""Listing is reading: whatever is said, for whomever, nobody is shown a word, a title or a count of what is not for them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from polder.cli.statement_text import row, statement_data, statement_lines
from polder.commons.statement.access import PUBLIC, Circle, Circles, Reader, Rule, Scope, may_read
from polder.commons.statement.draft import docs
from polder.commons.statement.model import Heard, HeardPart, Part, Statement
from polder.commons.statement.project import project, public, view
from polder.commons.statement.wire import read_document, read_statement, write_statement
from polder.kernel.text import Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = ("alder", "beech", "cedar", "dogwood")
CIRCLES = Circles(
    {
        "alder/care": Circle("alder/care", Text({}), ("alder",), ("alder", "beech"), ("cedar/ana",)),
        "beech/watch": Circle("beech/watch", Text({}), ("beech",), ("beech", "cedar"), ("dogwood",)),
        "cedar/open": Circle("cedar/open", Text({}), ("cedar",), ("cedar",), (), "open"),
    },
    frozenset({"alder", "beech", "cedar"}),
)
scopes = st.sampled_from(
    (
        Scope("public"),
        Scope("network"),
        Scope("circle", ("alder/care",)),
        Scope("circle", ("beech/watch",)),
        Scope("circle", ("cedar/open",)),
        Scope("providers", ("cedar", "dogwood")),
    )
)
rules = st.builds(
    Rule,
    st.lists(scopes, min_size=1, max_size=3, unique=True).map(lambda held: tuple(sorted(held))),
    st.sampled_from(("any", "all")),
)
said_ = st.lists(st.tuples(st.sampled_from(NAMES), rules, st.lists(rules, max_size=2)), max_size=5)
readers_ = st.builds(Reader, st.sampled_from(("", *NAMES, "elm")), st.sampled_from(("", "ana")))
blocks_ = st.frozensets(st.sampled_from((*NAMES, "beech/ana")), max_size=2)


def statement(number: int, author: str, rule: Rule, parts: list[Rule]) -> Statement:
    inside = tuple(Part(one, Text({"en": f"part{number}x{at}z"})) for at, one in enumerate(parts))
    title, body = Text({"en": f"title{number}z"}), Text({"en": f"body{number}z"})
    return Statement("note", 1, f"id{number}", author, NOW, rule, title, body, parts=inside)


def as_found(said: Statement) -> tuple[Heard, list[HeardPart]]:
    """As it comes out of documents."""
    whole, *parts = (read_document(doc.text.encode(), said.provider, "p") for doc in docs(said, "p"))
    assert isinstance(whole, Heard)
    return whole, [part for part in parts if isinstance(part, HeardPart)]


@given(said_, readers_, blocks_)
def test_what_is_shown_is_exactly_what_may_be_read(
    held: list[tuple[str, Rule, list[Rule]]], reader: Reader, blocks: frozenset[str]
) -> None:
    said = [statement(number, *one) for number, one in enumerate(held)]
    found = [as_found(one) for one in said]
    seen = view(
        [one for one, _ in found], [part for _, parts in found for part in parts], reader, CIRCLES, blocks
    )
    shown = json.dumps([statement_data(one, frozenset()) for one in seen])
    shown += "".join(text for one in seen for text, _ in statement_lines(one, "en"))
    shown += "".join(cell for one in seen for cell in row(one, frozenset(), "en"))
    for number, one in enumerate(said):
        may = may_read(reader, one.rule, CIRCLES, blocks, one.provider)
        for word in (f"title{number}z", f"body{number}z", f"id{number}"):
            assert (word in shown) is may
        for at, part in enumerate(one.parts):
            both = may and may_read(reader, part.rule, CIRCLES, blocks, one.provider)
            assert (f"part{number}x{at}z" in shown) is both


@given(st.sampled_from(NAMES), rules, st.lists(rules, max_size=3), readers_, blocks_)
def test_a_projection_says_the_same_as_if_the_hidden_had_never_been_written(
    author: str, rule: Rule, parts: list[Rule], reader: Reader, blocks: frozenset[str]
) -> None:
    said = statement(0, author, rule, parts)
    seen = project(said, reader, CIRCLES, blocks)
    if seen is not None:
        kept = tuple(part for part in said.parts if may_read(reader, part.rule, CIRCLES, blocks, author))
        assert seen == replace(said, parts=kept)
        assert write_statement(seen) == write_statement(replace(said, parts=()))


@given(st.sampled_from(NAMES), rules, st.lists(rules, max_size=3))
def test_what_anybody_sees_everybody_sees_who_is_not_blocked(
    author: str, rule: Rule, parts: list[Rule]
) -> None:
    said = statement(0, author, rule, parts)
    open_ = public(said, CIRCLES)
    mine = project(said, Reader("elm"), CIRCLES)
    if open_ is not None:
        assert mine is not None and set(map(repr, open_.parts)) <= set(map(repr, mine.parts))


def test_what_a_provider_opened_is_shown_to_it_and_to_no_other_reader() -> None:
    said = replace(statement(0, "alder", Rule((Scope("circle", ("elm/gone",)),)), []))
    heard = read_statement(write_statement(said), "alder", "p", opened="beech")
    assert view([heard], [], Reader("beech"), CIRCLES) and not view([heard], [], Reader("cedar"), CIRCLES)
    assert not view([heard], [], Reader("beech", "ana"), CIRCLES, frozenset({"beech/ana"}))


def test_a_part_without_its_statement_shows_nothing() -> None:
    _, parts = as_found(statement(0, "alder", PUBLIC, [PUBLIC]))
    assert parts and view([], parts, Reader("alder"), CIRCLES) == ()
