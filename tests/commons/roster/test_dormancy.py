"""A member that was silent for long may be called dormant; one word of its own wakes it. Few never come to decide for many by that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from polder.commons.roster.chain import Chain
from polder.commons.roster.changes import ChangeLeast, Dormant, Leave, Wake
from polder.commons.roster.collect import Facts
from polder.commons.roster.document import Edition
from polder.commons.roster.propose import propose
from polder.commons.roster.standing import hindrances
from polder.commons.roster.verify import verify
from polder.kernel.problem import Refused
from support.rosters import NAMES, NOW, beginning, following, own_word

DAY = timedelta(days=1)
LATER = NOW + 300 * DAY
FOUR = ["alder", "beech", "cedar", "dogwood"]


def history() -> Chain:
    """Three large changes that elm did not sign."""
    editions: list[Edition] = [beginning()]
    for number, least in enumerate((1, 2, 3)):
        editions.append(following(editions[-1], ChangeLeast(least), FOUR, NOW + number * 30 * DAY))
    return Chain(tuple(editions))


CHAIN = history()
FAIR = Dormant("elm", NOW, (NOW + 200 * DAY, NOW + 230 * DAY), (2, 3, 4))


def codes(change: Dormant) -> list[str]:
    edition = propose(CHAIN.head, change, "", LATER)
    return [one.code for one in hindrances(CHAIN, edition, Facts(), "alder", LATER)]


def test_a_silent_member_announced_twice_becomes_dormant() -> None:
    dormant = following(CHAIN.head, FAIR, ["alder", "beech", "cedar"], LATER)
    verify(CHAIN.head, dormant)

    assert codes(FAIR) == []
    assert [one.id for one in dormant.roster.active] == FOUR
    assert "elm" in dormant.roster.members
    assert dormant.roster.threshold == 3


@pytest.mark.parametrize(
    "change",
    [
        replace(FAIR, silent=LATER - 181 * DAY),
        replace(FAIR, announced=FAIR.announced[:1]),
        replace(FAIR, announced=(FAIR.announced[0], FAIR.announced[0] + 13 * DAY)),
        replace(FAIR, announced=(FAIR.announced[0], LATER + DAY)),
        replace(FAIR, missed=(2, 3)),
        replace(FAIR, missed=(1, 2, 3)),
        replace(FAIR, missed=(2, 3, 9)),
        replace(FAIR, member="dogwood"),
    ],
    ids=[
        "not for long",
        "told once",
        "told twice in a row",
        "told later",
        "missed two",
        "signed one",
        "missed what is not",
        "was there",
    ],
)
def test_one_that_was_not_so_silent_does_not(change: Dormant) -> None:
    assert codes(change) == ["roster.not-silent-enough"]


def test_its_own_word_wakes_it() -> None:
    dormant = following(CHAIN.head, FAIR, ["alder", "beech", "cedar"], LATER)
    awake = following(dormant, Wake(own_word("wake", "elm", CHAIN.editions[0].digest, LATER)), FOUR, LATER)
    verify(dormant, awake)

    assert [one.id for one in awake.roster.active] == list(NAMES)


def test_nobody_elses_word_wakes_it_and_it_signs_nothing_while_it_sleeps() -> None:
    dormant = following(CHAIN.head, FAIR, ["alder", "beech", "cedar"], LATER)
    false = replace(own_word("wake", "alder", CHAIN.editions[0].digest, LATER), member="elm")

    assert refused(dormant, Wake(false)) == ["roster.not-its-own-word"]
    with pytest.raises(Refused) as caught:
        verify(dormant, following(dormant, ChangeLeast(2), ["alder", "beech", "elm"], LATER))
    assert {one.code for one in caught.value.problems} == {"roster.too-few-old", "roster.too-few-new"}


def test_a_member_may_leave_while_it_sleeps() -> None:
    dormant = following(CHAIN.head, FAIR, ["alder", "beech", "cedar"], LATER)
    word = own_word("leave", "elm", CHAIN.editions[0].digest, LATER)

    verify(dormant, following(dormant, Leave(word), ["alder", "beech", "cedar"], LATER))


def test_two_never_decide_for_nine_because_seven_sleep() -> None:
    editions = asleep(beginning(*(f"m{number}" for number in range(9))), ["m8", "m7", "m6", "m5", "m4"])
    fewest = asleep(editions, ["m3"])

    assert (len(fewest.roster.active), fewest.roster.threshold) == (3, 3)
    assert refused(fewest, replace(FAIR, member="m2")) == ["roster.too-few-left"]


def asleep(edition: Edition, names: Sequence[str]) -> Edition:
    for name in names:
        signing = [one.id for one in edition.roster.active]
        edition = following(edition, replace(FAIR, member=name), signing, LATER)
    return edition


def refused(old: Edition, change: Dormant | Wake) -> list[str]:
    with pytest.raises(Refused) as caught:
        propose(old, change, "", LATER)
    return [one.code for one in caught.value.problems]
