"""What changed between two folders of a recipe."""

import time

import pytest

from polder.kernel.folder import Folder
from polder.platform.recipe.difference import MOST_LINES, changes

LONG = "\n".join(f"line {number}" for number in range(5_000)).encode()


def test_equal_folders_have_no_changes() -> None:
    assert changes(Folder({"a": b"x"}), Folder({"a": b"x"})) == ()


def test_each_kind_of_change_is_told_by_its_file() -> None:
    before = Folder({"gone": b"1\n", "same": b"1\n", "setup": b"1\n", "other": b"1\n"})
    after = Folder(
        {"new": b"1\n", "same": b"1\n", "setup": b"1\n", "other": b"2\n"}, executable=frozenset({"setup"})
    )

    assert [(one.path, one.kind) for one in changes(before, after)] == [
        ("gone", "removed"),
        ("new", "added"),
        ("other", "changed"),
        ("setup", "may-run-now"),
    ]


@pytest.mark.parametrize("content", [b"\xff\x00", LONG, b"a" * 200_001])
def test_what_cannot_be_shown_is_said_to_be_unread_and_not_passed_over(content: bytes) -> None:
    (change,) = changes(Folder({"setup": b"x\n"}), Folder({"setup": content}))

    assert (change.kind, change.lines, change.unread) == ("changed", (), True)


def test_a_last_line_without_an_end_is_a_line() -> None:
    (change,) = changes(Folder({"a": b"1\n2"}), Folder({"a": b"1\n3"}))

    assert change.lines[-2:] == ("-2", "+3")


def test_many_lines_are_cut_and_the_rest_counted() -> None:
    (change,) = changes(Folder({}), Folder({"a": b"x\n" * 1_000}))

    assert (len(change.lines), change.more) == (MOST_LINES, 1_003 - MOST_LINES)


def test_a_file_made_to_be_slow_to_compare_is_not() -> None:
    began = time.monotonic()
    one, other = "\n".join("ab" * 740), "\n".join("ba" * 370 + "ab" * 370)
    changes(Folder({"a": one.encode()}), Folder({"a": other.encode()}))

    assert time.monotonic() - began < 5
