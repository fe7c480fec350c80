"""The whole way: said, given, signed, served, fetched, verified, opened; and what a mirror can read of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from polder.actions.network_advisories import due_warnings
from polder.actions.read_statements import listen, show
from polder.actions.sync_peer import sync_peer
from polder.actions.write_statement import Audience, withdraw
from support.publisher import Publisher
from support.speakers import DAY, Speakers, speakers
from support.web import Web

PLAIN = "The lock of the rack is broken"


@pytest.fixture
def world(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Speakers:
    return speakers(tmp_path, monkeypatch)


def titles(world: Speakers, name: str) -> list[str]:
    with world.key_of(name):
        listening = listen(world[name].folder, world.now, None, world.recipients)
        return [one.statement.title.read("en") for one in show(listening).heard]


def test_readers_get_over_http_what_is_for_them(world: Speakers) -> None:
    world.write(
        "alder",
        "circle/care.yml",
        "title: {en: Care}\naudience: network\nstewards: [alder]\nmembers: [beech]\n",
    )
    world.give("alder")
    world.say("alder", "note", "rack", PLAIN, audience=Audience(circles=("care",)))
    world.say("alder", "news", "moving", "We move")
    fields = ("software=DokuWiki", "affected=*", "severity=high")
    world.say("alder", "advisory", "hole", "A hole", fields=fields, audience=Audience("network"))
    publisher = Publisher("alder", world.now)
    publisher.given.clear()
    publisher.given.update(world["alder"].given)
    publisher.publish(world.now)
    served = b"".join(path.encode() + content for path, content in publisher.files.items())
    for hidden in (PLAIN, "rack", "care", "DokuWiki", "advisory"):
        assert hidden.encode() not in served, hidden

    with Web(publisher.files) as web:
        for name in ("beech", "cedar", "dogwood"):
            peer = publisher.peer(web.url)
            path = world[name].folder / "network.yml"
            path.write_text(
                path.read_text()
                + f"follow: {{alder: {{url: '{web.url}', root: '{peer.root}', private: true}}}}\n"
            )
            sync_peer(world[name].folder / "state", peer, world.now, 2**20, Random(1), insist=True)
        assert titles(world, "beech") == ["A hole", "We move", PLAIN, "Care"]
        assert titles(world, "cedar") == ["A hole", "We move", "Care"]
        assert titles(world, "dogwood") == ["We move"]
        (world["beech"].folder / "software.yml").write_text("software: [{name: DokuWiki, version: '1'}]\n")
        with world.key_of("beech"):
            warned = due_warnings(world["beech"].folder, world.now)
            assert [one.values["name"] for one in warned] == ["alder/advisory/hole"]

        with world.key_of("alder"):
            withdraw(world["alder"].folder, "rack", {}, world.now + DAY, {}, world.recipients)
        world.now += DAY + timedelta(hours=1)
        publisher.given.clear()
        publisher.given.update(world["alder"].given)
        publisher.publish(world.now)
        sync_peer(
            world["beech"].folder / "state", publisher.peer(web.url), world.now, 2**20, Random(1), insist=True
        )
        assert PLAIN not in titles(world, "beech")
