"""One peer over HTTP, with real files: what is asked, what is kept, who is asked next."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from polder.actions import sync_peer as sync_peer_module
from polder.actions import visit_source
from polder.actions.sync_peer import PeerNews, sync_peer
from polder.kernel.peer import Peer
from polder.kernel.problem import Refused
from polder.world.network_store import PeerStore, load_published
from support.publisher import Publisher, TestKey, served
from support.web import Web

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUOTA = 2**20


@pytest.fixture
def beech():
    return Publisher("beech", NOW)


def sync(state: Path, peer: Peer, now: datetime = NOW, quota: int = QUOTA) -> PeerNews:
    return sync_peer(state, peer, now, quota, Random(1), insist=True)


def test_a_file_that_the_disk_altered_without_a_trace_is_found_by_whoever_reads_it_and_once_a_week(
    beech, tmp_path
):
    with Web(beech.files) as web:
        sync(tmp_path, beech.peer(web.url))
        store = PeerStore(tmp_path, "beech")
        place = store.targets / store.files(store.current())["card.json"]
        before = place.stat()
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns - 10**9))
        place.write_bytes(b"x" * len(beech.given["card.json"]))
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns - 10**9))
        found = []
        for day in (1, 6, 8):
            beech.publish(NOW + timedelta(day), ["timestamp"])
            sync(tmp_path, beech.peer(web.url), NOW + timedelta(day))
            found.append(place.read_bytes() == beech.given["card.json"])
            if day == 6:
                with pytest.raises(Refused):
                    load_published(tmp_path)["beech"].files["card.json"]

    assert found == [False, False, True]
    assert load_published(tmp_path)["beech"].files["card.json"] == beech.given["card.json"]


def test_many_files_of_one_content_are_fetched_once(beech, tmp_path):
    for attempt in range(3):
        beech.given = {f"recipes/r{number}.json": b"the same %d" % attempt * 20_000 for number in range(60)}
        beech.publish(NOW)
        with Web(beech.files) as web:
            found = sync(tmp_path, beech.peer(web.url), quota=20 * 2**20)
            fetched = [path for path in web.asked if path.startswith("targets/")]
        assert (found.state, len(fetched)) == ("new", 1)

    assert load_published(tmp_path)["beech"].files["recipes/r59.json"] == b"the same 2" * 20_000


def test_roots_without_end_fill_no_disk(beech, tmp_path, monkeypatch):
    monkeypatch.setattr(visit_source, "MOST_ROOTS", 100_000)
    for number in range(2, 60):
        beech.files[f"metadata/{number}.root.json"] = beech.publish_root(NOW) + b" " * 9_000
    with Web(beech.files) as web:
        found = [sync(tmp_path, beech.peer(web.url), NOW + timedelta(hours=hour)) for hour in range(2)]

    assert [[one.problem.code for one in visit.troubles] for visit in found] == [["sync.endless"]] * 2
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.root.json")) <= 100_000


def test_a_first_visit_brings_every_file_and_the_next_one_asks_twice(beech, tmp_path):
    beech.robot_files["seen/state.json"] = b"{}"
    beech.publish(NOW)
    with Web(beech.files) as web:
        first = sync(tmp_path, beech.peer(web.url))
        asked = len(web.asked)
        again = sync(tmp_path, beech.peer(web.url), NOW + timedelta(hours=1))

    held = load_published(tmp_path)["beech"]
    assert (first.state, first.troubles, again.state) == ("new", (), "same")
    assert dict(held.files) == {**beech.given, **beech.robot_files}
    assert (held.root, held.expires) == (beech.pinned, NOW + timedelta(14))
    assert (held.seen, held.source) == (NOW + timedelta(hours=1), web.url)
    assert web.asked[asked:] == ["metadata/2.root.json", "metadata/timestamp.json"]
    assert again.received < 700


def test_only_what_changed_is_asked_for(beech, tmp_path):
    with Web(beech.files) as web:
        sync(tmp_path, beech.peer(web.url))
        beech.given["statements/a/b.json"] = b"{}"
        beech.publish(NOW)
        web.asked.clear()
        sync(tmp_path, beech.peer(web.url))

    assert [one for one in web.asked if one.startswith("targets/")] == [
        one for one in beech.files if one.startswith("targets/statements/")
    ]
    assert load_published(tmp_path)["beech"].files["statements/a/b.json"] == b"{}"


def test_a_mirror_answers_when_the_origin_is_away(beech, tmp_path):
    with Web(beech.files) as mirror:
        news = sync(tmp_path, beech.peer("http://127.0.0.1:1/", mirrors=[mirror.url]))

    assert (news.state, news.source) == ("new", mirror.url)
    assert [one.kind for one in news.troubles] == ["unreachable"]


def test_what_was_believed_stays_when_nobody_answers(beech, tmp_path):
    with Web(beech.files) as web:
        sync(tmp_path, beech.peer(web.url))

    news = sync(tmp_path, beech.peer(web.url), NOW + timedelta(20))

    held = load_published(tmp_path)["beech"]
    assert (news.state, news.strikes) == ("failed", 1)
    assert held.files["card.json"] == beech.given["card.json"]
    assert held.stale(NOW + timedelta(20))


def test_files_beyond_the_quota_are_left_out_recipes_first(beech, tmp_path):
    beech.given = {
        "card.json": b"1" * 40,
        "recipes/a/offer.json": b"2" * 40,
        "statements/x/y.json": b"3" * 40,
    }
    beech.publish(NOW)
    with Web(beech.files) as web:
        news = sync(tmp_path, beech.peer(web.url), quota=100)

    assert news.left_out == ("recipes/a/offer.json",)
    assert set(load_published(tmp_path)["beech"].files) == {"card.json", "statements/x/y.json"}


def test_files_that_went_go_here_too_one_change_later(beech, tmp_path):
    beech.given["old.json"] = b"old"
    beech.publish(NOW)
    with Web(beech.files) as web:
        sync(tmp_path, beech.peer(web.url))
        before = load_published(tmp_path)["beech"]
        del beech.given["old.json"]
        beech.publish(NOW)
        sync(tmp_path, beech.peer(web.url))
        assert before.files["old.json"] == b"old"  # somebody may still be reading
        beech.publish(NOW)
        sync(tmp_path, beech.peer(web.url))

    assert set(load_published(tmp_path)["beech"].files) == {"card.json"}
    assert len(list(PeerStore(tmp_path, "beech").targets.iterdir())) == 1


def test_a_visit_cut_off_goes_on_where_it_was(beech, tmp_path):
    beech.given |= {f"a/{number}.json": b"%d" % number for number in range(5)}
    beech.publish(NOW)
    missing = next(one for one in beech.files if one.startswith("targets/a/") and one.endswith("3.json"))
    content = beech.files.pop(missing)
    with Web(beech.files) as web:
        cut = sync(tmp_path, beech.peer(web.url))
        assert load_published(tmp_path) == {}
        beech.files[missing] = content
        web.asked.clear()
        done = sync(tmp_path, beech.peer(web.url))

    assert (cut.troubles[0].problem.code, done.state) == ("sync.file-missing", "new")
    assert next(one for one in web.asked if one.startswith("targets/")) == missing


def test_a_timestamp_seen_once_binds_even_when_the_rest_did_not_come(beech, tmp_path):
    old = dict(beech.files)
    with Web(beech.files) as web, Web(old) as stale:
        sync(tmp_path, beech.peer(web.url))
        beech.publish(NOW)
        del beech.files["metadata/2.snapshot.json"]
        sync(tmp_path, beech.peer(web.url))
        news = sync(tmp_path, beech.peer(stale.url))

    assert [one.kind for one in news.troubles] == ["older"]


def test_three_strikes_and_a_peer_sleeps_until_it_answers(beech, tmp_path):
    peer = beech.peer("http://127.0.0.1:1/")
    days = [NOW + timedelta(number) for number in range(4)]

    asleep = [sync_peer(tmp_path, peer, day, QUOTA, Random(1)).asleep for day in days[:3]]
    skipped = sync_peer(tmp_path, peer, days[2] + timedelta(hours=2), QUOTA, Random(1))
    with Web(beech.files) as web:
        awake = sync(tmp_path, beech.peer(web.url), days[3])

    assert asleep == [False, False, True]
    assert skipped.state == "waiting"
    assert (awake.state, awake.asleep, awake.strikes) == ("new", False, 0)


def test_a_peer_at_an_address_that_may_not_be_asked_gets_no_strike_and_is_not_called_dead(beech, tmp_path):
    with Web(beech.files) as web:
        for day in range(4):
            news = sync(tmp_path, replace(beech.peer(web.url), private=False), NOW + timedelta(day))

    assert [(one.kind, one.problem.code) for one in news.troubles] == [
        ("not allowed", "sync.private-address")
    ]
    assert (news.strikes, news.asleep, news.trouble, web.asked) == (0, False, "not allowed", [])


def test_a_peer_that_another_process_works_on_is_left_to_it(beech, tmp_path):
    with PeerStore(tmp_path, "beech").locked():
        assert sync(tmp_path, beech.peer("http://127.0.0.1:1/")).state == "busy"


def test_the_mirror_of_a_private_peer_leads_to_no_private_address_itself(beech, tmp_path):
    with Web(beech.files) as mirror:
        peer = beech.peer("http://127.0.0.1:1/", mirrors=[mirror.url])
        found = sync(tmp_path, replace(peer, strangers=frozenset({mirror.url})))

        assert (found.state, mirror.asked) == ("failed", [])
        assert found.troubles[-1].problem.code == "sync.private-address"
        assert sync(tmp_path, peer).state == "new"


def test_a_peer_pinned_anew_is_not_mixed_with_the_one_before(beech, tmp_path):
    other = Publisher("cedar", NOW)
    with Web(beech.files) as web:
        sync(tmp_path, beech.peer(web.url))
        news = sync(tmp_path, Peer("beech", other.pinned, (web.url,), private=True))

    assert news.troubles[0].problem.code == "sync.began-anew"
    assert load_published(tmp_path)["beech"].root == beech.pinned


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("content", [b"", b'{"signed": {}, "signatures": []}', "another"])
def test_a_root_that_was_altered_on_our_own_disk_is_told_as_ours_and_the_peer_is_not_blamed(
    beech, tmp_path, number, content
):
    with Web(beech.files) as web:
        beech.publish_root(NOW)
        sync(tmp_path, beech.peer(web.url))
        place = tmp_path / f"peers/beech/metadata/{number}.root.json"
        valid = Publisher("cedar", NOW).files["metadata/1.root.json"]
        place.write_bytes(valid if content == "another" else content)
        beech.publish(NOW)
        news = sync(tmp_path, beech.peer(web.url))
        (tmp_path / "peers/beech").rename(tmp_path / "aside")
        mended = sync(tmp_path, beech.peer(web.url))

    (trouble,) = news.troubles
    assert (trouble.problem.code, trouble.kind, trouble.source) == ("sync.own-root-altered", "damaged", "")
    assert trouble.problem.where == str(place)
    assert (news.strikes, mended.state) == (0, "new")


def test_a_root_that_is_there_before_what_its_keys_sign_is_no_alarm(beech, tmp_path):
    with Web(beech.files) as web:
        sync(tmp_path, beech.peer(web.url))
        beech.keys["timestamp"] = TestKey("new")
        beech.publish_root(NOW)
        early = sync(tmp_path, beech.peer(web.url))
        beech.publish(NOW)
        later = sync(tmp_path, beech.peer(web.url))

    assert [(one.problem.code, one.kind) for one in early.troubles] == [("sync.keys-change", "incomplete")]
    assert later.state == "new"


def test_who_answers_with_what_cannot_be_believed_is_asked_again_soon_and_never_sleeps(beech, tmp_path):
    beech.files["metadata/timestamp.json"] = b"{}"
    with Web(beech.files) as web:
        found = [
            sync_peer(tmp_path, beech.peer(web.url), NOW + timedelta(day), QUOTA, Random(1))
            for day in range(5)
        ]

    assert [(one.state, one.strikes) for one in found] == [("failed", 0)] * 5


def test_many_files_come_over_several_connections_and_one_that_lies_ends_the_visit(beech, tmp_path):
    beech.given |= {f"a/{number}.json": b"%d" % number for number in range(40)}
    beech.publish(NOW)
    lie = served("a/7.json", b"7")
    with Web({**beech.files, lie: b"8"}) as liar, Web(beech.files) as mirror:
        news = sync(tmp_path, beech.peer(liar.url, mirrors=[mirror.url]))

    assert [(one.source, one.evidence) for one in news.troubles] == [(liar.url, b"8")]
    assert dict(load_published(tmp_path)["beech"].files) == beech.given
    assert len(set(mirror.asked)) == len(mirror.asked)


def test_a_visit_has_an_end_and_the_next_one_goes_on(beech, tmp_path, monkeypatch):
    beech.given |= {f"a/{number}.json": b"%d" % number for number in range(7)}
    beech.publish(NOW)
    with Web(beech.files, latency=0.1) as slow, Web(beech.files) as web:
        monkeypatch.setattr(sync_peer_module, "LONGEST", 1.0)
        cut = sync(tmp_path, beech.peer(slow.url))
        kept = len(PeerStore(tmp_path, "beech").held())
        done = sync(tmp_path, beech.peer(web.url))

    assert (cut.troubles[0].problem.values["why"], done.state) == ("too slow", "new")
    assert 0 < kept < 8
    assert sum(one.startswith("targets/") for one in web.asked) == 8 - kept


def test_more_changes_of_keys_than_fit_in_a_visit_are_followed_in_the_next(beech, tmp_path, monkeypatch):
    for _ in range(5):
        beech.publish_root(NOW)
    monkeypatch.setattr(visit_source, "ROOTS_A_VISIT", 4)
    with Web(beech.files) as web:
        first, second = sync(tmp_path, beech.peer(web.url)), sync(tmp_path, beech.peer(web.url))

    assert ([one.kind for one in first.troubles], second.state) == (["incomplete"], "new")
    assert second.versions["root"] == 6


def test_numbers_that_begin_again_after_a_change_of_keys_are_told(beech, tmp_path):
    with Web(beech.files) as web:
        first = sync(tmp_path, beech.peer(web.url))
        beech.keys |= {"snapshot": TestKey("new-snapshot"), "timestamp": TestKey("new-timestamp")}
        beech.publish_root(NOW)
        beech.given["card.json"] = b"{}"
        beech.put_targets(NOW)
        beech.publish(NOW, ["snapshot", "timestamp"])
        web.files = beech.files
        second = sync(tmp_path, beech.peer(web.url))
        beech.publish(NOW)
        third = sync(tmp_path, beech.peer(web.url))

    assert [one.renumbered for one in (first, second, third)] == [(), ("targets",), ()]
    assert not second.troubles and load_published(tmp_path)["beech"].files["card.json"] == b"{}"


def test_a_file_that_the_disk_altered_is_not_given_out_as_verified(beech, tmp_path):
    with Web(beech.files) as web:
        sync(tmp_path, beech.peer(web.url))
        store = PeerStore(tmp_path, "beech")
        name = store.files(store.current())["card.json"]
        (store.targets / name).write_bytes(b"x" * len(beech.given["card.json"]))
        with pytest.raises(Refused) as refused:
            load_published(tmp_path)["beech"].files["card.json"]
        beech.given["b.json"] = b"b"
        beech.publish(NOW)
        sync(tmp_path, beech.peer(web.url))

    assert [problem.code for problem in refused.value.problems] == ["sync.damaged"]
    assert load_published(tmp_path)["beech"].files["card.json"] == beech.given["card.json"]
