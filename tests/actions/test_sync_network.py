"""A whole round over HTTP: several peers, copies of them, what others saw, alarms and their ends."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from polder.actions.load_network import load_network
from polder.actions.network_status import network_status
from polder.actions.sync_network import Round, mirror_place, sync_network
from polder.actions.sync_peer import sync_peer
from polder.cli.network_sync_commands import round_lines
from polder.commons.trust.gossip import Seen, digest_of_timestamp, read_word, write_word
from polder.kernel.peer import Peer
from polder.kernel.problem import Refused
from polder.world.network_alarms import close_alarm, raise_alarm, read_alarms
from polder.world.network_store import load_published
from support.publisher import Publisher, TestKey
from support.web import Web, redirect, status

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)


class Neighbours:
    """The provider alder in a folder, and peers with web servers of their own."""

    def __init__(self, folder: Path, stack: ExitStack, *names: str) -> None:
        self.folder, self.stack = folder, stack
        self.peers = {name: Publisher(name, NOW) for name in names}
        self.webs = {name: stack.enter_context(Web(one.files)) for name, one in self.peers.items()}
        self.mirrors: dict[str, list[str]] = {}
        self.more = ""
        self.write()

    def write(self) -> None:
        follow = {
            name: {
                "url": self.webs[name].url,
                "root": one.pinned,
                "private": True,
                "mirrors": self.mirrors.get(name, []),
            }
            for name, one in self.peers.items()
        }
        text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n" + self.more
        (self.folder / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")

    def sync(self, now: datetime = NOW, *names: str) -> Round:
        return sync_network(self.folder, now, names)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def says(self, witness: str, peer: str, timestamp: int, digest: str, at: datetime = NOW) -> None:
        """``witness`` publishes that it saw version ``timestamp`` of ``peer``."""
        seen = Seen(self.peers[peer].pinned, 1, timestamp, digest, at)
        self.peers[witness].robot_files["seen/state.json"] = write_word({peer: seen}, None, at)
        self.peers[witness].publish(at)


@pytest.fixture
def neighbours(tmp_path) -> Iterator[Neighbours]:
    with ExitStack() as stack:
        yield Neighbours(tmp_path, stack, "beech", "cedar", "dogwood")


def codes(found: Round) -> list[str]:
    return [one.code for one in found.alarms]


def digest_of(publisher: Publisher) -> str:
    return digest_of_timestamp(publisher.files["metadata/timestamp.json"])


def test_a_round_reads_every_peer_and_the_next_one_finds_nothing_new(neighbours):
    first, second = neighbours.sync(), neighbours.sync(LATER)

    assert [one.state for one in first.news] == ["new"] * 3
    assert [one.state for one in second.news] == ["same"] * 3
    assert set(load_published(neighbours.state)) == {"beech", "cedar", "dogwood"}
    assert not first.alarms and not second.alarms


def test_a_mirror_that_puts_blanks_around_a_timestamp_has_nobody_accused(neighbours):
    beech = neighbours.peers["beech"]
    padded = {**beech.files, "metadata/timestamp.json": beech.files["metadata/timestamp.json"] + b"  \n"}
    neighbours.mirrors["beech"] = [neighbours.stack.enter_context(Web(padded)).url]
    neighbours.write()
    neighbours.webs["beech"].behave["metadata/1.root.json"] = status(503)
    neighbours.sync()
    neighbours.webs["beech"].behave.clear()
    neighbours.says("cedar", "beech", 1, digest_of(beech))
    found = neighbours.sync(LATER, "beech", "cedar")

    assert codes(found) == []
    assert [one.state for one in found.news] == ["new", "new"]


@pytest.mark.parametrize("name", ["current.json", "timestamp", "index", "1.root.json"])
@pytest.mark.parametrize("content", [b"", b"[]", b"\xff"])
def test_a_damaged_file_of_one_peer_is_said_and_holds_up_nobody_else(neighbours, name, content):
    neighbours.sync()
    place = neighbours.state / "peers" / "beech"
    (damaged,) = place.glob(name) if name == "current.json" else place.glob(f"metadata/{name}*")
    damaged.write_bytes(content)
    for one in neighbours.peers.values():
        one.publish(LATER)
    found = neighbours.sync(LATER)

    assert [one.state for one in found.news] == ["failed", "new", "new"]
    assert {one.problem.code for one in found.news[0].troubles} <= {"sync.damaged", "sync.own-root-altered"}
    assert {"cedar", "dogwood"} <= set(load_published(neighbours.state))
    assert len(network_status(neighbours.folder, LATER)) == 3


def test_a_damaged_alarm_gives_way_to_a_new_one_and_many_of_a_kind_become_one(neighbours):
    for number in range(60):
        raise_alarm(neighbours.state, "sync.tampered", "beech", {"path": "x"}, {"it": b"x"}, NOW, f"{number}")
    first, *others = sorted((neighbours.state / "alarms").iterdir())
    assert len(others) == 40

    first.write_bytes(b"")
    with pytest.raises(Refused):
        read_alarms(neighbours.state)
    for number in range(60):
        raise_alarm(neighbours.state, "sync.tampered", "beech", {"path": "x"}, {"it": b"x"}, NOW, f"{number}")
    assert len(read_alarms(neighbours.state)) == 41


def test_what_was_seen_is_told_at_once_and_then_once_a_day(neighbours):
    neighbours.sync()
    place = neighbours.state / "robot/seen/state.json"
    first = place.read_bytes()
    neighbours.peers["beech"].publish(LATER)
    neighbours.sync(LATER)
    assert place.read_bytes() == first
    neighbours.sync(NOW + timedelta(hours=21))

    word = read_word(place.read_bytes())
    assert word and word.peers["beech"].timestamp == 2
    assert word.peers["beech"].digest == digest_of(neighbours.peers["beech"])


def test_a_copy_is_byte_for_byte_the_origin_and_serves_a_newcomer_alone(neighbours, tmp_path):
    beech = neighbours.peers["beech"]
    beech.given["recipes/wiki/offer.json"] = b"{}"
    beech.robot_files["seen/state.json"] = b"{}"
    beech.publish_root(NOW)
    beech.publish(NOW, ["targets", "robot", "snapshot", "timestamp"])
    neighbours.more = "mirror: [beech]\n"
    neighbours.write()
    neighbours.sync()
    network = load_network(neighbours.folder)
    place = mirror_place(neighbours.folder, network, "beech")
    copied = {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }
    current = {name: content for name, content in beech.files.items() if name in copied}

    with Web(copied) as mirror:
        peer = Peer("beech", beech.pinned, ("http://127.0.0.1:1/",), (mirror.url,), private=True)
        news = sync_peer(tmp_path / "newcomer", peer, NOW, 2**20, Random(1))

    assert copied == current
    assert {f"metadata/{n}.root.json" for n in (1, 2)} <= set(copied)
    assert news.state == "new"
    assert dict(load_published(tmp_path / "newcomer")["beech"].files) == {**beech.given, **beech.robot_files}


def test_a_copy_keeps_old_documents_for_thirty_days_and_roots_for_ever(neighbours):
    beech = neighbours.peers["beech"]
    neighbours.more = "mirror: [beech]\n"
    neighbours.write()
    place = neighbours.folder / "public/mirrors/beech/metadata"
    for day in (0, 1, 32):
        beech.publish_root(NOW + timedelta(day))
        beech.publish(NOW + timedelta(day))
        neighbours.sync(NOW + timedelta(day))
    held = {path.name for path in place.iterdir()}

    assert "2.snapshot.json" not in held and {"3.snapshot.json", "4.snapshot.json"} <= held
    assert {"1.root.json", "2.root.json", "3.root.json", "4.root.json"} <= held


def test_two_who_saw_a_newer_state_show_that_somebody_is_kept_in_the_past(neighbours):
    neighbours.says("cedar", "beech", 7, "sha256:" + "7" * 64)
    assert codes(neighbours.sync()) == []
    neighbours.says("dogwood", "beech", 9, "sha256:" + "9" * 64)

    found = neighbours.sync(LATER)

    alarm = found.alarms[0]
    assert (alarm.code, alarm.values["theirs"], alarm.values["ours"]) == ("sync.frozen", "1/7", "1/1")
    assert alarm.values["by"] == ("cedar", "dogwood")
    assert (
        alarm.evidence["what cedar says it saw"] == neighbours.peers["cedar"].robot_files["seen/state.json"]
    )


def test_one_provider_that_is_followed_under_two_names_is_one_witness(neighbours):
    neighbours.peers["elm"], neighbours.webs["elm"] = neighbours.peers["cedar"], neighbours.webs["cedar"]
    neighbours.write()
    neighbours.says("cedar", "beech", 9, "sha256:" + "0" * 64)

    assert codes(neighbours.sync(LATER)) == []


def test_what_others_saw_after_we_asked_is_no_sign_of_anything(neighbours):
    for witness in ("cedar", "dogwood"):
        neighbours.says(witness, "beech", 7, "sha256:" + "7" * 64, NOW + timedelta(hours=1))

    assert codes(neighbours.sync(NOW + timedelta(minutes=1))) == []


def test_one_version_with_two_contents_is_told_with_both(neighbours):
    neighbours.sync()
    neighbours.says("cedar", "beech", 1, "sha256:" + "0" * 64)

    found = neighbours.sync(LATER)

    assert codes(found) == ["sync.shown-two-ways"]
    assert set(found.alarms[0].evidence) == {"what cedar says it saw", "what we saw"}


def test_altered_files_are_an_alarm_that_names_the_source_and_another_source_serves(neighbours):
    beech = neighbours.peers["beech"]
    bad = dict(beech.files)
    target = next(name for name in bad if name.startswith("targets/"))
    bad[target] = bad[target].replace(b"beech", b"birch")
    neighbours.webs["beech"].files = bad
    good = neighbours.stack.enter_context(Web(beech.files))
    neighbours.mirrors["beech"] = [good.url]
    neighbours.write()

    found = neighbours.sync()

    assert codes(found) == ["sync.tampered"]
    assert found.alarms[0].values["source"] == neighbours.webs["beech"].url
    assert bad[target] in found.alarms[0].evidence.values()
    assert next(one for one in found.news if one.peer == "beech").source == good.url


def test_half_characters_in_what_a_peer_shows_are_an_alarm_like_any_other(neighbours):
    odd = b'{"signatures":[],"signed":{"_type":"\\ud800","version":1}}'
    neighbours.webs["beech"].files = {**neighbours.peers["beech"].files, "metadata/timestamp.json": odd}

    found = neighbours.sync()

    assert codes(found) == ["trust.not-a-document"]
    assert odd in found.alarms[0].evidence.values()
    assert {one.peer for one in found.reached} == {"cedar", "dogwood"}


def test_an_alarm_is_counted_then_closed_with_a_reason_and_opens_again_by_other_evidence_only(neighbours):
    web, beech = neighbours.webs["beech"], neighbours.peers["beech"]
    web.files = {**beech.files, "metadata/timestamp.json": b'{"signed": 1}'}
    first, again = neighbours.sync(), neighbours.sync(LATER, "beech")
    alarm = read_alarms(neighbours.state)[0]
    with pytest.raises(Refused):
        close_alarm(neighbours.state, alarm.id, " ", LATER)
    close_alarm(neighbours.state, alarm.id, "ana asked beech: a broken disk", LATER)
    same = neighbours.sync(LATER + timedelta(days=1), "beech")
    web.files = {**beech.files, "metadata/timestamp.json": b'{"signed": 2}'}
    other = neighbours.sync(LATER + timedelta(days=2), "beech")

    assert (codes(first), codes(again), alarm.times) == (["trust.not-a-document"], [], 2)
    assert (codes(same), codes(other)) == ([], ["trust.not-a-document"])
    assert [one.closed for one in read_alarms(neighbours.state)] == [""]


def test_an_origin_that_goes_back_is_an_alarm_a_late_mirror_is_none(neighbours):
    beech = neighbours.peers["beech"]
    old = dict(beech.files)
    beech.publish(NOW)
    late = neighbours.stack.enter_context(Web(old))
    neighbours.mirrors["beech"] = [late.url]
    neighbours.write()
    neighbours.sync()
    neighbours.webs["beech"].files = {}
    assert codes(neighbours.sync(LATER)) == []
    neighbours.webs["beech"].files = old

    assert codes(neighbours.sync(LATER, "beech")) == ["sync.rollback"]


@pytest.mark.parametrize(("hours", "code"), [(3, "sync.clock-behind"), (-30, "sync.clock-ahead")])
def test_a_clock_that_is_wrong_by_most_peers_is_an_alarm(neighbours, hours, code):
    told = (NOW + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for name in ("beech", "cedar"):
        neighbours.webs[name].date = told

    found = neighbours.sync()

    assert codes(found) == [code]


@pytest.mark.parametrize("hours", [3, -30])
def test_one_peer_alone_cannot_tell_whose_clock_is_wrong_and_that_is_said(neighbours, hours):
    told = (NOW + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    neighbours.webs["beech"].date = told

    alone = neighbours.sync(NOW, "beech")
    assert codes(alone) == [] and round(alone.apart["beech"] / 3600) == hours
    words = [line for line, _ in round_lines(alone)]
    assert (
        f"The clocks of beech and of this machine are about {abs(hours)}.0 hours apart: one of them is wrong."
        in words
    )


def test_a_timestamp_signed_in_our_future_is_told_when_its_signer_is_the_only_peer(neighbours):
    neighbours.peers["beech"].publish(NOW + timedelta(days=2))
    neighbours.webs["beech"].date = NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")

    found = neighbours.sync(NOW, "beech")
    assert codes(found) == [] and round(found.apart["beech"] / 3600) == 48


def test_a_peer_that_sends_elsewhere_is_an_alarm_and_nobody_goes_there(neighbours):
    elsewhere = neighbours.webs["cedar"]
    neighbours.webs["beech"].behave["metadata/1.root.json"] = redirect(f"{elsewhere.url}metadata/1.root.json")
    found = sync_network(neighbours.folder, NOW, ("beech",))

    assert codes(found) == ["sync.redirected"]
    assert elsewhere.asked == []


def test_a_name_that_is_no_peer_is_refused_with_the_nearest(neighbours):
    with pytest.raises(Refused) as refused:
        neighbours.sync(NOW, "beach")

    assert refused.value.problems[0].values["near"] == "beech"


def test_a_copy_follows_a_provider_that_recovered_and_counts_from_lower_numbers_again(neighbours):
    beech = neighbours.peers["beech"]
    neighbours.more = "mirror: [beech]\n"
    neighbours.write()
    beech.publish(NOW)
    neighbours.sync()
    beech.keys |= {"snapshot": TestKey("s"), "timestamp": TestKey("t")}
    beech.versions |= {"snapshot": 1, "timestamp": 1}
    beech.publish_root(NOW)
    beech.publish(NOW)
    neighbours.sync(LATER)

    place = neighbours.folder / "public/mirrors/beech"
    assert (place / "metadata/2.snapshot.json").read_bytes() == beech.files["metadata/2.snapshot.json"]


def test_the_next_version_of_a_lie_is_the_same_alarm(neighbours):
    beech = neighbours.peers["beech"]
    beech.robot_files["card.json"] = b"forged"
    counts = []
    for day in range(3):
        beech.publish(NOW + timedelta(day))
        neighbours.sync(NOW + timedelta(day))
        counts.append([one.times for one in read_alarms(neighbours.state)])

    assert counts == [[1], [2], [3]]


def test_what_was_decided_of_a_witness_stays_decided_while_it_claims_the_same(neighbours):
    beech = neighbours.peers["beech"]
    neighbours.sync()
    neighbours.says("cedar", "beech", 1, "sha256:" + "0" * 64)
    (alarm,) = neighbours.sync(LATER).alarms
    close_alarm(neighbours.state, alarm.id, "carla asked beech: it is cedar that lies", LATER)
    later = LATER + timedelta(hours=1)
    neighbours.says("cedar", "beech", 1, "sha256:" + "0" * 64, later)  # the same claim in other bytes
    beech.publish(later)  # and another state of beech is what we see
    same = neighbours.sync(later)
    neighbours.says("dogwood", "beech", 1, "sha256:" + "0" * 64)
    second = neighbours.sync(later + timedelta(hours=1))
    close_alarm(neighbours.state, alarm.id, "both", later)
    neighbours.says("cedar", "beech", 1, "sha256:" + "1" * 64)
    other = neighbours.sync(later + timedelta(hours=2))

    assert codes(same) == []
    assert codes(second) == ["sync.shown-two-ways"]
    assert codes(other) == ["sync.shown-two-ways"]


def test_blanks_and_signatures_that_anybody_can_add_open_no_closed_alarm(neighbours):
    web, beech = neighbours.webs["beech"], neighbours.peers["beech"]
    web.files = {**beech.files, "metadata/timestamp.json": b'{"signed": {"a": 1}, "signatures": []}'}
    (alarm,) = neighbours.sync().alarms
    close_alarm(neighbours.state, alarm.id, "a broken disk", NOW)
    web.files = {**beech.files, "metadata/timestamp.json": b'{"signed": {"a": 1},  "signatures": [1]} '}

    assert codes(neighbours.sync(LATER, "beech")) == []


def test_a_page_for_people_is_one_trouble_whatever_it_says_today(neighbours):
    web, beech = neighbours.webs["beech"], neighbours.peers["beech"]
    web.files = {**beech.files, "metadata/timestamp.json": b"<p>Monday"}
    (alarm,) = neighbours.sync().alarms
    close_alarm(neighbours.state, alarm.id, "ben mends it", NOW)
    web.files = {**beech.files, "metadata/timestamp.json": b"<p>Tuesday"}

    assert codes(neighbours.sync(LATER, "beech")) == []


def test_an_origin_that_was_restored_is_one_trouble_until_it_is_beyond_what_was_seen(neighbours):
    web, beech = neighbours.webs["beech"], neighbours.peers["beech"]
    states = [dict(beech.files)]
    for _ in range(3):
        beech.publish(NOW)
        states.append(dict(beech.files))
    neighbours.sync()
    web.files = states[0]
    (alarm,) = neighbours.sync(LATER, "beech").alarms
    close_alarm(neighbours.state, alarm.id, "beech restored a backup", LATER)
    web.files = states[1]
    climbing = neighbours.sync(LATER + timedelta(hours=1), "beech")
    beech.publish(LATER)
    web.files = beech.files
    beyond = neighbours.sync(LATER + timedelta(hours=2), "beech")
    web.files = states[1]
    again = neighbours.sync(LATER + timedelta(hours=3), "beech")

    assert (codes(climbing), codes(beyond), codes(again)) == ([], [], ["sync.rollback"])


def test_a_clock_that_drifts_on_opens_no_alarm_that_was_closed_this_week(neighbours):
    alarms = []
    for number in (3.0, 3.2):
        told = (NOW + timedelta(hours=number)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        for name in ("beech", "cedar"):
            neighbours.webs[name].date = told
        found = neighbours.sync(NOW, "beech", "cedar", "dogwood")
        alarms.append(codes(found))
        for one in found.alarms:
            close_alarm(neighbours.state, one.id, "carla mends it tonight", NOW)

    assert alarms == [["sync.clock-behind"], []]
