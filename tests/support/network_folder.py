"""A provider's network folder on disk, with a private key for each of its people and one for its server; and a reader of what it publishes.

Whose keys are at hand is whose machine it is: ``folder.at("ana")``, ``folder.at("server")``, ``folder.at("ana", "server")``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.actions.network_keys import new_keys
from polder.actions.network_publish import Outcome, publish
from polder.commons.trust.accept import (
    Trusted,
    Whole,
    accept_first_root,
    accept_root,
    accept_snapshot,
    accept_targets,
    accept_timestamp,
    wanted,
    whole,
)
from polder.kernel.digest import digest_of_bytes
from polder.world.age import new_identity
from polder.world.given import write_given
from polder.world.publication import FolderFiles

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class NetworkFolder:
    """``path``: the network folder. ``keys``: where the people's own private keys are."""

    def __init__(
        self, top: Path, monkeypatch: pytest.MonkeyPatch, people: Iterable[str], threshold: int
    ) -> None:
        self.path, self.keys, self.monkeypatch = top / "network", top / "own", monkeypatch
        self.keys.mkdir()
        self.people = {name: self.identity(name) for name in people}
        self.server = self.identity("server")
        self.threshold = threshold
        self.write()
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)

    def identity(self, name: str) -> str:
        return new_identity(self.keys / f"{name}.txt")

    def write(self, **people: str) -> None:
        """``network.yml``; ``people`` are added to those that there are, each with a line of their own."""
        lines = {name: f"recipient: {recipient}" for name, recipient in self.people.items()} | people
        held = "".join(f"  {name}: {{{line}}}\n" for name, line in lines.items())
        self.path.mkdir(exist_ok=True)
        (self.path / "network.yml").write_text(
            f"provider: alder\nurls: [https://alder.example/net/]\npeople:\n{held}"
            f"threshold: {self.threshold}\nrecipients: [{self.server}]\n"
        )

    def at(self, *names: str) -> None:
        """From now on the private keys of ``names`` are at hand, and no others."""
        places = [str(self.keys / f"{name}.txt") for name in names]
        self.monkeypatch.setenv("POLDER_IDENTITY", os.pathsep.join(places))

    def give(self, path: str, content: bytes) -> None:
        write_given(self.path / "given", path, content)

    def report(self, path: str, content: bytes) -> None:
        write_given(self.path / "state/robot", path, content)

    @property
    def public(self) -> Path:
        return self.path / "public"

    def files(self) -> Mapping[str, bytes]:
        """What a reader can fetch."""
        return FolderFiles(self.public)

    def versions(self) -> dict[str, int]:
        """Role to the highest version that lies there."""
        found: dict[str, int] = {}
        for path in (self.public / "metadata").glob("*.*.json"):
            number, role, _ = path.name.split(".")
            found[role] = max(found.get(role, 0), int(number))
        return found


def one_person(top: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    """Ana alone, on one machine with the server's key; her card is published."""
    folder = NetworkFolder(top, monkeypatch, ["ana"], 1)
    folder.at("ana", "server")
    new_keys(folder.path)
    folder.give("card.json", b"{}")
    return folder


def publish_as(folder: NetworkFolder, *persons: str, now: datetime = NOW) -> Outcome:
    return publish(folder.path, now, persons)


class Reader:
    """A peer that pinned the first root and believes by ``commons.trust.accept``."""

    def __init__(self, files: Mapping[str, bytes], now: datetime = NOW) -> None:
        first = files["metadata/1.root.json"]
        self.trusted: Trusted = accept_first_root(first, digest_of_bytes(first))
        self.whole: Whole = self.read(files, now)

    def read(self, files: Mapping[str, bytes], now: datetime = NOW) -> Whole:
        """All of what is published now, every content checked. Raises ``Refused`` (or ``KeyError`` for a missing file)."""
        trusted = self.trusted
        while (number := len(trusted.roots) + 1) and f"metadata/{number}.root.json" in files:
            trusted = accept_root(trusted, files[f"metadata/{number}.root.json"])
        trusted = accept_timestamp(trusted, files["metadata/timestamp.json"], now)
        while part := wanted(trusted):
            content = files[f"metadata/{part.name}"]
            if part.role == "snapshot":
                trusted = accept_snapshot(trusted, content, now)
            else:
                trusted = accept_targets(trusted, part.role, content, now)
        found = whole(trusted, now)
        for one in found.files.values():
            assert hashlib.sha256(files[f"targets/{one.name}"]).hexdigest() == one.sha256
        self.trusted, self.whole = trusted, found
        return found
