"""What was opened once need not be opened again: trying a key on a file for many recipients takes long (6 ms for 64, measured).

In the folder ``opened/`` of the state: ``opened.age``, the plaintexts, encrypted to ourselves alone, by the digests of the files that
they came out of; and ``not-ours.json``, the digests of those that none of our keys opens, and of damaged ones. The plaintexts lie in one
file, since that is written, flushed to disk and opened as fast as one of them. What did not turn up this time is forgotten. Losing all of
it costs only time.

Both carry a mark that takes our private keys to make (``Identities.mark``): our recipients are public, so anybody could encrypt words to us
that nobody said, or list as not ours what is. What is altered, or was written with other keys, is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from types import TracebackType
from typing import Any

from polder.kernel.digest import digest_of_bytes, digest_of_data, short
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.world.age import Identities, encrypt
from polder.world.files import write_atomically
from polder.world.sealing import opener

OPENED, NOT_OURS, FORMAT = "opened.age", "not-ours.json", "polder-opened-2"
MARK, LISTS = "polder-opened-2", "polder-not-ours-2"
"""What the marks of the two files are for."""
LIMIT, HEAD_LIMIT = 64 * 2**20, 20_000_000
"""Bytes that are remembered: long files, of which there are more than fit, are opened each time."""
Open = Callable[[bytes, str], bytes | None]


class Opened:
    """Opens with ``identities``, and remembers in ``folder``; ``recipients`` are our own (none: only what is not ours is remembered).
    Inside ``with`` everything that there is turns up."""

    def __init__(self, folder: Path, identities: Identities | None, recipients: Sequence[str]) -> None:
        self.folder, self.recipients = folder, tuple(sorted(recipients))
        self.able, self.opener = identities is not None, opener(identities)
        self.identities = identities
        self.places = identities.places if identities else ()
        self.known, self.broken = self._not_ours() if identities else (set(), set())
        self.stored = self._stored() if identities else {}
        self.held = dict(self.stored)
        self.seen: set[str] = set()
        self.closed: set[str] = set()
        self.damaged: set[str] = set()

    def open(self, content: bytes, where: str) -> bytes | None:
        """The plaintext, or ``None`` when it is not for us. Refused: ``secret.damaged``."""
        name = short(digest_of_bytes(content), 32)
        self.seen.add(name)
        if not self.able or name in self.known:
            self.closed.add(name)
            return None
        if name not in self.held:
            found = self._try(name, content, where)
            if found is None:
                self.closed.add(name)
                return None
            self.held[name] = found
        return self.held[name]

    def _try(self, name: str, content: bytes, where: str) -> bytes | None:
        if name in self.broken:
            self.damaged.add(name)
            raise Refused(Problem("secret.damaged", where, {"places": self.places}))
        try:
            return self.opener(content, where)
        except Refused:
            self.damaged.add(name)
            raise

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        """Keep what was found in mind, and forget what did not turn up, unless that is because it was cut short."""
        if self.identities is None or not self.seen:
            return
        if kind is not None:
            self.seen |= self.held.keys()
            self.closed |= self.known
            self.damaged |= self.broken
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._keep_closed(self.identities)
            self._keep_opened(self.identities)

    def _keep_closed(self, identities: Identities) -> None:
        data = {"not-ours": sorted(self.closed), "damaged": sorted(self.damaged)}
        content = write_plain({**data, "mark": identities.mark(LISTS, write_plain(data))})
        path = self.folder / NOT_OURS
        if not path.is_file() or path.read_bytes() != content:
            write_atomically(path, content, mode=0o600)

    def _keep_opened(self, identities: Identities) -> None:
        """Short ones first: nobody crowds out others by length."""
        kept: dict[str, bytes] = {}
        room = LIMIT if self.recipients else 0
        for name in sorted(self.seen & self.held.keys(), key=lambda one: (len(self.held[one]), one)):
            room -= len(self.held[name])
            if room < 0:
                break
            kept[name] = self.held[name]
        if kept.keys() != self.stored.keys():
            sealed = self._sealed(identities, kept) if kept else b""
            write_atomically(self.folder / OPENED, sealed, mode=0o600)
            self.stored = kept
        for path in self.folder.glob("*.age"):
            if path.name != OPENED:
                path.unlink(missing_ok=True)

    def _sealed(self, identities: Identities, kept: Mapping[str, bytes]) -> bytes:
        """Encrypted: a line with the mark of all that follows it, one that says what follows and how long each is, the plaintexts."""
        sizes = {name: len(content) for name, content in kept.items()}
        head = write_plain({"format": FORMAT, "for": digest_of_data(self.recipients), "sizes": sizes})
        told = b"".join((head, *(kept[name] for name in sorted(kept))))
        mark = identities.mark(MARK, told).encode()
        return encrypt(Secret(b"".join((mark, b"\n", told))), self.recipients, armored=False)

    def _stored(self) -> dict[str, bytes]:
        """What was kept by the keys, and for the recipients, that we have now; nothing when it is damaged."""
        try:
            plain = self.opener((self.folder / OPENED).read_bytes(), OPENED) or b""
            mark, _, told = plain.partition(b"\n")
            if not self._is_ours(MARK, told, mark):
                return {}
            head, _, body = told.partition(b"\n")
            held = read_plain(head, OPENED, HEAD_LIMIT)
            sizes = {str(name): int(size) for name, size in sorted(dict(held["sizes"]).items())}
        except (OSError, Refused, KeyError, TypeError, ValueError):
            return {}
        if held.get("for") != digest_of_data(self.recipients) or sum(sizes.values()) != len(body):
            return {}
        found, at = {}, 0
        for name, size in sizes.items():
            found[name] = body[at : at + size]
            at += size
        return found

    def _not_ours(self) -> tuple[set[str], set[str]]:
        """Those that the keys we have now do not open, and those that are damaged."""
        try:
            held = read_plain((self.folder / NOT_OURS).read_bytes(), NOT_OURS, 10_000_000)
            mark = str(held.pop("mark")).encode()
            if self._is_ours(LISTS, write_plain(held), mark):
                return _names(held["not-ours"]), _names(held["damaged"])
        except (OSError, Refused, KeyError, ValueError, RecursionError):
            pass
        return set(), set()

    def _is_ours(self, label: str, content: bytes, mark: bytes) -> bool:
        """Whether ``mark`` was made with the keys we have."""
        ours = self.identities.mark(label, content).encode() if self.identities else b""
        return bool(ours) and compare_digest(ours, mark)


def _names(held: Any) -> set[str]:
    return set(map(str, held)) if isinstance(held, list) else set()
