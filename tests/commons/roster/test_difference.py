"""Every field of a roster that changes has a line, in words, before anybody signs."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from polder.commons.roster.changes import Dormant, Expel, Join, ReplaceKey
from polder.commons.roster.difference import beginning as begins
from polder.commons.roster.difference import difference
from polder.commons.roster.model import Member, Roster, Rules
from polder.commons.roster.propose import propose
from polder.kernel.digest import digest_of_bytes
from polder.kernel.sentences import say
from support.rosters import NOW, Hand, beginning, introduction

FIRST = beginning()
MEMBER: dict[str, Any] = {
    "name": "Other",
    "urls": ("https://elsewhere.example/",),
    "root": digest_of_bytes(b"other"),
    "key": Hand("other").public,
    "recipients": ("age1x",),
    "mirrors": ("alder",),
    "group": "marsh",
    "state": "dormant",
    "since": NOW + timedelta(days=1),
    "effective": NOW + timedelta(days=2),
}


@pytest.mark.parametrize("field", [one.name for one in fields(Member) if one.name != "id"])
def test_each_field_of_a_member(field: str) -> None:
    roster = FIRST.roster
    other = replace(roster.members["elm"], **{field: MEMBER[field]})

    assert difference(roster, with_member(roster, other))


@pytest.mark.parametrize("field", [one.name for one in fields(Rules)])
def test_each_rule(field: str) -> None:
    roster = FIRST.roster
    other = "ladder" if field == "preset" else 99
    lines = difference(roster, replace(roster, rules=replace(roster.rules, **{field: other})))

    assert [one.code for one in lines] == ["roster.diff-rule"]


@pytest.mark.parametrize("field", ["threshold", "network"])
def test_each_field_of_the_roster(field: str) -> None:
    assert difference(
        FIRST.roster, replace(FIRST.roster, **{field: {"threshold": 5, "network": "Highland"}[field]})
    )


def test_nothing_has_no_lines() -> None:
    assert difference(FIRST.roster, FIRST.roster) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Join(introduction("fir")), "+ fir (Fir) comes in: https://fir.example/net/"),
        (Expel("elm"), "- elm (Elm) is no longer in the network."),
        (ReplaceKey(introduction("elm", signer=Hand("new"))), "elm gets another governance key"),
        (Dormant("elm", NOW, (), ()), "elm becomes dormant"),
    ],
)
def test_it_reads_as_sentences(change: Any, words: str) -> None:
    lines = difference(FIRST.roster, propose(FIRST, change, "", NOW).roster)

    assert words in "\n".join(say(one.code, one.values) for one in lines)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_small_beginning_says_what_it_cannot_do(count: int) -> None:
    first = beginning(*(f"m{number}" for number in range(count)))
    small = [one.code for one in begins(first) if one.code.startswith("roster.small-")]

    assert small == ([f"roster.small-{count}"] if count < 4 else [])


def with_member(roster: Roster, member: Member) -> Roster:
    return replace(roster, members={**roster.members, member.id: member})
