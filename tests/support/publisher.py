"""A provider that publishes, honest or not: real keys, whole repositories as served path to bytes, each document made on purpose.

Everything is made with python-tuf's metadata classes through ``commons.trust.tuf``; nothing here looks at how it is accepted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from polder.commons.trust.tuf import key, sign
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.peer import Peer
from polder.kernel.signing import PublicKey

ROBOT_PATHS = ("threats/*", "monitor/*", "seen/*")
DAYS = {"root": 365, "targets": 120, "robot": 30, "snapshot": 30, "timestamp": 14}


class TestKey:
    """A private key made from a word, so that tests are the same each time."""

    __test__ = False

    def __init__(self, seed: str) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        self.public = PublicKey(self.private.public_key().public_bytes_raw().hex())

    def sign(self, payload: bytes) -> bytes:
        return self.private.sign(payload)


class Publisher:
    """``files``: what its web server serves. ``given`` and ``robot_files``: its two parts' targets. ``thresholds``: of other roles than
    root, where more than one has to sign. Change what you like, then ``publish(now)``; or make single documents with ``make_*`` and
    ``put_*``."""

    def __init__(self, name: str, now: datetime, people: int = 3, threshold: int = 2) -> None:
        self.name, self.threshold = name, threshold
        self.root_keys = [TestKey(f"{name}-root-{number}") for number in range(people)]
        self.targets_keys = list(self.root_keys)
        self.keys = {role: TestKey(f"{name}-{role}") for role in ("robot", "snapshot", "timestamp")}
        self.versions = dict.fromkeys(("root", "targets", "robot", "snapshot", "timestamp"), 0)
        self.thresholds: dict[str, int] = {}
        self.given: dict[str, bytes] = {"card.json": b'{"name":"%s"}\n' % name.encode()}
        self.robot_files: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self.publish_root(now)
        self.publish(now)

    @property
    def pinned(self) -> Digest:
        return digest_of_bytes(self.files["metadata/1.root.json"])

    def peer(self, *urls: str, mirrors: Sequence[str] = ()) -> Peer:
        return Peer(self.name, self.pinned, urls, tuple(mirrors), private=True)

    def publish_root(self, now: datetime, signers: Sequence[TestKey] | None = None) -> bytes:
        """The next root with the keys of now; signed by its own root keys and those given besides."""
        self.versions["root"] += 1
        content = self.make_root(now, [*(signers or ()), *self.root_keys])
        self.files[f"metadata/{self.versions['root']}.root.json"] = content
        return content

    def make_root(self, now: datetime, signers: Sequence[TestKey], version: int = 0) -> bytes:
        of = {"root": self.root_keys, "targets": self.targets_keys}
        of |= {role: [self.keys[role]] for role in ("snapshot", "timestamp")}
        roles = {role: Role([one.public.id for one in held], 1) for role, held in of.items()}
        for role, least in {"root": self.threshold, **self.thresholds}.items():
            roles[role].threshold = least
        keys = {one.public.id: key(one.public) for held in of.values() for one in held}
        version = version or self.versions["root"]
        return sign(Root(version, None, now + timedelta(DAYS["root"]), keys, roles, True), signers).content

    def publish(
        self, now: datetime, parts: Sequence[str] = ("targets", "robot", "snapshot", "timestamp")
    ) -> None:
        """New versions of ``parts``, the rest as it is."""
        for part in parts:
            self.versions[part] += 1
            getattr(self, f"put_{part}")(now)

    def put_targets(self, now: datetime, signers: Sequence[TestKey] | None = None) -> None:
        robot = self.keys["robot"].public
        role = DelegatedRole("robot", [robot.id], 1, True, paths=list(ROBOT_PATHS))
        delegations = Delegations({robot.id: key(robot)}, {"robot": role})
        self._put_listing("targets", self.given, now, signers or self.targets_keys[:1], delegations)

    def put_robot(self, now: datetime, signers: Sequence[TestKey] | None = None) -> None:
        self._put_listing("robot", self.robot_files, now, signers or [self.keys["robot"]], None)

    def put_snapshot(self, now: datetime) -> None:
        meta = {f"{role}.json": self.meta(role) for role in ("targets", "robot")}
        signed = Snapshot(self.versions["snapshot"], None, now + timedelta(DAYS["snapshot"]), meta)
        self.files[self.place("snapshot")] = sign(signed, [self.keys["snapshot"]]).content

    def put_timestamp(self, now: datetime) -> None:
        signed = Timestamp(
            self.versions["timestamp"], None, now + timedelta(DAYS["timestamp"]), self.meta("snapshot")
        )
        self.files["metadata/timestamp.json"] = sign(signed, [self.keys["timestamp"]]).content

    def meta(self, role: str) -> MetaFile:
        content = self.files[self.place(role)]
        return MetaFile(self.versions[role], len(content), {"sha256": hashlib.sha256(content).hexdigest()})

    def place(self, role: str) -> str:
        return f"metadata/{self.versions[role]}.{role}.json"

    def write(self, folder: Path) -> None:
        """Everything served, as files below ``folder``."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

    def _put_listing(
        self,
        role: str,
        given: dict[str, bytes],
        now: datetime,
        signers: Sequence[TestKey],
        of: Delegations | None,
    ) -> None:
        listing = {path: target_file(path, content) for path, content in given.items()}
        signed = Targets(self.versions[role], None, now + timedelta(DAYS[role]), listing, of)
        self.files[self.place(role)] = sign(signed, signers).content
        for path, content in given.items():
            self.files[served(path, content)] = content


def target_file(path: str, content: bytes) -> TargetFile:
    return TargetFile(len(content), {"sha256": hashlib.sha256(content).hexdigest()}, path)


def served(path: str, content: bytes) -> str:
    """Where a target is served: its hash before its name."""
    folder, _, name = path.rpartition("/")
    return "/".join(filter(None, ["targets", folder, f"{hashlib.sha256(content).hexdigest()}.{name}"]))
