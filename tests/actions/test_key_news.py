"""What readers are told when a provider changes its keys: everything once, and an alarm where a thief would have done the same."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polder.actions.network_status import network_status
from polder.actions.network_steward import steward
from polder.actions.sync_network import Round, sync_network
from polder.actions.sync_peer import PeerNews
from polder.commons.trust.root_steps import read_keys
from polder.world.network_alarms import close_alarm, read_alarms
from support.publisher import Publisher, TestKey
from support.web import Web

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Reader:
    """The provider alder, which follows beech."""

    def __init__(self, folder: Path, people: int = 3, threshold: int = 2) -> None:
        self.folder, self.state = folder, folder / "state"
        self.beech = Publisher("beech", NOW, people, threshold)

    def follows(self, web: Web) -> None:
        follow = {"beech": {"url": web.url, "root": self.beech.pinned, "private": True}}
        text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
        (self.folder / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")

    def sync(self, day: int = 0) -> Round:
        return sync_network(self.folder, NOW + day * DAY, ("beech",))

    def changes(self, number: int, *seeds: str, threshold: int = 0, day: int = 0) -> None:
        """The people's keys from ``number`` on are replaced by those of ``seeds``, with as many old signatures as must."""
        beech, old = self.beech, list(self.beech.root_keys)
        beech.root_keys = [*old[:number], *(TestKey(one) for one in seeds)]
        beech.targets_keys = list(beech.root_keys)
        beech.threshold = threshold or beech.threshold
        beech.publish_root(NOW + day * DAY, old)
        beech.publish(NOW + day * DAY)


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    webs: list[Web] = []

    def begin(people: int = 3, threshold: int = 2) -> Reader:
        reader = Reader(tmp_path, people, threshold)
        webs.append(Web(reader.beech.files))
        reader.follows(webs[0])
        return reader

    yield begin
    for web in webs:
        web.__exit__()


def codes(found: Round) -> list[str]:
    return sorted(one.code for one in found.alarms)


def beech(found: Round) -> PeerNews:
    return found.news[0]


def test_two_people_who_change_the_third_are_told_once_and_are_no_alarm(reading):
    reader = reading()
    went = reader.beech.root_keys[2].public.id
    reader.sync()
    reader.changes(2, "newcomer", day=1)
    first, again = reader.sync(1), reader.sync(2)

    (change,) = beech(first).keys
    assert (change.root, change.came, change.went) == (2, (TestKey("newcomer").public.id,), (went,))
    assert len(change.stay) == 2 and change.until == NOW + DAY + timedelta(365)
    assert not change.server and not change.wanted
    assert codes(first) == [] and beech(again).keys == ()
    assert [one.seen for one in network_status(reader.folder, NOW)[0].keys] == [NOW + DAY]


def test_all_peoples_keys_then_all_of_the_servers_are_told_step_by_step_and_are_an_alarm_with_both_roots(
    reading,
):
    reader = reading()
    reader.sync()
    reader.changes(0, "x", "y", "z")
    reader.beech.keys = {role: TestKey(f"new-{role}") for role in reader.beech.keys}
    reader.beech.publish_root(NOW)
    reader.beech.publish(NOW)
    found = reader.sync(1)

    people, server = beech(found).keys
    assert (len(people.came), len(people.went), people.stay) == (3, 3, ())
    assert (server.root, server.server, server.came) == (3, ("snapshot", "timestamp", "robot"), ())
    (alarm,) = found.alarms
    assert (alarm.code, alarm.values["had"], alarm.values["stay"]) == ("sync.people-replaced", 3, 0)
    roots = [reader.beech.files[f"metadata/{number}.root.json"] for number in (1, 2)]
    assert list(alarm.evidence.values()) == roots


def test_an_only_key_that_changed_is_an_alarm_and_so_is_one_beside_it(reading):
    reader = reading(1, 1)
    reader.sync()
    reader.changes(0, "thief")
    assert codes(reader.sync(1)) == ["sync.one-key-decided"]
    reader.changes(1, "friend", day=2)
    assert codes(reader.sync(2)) == ["sync.one-key-decided"]


