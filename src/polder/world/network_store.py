"""What was verified of other providers, on disk: ``state/peers/ID/``. Only bytes that were verified are given to it.

1. ``current.json`` is written last and atomically, and names every other file. Whatever was written before it and is not named
   there is nothing yet: a process that is killed at any moment leaves the state before, and the next one goes on.
2. Root files are numbered; every other file has its own hash in its name, so that nothing that is in use is ever written over.
3. What the previous ``current.json`` named stays until the next change: readers of a moment ago still find it.
4. One process at a time: a lock for each peer.
5. ``facts.json`` (when it was tried, where it was found) may be lost without harm.

Layout: docs/reference/formats/state.md.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.names import is_slug
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.world.files import flush_paths, write_atomically, write_beside
from polder.world.peer_shapes import is_current, is_facts

FORMAT, INDEX_FORMAT, KEYS_FORMAT = "polder-peer-1", "polder-index-1", "polder-keys-1"
_HASHED = re.compile(r"\.([0-9a-f]{64})\.json$")
PEERS, CURRENT, KEYS, INDEX_LIMIT = "peers", "current.json", "keys.json", 10_000_000


@dataclass(frozen=True, slots=True)
class Current:
    """``current.json``. ``roots``: how many roots are believed. ``binding``: role to file, what newer documents are compared with.
    ``parts``: role to file of the last whole state, with its ``versions`` and when it ``expires``; ``index``: the file that lists
    its targets. ``before``: files that the previous one named. ``root_hashes``: SHA-256 (hex) of each root, the first one first; missing
    in states of before they were kept."""

    roots: int = 0
    binding: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    expires: str = ""
    index: str = ""
    before: tuple[str, ...] = ()
    root_hashes: tuple[str, ...] = ()


class PeerStore:
    """One peer's folder. Reading needs no lock; writing happens inside ``locked()``."""

    def __init__(self, state: Path, peer: str) -> None:
        if not is_slug(peer):
            raise Refused(Problem("sync.bad-peer", "", {"peer": peer[:60]}))
        self.peer, self.path = peer, state / PEERS / peer
        self.metadata, self.targets = self.path / "metadata", self.path / "targets"
        self._unflushed = False
        self._new_targets: list[Path] = []

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Refused (``sync.locked``) when another process works on this peer."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(Problem("sync.locked", "", {"peer": self.peer})) from None
            yield

    def current(self) -> Current:
        """What is believed; an empty one when nothing is yet. Refused (``sync.damaged``) when it can be read no longer."""
        path = self.path / CURRENT
        try:
            data = read_plain(path.read_bytes(), CURRENT, INDEX_LIMIT)
            if not is_current(data):
                raise self._damaged(path)
            held = {name: data[name] for name in Current.__dataclass_fields__ if name != "root_hashes"}
            hashes = tuple(data.get("root_hashes") or ())
            return Current(**{**held, "before": tuple(held["before"]), "root_hashes": hashes})
        except FileNotFoundError:
            return Current()
        except (OSError, Refused, KeyError):
            raise self._damaged(path) from None

    def _damaged(self, path: Path) -> Refused:
        """Only people decide what is done then: to forget what was believed is to believe an older state."""
        return Refused(Problem("sync.damaged", str(path), {"peer": self.peer, "folder": str(self.path)}))

    def read(self, name: str) -> bytes:
        """A file of the metadata by its name; ``b""`` for no name. Refused (``sync.damaged``) unless it is what its name says:
        an empty one would be no memory of what was seen, and let an older state in."""
        path = self.metadata / name
        try:
            content = path.read_bytes() if name else b""
        except OSError:
            raise self._damaged(path) from None
        named = _HASHED.search(name)
        if named and _hash_of(content) != named[1]:
            raise self._damaged(path)
        return content

    def listed(self, index: str) -> dict[str, str]:
        """Path to hash, as the file ``index`` of the metadata says."""
        try:
            return dict(json.loads(self.read(index))["files"])
        except (ValueError, KeyError, TypeError):
            raise self._damaged(self.metadata / index) from None

    def roots(self, current: Current) -> tuple[bytes, ...]:
        return tuple(self._root(current, number) for number in range(1, current.roots + 1))

    def first_root(self) -> bytes:
        """Refused as ``read``; ``b""`` when there is none yet."""
        there = (self.metadata / "1.root.json").exists()
        current = self.current()
        return self._root(current, 1) if there or current.roots else b""

    def _root(self, current: Current, number: int) -> bytes:
        """A root as it was verified. Refused (``sync.own-root-altered``) when the one here is another now: nothing that the peer did."""
        name, known = f"{number}.root.json", current.root_hashes[number - 1 : number]
        content = self.read(name)
        if (known and _hash_of(content) != known[0]) or not content.strip():
            told = {"peer": self.peer, "folder": str(self.path)}
            raise Refused(Problem("sync.own-root-altered", str(self.metadata / name), told))
        return content

    def keep_roots(self, roots: Sequence[bytes]) -> None:
        """Roots that were accepted; those that are there already stay as they are."""
        last = self.metadata / f"{len(roots)}.root.json"
        if last.exists() and last.read_bytes() != roots[-1]:  # of a visit that was cut off
            last.unlink()
        for number, content in enumerate(roots, start=1):
            self._write_once(self.metadata / f"{number}.root.json", content)

    def keep(self, role: str, version: int, content: bytes) -> str:
        """The name under which ``content`` is kept; ``""`` for no content."""
        if not content:
            return ""
        name = f"{role}.{version}.{hashlib.sha256(content).hexdigest()}.json"
        self._write_once(self.metadata / name, content)
        return name

    def _write_once(self, path: Path, content: bytes) -> None:
        """Write beside and rename; on disk for sure once ``current.json`` is."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_beside(path, content, flush=True)
            self._unflushed = True

    def _flush(self) -> None:
        if self._unflushed:
            handle = os.open(self.metadata, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self._unflushed = False
        if self._new_targets:
            flush_paths([*(one for one in self._new_targets if one.exists()), self.targets])
        self._new_targets = []

    def lacking(self, wanted: Iterable[tuple[str, int]], *, hashed: bool) -> frozenset[tuple[str, int]]:
        """What of ``wanted`` (hash and length) is not there whole: a file that no ``commit`` followed may be empty or wrong after the power
        failed. ``hashed``: look into each. Else not into those that were verified before the list of the last whole state was written, and
        to which nobody wrote since."""
        current, there = self.current(), dict[str, os.stat_result]()
        with suppress(FileNotFoundError), os.scandir(self.targets) as entries:
            there = {one.name: one.stat() for one in entries}
        if current.index and not hashed:
            listed = frozenset(self.listed(current.index).values())
            moment = (self.metadata / current.index).stat().st_mtime_ns
            known = {name for name in listed & there.keys() if there[name].st_mtime_ns < moment}
        else:
            known = set()
        return frozenset(
            (name, length)
            for name, length in wanted
            if name not in there
            or there[name].st_size != length
            or (name not in known and _hash_of((self.targets / name).read_bytes()) != name)
        )

    def keep_target(self, sha256: str, content: bytes) -> None:
        """``content``, whose hash was compared already. Flushed with the others by ``commit``."""
        self.targets.mkdir(parents=True, exist_ok=True)
        write_beside(self.targets / sha256, content)
        self._new_targets.append(self.targets / sha256)

    def target(self, sha256: str) -> bytes:
        """Refused (``sync.damaged``) unless it is what its name says."""
        place = self.targets / sha256
        content = place.read_bytes()
        if _hash_of(content) != sha256:
            raise self._damaged(place)
        return content

    def held(self) -> frozenset[str]:
        """Hashes of the targets that are there."""
        with suppress(FileNotFoundError):
            return frozenset(path.name for path in self.targets.iterdir() if len(path.name) == 64)
        return frozenset()

    def keep_index(self, files: Mapping[str, str]) -> str:
        """The list of a whole state's targets: path to hash."""
        content = write_plain({"format": INDEX_FORMAT, "files": dict(files)})
        return self.keep("index", len(files), content)

    def files(self, current: Current) -> dict[str, str]:
        """Path to hash of every target of the last whole state that is there."""
        if not current.index:
            return {}
        held = self.held()
        return {path: sha256 for path, sha256 in self.listed(current.index).items() if sha256 in held}

    def commit(self, new: Current) -> None:
        """Make ``new`` what is believed, then clear away what neither it nor the one before names."""
        old = self.current()
        new = replace(new, before=tuple(sorted(_named(old))))
        data = {
            "format": FORMAT,
            **{name: _plain(getattr(new, name)) for name in Current.__dataclass_fields__},
        }
        self._flush()
        write_atomically(self.path / CURRENT, write_plain(data))
        self._clear_metadata(new)
        if new.parts != old.parts:  # else what a visit brought before it was cut off would go
            self._clear_targets(new)

    def facts(self) -> dict[str, Any]:
        """What is remembered of trying; nothing when it was lost."""
        try:
            facts = read_plain((self.path / "facts.json").read_bytes())
        except (OSError, Refused):
            return {}
        return facts if is_facts(facts) else {}

    def keep_facts(self, facts: Mapping[str, Any]) -> None:
        """Not flushed to disk: losing them costs a request."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_beside(self.path / "facts.json", write_plain({"format": "polder-facts-1", **facts}))

    def key_memory(self) -> dict[str, Any]:
        """Which changes of the peer's keys were told here; nothing when that was lost."""
        try:
            return read_plain((self.path / KEYS).read_bytes())
        except (OSError, Refused):
            return {}

    def keep_key_memory(self, memory: Mapping[str, Any], *, flush: bool) -> None:
        """``flush``: something was told, and is on disk for sure when this returns."""
        content = write_plain({"format": KEYS_FORMAT, **memory})
        if flush:
            write_atomically(self.path / KEYS, content)
            return
        write_beside(self.path / KEYS, content)

    def published(self) -> Published | None:
        """The last whole state as everybody reads it; ``None`` when there is none yet."""
        current, facts = self.current(), self.facts()
        if not current.parts:
            return None
        seen = read_time(str(facts.get("seen", ""))) or _changed(self.path / CURRENT)
        return Published(
            provider=self.peer,
            root=digest_of_bytes(self.first_root()),
            versions=current.versions,
            seen=seen,
            expires=read_time(current.expires) or seen,
            files=Targets(self, self.files(current)),
            source=str(facts.get("source", "")),
        )

    def _clear_metadata(self, current: Current) -> None:
        used = _named(current) | set(current.before)
        for path in self.metadata.iterdir():
            if path.name not in used and not path.name.endswith(".root.json"):
                path.unlink(missing_ok=True)

    def _clear_targets(self, current: Current) -> None:
        names = {current.index, *(name for name in current.before if name.startswith("index."))} - {""}
        kept = {one for name in names for one in self.listed(name).values()}
        with suppress(FileNotFoundError), os.scandir(self.targets) as entries:
            for name in [one.name for one in entries if one.name not in kept]:
                (self.targets / name).unlink(missing_ok=True)  # what a process that was killed had begun, too


