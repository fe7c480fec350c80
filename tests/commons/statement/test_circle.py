"""Circles out of statements: chains of stewards, splits, joins, and those who try what they may not."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from polder.commons.statement import circle as module
from polder.commons.statement.access import NETWORK, Circles, Reader, Rule, Scope, may_read
from polder.commons.statement.circle import resolve
from polder.commons.statement.model import Heard, Statement
from polder.commons.statement.wire import read_statement, write_statement
from polder.kernel.text import Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ID = "alder/care"


def version(
    author: str,
    before: tuple[Heard, ...] = (),
    stewards: tuple[str, ...] = ("alder",),
    members: tuple[str, ...] = ("beech",),
    withdrawn: bool = False,
    **more: Any,
) -> Heard:
    data = {
        "stewards": list(stewards),
        "members": list(members),
        **({} if author == "alder" else {"circle": ID}),
    }
    statement = Statement(
        "circle",
        1,
        "care" if author == "alder" else "alder-care",
        author,
        NOW + timedelta(hours=len(before)),
        NETWORK,
        Text({"en": "Care"}),
        data={**data, **more} if not withdrawn else ({} if author == "alder" else {"circle": ID}),
        supersedes=tuple(sorted(one.digest for one in before)),
        withdrawn=withdrawn,
    )
    return read_statement(write_statement(statement), author, "statements/circle/care.json")


def test_a_steward_of_the_version_before_changes_it() -> None:
    first = version("alder", stewards=("alder", "beech"))
    second = version("beech", (first,), stewards=("beech",), members=("cedar",))
    circle = resolve([second, first]).circles[ID]
    assert circle.stewards == ("beech",) and circle.members == ("beech", "cedar") and not circle.split


def test_who_is_no_steward_changes_nothing_and_is_told() -> None:
    first = version("alder")
    grab = version("cedar", (first,), stewards=("cedar",), members=("cedar",))
    resolved = resolve([first, grab])
    assert resolved.circles[ID].stewards == ("alder",)
    assert [(one.code, one.values["provider"]) for one in resolved.news] == [
        ("statement.circle-not-theirs", "cedar")
    ]


def test_who_was_steward_once_changes_nothing_later() -> None:
    first = version("alder", stewards=("alder", "beech"))
    second = version("alder", (first,), stewards=("alder",))
    third = version("beech", (second,), stewards=("beech",))
    assert resolve([first, second, third]).circles[ID].versions == (second.digest,)


def test_a_founder_is_the_one_in_the_name() -> None:
    grab = version("cedar", stewards=("cedar",))
    assert ID not in resolve([grab]).circles


def test_a_version_whose_forerunner_nobody_has_counts_for_nothing() -> None:
    first = version("alder")
    second = version("alder", (first,), members=("cedar",))
    assert resolve([second]).circles == {}


def test_two_versions_side_by_side_leave_only_what_both_grant() -> None:
    first = version("alder", stewards=("alder", "beech"), members=("cedar", "dogwood"))
    one = version(
        "alder", (first,), stewards=("alder", "beech"), members=("cedar", "elm"), blocked=["fir"], mode="open"
    )
    two = version(
        "beech", (first,), stewards=("alder", "beech"), members=("cedar", "dogwood"), blocked=["elm"]
    )
    resolved = resolve([first, one, two])
    circle = resolved.circles[ID]
    assert circle.split and circle.members == ("alder", "beech", "cedar")
    assert circle.blocked == ("elm", "fir") and circle.mode == "strict"
    assert [one.values["providers"] for one in resolved.news] == [("alder", "beech")]
    joined = version("beech", (one, two), stewards=("alder", "beech"), members=("cedar", "elm"))
    healed = resolve([joined, two, one, first])
    assert not healed.circles[ID].split and not healed.news


def test_a_steward_who_was_removed_can_split_a_circle_and_gains_nothing() -> None:
    first = version("alder", stewards=("alder", "beech"), members=("cedar",))
    removed = version("alder", (first,), stewards=("alder",), members=("cedar",))
    late = version("beech", (first,), stewards=("beech",), members=("cedar", "elm"))
    circle = resolve([first, removed, late]).circles[ID]
    assert circle.split and circle.members == ("cedar",) and circle.stewards == ()
    circles = Circles({ID: circle})
    rule = Rule((Scope("circle", (ID,)),))
    assert not may_read(Reader("beech"), rule, circles) and not may_read(Reader("elm"), rule, circles)


def test_a_steward_who_was_removed_cannot_join_what_it_split() -> None:
    first = version("alder", stewards=("alder", "beech"), members=("cedar",))
    removed = version("alder", (first,), stewards=("alder",), members=("cedar",))
    late = version("beech", (first,), stewards=("beech",), members=("cedar", "elm"))
    joined = version("beech", (removed, late), stewards=("beech",), members=("elm",))
    resolved = resolve([first, removed, late, joined])
    assert resolved.circles[ID].split and joined.digest not in resolved.circles[ID].versions
    assert ("statement.circle-not-theirs", "beech") in [
        (one.code, one.values.get("provider")) for one in resolved.news
    ]


def test_a_split_circle_is_open_when_all_versions_say_so_and_ended_when_one_does() -> None:
    first = version("alder", stewards=("alder", "beech"))
    both = [version(name, (first,), stewards=("alder", "beech"), mode="open") for name in ("alder", "beech")]
    assert resolve([first, *both]).circles[ID].mode == "open"
    for name in ("alder", "beech"):
        end = version(name, (first,), withdrawn=True)
        assert resolve([first, both[name == "alder"], end]).circles[ID].ended


def test_a_circle_does_not_begin_with_its_end() -> None:
    assert resolve([version("alder", withdrawn=True)]).circles == {}


def test_a_circle_that_ended_cannot_begin_again() -> None:
    first = version("alder")
    end = version("alder", (first,), withdrawn=True)
    again = version("alder", (end,))
    circle = resolve([first, end, again]).circles[ID]
    assert circle.ended


@given(
    st.lists(st.tuples(st.sampled_from(("alder", "beech", "cedar")), st.integers(0, 5)), max_size=6),
    st.randoms(),
)
def test_order_of_reading_changes_nothing_and_nobody_outside_the_stewards_is_ever_followed(
    moves: list[tuple[str, int]], random: Any
) -> None:
    held = [version("alder", stewards=("alder", "beech"))]
    for number, (author, base) in enumerate(moves):
        before = held[base % len(held)]
        held.append(version(author, (before,), stewards=(author,), members=(f"m{number}",)))
    shuffled = list(held)
    random.shuffle(shuffled)
    assert resolve(held).circles == resolve(shuffled).circles
    circle = resolve(held).circles[ID]
    assert "cedar" not in itertools.chain(circle.stewards, circle.members)


def test_whoever_floods_circles_crowds_out_nobody() -> None:
    flood = [version("cedar", stewards=("cedar",), members=(f"m{number}",)) for number in range(1_100)]
    first = version("alder")
    resolved = resolve([*flood, first])
    assert resolved.circles[ID].versions == (first.digest,) and len(resolved.news) == 1


def test_of_one_author_so_many_versions_are_read(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_VERSIONS", 2)
    held = [version("alder", stewards=("alder", "beech"))]
    held += [version("alder", (held[-1],), stewards=("alder", "beech"), members=("cedar",))]
    held += [version("alder", (held[-1],)), version("beech", (held[-1],))]
    assert resolve(held).circles[ID].versions == (held[3].digest,)
