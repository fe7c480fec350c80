"""Everybody's folder is kept by two others, in other groups if there are any, and few duties move when somebody comes or goes."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.roster.duties import duties, keepers
from polder.commons.roster.model import Member
from polder.kernel.digest import Digest
from polder.kernel.signing import PublicKey

NAMES = st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=30, unique=True)


def members(names: Iterable[str], groups: dict[str, str] | None = None) -> dict[str, Member]:
    held = groups or {}
    return {
        one: Member(one, one, (), Digest("sha256:00"), PublicKey("11" * 32), group=held.get(one, one))
        for one in names
    }


@given(NAMES)
@settings(max_examples=50, deadline=None)
def test_three_copies_of_each_folder_when_there_are_three(names: list[str]) -> None:
    found = duties(members(names))
    for name in names:
        kept_by = [one for one in names if name in found[one]]
        assert len(kept_by) == min(2, len(names) - 1)
        assert name not in kept_by
        assert len(found[name]) == min(2, len(names) - 1)


@given(NAMES, st.from_regex(r"[a-z]{9}", fullmatch=True))
@settings(max_examples=50, deadline=None)
def test_a_newcomer_moves_the_duties_for_two_neighbours_at_most(names: list[str], newcomer: str) -> None:
    before, after = members(names), members([*names, newcomer])
    moved = [name for name in names if keepers(name, before) != keepers(name, after)]

    assert len(moved) <= 2


def test_copies_are_in_other_groups_where_there_are_any() -> None:
    groups = {"alder": "hill", "beech": "hill", "cedar": "hill", "dogwood": "vale", "elm": "marsh"}
    held = members(groups, groups)

    for name in groups:
        places = {groups[one] for one in (name, *keepers(name, held))}
        assert len(places) == 3


@pytest.mark.parametrize("count", [2, 3, 5])
def test_one_group_only_still_mirrors(count: int) -> None:
    names = [f"m{number}" for number in range(count)]
    held = members(names, dict.fromkeys(names, "hill"))

    assert all(len(keepers(name, held)) == min(2, count - 1) for name in names)


def test_who_sleeps_mirrors_nobody_and_is_mirrored() -> None:
    from dataclasses import replace

    held = members(["alder", "beech", "cedar", "dogwood"])
    held["cedar"] = replace(held["cedar"], state="dormant")
    found = duties(held)

    assert found["cedar"] == ()
    assert sum("cedar" in kept for kept in found.values()) == 2
