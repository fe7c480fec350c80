"""Four providers found a network at the command line, speak to each other, and one goes dark; a fifth comes in by a mirror alone.

Real folders, keys, git histories and HTTP over loopback; no site, no host, no engine. The tests follow one another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from polder.world.age import new_identity
from support.provider import Provider
from support.web import Web

FOUNDERS = ("alder", "beech", "cedar", "dogwood")
NAMES = (*FOUNDERS, "elm")
HIDDEN = "Seventeen and a half"


class Served(Mapping[str, bytes]):
    """What lies below a folder now; nothing of the providers in ``dark``."""

    def __init__(self, top: Path) -> None:
        self.top, self.dark = top, set[str]()

    def __getitem__(self, path: str) -> bytes:
        place = self.top / path
        if path.split("/")[0] in self.dark or not place.is_file():
            raise KeyError(path)
        return place.read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class Network:
    top: Path
    files: Served
    url: str

    def at(self, name: str) -> Provider:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("POLDER_", "GIT_", "SSH_"))}
        kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return Provider(self.top / name, {**kept, "POLDER_IDENTITY": str(self.top / f"{name}.key")})

    def run(self, name: str, *words: str, status: int = 0) -> str:
        return self.at(name).run("network", *words, status=status)

    def json(self, name: str, *words: str) -> Any:
        return self.at(name).json("network", *words)

    def public(self, name: str) -> str:
        return f"{self.url}{name}/public/"

    def publish(self, name: str) -> str:
        return self.run(name, "publish", "--as", "ana", "--yes")

    def round(self, *names: str) -> None:
        for name in names:
            self.run(name, "steward")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    top = tmp_path_factory.mktemp("network")
    files = Served(top)
    with Web(files) as web:
        made = Network(top, files, web.url)
        for name in NAMES:
            _begin(made, name)
        yield made


def _begin(made: Network, name: str) -> None:
    """A folder, its keys, and the first publication, which two people sign."""
    (made.top / name).mkdir()
    recipient = new_identity(made.top / f"{name}.key")
    people = [word for one in ("ana", "ben") for word in ("--person", f"{one}={recipient}")]
    made.run(name, "init", name, "--url", made.public(name), *people, "--recipient", recipient)
    made.at(name).edit("network.yml", "threshold:", f"private: [{', '.join(FOUNDERS)}]\nthreshold:")
    made.run(name, "keys", "new")
    assert "wait for signatures" in made.publish(name)
    made.run(name, "sign", "--as", "ben", "--yes")
    made.publish(name)
    made.run(name, "roster", "introduce", "--name", name.title())
    made.publish(name)


@pytest.fixture(scope="module")
def founded(network: Network) -> Network:
    """Each founder follows the one who writes the first roster, reads it and signs; the writer follows all."""
    first = FOUNDERS[0]
    for name in FOUNDERS[1:]:
        network.run(first, "follow", name, network.public(name), "--private", "--yes")
        network.run(name, "follow", first, network.public(first), "--private", "--yes")
    network.run(first, "sync")
    said = network.run(
        first, "roster", "found", *FOUNDERS[1:], "--network", "Waterland", "--reason", "We begin.", "--yes"
    )
    assert "3 of 4 members sign each change" in said
    network.run(first, "roster", "approve", "--yes")
    network.publish(first)
    for name in FOUNDERS[1:]:
        network.run(name, "sync")
        network.run(name, "roster", "approve", "--yes", "--reason", "Yes.")
        network.publish(name)
    network.round(*FOUNDERS, *FOUNDERS)
    network.publish(first)
    network.round(*FOUNDERS, *FOUNDERS)
    return network


def test_everybody_holds_the_same_roster_and_can_verify_it_alone(founded: Network) -> None:
    shown = [founded.run(name, "roster", "show") for name in FOUNDERS]
    assert "Waterland, version 1" in shown[0] and len(set(shown)) == 1
    words = {founded.run(name, "roster", "fingerprint") for name in FOUNDERS}
    assert len(words) == 1
    assert "Every step up to version 1 follows from the one before." in founded.run(
        "cedar", "roster", "replay"
    )


def test_members_are_read_and_mirrored_without_being_followed(founded: Network) -> None:
    assert [peer["peer"] for peer in founded.json("cedar", "status")["peers"]] == [
        "alder",
        "beech",
        "dogwood",
    ]
    copies = [path.parent.name for path in founded.top.glob("*/public/mirrors/*/metadata")]
    assert sorted(set(copies)) == list(FOUNDERS) and all(copies.count(name) >= 2 for name in FOUNDERS)
    for copy in founded.top.glob("*/public/mirrors/*/metadata/1.root.json"):
        origin = founded.top / copy.parents[1].name / "public/metadata/1.root.json"
        assert copy.read_bytes() == origin.read_bytes()


def test_nothing_new_is_published_when_nothing_is_new(founded: Network) -> None:
    before = {name: founded.files[f"{name}/public/metadata/timestamp.json"] for name in FOUNDERS}
    founded.round(*FOUNDERS)
    assert before == {name: founded.files[f"{name}/public/metadata/timestamp.json"] for name in FOUNDERS}
    assert "There is no open alarm." in founded.run("beech", "alarms")


def test_who_may_read_reads_and_others_do_not_see_that_there_is_anything(founded: Network) -> None:
    founded.run("alder", "circle", "new", "care", "--title", "Care", "--member", "beech")
    say = ("say", "note", "budget", "--title", "Budget", "--text", HIDDEN, "--circle", "care")
    founded.run("alder", *say)
    founded.run(
        "alder", "say", "news", "moving", "--title", "We move", "--text", "On Sunday.", "--for", "public"
    )
    founded.publish("alder")
    for name in ("beech", "cedar"):
        founded.run(name, "sync", "alder")
    assert HIDDEN in founded.run("beech", "read", "alder/note/budget")
    assert "On Sunday." in founded.run("cedar", "read", "alder/news/moving")
    assert "udget" not in founded.run("cedar", "said") and "budget" in founded.run("beech", "said")
    said = founded.run("cedar", "read", "alder/note/budget", status=2)
    assert said == founded.run("cedar", "read", "alder/note/budgex", status=2).replace("budgex", "budget")
    for part in ("given", "public"):
        below = (path for path in (founded.top / "alder" / part).rglob("*") if path.is_file())
        assert not [path for path in below if HIDDEN.encode() in path.read_bytes()]


def test_what_was_edited_goes_along_with_the_next_publishing(founded: Network) -> None:
    founded.at("alder").edit("statements/news/moving.yml", "On Sunday.", "On Monday.")
    (founded.top / "alder/card.yml").write_text("name: {en: Alder}\nlanguages: [en]\n")
    said = founded.publish("alder")
    assert "card.json" in said and "statements/news/moving.json" in said
    founded.run("cedar", "sync", "alder")
    assert "On Monday." in founded.run("cedar", "read", "alder/news/moving")
    assert "Alder" in founded.run("cedar", "card", "show", "alder")


def test_a_provider_that_goes_dark_is_read_at_its_mirrors_by_somebody_who_never_saw_it(
    founded: Network,
) -> None:
    founded.round("cedar", "dogwood")
    words = " ".join(founded.run("alder", "roster", "fingerprint").splitlines()[:4])
    founded.files.dark.add("alder")
    try:
        join = ("--from", founded.public("beech"), "--private", "--yes")
        founded.run("elm", "roster", "join", "--fingerprint", words, *join)
        founded.run("elm", "sync")
        said = founded.run("elm", "read", "alder/news/moving")
    finally:
        founded.files.dark.clear()
    assert "On Monday." in said
    peers = {peer["peer"]: peer for peer in founded.json("elm", "status")["peers"]}
    assert "/public/mirrors/alder/" in peers["alder"]["source"]


def test_an_old_state_shown_by_the_origin_is_not_believed_and_raises_an_alarm(founded: Network) -> None:
    old = {path: path.read_bytes() for path in (founded.top / "beech/public/metadata").iterdir()}
    founded.run("beech", "say", "news", "second", "--title", "More", "--text", "Later.", "--for", "public")
    founded.publish("beech")
    founded.run("elm", "sync", "beech")
    new = {path: path.read_bytes() for path in (founded.top / "beech/public/metadata").iterdir()}
    for path in new.keys() - old.keys():
        path.unlink()
    for path, content in old.items():
        path.write_bytes(content)
    said = founded.run("elm", "sync", "beech", status=1)
    assert "was seen already" in said and "Later." in founded.run("elm", "read", "beech/news/second")
    for path, content in new.items():
        path.write_bytes(content)
    founded.run("elm", "sync", "beech")


def test_a_thief_with_the_servers_keys_signs_no_statement_and_is_locked_out(founded: Network) -> None:
    before = (founded.top / "beech/public/metadata/1.root.json").read_bytes()
    said = founded.run("beech", "keys", "replace", "server", "--yes")
    assert "robot" in said
    founded.publish("beech")
    founded.run("beech", "sign", "--as", "ben", "--yes")
    founded.publish("beech")
    assert (founded.top / "beech/public/metadata/2.root.json").is_file()
    assert (founded.top / "beech/public/metadata/1.root.json").read_bytes() == before
    assert "version 2/" in founded.run("elm", "sync", "beech")


def test_no_private_key_is_in_a_history_or_in_what_is_served(founded: Network) -> None:
    for name in NAMES:
        keys = list((founded.top / name / "keys").glob("*.age"))
        assert len(keys) >= 6 and all(b"BEGIN AGE ENCRYPTED FILE" in key.read_bytes() for key in keys)
        served = [path.name for path in (founded.top / name / "public").rglob("*")]
        assert not [one for one in served if one.endswith((".key", ".pub")) or one.startswith("identity")]
