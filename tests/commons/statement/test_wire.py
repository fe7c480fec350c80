"""Documents from anybody: round trips, dirt, strangers, and what is padded."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.statement.access import PUBLIC, Rule, Scope
from polder.commons.statement.gather import gather
from polder.commons.statement.model import Heard, Statement
from polder.commons.statement.sealed import COUNTS, fillers, padded, read_envelope, shares, write_envelope
from polder.commons.statement.thread import current
from polder.commons.statement.wire import read_document, read_statement, write_statement
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from polder.kernel.text import Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PATH = "statements/news/moving.json"
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)
texts = st.dictionaries(st.sampled_from(("en", "fr", "sq")), words, min_size=1).map(Text)
slugs = st.from_regex(r"[a-z]([a-z0-9]{0,10}[a-z0-9])?", fullmatch=True)
scopes = st.one_of(
    st.sampled_from((Scope("public"), Scope("network"), Scope("circle", ("alder/care",)))),
    st.lists(slugs, min_size=1, max_size=3, unique=True).map(lambda names: Scope("providers", tuple(names))),
)
statements = st.builds(
    Statement,
    type=st.sampled_from(("news", "note")),
    version=st.just(1),
    id=slugs,
    provider=slugs,
    date=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(
        lambda t: t.replace(microsecond=0, tzinfo=UTC)
    ),
    rule=st.builds(
        Rule,
        st.lists(scopes, min_size=1, max_size=3, unique=True).map(lambda held: tuple(sorted(held))),
        st.sampled_from(("any", "all")),
    ),
    title=texts,
    body=texts,
    supersedes=st.lists(st.binary(max_size=4).map(digest_of_bytes), max_size=2, unique=True).map(tuple),
)


def said(**more: Any) -> dict[str, Any]:
    held = json.loads(
        write_statement(Statement("news", 1, "moving", "alder", NOW, PUBLIC, Text({"en": "We move"})))
    )
    return {**held, **more}


def read(held: dict[str, Any], provider: str = "alder") -> Heard:
    return read_statement(json.dumps(held).encode(), provider, PATH)


@given(statements)
def test_what_is_written_reads_back_the_same_and_is_written_the_same(statement: Statement) -> None:
    content = write_statement(statement)
    heard = read_statement(content, statement.provider, PATH)
    assert heard.statement == statement and write_statement(heard.statement) == content
    assert heard.digest == digest_of_bytes(content)


@settings(max_examples=200)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(
        (
            "format",
            "type",
            "version",
            "id",
            "provider",
            "date",
            "audience",
            "title",
            "body",
            "data",
            "supersedes",
            "until",
        )
    ),
)
def test_whatever_stands_in_a_field_it_is_read_or_refused(value: Any, key: str) -> None:
    with suppress(Refused):
        read(said(**{key: value}))


@given(st.binary(max_size=300))
def test_whatever_bytes_there_are_they_are_read_or_refused(content: bytes) -> None:
    for reader in (read_document, read_envelope):
        with pytest.raises(Refused):
            reader(content, "alder", PATH)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"provider": "cedar"}, "statement.not-theirs"),
        ({"title": {}}, "statement.no-title"),
        ({"title": {"en": "\x1b]0;pwned\x07"}}, "kernel.unseen-character"),
        ({"date": "2026-11-22"}, "statement.not-a-moment"),
        ({"audience": {"scopes": ["everybody"]}}, "statement.not-a-scope"),
        ({"audience": {"scopes": []}}, "kernel.too-few"),
        ({"audience": {"scopes": ["circle:alder/care,beech/care"]}}, "statement.not-a-scope"),
        ({"id": "../x"}, "kernel.not-a-slug"),
        ({"data": {"link": "javascript:alert(1)"}}, "statement.not-a-link"),
        ({"data": []}, "kernel.not-a-mapping"),
    ],
)
def test_what_no_statement_may_say_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(said(**change))
    assert [one.code for one in refused.value.problems] == [code]
    assert refused.value.problems[0].where == f"alder/{PATH}"


def test_keys_of_tomorrow_are_left_aside() -> None:
    heard = read(said(mood="good", data={"link": "https://alder.example/", "colour": "blue"}))
    assert heard.understood and heard.statement.data == {"link": "https://alder.example/"}


def test_a_later_version_of_a_known_type_is_kept_and_marked() -> None:
    heard = read(said(version=2, data={"link": 7}))
    assert not heard.understood and heard.statement.data == {"link": 7}


def test_a_circle_without_a_steward_is_refused() -> None:
    with pytest.raises(Refused, match="statement.circle-no-steward"):
        read(said(type="circle", data={"stewards": [], "members": ["beech"]}))


def test_one_bad_file_hides_no_other_and_nothing_tells_of_what_is_not_ours() -> None:
    good = json.dumps(said()).encode()
    files = {
        "alder": {
            PATH: good,
            "statements/news/other.json": good,
            "statements/sealed/aa.age": b"age-encryption.org/v1\n-> X25519 a\nb\n--- c\nd",
            "recipes/wiki/offer.json": b"{}",
        }
    }
    found = gather(files, lambda content, where: None, "beech")
    assert len(found.heard) == 1 and [one.code for one in found.problems] == ["statement.wrong-place"]


def thread(*held: dict[str, Any]) -> list[Heard]:
    return [read(one) for one in held]


def test_the_newer_one_of_a_name_wins() -> None:
    old, new = thread(said(), said(date="2026-11-23T00:00:00Z", body={"en": "On Monday"}))
    assert current([old, new]).heard == (new,) and not current([new, old]).rivals


def test_two_that_take_the_place_of_the_same_one_are_both_shown_and_told() -> None:
    (old,) = thread(said())
    one, two = thread(
        said(id="one", date="2026-11-23T00:00:00Z", supersedes=[old.digest]),
        said(id="two", date="2026-11-24T00:00:00Z", supersedes=[old.digest]),
    )
    found = current([old, one, two])
    assert found.heard == (one, two) and found.rivals == {"alder/news/one", "alder/news/two"}
    assert [problem.code for problem in found.news] == ["statement.rivals"]


def test_two_of_one_name_and_date_are_both_shown_and_told() -> None:
    one, two = thread(said(body={"en": "Sunday"}), said(body={"en": "Monday"}))
    assert current([one, two]).heard == (one, two) and current([one, two]).rivals == {"alder/news/moving"}


def test_nobody_takes_the_place_of_what_another_said() -> None:
    (old,) = thread(said())
    foreign = read(said(provider="cedar", supersedes=[old.digest]), "cedar")
    assert old in current([old, foreign]).heard


@given(st.integers(1, 2**20))
def test_a_padded_size_is_a_power_of_two_less_than_twice_the_size(size: int) -> None:
    assert padded(size) >= size and padded(size).bit_count() == 1
    assert padded(size) == 1024 or padded(size) < 2 * size


@given(st.sets(st.integers(0, 400).map(str), min_size=1))
def test_every_recipient_is_in_exactly_one_share_and_counts_say_little(recipients: set[str]) -> None:
    cut = shares(recipients)
    assert sorted(one for share in cut for one in share) == sorted(recipients)
    assert all(len(share) + fillers(len(share)) in COUNTS for share in cut)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(Refused, match="statement.too-big"):
        write_envelope("alder", "", ["x" * 2**20])


@pytest.mark.parametrize(
    "content",
    [
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        b"age-encryption.org/v1\n" + b"-> X25519 a\nb\n" * 129 + b"--- c\n",
        b"age-encryption.org/v1\n" + b"x" * 2**18,
        b"age-encryption.org/v1\n--- c\n" + b"x" * 2**21,
    ],
)
def test_a_ciphertext_that_would_cost_too_much_is_not_tried(content: bytes) -> None:
    def never(sealed: bytes, where: str) -> bytes | None:
        raise AssertionError(where)

    found = gather({"cedar": {"statements/sealed/aa.age": content}}, never, "beech")
    assert [(one.code, one.where) for one in found.problems] == [
        ("statement.bad-sealed", "cedar/statements/sealed/aa.age")
    ]


@pytest.mark.parametrize("key", ["title", "data", "mood"])
@pytest.mark.parametrize("depth", [30, 500, 900, 5_000])
def test_what_is_nested_deep_is_refused_and_breaks_nothing(key: str, depth: int) -> None:
    inner = b'{"a":' * depth + b"1" + b"}" * depth
    content = json.dumps(said(type="loan", **{key: "HERE"})).encode().replace(b'"HERE"', inner)
    with pytest.raises(Refused):
        read_statement(content, "alder", PATH)


def test_nobody_fills_a_screen_with_mistakes() -> None:
    files = {"cedar": {f"statements/news/n{number}.json": b"{}" for number in range(50)}}
    found = gather(files, lambda content, where: None, "beech").problems
    assert len(found) == 11 and found[-1].code == "statement.more-problems"
