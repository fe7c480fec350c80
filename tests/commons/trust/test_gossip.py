"""What others saw beside what we saw: who is believed, and how far."""

from datetime import UTC, datetime, timedelta

import pytest

from polder.commons.trust.clock import ahead, off_by
from polder.commons.trust.gossip import Own, Seen, Word, compare, read_word, worth_telling, write_word

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = "sha256:" + "f" * 64
HOUR = timedelta(hours=1)


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def seen(timestamp: int, root: int = 1, number: int = 0, at: datetime = NOW, first: str = FIRST) -> Seen:
    return Seen(first, root, timestamp, digest(number or timestamp), at)


def own(timestamp: int, root: int = 1) -> dict[str, Own]:
    mine = seen(timestamp, root)
    return {
        "beech": Own(
            mine, {(root, timestamp): mine.digest, (root, timestamp - 1): digest(timestamp - 1)}, NOW
        )
    }


def words(roster: tuple[int, str] | None = None, **said: Seen) -> dict[str, Word]:
    return {name: Word({"beech": one}, roster, NOW) for name, one in said.items()}


def found(mine: dict[str, Own], said: dict[str, Word], groups: dict[str, str] | None = None) -> list[str]:
    return [one.code for one in compare(mine, {}, said, groups or {})]


def test_one_witness_of_a_newer_state_may_be_lying():
    assert found(own(5), words(cedar=seen(7))) == []


def test_two_witnesses_are_believed_the_lower_claim_counts():
    findings = compare(own(5), {}, words(cedar=seen(7), dogwood=seen(10**6)), {})

    assert [(one.code, one.values["theirs"]) for one in findings] == [("sync.frozen", "1/7")]


def test_two_of_one_group_are_one_voice():
    said = words(cedar=seen(7), dogwood=seen(7))

    assert found(own(5), said, {"cedar": "delta", "dogwood": "delta"}) == []


def test_what_a_provider_says_of_itself_is_no_witness():
    assert found(own(5), words(cedar=seen(7), beech=seen(7))) == []


def test_a_provider_of_the_same_name_in_another_network_is_another_one():
    other = seen(7, first=digest(1))

    assert found(own(5), words(cedar=other, dogwood=other)) == []


def test_a_newer_root_counts_more_than_any_timestamp_under_the_old_one():
    assert found(own(5, root=2), words(cedar=seen(10**6), dogwood=seen(10**6))) == []
    assert found(own(5), words(cedar=seen(1, root=2), dogwood=seen(1, root=2))) == ["sync.frozen"]


def test_older_versions_are_compared_as_well():
    assert found(own(5), words(cedar=seen(4, number=99))) == ["sync.shown-two-ways"]
    assert found(own(5), words(cedar=seen(4))) == []


def test_two_others_who_disagree_are_enough():
    assert found(own(5), words(cedar=seen(3, number=1), dogwood=seen(3, number=2))) == ["sync.shown-two-ways"]


def test_rival_rosters_are_told_with_who_saw_which():
    said = words((3, digest(1)), cedar=seen(5)) | words((3, digest(2)), dogwood=seen(5))

    rivals = compare({}, {3: digest(1)}, said, {})

    assert [(one.code, one.subject, one.witnesses) for one in rivals] == [
        ("sync.two-rosters", "roster", ("cedar", "dogwood"))
    ]
    assert compare({}, {3: digest(1)}, words((3, digest(1)), cedar=seen(5)), {}) == ()


def test_words_come_back_as_they_were_written():
    word = Word({"beech": seen(5)}, (3, digest(1)), NOW)

    assert read_word(write_word(word.peers, word.roster, word.at)) == word


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"format":"polder-seen-2"}', b"x" * 300_000, b'{"a":1,"a":2}']
)
def test_words_that_make_no_sense_are_none(content):
    assert read_word(content) is None


def test_the_same_news_is_not_told_twice_a_day():
    before = Word({"beech": seen(5)}, None, NOW)

    assert not worth_telling(before, Word({"beech": seen(6)}, None, NOW + 19 * HOUR))
    assert worth_telling(before, Word({"beech": seen(6)}, None, NOW + 20 * HOUR))
    assert worth_telling(before, Word({"beech": seen(6, root=2)}, None, NOW + HOUR))
    assert worth_telling(before, Word({"beech": seen(5)}, (1, digest(1)), NOW + HOUR))
    assert not worth_telling(before, Word({"beech": seen(5)}, None, NOW + 48 * HOUR))


def test_a_peer_that_signed_in_our_future_shows_that_our_clock_is_behind():
    assert ahead([], NOW + timedelta(days=14) + 5 * HOUR, NOW) == 5 * 3600
    assert ahead([2.0], NOW + timedelta(days=13), NOW) == 2.0


def test_half_of_the_clocks_are_not_most_of_them():
    assert off_by([7200, 7200, 0, 0]) == 0
    assert off_by([-7200, -7300, 0]) == -7300
