"""What a change needs, by each of the three sets of rules."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from polder.commons.roster.changes import (
    Change,
    ChangeLeast,
    ChangeMember,
    ChangeRules,
    Dormant,
    Expel,
    Join,
    Leave,
    ReplaceKey,
    Wake,
    change_of,
    plain_change,
)
from polder.commons.roster.fields import Fields
from polder.commons.roster.presets import PRESETS, demand, threshold
from polder.commons.roster.verify import verify
from polder.kernel.problem import Refused
from support.rosters import NAMES, NOW, beginning, following, introduction, own_word

NINE = tuple(f"m{number}" for number in range(9))
ROSTERS = {preset: beginning(*NINE, rules=rules) for preset, rules in PRESETS.items()}
WORD = own_word("leave", "m1", ROSTERS["polder"].digest)
CHANGES: dict[str, Change] = {
    "join": Join(introduction("fir")),
    "expel": Expel("m1"),
    "compromised": Expel("m1", compromised=True),
    "rules": ChangeRules(PRESETS["ladder"]),
    "threshold": ChangeLeast(6),
    "key": ReplaceKey(introduction("m1")),
    "entry": ChangeMember(introduction("m1")),
    "dormant": Dormant("m1", NOW, (NOW,), (1,)),
    "leave": Leave(WORD),
    "wake": Wake(replace(WORD, say="wake")),
}
CASES = [
    ("polder", "join", 5, 14, 2, 7),
    ("polder", "expel", 6, 14, 0, 7),
    ("polder", "compromised", 6, 0, 0, 0),
    ("polder", "rules", 5, 14, 0, 7),
    ("polder", "key", 5, 0, 0, 7),
    ("polder", "leave", 5, 0, 0, 7),
    ("ladder", "join", 5, 14, 0, 7),
    ("ladder", "expel", 5, 14, 0, 7),
    ("ladder", "key", 5, 14, 0, 7),
    ("ladder", "dormant", 5, 14, 0, 7),
    ("ladder", "entry", 5, 0, 0, 7),
    ("vouches", "join", 5, 0, 1, 7),
    ("vouches", "expel", 5, 0, 0, 7),
    ("vouches", "wake", 5, 0, 0, 7),
]


@pytest.mark.parametrize(("preset", "change", "signatures", "open_days", "vouches", "waiting"), CASES)
def test_a_change_needs(
    preset: Any, change: str, signatures: int, open_days: int, vouches: int, waiting: int
) -> None:
    found = demand(ROSTERS[preset].roster, CHANGES[change])

    assert (found.signatures, found.open.days, found.vouches, found.waiting.days) == (
        signatures,
        open_days,
        vouches,
        waiting,
    )
    assert found.without == ({"m1"} if change in ("expel", "compromised") else frozenset())


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_written_and_read_back(name: str) -> None:
    fields = Fields(plain_change(CHANGES[name]), "change")

    assert change_of(fields) == CHANGES[name] and fields.problems == []


def test_the_threshold_is_always_more_than_half_and_never_everybody_from_three_on() -> None:
    for everybody in range(1, 60):
        for active in range(1, everybody + 1):
            for least in (1, 3, 7):
                k = threshold(active, everybody, least)
                assert k > active / 2 and k >= -(-everybody // 3) // 2 + 1
                assert everybody < 3 or k < everybody


def test_the_ladder_counts_half_of_all_members_sleeping_ones_too() -> None:
    first = beginning(*NINE, rules=PRESETS["ladder"])
    edition = first
    for name in ("m8", "m7", "m6"):
        edition = following(edition, Dormant(name, NOW, (), ()), NINE)

    assert edition.roster.threshold == 4
    assert demand(edition.roster, CHANGES["join"]).signatures == 5
    four = following(edition, CHANGES["threshold"], ["m0", "m1", "m2", "m3"])
    with pytest.raises(Refused):
        verify(edition, four)


def test_two_thirds_expel_and_the_one_concerned_is_not_counted() -> None:
    first = ROSTERS["polder"]

    verify(first, following(first, Expel("m1"), ["m0", *NINE[2:7]]))
    with pytest.raises(Refused) as refused:
        verify(first, following(first, Expel("m1"), NINE[:6]))
    assert [one.code for one in refused.value.problems] == ["roster.too-few-without"]


def test_two_members_cannot_expel_each_other() -> None:
    first = beginning("alder", "beech")

    with pytest.raises(Refused):
        verify(first, following(first, Expel("beech"), ["alder"]))


def test_waiting_and_open_days_are_in_the_roster_and_change_with_it() -> None:
    slow = beginning(*NAMES, rules=replace(PRESETS["polder"], open=30, waiting=21, waiting_expelled=1))

    assert demand(slow.roster, CHANGES["join"]).open == timedelta(days=30)
    assert demand(slow.roster, Expel("elm", compromised=True)).waiting == timedelta(days=1)
