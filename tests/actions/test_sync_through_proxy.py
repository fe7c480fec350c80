"""Rounds through a proxy: who is asked through what, whose fault it is when it does not work, and what people see of it."""

import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from polder.actions.follow_provider import meet
from polder.actions.roster_join import found_at
from polder.actions.sync_peer import sync_peer
from polder.cli.main import polder
from polder.kernel.problem import Refused
from polder.kernel.proxy import Proxy
from polder.world import proxy as proxy_module
from polder.world.network_store import load_published
from polder.world.proxy import ProxyFailed
from support.proxies import Proxying, connect, says, socks
from support.publisher import Publisher
from support.web import Web

NOW = datetime.now(UTC).replace(microsecond=0)
QUOTA = 2**20
ONION = f"{'b' * 56}.onion"


@pytest.fixture
def beech() -> Publisher:
    return Publisher("beech", NOW)


def write(folder: Path, beech: Publisher, url: str, more: str = "", **keys: object) -> None:
    follow = {beech.name: {"url": url, "root": beech.pinned, **keys}}
    text = f"provider: alder\nurls: [https://alder.example/net/]\npeople: {{ana: {{}}}}\n{more}\n"
    (folder / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(polder, ["--site", str(folder), "network", *words])


def test_a_whole_folder_comes_through_a_proxy_over_several_connections(beech, tmp_path):
    beech.given |= {f"a/{number}.json": b"%d" % number for number in range(20)}
    beech.publish(NOW)
    with Web(beech.files) as web, Proxying(socks, {ONION: web.port}) as through:
        peer = replace(beech.peer(f"http://{ONION}/"), private=False, proxy=through.socks)
        news = sync_peer(tmp_path, peer, NOW, QUOTA, Random(1))

    assert (news.state, news.proxy) == ("new", str(through.socks))
    assert dict(load_published(tmp_path)["beech"].files) == beech.given
    assert set(through.asked) == {f"{ONION}:80"} and len(through.asked) == 5


def test_a_proxy_that_fails_is_told_and_no_strike_against_the_peer(beech, tmp_path):
    peer = replace(beech.peer("http://beech.example/"), proxy=Proxy("socks5h", "127.0.0.1", 1))
    found = [sync_peer(tmp_path, peer, NOW + timedelta(day), QUOTA, Random(1)) for day in range(4)]

    assert [(one.state, one.strikes, one.asleep) for one in found] == [("failed", 0, False)] * 4
    (trouble,) = found[-1].troubles
    assert (trouble.kind, trouble.problem.code) == ("proxy", "sync.proxy-failed")
    assert trouble.problem.values["proxy"] == "socks5h://127.0.0.1:1"


def test_a_peer_that_the_proxy_says_is_away_gets_its_strikes(beech, tmp_path):
    with Proxying(socks) as through:
        peer = replace(beech.peer("http://beech.example/"), proxy=through.socks)
        found = [sync_peer(tmp_path, peer, NOW + timedelta(day), QUOTA, Random(1)) for day in range(3)]

    assert [(one.strikes, one.asleep) for one in found] == [(1, False), (2, False), (3, True)]


def test_a_mirror_is_reached_through_the_same_proxy(beech, tmp_path):
    with Web(beech.files) as web, Proxying(connect, {"cedar.example": web.port}) as through:
        peer = beech.peer("http://beech.example/", mirrors=["http://cedar.example/"])
        news = sync_peer(tmp_path, replace(peer, private=False, proxy=through.http), NOW, QUOTA, Random(1))

    assert (news.state, news.source) == ("new", "http://cedar.example/")
    assert through.asked == ["beech.example:80", "cedar.example:80"]
    assert [one.kind for one in news.troubles] == ["unreachable"]


def test_a_slow_proxy_holds_a_round_no_longer_than_its_time(beech, tmp_path, monkeypatch):
    monkeypatch.setattr(proxy_module, "GREETING", 0.2)
    with Proxying(says()) as through:
        peer = replace(beech.peer("http://beech.example/"), proxy=through.socks)
        news = sync_peer(tmp_path, peer, NOW, QUOTA, Random(1))

    assert [(one.kind, one.problem.values["why"]) for one in news.troubles] == [("proxy", "too slow")]


def test_sync_and_status_say_what_peers_are_reached_through(beech, tmp_path):
    with Web(beech.files) as web, Proxying(socks, {"beech.example": web.port}) as through:
        write(tmp_path, beech, "http://beech.example/", f"proxy: {through.socks}")
        synced, again = run(tmp_path, "sync"), json.loads(run(tmp_path, "sync", "--json").output)
    status, data = run(tmp_path, "status"), json.loads(run(tmp_path, "status", "--json").output)
    peers = json.loads(run(tmp_path, "peers", "--json").output)

    assert synced.exit_code == 0
    for told in (synced, status):
        assert f"Reached through {through.socks}: beech" in told.output
    assert [one["peers"][0]["proxy"] for one in (again, data)] == [str(through.socks)] * 2
    assert peers[0]["proxy"] == str(through.socks)


def test_one_peer_can_be_reached_directly_and_another_through_a_proxy_of_its_own(beech, tmp_path):
    with Web(beech.files) as web, Proxying(socks, {"beech.example": web.port}) as through:
        write(tmp_path, beech, web.url, "proxy: socks5h://127.0.0.1:1", proxy="none", private=True)
        direct = json.loads(run(tmp_path, "sync", "--json").output)["peers"][0]
        write(tmp_path, beech, "http://beech.example/", proxy=str(through.socks))
        own = json.loads(run(tmp_path, "sync", "--json").output)["peers"][0]

    assert (direct["state"], direct["proxy"]) == ("new", "")
    assert (own["state"], own["proxy"]) == ("same", str(through.socks))


def test_when_the_proxy_is_away_the_command_says_so_and_ends_as_unreachable(beech, tmp_path):
    write(tmp_path, beech, "http://beech.example/", "proxy: socks5h://127.0.0.1:1")
    synced = run(tmp_path, "sync")
    status = " ".join(run(tmp_path, "status").output.split())

    assert synced.exit_code == 3
    assert "The proxy socks5h://127.0.0.1:1 did not get through: Connection refused" in synced.output
    assert "no fault of the peer" in synced.output
    assert "beech: the last round failed: the proxy did not get through" in status


def test_an_onion_address_that_no_proxy_leads_to_is_told_and_asked_of_nobody(beech, tmp_path, monkeypatch):
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **_: asked.append(words[0]))
    news = sync_peer(tmp_path, beech.peer(f"http://{ONION}/"), NOW, QUOTA, Random(1))

    assert [(one.kind, one.problem.code) for one in news.troubles] == [("proxy", "sync.onion-needs-proxy")]
    assert (news.strikes, asked) == (0, [])