class Targets(Mapping[str, bytes]):
    """Files by path, read (and held against their hash again) when they are asked for. Refused: ``sync.damaged``."""

    def __init__(self, store: PeerStore, files: Mapping[str, str]) -> None:
        self._store, self._files = store, files

    def __getitem__(self, path: str) -> bytes:
        return self._store.target(self._files[path])

    def sha256(self, path: str) -> str:
        """What its content was when it was verified."""
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, path: object) -> bool:
        return path in self._files


def load_published(state: Path) -> dict[str, Published]:
    """Every peer of which something whole was verified and can be read, by id."""
    folder = state / PEERS
    names = sorted(path.name for path in folder.iterdir() if is_slug(path.name)) if folder.is_dir() else []
    found = {name: load_one(PeerStore(state, name)) for name in names}
    return {name: one for name, one in found.items() if one is not None}


def load_one(store: PeerStore) -> Published | None:
    """What is damaged of one peer hides nothing of the others; syncing says so."""
    try:
        return store.published()
    except Refused:
        return None


def write_time(moment: datetime) -> str:
    """ISO 8601, UTC, seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def root_digest(store: PeerStore) -> Digest:
    """Whose folder this is: the digest of the first root; ``""`` when there is none."""
    content = store.first_root()
    return digest_of_bytes(content) if content else Digest("")


def _named(current: Current) -> set[str]:
    return {*current.binding.values(), *current.parts.values(), current.index} - {""}


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else value


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)


def _hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
