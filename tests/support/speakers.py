"""Providers that say things to each other: network folders with a key each, and what each publishes as the others verified it.

alder says, beech is in its circles, cedar is blocked, dogwood is not in the network.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polder.actions.read_statements import Listening, Shown, listen, show
from polder.actions.say_statement import Given, give
from polder.actions.write_statement import Audience, Wish, say
from polder.kernel.digest import Digest
from polder.kernel.published import Published
from polder.world.age import new_identity
from polder.world.given import read_given

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Speaker:
    """One provider: its folder, its private key's file, its recipient."""

    name: str
    folder: Path
    key: Path
    recipient: str

    @property
    def given(self) -> dict[str, bytes]:
        return read_given(self.folder / "given")


@dataclass
class Speakers:
    """All of them; ``members``: who is in the network."""

    each: dict[str, Speaker]
    members: tuple[str, ...]
    patch: pytest.MonkeyPatch
    now: datetime = NOW
    away: set[str] = field(default_factory=set)

    def __getitem__(self, name: str) -> Speaker:
        return self.each[name]

    @property
    def recipients(self) -> dict[str, tuple[str, ...]]:
        return {name: (self[name].recipient,) for name in self.members}

    def published(self, but: str) -> dict[str, Published]:
        """What the provider ``but`` verified of the others."""
        others = [one for one in self.each.values() if one.name not in (but, *self.away)]
        digest, far = Digest("sha256:" + "0" * 64), self.now + DAY
        return {
            one.name: Published(one.name, digest, {"targets": 1}, self.now, far, one.given, "")
            for one in others
        }

    @contextmanager
    def key_of(self, name: str) -> Iterator[None]:
        with self.patch.context() as patch:
            patch.setenv("POLDER_IDENTITY", str(self[name].key))
            yield

    def give(self, name: str) -> Given:
        self.now += HOUR
        with self.key_of(name):
            return give(self[name].folder, self.now, self.published(name), self.recipients)

    def say(
        self,
        name: str,
        type_: str,
        id_: str,
        title: str,
        body: str = "",
        audience: Audience | None = None,
        again: bool = False,
        strangers: bool = False,
        **more: object,
    ) -> Given:
        self.now += HOUR
        texts = {"en": body} if body else {}
        wish = Wish(type_, id_, {"en": title}, texts, audience or Audience(), **more)  # type: ignore[arg-type]
        with self.key_of(name):
            published = self.published(name)
            return say(self[name].folder, wish, self.now, again, published, self.recipients, strangers)

    def write(self, name: str, path: str, text: str) -> None:
        place = self[name].folder / "statements" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def listens(self, name: str) -> Listening:
        with self.key_of(name):
            return listen(self[name].folder, self.now, self.published(name), self.recipients)

    def sees(self, name: str) -> Shown:
        return show(self.listens(name))

    def titles(self, name: str) -> list[str]:
        """What the provider ``name`` is shown, newest first."""
        return [one.statement.title.read("en") for one in self.sees(name).heard]


def speakers(tmp_path: Path, patch: pytest.MonkeyPatch, git: bool = False) -> Speakers:
    each = {}
    for name in ("alder", "beech", "cedar", "dogwood"):
        folder, key = tmp_path / name, tmp_path / f"{name}.key"
        folder.mkdir()
        recipient = new_identity(key)
        (folder / "network.yml").write_text(
            f"provider: {name}\nurls: [https://{name}.example/net/]\npeople: {{ana: {{}}}}\nrecipients: [{recipient}]\n"
        )
        if git:
            subprocess.run(["git", "-C", folder, "init", "-q", "-b", "main"], check=True)
        each[name] = Speaker(name, folder, key, recipient)
    return Speakers(each, ("alder", "beech", "cedar"), patch)
