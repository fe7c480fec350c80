"""JSON from anybody: what is refused, and that what was read can be written again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Refused

TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=8)
DATA = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda held: some.lists(held, max_size=4) | some.dictionaries(TEXT, held, max_size=4),
    max_leaves=12,
)


@given(some.dictionaries(TEXT, DATA, max_size=4))
def test_what_is_written_reads_the_same(data: dict[str, object]) -> None:
    assert read_plain(write_plain(data)) == data


@given(some.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        data = read_plain(content)
    except Refused as refused:
        assert [problem.code for problem in refused.problems] == ["kernel.not-plain"]
    else:
        assert read_plain(write_plain(data)) == data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'"a"',
        b"{",
        b"\xff\xfe{}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a":' * 100_000,
    ],
    ids=lambda content: repr(content[:16]),
)
def test_what_would_mean_different_things_to_different_readers_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        read_plain(content)


def test_a_pair_of_escapes_is_one_character() -> None:
    assert read_plain(b'{"a": "\\ud83c\\udf3f"}') == {"a": "\N{HERB}"}


def test_more_than_the_limit_is_not_parsed() -> None:
    with pytest.raises(Refused):
        read_plain(b'{"a": "' + b"x" * 50 + b'"}', limit=40)
