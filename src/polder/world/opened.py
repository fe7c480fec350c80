"""What was opened once need not be opened again: trying a key on a file for many recipients takes long (0.1 s for a hundred, measured).

In the folder ``opened/`` of the state: for each encrypted file its plaintext, encrypted to ourselves alone, under the digest of the file;
and ``not-ours.json``, the digests of those that none of our keys opens. What did not turn up this time is forgotten. Losing all of it
costs only time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from polder.kernel.digest import digest_of_bytes, digest_of_data, short
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.world.age import Identities, encrypt
from polder.world.files import write_atomically
from polder.world.sealing import opener

NOT_OURS = "not-ours.json"
Open = Callable[[bytes, str], bytes | None]


class Opened:
    """Opens with ``identities``, and remembers in ``folder``; ``recipients`` are our own (none: only what is not ours is remembered)."""

    def __init__(self, folder: Path, identities: Identities | None, recipients: Sequence[str]) -> None:
        self.folder, self.recipients = folder, tuple(recipients)
        self.able, self.opener = identities is not None, opener(identities)
        self.keys = _keys(identities)
        self.known = self._not_ours()
        self.seen: set[str] = set()
        self.closed: set[str] = set()

    def open(self, content: bytes, where: str) -> bytes | None:
        """The plaintext, or ``None`` when it is not for us. Refused: ``secret.damaged``."""
        name = short(digest_of_bytes(content), 32)
        self.seen.add(name)
        if not self.able or name in self.known:
            self.closed.add(name)
            return None
        held = self._remembered(name)
        found = held if held is not None else self.opener(content, where)
        if found is None:
            self.closed.add(name)
        elif held is None:
            self._remember(name, found)
        return found

    def close(self) -> None:
        """Keep what is not ours in mind, and forget what did not turn up."""
        if not self.able or not self.seen:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = write_plain({"keys": self.keys, "not-ours": sorted(self.closed)})
            if not (self.folder / NOT_OURS).is_file() or (self.folder / NOT_OURS).read_bytes() != content:
                write_atomically(self.folder / NOT_OURS, content, mode=0o600)
            for path in self.folder.glob("*.age"):
                if path.stem not in self.seen:
                    path.unlink(missing_ok=True)

    def _remembered(self, name: str) -> bytes | None:
        try:
            return self.opener((self.folder / f"{name}.age").read_bytes(), name)
        except (OSError, Refused):
            return None

    def _remember(self, name: str, plain: bytes) -> None:
        if not self.recipients:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sealed = encrypt(Secret(plain), self.recipients, armored=False)
            write_atomically(self.folder / f"{name}.age", sealed, mode=0o600)

    def _not_ours(self) -> set[str]:
        try:
            held = read_plain((self.folder / NOT_OURS).read_bytes(), NOT_OURS, 10_000_000)
        except (OSError, Refused):
            return set()
        return set(held.get("not-ours", ())) if held.get("keys") == self.keys else set()


def _keys(identities: Identities | None) -> str:
    """Another word for other keys: where they lie, and when they were written."""
    if identities is None:
        return ""
    places = [(place, Path(place).stat().st_mtime_ns) for place in identities.places]
    return digest_of_data(places)
