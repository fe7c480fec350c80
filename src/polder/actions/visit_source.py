"""One visit to one source of a peer: two small requests when nothing is new, else every document and file up to the newest state.

What is believed is decided in ``commons.trust.accept``; here is only the order of asking and keeping. Whatever was believed on the way
is kept even when the visit fails: a newer timestamp seen once binds for ever.
"""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from polder.kernel.peer import Peer
from polder.kernel.problem import Problem, Refused
from polder.world.fetch import Source
from polder.world.network_store import Current, PeerStore, read_time, write_time

if TYPE_CHECKING:
    from polder.commons.trust.accept import Trusted, Whole
    from polder.commons.trust.listing import Listed

ROOT_LIMIT, TIMESTAMP_LIMIT, ROOTS_A_VISIT = 512_000, 16_384, 256
MOST_ROOTS = 64 * 2**20
"""Bytes of all roots of one peer: they are kept for ever, and read at once when something is new."""
FEW, CONNECTIONS = 8, 4
"""More files than that are fetched over four connections."""
HASHED = timedelta(days=7)
"""How long a file that was verified needs no verifying before it is read."""
TIMESTAMP = "metadata/timestamp.json"
ROLES = ("timestamp", "snapshot", "targets", "robot")


class Visit:
    """``done``: the newest state is here whole; ``changed``: it is another than before. ``last``: the file looked at last. ``renumbered``:
    parts whose numbers begin again, as they may after a change of keys. ``hashed``: every file that is kept was hashed."""

    def __init__(self, store: PeerStore, peer: Peer, now: datetime, quota: int, began: float) -> None:
        self.store, self.peer, self.now, self.quota, self.began = store, peer, now, quota, began
        self.done = self.changed = False
        self.url, self.last = "", b""
        self.clocks: list[float] = []
        self.requests = self.received = 0
        self.stopped, self.counting, self.hashed = False, Lock(), False
        self.left_out: tuple[str, ...] = ()
        self.renumbered: tuple[str, ...] = ()

    def run(self, source: Source, shown: bytes = b"") -> None:
        """``shown``: its timestamp, when it was asked for a moment ago. ``Refused`` with what is wrong with its files, ``Unreachable``;
        else ``done``."""
        self.source, self.url, self.shown = source, source.url, shown
        try:
            self._run()
            self.done = True
        finally:
            self.requests += source.requests
            self.received += source.received

    def _run(self) -> None:
        current = self.store.current()
        root = self._get(f"{current.roots + 1}.root.json", ROOT_LIMIT)
        if root is not None or not current.roots or not current.binding.get("timestamp"):
            return self._follow(current, root, None)
        timestamp = self._timestamp()
        if self._is_same(current, timestamp):
            return None
        return self._follow(current, None, timestamp)

    def _timestamp(self) -> bytes:
        """What was shown before the visit began will do: there is no newer root, so the same keys sign."""
        if not self.shown or _is_page(self.shown):
            return self._must("timestamp.json", TIMESTAMP_LIMIT)
        self.last = self.shown
        return self.shown

    def _is_same(self, current: Current, timestamp: bytes) -> bool:
        """Nothing new, and nothing expired: bytes that were verified need no verifying again."""
        whole = bool(current.parts) and current.binding["timestamp"] == current.parts["timestamp"]
        until = read_time(current.expires)
        same = whole and timestamp == self.store.read(current.parts["timestamp"])
        return same and until is not None and self.now < until

    def _follow(self, current: Current, root: bytes | None, timestamp: bytes | None) -> None:
        from polder.commons.trust.accept import Trusted, accept_timestamp

        held = {role: self.store.read(current.binding.get(role, "")) for role in ROLES}
        self.trusted = Trusted(
            self.store.roots(current),
            held["timestamp"],
            held["snapshot"],
            held["targets"],
            held["robot"],
        )
        try:
            self._follow_roots(root)
            content = timestamp or self._must("timestamp.json", TIMESTAMP_LIMIT)
            where = self._where("timestamp.json")
            if held["timestamp"] == content and not self.trusted.timestamp:
                raise Refused(
                    Problem("sync.keys-change", where)
                )  # the root is new already, the timestamp not yet
            self.trusted = accept_timestamp(self.trusted, content, self.now, where)
            self._follow_parts()
            self._finish(self.trusted)
        except BaseException:
            self._remember(self.trusted)
            raise

    def _follow_roots(self, root: bytes | None) -> None:
        """Every root up to the newest, each kept before the next one is asked for."""
        for _ in range(ROOTS_A_VISIT):
            number = len(self.trusted.roots) + 1
            if root is None and number == 1:
                root = self._must("1.root.json", ROOT_LIMIT)
            if root is None:
                return
            self._accept_root(root, number)
            root = self._get(f"{number + 1}.root.json", ROOT_LIMIT)
        raise Refused(
            Problem("sync.keys-change", self.url)
        )  # what is kept by now is where the next visit begins

    def _accept_root(self, root: bytes, number: int) -> None:
        from polder.commons.trust.accept import accept_first_root, accept_root

        where = self._where(f"{number}.root.json")
        if sum(len(one) for one in self.trusted.roots) + len(root) > MOST_ROOTS:
            raise Refused(Problem("sync.endless", where, {"limit": MOST_ROOTS}))
        first = number == 1
        longer = (
            accept_first_root(root, self.peer.root, where)
            if first
            else accept_root(self.trusted, root, where)
        )
        self.store.keep_roots(longer.roots)  # before it counts: where no room is left, it was never accepted
        self.trusted = longer

    def _follow_parts(self) -> None:
        from polder.commons.trust.accept import accept_snapshot, accept_targets, wanted

        while part := wanted(self.trusted):
            content, where = self._must(part.name, part.length), self._where(part.name)
            if part.role == "snapshot":
                self.trusted = accept_snapshot(self.trusted, content, self.now, where)
            else:
                self.trusted = accept_targets(self.trusted, part.role, content, self.now, where)

    def _finish(self, trusted: Trusted) -> None:
        from polder.commons.trust.accept import whole

        found = whole(trusted, self.now, self.url)
        files = self._within_quota(found)
        self._fetch_all(self._missing(files))
        parts = self._keep(trusted, found)
        index = self.store.keep_index({one.path: one.sha256 for one in files})
        self.renumbered = self._renumbered(trusted)
        until, hashes = write_time(found.expires), _hashes(trusted)
        new = Current(len(trusted.roots), parts, parts, found.versions, until, index, root_hashes=hashes)
        self.changed = True
        self.store.commit(new)

    def _renumbered(self, trusted: Trusted) -> tuple[str, ...]:
        """Parts with a lower number than in the last whole state, or the same one for something else."""
        from polder.commons.trust.accept import same_number_or_lower

        before = self.store.current().parts
        held = {role: self.store.read(before.get(role, "")) for role in ROLES}
        return tuple(role for role in ROLES if same_number_or_lower(trusted, role, held[role]))

    def _missing(self, files: list[Listed]) -> list[Listed]:
        """What is to be fetched. A file that was verified once, and not written to since, is hashed again only once a week: whoever reads
        one has it hashed anyway."""
        last = read_time(str(self.store.facts().get("hashed", "")))
        self.hashed = last is None or not timedelta(0) <= self.now - last < HASHED
        lacking = self.store.lacking(((one.sha256, one.length) for one in files), hashed=self.hashed)
        return [one for one in files if (one.sha256, one.length) in lacking]

    def _fetch_all(self, missing: list[Listed]) -> None:
        """One after the other when they are few, else over several connections; the first trouble ends it. Each content once:
        two connections must not write one file."""
        self.last, missing = b"", list({(one.sha256, one.length): one for one in missing}.values())
        if len(missing) <= FEW:
            for one in missing:
                self._fetch(self.source, one)
            return
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            jobs = [
                pool.submit(self._fetch_share, missing[number::CONNECTIONS]) for number in range(CONNECTIONS)
            ]
        for job in jobs:
            job.result()

    def _fetch_share(self, share: list[Listed]) -> None:
        with self.source.again() as source:
            try:
                for one in share:
                    if self.stopped:
                        return
                    self._fetch(source, one)
            except BaseException:
                self.stopped = True
                raise
            finally:
                with self.counting:
                    self.requests += source.requests
                    self.received += source.received

    def _fetch(self, source: Source, one: Listed) -> None:
        name = f"targets/{one.name}"
        content = source.get(name, one.length).content
        if content is None:
            raise Refused(Problem("sync.file-missing", self.url, {"path": one.path}))
        if len(content) != one.length or hashlib.sha256(content).hexdigest() != one.sha256:
            self.last = content
            raise Refused(Problem("sync.tampered", self.url + name, {"path": one.path}))
        self.store.keep_target(one.sha256, content)

    def _within_quota(self, found: Whole) -> list[Listed]:
        """What is fetched: recipes last, as they are big; nothing beyond the quota."""
        room, kept = self.quota, []
        for one in sorted(found.files.values(), key=lambda one: (one.path.startswith("recipes/"), one.path)):
            if one.length <= room:
                room -= one.length
                kept.append(one)
        held = {one.path for one in kept}
        self.left_out = tuple(sorted(path for path in found.files if path not in held))
        return kept

    def _remember(self, trusted: Trusted) -> None:
        """Keep what is believed by now; the last whole state stays the one that is read."""
        current, binding = self.store.current(), self._keep(trusted, None)
        if (len(trusted.roots), binding) != (current.roots, dict(current.binding)):
            roots, hashes = len(trusted.roots), _hashes(trusted)
            self.store.commit(replace(current, roots=roots, binding=binding, root_hashes=hashes))

    def _keep(self, trusted: Trusted, found: Whole | None) -> dict[str, str]:
        from polder.commons.trust.accept import version_of

        return {
            role: self.store.keep(role, version_of(trusted, role), content)
            for role in ROLES
            if (content := getattr(trusted, role)) and (found is None or role in found.versions)
        }

    def _must(self, name: str, limit: int) -> bytes:
        content = self._get(name, limit)
        if content is None:
            raise Refused(Problem("sync.file-missing", self.url, {"path": f"metadata/{name}"}))
        return content

    def _get(self, name: str, limit: int) -> bytes | None:
        content = self._answer(f"metadata/{name}", limit)
        if content is not None and _is_page(content):
            raise Refused(Problem("sync.page-instead", self._where(name)))
        return content

    def _answer(self, name: str, limit: int) -> bytes | None:
        asked, self.last = time.monotonic(), b""
        answer = self.source.get(name, limit)
        if answer.date and not self.clocks:
            self.clocks.append((answer.date - self.now).total_seconds() - (asked - self.began))
        self.last = answer.content or b""
        return answer.content

    def _where(self, name: str) -> str:
        return f"{self.url}metadata/{name}"


def _hashes(trusted: Trusted) -> tuple[str, ...]:
    return tuple(hashlib.sha256(root).hexdigest() for root in trusted.roots)


def _is_page(content: bytes) -> bool:
    """A page for people where a file should be."""
    return content.lstrip()[:1] == b"<"
