"""Descriptions of documents: what they read, what they refuse, what they tell an editor."""

from __future__ import annotations

from typing import Any

import pytest

from polder.kernel.document import read_document
from polder.kernel.kinds import (
    DECIMAL,
    DURATION,
    NUMBER,
    PROSE,
    SIZE,
    SLUG,
    TEXT,
    YES_NO,
    between,
    choice,
    matching,
)
from polder.kernel.problem import Problems
from polder.kernel.shape import Key, Keys, ListOf, MapOf, Raw, Record, Value, read, schema_of

INNER = Keys({"size": Key(SIZE, "How much.", required=True), "open": Key(YES_NO, "Whether.", default=True)})
SHAPE = Keys(
    {
        "name": Key(TEXT, "A name.", required=True, example="Lilas"),
        "count": Key(NUMBER, "A number.", default=3),
        "parts": Key(MapOf(INNER, SLUG), "Parts by name."),
        "words": Key(ListOf(choice(["red", "green"])), "Words."),
        "free": Key(Raw(), "Anything."),
    },
    title="An example",
)


def reading(text: str, shape: Keys | MapOf = SHAPE) -> tuple[Record, list[str]]:
    problems = Problems()
    record = read(shape, read_document(text.encode(), "f.yml"), problems)
    return record, [f"{p.where} {p.code}" for p in problems.items]


def test_what_is_right_is_read_with_defaults_and_places() -> None:
    record, problems = reading("name: Lilas\nparts:\n  one: {size: 1M}\n  two:\n    size: 5\nwords: [red]\n")

    assert problems == []
    assert (record["name"], record["count"], record["words"]) == ("Lilas", 3, ("red",))
    assert [(name, part["size"], part["open"]) for name, part in record["parts"].items()] == [
        ("one", 2**20, True),
        ("two", 5, True),
    ]
    assert record["parts"].where("two") == "f.yml:4"
    assert record["parts"]["two"].where("size") == "f.yml:5"
    assert record.where("words", 0) == "f.yml:6"
    assert record.where("count") == "f.yml:1"


def test_everything_wrong_is_told_and_blanks_are_left() -> None:
    record, problems = reading(
        "nam: x\ncount: many\nparts: {One: {size: 1M}, two: {sise: 2M}}\nwords: [blue, reed]\n"
    )

    assert problems == [
        "f.yml:1 kernel.unknown-key-near",
        "f.yml:1 kernel.missing-key",
        "f.yml:2 kernel.not-a-number",
        "f.yml:3 kernel.not-a-slug",
        "f.yml:3 kernel.unknown-key-near",
        "f.yml:3 kernel.missing-key",
        "f.yml:4 kernel.not-a-choice",
        "f.yml:4 kernel.not-a-choice-near",
    ]
    assert (record["name"], record["count"], record["words"]) == ("", 0, ())
    assert record.bad == {"name", "count"}
    assert not record.has("name")
    assert record["parts"].bad == {"One"}


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "5\n"])
def test_a_document_that_is_no_mapping_is_one_problem(text: str) -> None:
    record, problems = reading(text)

    assert problems == ["f.yml:1 kernel.not-keys"]
    assert record["parts"] == {}


def test_collections_left_empty_are_empty() -> None:
    record, problems = reading("name: x\nparts:\nwords:\n")

    assert problems == []
    assert (dict(record["parts"]), record["words"]) == ({}, ())


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (SIZE, "1.5G", 3 * 2**29),
        (SIZE, "'64 MiB'", 2**26),
        (DURATION, "1m30s", 90),
        (DURATION, "500ms", 1),
        (DURATION, "10", 10),
        (DECIMAL, "1", 1.0),
        (DECIMAL, "0.5", 0.5),
        (between(1, 3), "3", 3),
        (PROSE, "'a\n\n  b'", "a\nb"),
        (matching("kernel.not-text", "a+"), "aaa", "aaa"),
    ],
)
def test_a_kind_accepts(kind: Value, written: str, value: Any) -> None:
    record, problems = reading(f"x: {written}\n", Keys({"x": Key(kind, "X.")}))

    assert problems == []
    assert record["x"] == value


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        (SIZE, "much", "kernel.not-a-size"),
        (SIZE, "-5", "kernel.not-a-size"),
        (SIZE, "1.5", "kernel.not-a-size"),
        (SIZE, "true", "kernel.not-a-size"),
        (DURATION, "soon", "kernel.not-a-duration"),
        (DURATION, "-1", "kernel.not-a-duration"),
        (DURATION, "9999999d", "kernel.not-a-duration"),
        (DURATION, ".nan", "kernel.not-a-duration"),
        (DECIMAL, ".inf", "kernel.not-a-number"),
        (NUMBER, "true", "kernel.not-a-number"),
        (NUMBER, "1.0", "kernel.not-a-number"),
        (between(1, 3), "4", "kernel.out-of-bounds"),
        (TEXT, "' '", "kernel.no-value"),
        (TEXT, "5", "kernel.not-text"),
        (TEXT, "[a]", "kernel.not-one-value"),
        (TEXT, '"a\\nb"', "kernel.not-one-line"),
        (TEXT, '"a\\x1b[31m"', "kernel.unseen-character"),
        (TEXT, "x" * 1001, "kernel.too-long"),
        (YES_NO, "yes", "kernel.not-yes-no"),
        (SLUG, "A", "kernel.not-a-slug"),
        (matching("kernel.not-text", "a+"), "ab", "kernel.not-text"),
    ],
)
def test_a_kind_refuses(kind: Value, written: str, code: str) -> None:
    _, problems = reading(f"x: {written}\n", Keys({"x": Key(kind, "X.")}))

    assert problems == [f"f.yml:1 {code}"]


def test_a_list_and_a_mapping_may_need_something_in_them() -> None:
    shape = Keys({"a": Key(ListOf(TEXT, least=1), "A."), "b": Key(MapOf(TEXT, SLUG, least=2), "B.")})

    assert reading("a: []\nb: {x: y}\n", shape)[1] == ["f.yml:1 kernel.too-few", "f.yml:2 kernel.too-few"]


def test_the_schema_says_the_same_to_an_editor() -> None:
    schema = schema_of(SHAPE)

    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["name"]["examples"] == ["Lilas"]
    assert schema["properties"]["count"]["default"] == 3
    assert schema["properties"]["words"]["items"] == {"enum": ["red", "green"]}
    assert schema["properties"]["parts"]["additionalProperties"]["required"] == ["size"]
    assert schema["properties"]["free"] == {"description": "Anything."}