def test_one_of_three_who_may_each_decide_alone_is_no_alarm(reading):
    reader = reading(3, 1)
    reader.sync()
    reader.changes(2, "newcomer")
    found = reader.sync(1)
    assert codes(found) == [] and len(beech(found).keys) == 1


def test_people_exchanged_one_by_one_within_a_month_are_an_alarm_and_within_a_year_none(reading):
    reader = reading()
    reader.sync()
    reader.changes(2, "x", day=1)
    assert codes(reader.sync(1)) == []
    reader.beech.root_keys.reverse()
    reader.changes(2, "y", day=20)
    assert codes(reader.sync(20)) == ["sync.people-replaced"]
    reader.beech.root_keys.reverse()
    reader.changes(2, "z", day=90)
    assert codes(reader.sync(90)) == []
    reader.changes(2, "u", day=200)
    assert codes(reader.sync(200)) == []


def exchanged(reader: Reader, *seeds: str, months: int = 0) -> list[Round]:
    """The oldest key of three gives way to one of ``seeds``, in a root of its own each month; what each month's round tells."""
    rounds = []
    for month, seed in enumerate(seeds, months + 1):
        first, *others = reader.beech.root_keys
        reader.beech.root_keys = [*others, first]
        reader.changes(2, seed, day=40 * month)
        rounds.append(reader.sync(40 * month))
    return rounds


def test_people_exchanged_slowly_are_an_alarm_once_too_few_are_left_to_sign(reading):
    reader = reading()
    went = [one.public.id for one in reader.beech.root_keys]
    reader.sync()
    first, second, third = exchanged(reader, "x", "y", "z")

    assert (codes(first), codes(second), codes(third)) == ([], ["sync.people-exchanged"], [])
    (alarm,) = second.alarms
    assert [alarm.values[name] for name in ("before", "after", "had", "stay", "wanted")] == [1, 3, 3, 1, 2]
    days = {2: NOW + 40 * DAY, 3: NOW + 80 * DAY}
    gone = {f"{went[root - 2][:16]} → {root} ({day:%Y-%m-%d})" for root, day in days.items()}
    assert set(alarm.values["gone"]) == gone
    assert list(alarm.evidence) == ["root 1", "root 2", "root 3"]
    assert alarm.values["fingerprint"] == read_keys(reader.beech.files["metadata/3.root.json"]).digest


def test_after_an_alarm_about_people_its_newer_root_is_what_the_next_ones_are_held_against(reading):
    reader = reading()
    reader.sync()
    _, found = exchanged(reader, "x", "y")
    close_alarm(reader.state, found.alarms[0].id, "ana and ben read the words to us", NOW + 80 * DAY)
    third, fourth = exchanged(reader, "z", "u", months=2)

    assert codes(third) == [] and codes(fourth) == ["sync.people-exchanged"]
    assert (fourth.alarms[0].values["before"], fourth.alarms[0].values["after"]) == (3, 5)
    assert [bool(one.closed) for one in read_alarms(reader.state)] == [False, True]


def test_the_same_persons_key_may_change_again_and_again(reading):
    reader = reading()
    reader.sync()
    for month in range(1, 5):
        reader.changes(2, f"new {month}", day=40 * month)
        assert codes(reader.sync(40 * month)) == []


def test_what_came_after_an_alarm_in_the_same_round_is_not_covered_by_it(reading):
    reader = reading()
    reader.sync()
    reader.changes(1, "x", "y")
    reader.changes(0, "u", "v", "w")
    found = reader.sync(1)

    told = {one.code: (one.values["before"], one.values["after"]) for one in found.alarms}
    assert told == {"sync.people-replaced": (1, 2), "sync.people-exchanged": (2, 3)}


