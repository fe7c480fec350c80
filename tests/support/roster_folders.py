"""Network folders of several providers side by side: each sees what the others give, as if it were published, fetched and verified."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from polder.actions.init_network import init_network
from polder.actions.network_roster import load_chain, merge
from polder.actions.roster_proposals import draft_beginning, find_draft, put_forward, say_of
from polder.actions.roster_words import introduce
from polder.cli.main import polder
from polder.commons.roster.presets import PRESETS
from polder.world.age import new_identity
from polder.world.given import read_given
from polder.world.network_store import Current, PeerStore, load_published
from polder.world.signing_keys import make_key

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
NAMES = ("alder", "beech", "cedar", "dogwood", "elm")
DAY = timedelta(days=1)


def keep_verified(state: Path, other: Path) -> None:
    """What ``other`` gives lies in ``state`` as if it had been published, fetched and verified."""
    store, files = PeerStore(state, other.name), {}
    store.keep_roots([(other / "public/metadata/1.root.json").read_bytes()])
    for path, content in {**read_given(other / "given"), **read_given(other / "state/robot")}.items():
        files[path] = hashlib.sha256(content).hexdigest()
        store.keep_target(files[path], content)
    timestamp = store.keep("timestamp", 1, json.dumps(files).encode())
    index = store.keep_index(files)
    parts, versions = {"timestamp": timestamp}, {"root": 1, "timestamp": 1}
    store.commit(Current(1, parts, parts, versions, expires="2099-01-01T00:00:00Z", index=index))


class Providers:
    """Folders of providers. ``sync`` shows each what the others give now, as if it were published, fetched and verified."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place = place
        self.recipient = new_identity(place / "identity")
        monkeypatch.setenv("POLDER_IDENTITY", str(place / "identity"))

    def add(self, name: str, now: datetime = NOW) -> Path:
        folder = self.place / name
        init_network(folder, name, [f"https://{name}.example/net/"], [f"ana={self.recipient}"])
        make_key(folder, "governance", [self.recipient])
        (folder / "public/metadata").mkdir(parents=True)
        (folder / "public/metadata/1.root.json").write_bytes(f"root of {name}".encode())
        introduce(folder, name.title(), "", now, None)
        return folder

    def folders(self) -> list[Path]:
        return sorted(path.parent for path in self.place.glob("*/network.yml"))

    def sync(self, now: datetime) -> None:
        """Everybody sees everybody, and merges."""
        for folder in self.folders():
            for other in self.folders():
                if other != folder:
                    keep_verified(folder / "state", other)
            merge(folder, load_published(folder / "state"), now)

    def all_sign(self, names: tuple[str, ...], now: datetime, named: str = "") -> None:
        for name in names:
            say_of(self.place / name, find_draft(self.place / name, named, now), "sign", "", now, None)
        self.sync(now)

    def heads(self) -> set[str]:
        chains = [load_chain(folder) for folder in self.folders()]
        return {chain.head.digest for chain in chains if chain}

    def found(self, *names: str) -> None:
        """``names`` begin a network together."""
        for name in names:
            self.add(name)
        self.sync(NOW)
        first, others = self.place / names[0], names[1:]
        one = draft_beginning(first, others, PRESETS["polder"], "Waterland", "We share the water.", NOW)
        put_forward(first, one.edition)
        self.sync(NOW)
        self.all_sign(names, NOW)


def run(folder: Path, *words: str, said: str = "", status: int = 0) -> str:
    """``polder network roster WORDS`` in ``folder``, with ``said`` typed; what it printed."""
    done = CliRunner().invoke(polder, ["--site", str(folder), "network", "roster", *words], input=said)
    assert done.exit_code == status, done.output
    return done.output