def test_an_onion_address_beside_another_one_hides_nothing_when_the_peer_is_away(beech, tmp_path):
    peer = beech.peer("http://127.0.0.1:1/", f"http://{ONION}/")
    found = [sync_peer(tmp_path, peer, NOW + timedelta(day), QUOTA, Random(1)) for day in range(3)]

    assert [(one.strikes, one.trouble) for one in found] == [(number, "unreachable") for number in (1, 2, 3)]


def test_a_provider_is_met_through_a_proxy_which_is_written_down_and_used_from_then_on(beech, tmp_path):
    with Web(beech.files) as web, Proxying(socks, {ONION: web.port}) as through:
        file = tmp_path / "network.yml"
        file.write_text("provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n")
        words = ("follow", "beech", f"http://{ONION}/", "--yes")
        refused = run(tmp_path, *words)
        done = run(tmp_path, *words, "--proxy", str(through.socks))
        met = meet(tmp_path, "beech", f"http://{ONION}/")  # no need to say it again

    assert refused.exit_code == 2 and "only through Tor" in refused.output
    assert done.exit_code == 0, done.output
    assert f'proxy: "{through.socks}"' in file.read_text()
    assert met.root == beech.pinned


def test_following_again_keeps_what_was_written_of_a_provider(beech, tmp_path):
    with Web(beech.files) as web:
        mirrors = ["https://cedar.example/mirrors/beech/"]
        write(tmp_path, beech, web.url, mirrors=mirrors, private=True, proxy="none")
        done = run(tmp_path, "follow", "beech", web.url, "--private", "--yes")
    text = (tmp_path / "network.yml").read_text()

    assert done.exit_code == 0
    assert mirrors[0] in text and '"proxy": "none"' in text


def test_a_roster_is_asked_for_through_the_proxy_too(beech, tmp_path):
    with Web(beech.files) as web, Proxying(socks, {"beech.example": web.port}) as through:
        write(tmp_path, beech, "http://beech.example/", f"proxy: {through.socks}")
        assert found_at(tmp_path, "http://beech.example/", NOW, private=False) == {}
        write(tmp_path, beech, "http://beech.example/", "proxy: socks5h://127.0.0.1:1")
        with pytest.raises(ProxyFailed):
            found_at(tmp_path, "http://beech.example/", NOW, private=False)
    assert through.asked == ["beech.example:80"] * 2


def test_proxies_of_the_environment_are_not_used_and_a_literal_private_address_stays_refused(
    beech, tmp_path, monkeypatch
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "socks5h://127.0.0.1:1")
    with Web(beech.files) as web, Proxying(socks, {"127.0.0.1": web.port}) as through:
        write(tmp_path, beech, web.url, private=True)
        assert run(tmp_path, "sync").exit_code == 0
        write(tmp_path, beech, "http://127.0.0.1/", f"proxy: {through.socks}")
        refused = run(tmp_path, "sync", "beech")

    assert "which is no address of the public Internet" in refused.output
    assert through.asked == []


def test_a_password_of_a_proxy_is_refused_and_shown_nowhere(beech, tmp_path):
    write(tmp_path, beech, "https://beech.example/", "proxy: http://ana:s3cret@127.0.0.1:8118")
    for words in (["sync"], ["status", "--json"], ["steward"]):
        told = run(tmp_path, *words)
        assert told.exit_code == 2 and "no password in it" in told.output
        assert "s3cret" not in told.output
    with pytest.raises(Refused) as refused:
        meet(tmp_path, "beech", "https://beech.example/")
    assert "s3cret" not in str(refused.value)