def test_a_lower_threshold_is_an_alarm_even_when_it_rose_again_before_anybody_looked(reading):
    reader = reading()
    reader.sync()
    reader.changes(3, threshold=1)
    reader.changes(3, threshold=3)
    found = reader.sync(1)

    assert codes(found) == ["sync.threshold-fell"]
    assert [dict(one.wanted) for one in beech(found).keys] == [{"root": (2, 1)}, {"root": (1, 3)}]
    assert (found.alarms[0].values["wanted"], found.alarms[0].values["enough"]) == (2, 1)


def test_a_root_that_only_lasts_longer_is_told_as_that(reading):
    reader = reading()
    reader.sync()
    reader.beech.publish_root(NOW + 300 * DAY)
    reader.beech.publish(NOW + 300 * DAY)
    found = reader.sync(300)
    assert codes(found) == [] and [one.renewed for one in beech(found).keys] == [True]


def test_a_robots_key_that_one_person_changed_without_a_root_is_told(reading):
    reader = reading()
    reader.sync()
    reader.beech.keys["robot"] = TestKey("another")
    reader.beech.publish(NOW)
    found = reader.sync(1)
    assert codes(found) == [] and [one.server for one in beech(found).keys] == [("robot",)]


def test_what_happened_before_a_peer_was_known_is_told_nobody(reading):
    reader = reading()
    reader.changes(0, "x", "y", "z")
    first = reader.sync()
    reader.changes(2, "newcomer", day=1)
    second = reader.sync(1)

    assert codes(first) == [] and beech(first).keys == ()
    assert codes(second) == [] and [one.root for one in beech(second).keys] == [3]


def test_a_state_of_before_changes_were_remembered_begins_with_what_is_believed(reading):
    reader = reading()
    reader.sync()
    (reader.state / "peers/beech/keys.json").unlink()
    reader.changes(0, "x", "y", "z")
    assert codes(reader.sync(1)) == ["sync.people-replaced"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"told":"x"}',
        b'{"told":1,"settled":1,"changes":[{}],"robot":[],"people":""}',
        b'{"told":1,"settled":0,"changes":[],"robot":[],"people":""}',
        b'{"told":1,"settled":9,"changes":[],"robot":[],"people":""}',
    ],
)
def test_a_memory_that_is_damaged_stops_nothing(reading, content):
    reader = reading()
    reader.sync()
    (reader.state / "peers/beech/keys.json").write_bytes(content)
    reader.changes(2, "newcomer")
    found = reader.sync(1)
    assert beech(found).state == "new" and [one.root for one in beech(found).keys] == [2]
    assert network_status(reader.folder, NOW)[0].keys == beech(found).keys


def test_a_round_whose_telling_was_lost_tells_again(reading):
    reader = reading()
    reader.sync()
    place = reader.state / "peers/beech/keys.json"
    before = place.read_bytes()
    reader.changes(0, "x", "y", "z")
    reader.sync(1)
    place.write_bytes(before)  # the process was killed before it was written
    found = reader.sync(1)

    assert [one.root for one in beech(found).keys] == [2]
    assert [(one.code, one.times) for one in read_alarms(reader.state)] == [("sync.people-replaced", 2)]


def test_a_visit_that_failed_after_the_new_root_tells_of_it_all_the_same(reading):
    reader = reading()
    reader.sync()
    reader.changes(0, "x", "y", "z")
    reader.beech.files.pop("metadata/timestamp.json")
    found = reader.sync(1)
    assert beech(found).state == "failed" and codes(found) == ["sync.people-replaced"]


def test_the_stewards_round_tells_too_and_what_was_asked_and_closed_stays_closed(reading):
    reader = reading()
    reader.sync()
    reader.changes(0, "x", "y", "z")
    done = steward(reader.folder, NOW + DAY)
    assert done.round
    (alarm,) = done.round.alarms
    assert [one.root for one in beech(done.round).keys] == [2]
    close_alarm(reader.state, alarm.id, "ben asked beech", NOW + DAY)
    reader.beech.publish(NOW + 2 * DAY)
    assert codes(reader.sync(2)) == [] and read_alarms(reader.state)[0].closed
