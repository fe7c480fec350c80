"""Two sources of a peer, held against each other by their timestamps before either is visited."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from polder.actions.sync_network import sync_network
from polder.actions.sync_peer import PeerNews, sync_peer
from polder.cli.main import polder
from polder.kernel.peer import Peer
from polder.world.network_store import load_published
from support.publisher import Publisher, TestKey
from support.web import Web, page, silent

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def beech() -> Publisher:
    return Publisher("beech", NOW)


def sync(state: Path, peer: Peer, now: datetime = NOW, freshest: bool = True) -> PeerNews:
    return sync_peer(state, peer, now, 2**20, Random(1), insist=True, freshest=freshest)


def kinds(news: PeerNews) -> list[tuple[str, str]]:
    return [(one.source, one.kind) for one in news.troubles]


def test_nothing_new_costs_one_request_more(beech, tmp_path):
    with Web(beech.files) as origin, Web(beech.files) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        first = sync(tmp_path, peer)
        assert (first.state, first.compared, mirror.asked) == (
            "new",
            (),
            [],
        )  # nothing to hold it against yet
        origin.asked.clear()
        again = sync(tmp_path, peer)

    assert (again.state, again.troubles, again.source) == ("same", (), origin.url)
    assert again.compared == (origin.url, mirror.url)
    assert origin.asked == ["metadata/timestamp.json", "metadata/2.root.json"]
    assert mirror.asked == ["metadata/timestamp.json"]
    assert (again.requests, again.received < 1100) == (3, True)


def test_something_new_at_both_is_read_from_the_origin(beech, tmp_path):
    with Web(beech.files) as origin, Web(beech.files) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer)
        beech.given["card.json"] = b"{}"
        beech.publish(NOW)
        origin.asked.clear()
        news = sync(tmp_path, peer)

    assert (news.state, news.source, news.troubles) == ("new", origin.url, ())
    assert origin.asked.count("metadata/timestamp.json") == 1
    assert mirror.asked == ["metadata/timestamp.json"]


@pytest.mark.parametrize("days, told", [(1, False), (5, True)])
def test_a_frozen_origin_holds_nobody_back_and_is_told_when_it_is_late_by_days(beech, tmp_path, days, told):
    frozen = dict(beech.files)
    with Web(frozen) as origin, Web(beech.files) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer, freshest=False)
        beech.given["card.json"] = b"{}"
        beech.publish(NOW + days * DAY)
        alone = sync(tmp_path, peer, NOW + days * DAY, freshest=False)
        news = sync(tmp_path, peer, NOW + days * DAY)

    assert alone.state == "same"  # the origin alone is believed
    assert (news.state, news.source) == ("new", mirror.url)
    assert kinds(news) == ([(origin.url, "older")] if told else [])
    assert [one.origin for one in news.troubles] == [True] * told
    assert load_published(tmp_path)["beech"].files["card.json"] == b"{}"


@pytest.mark.parametrize("days, told", [(1, False), (5, True)])
def test_a_mirror_may_be_late_by_a_day_and_not_by_five(beech, tmp_path, days, told):
    stale = dict(beech.files)
    with Web(beech.files) as origin, Web(stale) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer)
        beech.publish(NOW + days * DAY)
        for state in ("new", "same"):
            news = sync(tmp_path, peer, NOW + days * DAY)
            assert (news.state, news.source) == (state, origin.url)
            assert kinds(news) == ([(mirror.url, "older")] if told else [])
            assert not any(one.origin for one in news.troubles)


def test_two_mirrors_are_held_against_each_other_when_the_origin_is_away(beech, tmp_path):
    old = dict(beech.files)
    with Web(beech.files) as origin:
        sync(tmp_path, beech.peer(origin.url))
    beech.publish(NOW)
    away = "http://127.0.0.1:1/"
    with Web(old) as late, Web(beech.files) as new:
        news = sync(tmp_path, beech.peer(away, mirrors=[late.url, new.url]))

    assert (news.state, news.source, set(news.compared)) == ("new", new.url, {late.url, new.url})
    assert kinds(news) == [(away, "unreachable")]


def test_a_timestamp_that_nobody_signed_counts_for_nothing_and_is_told_as_ever(beech, tmp_path):
    liar = dict(beech.files)
    forged = Publisher("beech", NOW)
    forged.keys["timestamp"] = TestKey("thief")
    forged.versions["timestamp"] = 98
    forged.publish(NOW, ["timestamp"])
    liar["metadata/timestamp.json"] = forged.files["metadata/timestamp.json"]
    with Web(beech.files) as origin, Web(liar) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer)
        beech.publish(NOW)
        news = sync(tmp_path, peer)

    assert (news.state, news.source, news.versions["timestamp"]) == ("new", origin.url, 2)
    assert kinds(news) == [(mirror.url, "altered")]
    assert news.troubles[0].evidence == liar["metadata/timestamp.json"]


def test_new_keys_that_only_the_mirror_shows_are_found(beech, tmp_path):
    frozen = dict(beech.files)
    with Web(frozen) as origin, Web(beech.files) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer)
        beech.keys |= {"snapshot": TestKey("new-snapshot"), "timestamp": TestKey("new-timestamp")}
        beech.publish_root(NOW)
        beech.publish(NOW + 5 * DAY)
        news = sync(tmp_path, peer, NOW + 5 * DAY)
        again = sync(tmp_path, peer, NOW + 5 * DAY)

    assert (news.state, news.source, news.versions["root"]) == ("new", mirror.url, 2)
    assert kinds(news) == kinds(again) == [(origin.url, "older")]
    assert news.troubles[0].problem.code == "sync.old-keys"
    assert again.state == "same"


def test_a_mirror_with_the_keys_of_yesterday_is_late_and_nobodys_thief(beech, tmp_path):
    late = dict(beech.files)
    with Web(beech.files) as origin, Web(late) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer)
        beech.keys["timestamp"] = TestKey("new-timestamp")
        beech.publish_root(NOW + DAY)
        beech.publish(NOW + DAY)
        news = [sync(tmp_path, peer, NOW + DAY) for _ in range(2)]

    assert [(one.state, one.source, one.troubles) for one in news] == [
        ("new", origin.url, ()),
        ("same", origin.url, ()),
    ]


def test_one_version_with_two_contents_is_an_alarm_though_only_one_was_visited(beech, tmp_path):
    other = Publisher("beech", NOW)
    for publisher, card in ((beech, b"{}"), (other, b"[]")):
        publisher.given["card.json"] = card
        publisher.publish(NOW)
    with Web(Publisher("beech", NOW).files) as before:
        sync(tmp_path / "state", beech.peer(before.url))
    with Web(beech.files) as origin, Web(other.files) as mirror:
        write(tmp_path, beech, origin.url, mirror.url)
        found = sync_network(tmp_path, NOW, freshest=True)

    (news,) = found.news
    assert (news.state, kinds(news)) == ("new", [(mirror.url, "two versions")])
    assert [one.code for one in found.alarms] == ["sync.two-versions"]
    assert len(found.alarms[0].evidence) == 2


def test_when_both_show_less_than_was_seen_both_are_told(beech, tmp_path):
    old = dict(beech.files)
    beech.publish(NOW)
    with Web(beech.files) as once:
        sync(tmp_path, beech.peer(once.url))
    with Web(old) as origin, Web(old) as mirror:
        news = sync(tmp_path, beech.peer(origin.url, mirrors=[mirror.url]))

    assert news.state == "failed"
    assert sorted(kinds(news)) == sorted([(origin.url, "older"), (mirror.url, "older")])


def test_when_nobody_answers_each_is_asked_once_and_it_is_one_strike(beech, tmp_path):
    away = ["http://127.0.0.1:1/", "http://127.0.0.1:2/"]
    with Web(beech.files) as once:
        sync(tmp_path, beech.peer(once.url))
    news = sync(tmp_path, beech.peer(away[0], mirrors=away[1:]))

    assert (news.state, news.strikes, news.compared) == ("failed", 1, ())
    assert kinds(news) == [(one, "unreachable") for one in away]


@pytest.mark.parametrize("what", ["page", "nothing", "silence"])
def test_a_mirror_that_shows_no_timestamp_stops_nothing(beech, tmp_path, what, monkeypatch):
    from polder.world import fetch

    monkeypatch.setattr(fetch, "SILENCE", 0.3)
    files = dict(beech.files)
    with Web(beech.files) as origin, Web(files) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer)
        if what == "nothing":
            del files["metadata/timestamp.json"]
            mirror.files = files
        else:
            mirror.behave["metadata/timestamp.json"] = page if what == "page" else silent
        news = sync(tmp_path, peer)

    kind = {"page": "altered", "nothing": "incomplete", "silence": "unreachable"}[what]
    assert (news.state, news.source, kinds(news)) == ("same", origin.url, [(mirror.url, kind)])


def test_a_newer_timestamp_whose_files_are_not_there_gives_way_to_the_whole_state(beech, tmp_path):
    ahead = dict(beech.files)
    with Web(beech.files) as origin, Web(ahead) as mirror:
        peer = beech.peer(origin.url, mirrors=[mirror.url])
        sync(tmp_path, peer)
        newer = Publisher("beech", NOW)
        newer.publish(NOW)
        mirror.files = {**beech.files, "metadata/timestamp.json": newer.files["metadata/timestamp.json"]}
        half = sync(tmp_path, peer)
        beech.publish(NOW)
        whole = sync(tmp_path, peer)

    assert (half.state, half.troubles[0].kind) == ("failed", "incomplete")
    assert (whole.state, whole.source) == ("new", origin.url)
    assert load_published(tmp_path)["beech"].versions["timestamp"] == 2


def write(folder: Path, beech: Publisher, url: str, mirror: str, more: str = "") -> None:
    follow = {"beech": {"url": url, "root": beech.pinned, "private": True, "mirrors": [mirror]}}
    text = f"provider: alder\nurls: [https://alder.example/net/]\npeople: {{ana: {{}}}}\n{more}\n"
    (folder / "network.yml").write_text(f"{text}follow: {json.dumps(follow)}\n")


def test_it_is_asked_for_on_the_command_line_or_in_network_yml(beech, tmp_path):
    def compared(*words: str) -> list[str]:
        done = CliRunner().invoke(polder, ["--site", str(tmp_path), "network", "sync", "--json", *words])
        assert done.exit_code == 0, done.output
        return list(json.loads(done.output)["peers"][0]["compared"])

    with Web(beech.files) as origin, Web(beech.files) as mirror:
        write(tmp_path, beech, origin.url, mirror.url)
        found = [compared(), compared(), compared("--freshest")]
        write(tmp_path, beech, origin.url, mirror.url, "freshest: true")
        found.append(compared())

    both = [origin.url, mirror.url]
    assert found == [[], [], both, both]
