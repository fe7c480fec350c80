"""Every accepted version, each parsed when it is asked for: most of what is done every day needs the newest two or three, of hundreds.

1. The bytes were verified when they were accepted; parsing them again proves nothing.
2. A version that cannot be read is refused when it is asked for. Whoever wants to know of all of them replays.

>>> Editions([b"{}"])[0]
Traceback (most recent call last):
polder.kernel.problem.Refused: roster/1.json: roster.not-a-roster {'why': "'signed'"}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from polder.commons.roster.document import Edition, read_edition


class Editions(Sequence[Edition]):
    """The versions in ``contents``, number 1 first (``contents`` may read lazily too), then ``more``, which were parsed already."""

    def __init__(self, contents: Sequence[bytes], more: Sequence[Edition] = ()) -> None:
        self._contents, self._more = contents, tuple(more)
        self._read: dict[int, Edition] = {}

    def __len__(self) -> int:
        return len(self._contents) + len(self._more)

    @overload
    def __getitem__(self, index: int) -> Edition: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Edition, ...]: ...
    def __getitem__(self, index: int | slice) -> Edition | tuple[Edition, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(len(self))[index])
        at = range(len(self))[index]
        there = len(self._contents)
        return self._one(at) if at < there else self._more[at - there]

    def _one(self, at: int) -> Edition:
        if at not in self._read:
            self._read[at] = read_edition(self._contents[at], f"roster/{at + 1}.json")
        return self._read[at]

    def contents(self) -> Iterator[bytes]:
        """The documents, none of them parsed for it."""
        yield from self._contents
        yield from (one.document.content for one in self._more)

    def followed_by(self, edition: Edition) -> Editions:
        made = Editions(self._contents, (*self._more, edition))
        made._read = self._read
        return made


def followed_by(editions: Sequence[Edition], edition: Edition) -> Sequence[Edition]:
    """``editions`` with one more, none of them parsed for it."""
    if isinstance(editions, Editions):
        return editions.followed_by(edition)
    return (*editions, edition)


def contents(editions: Sequence[Edition]) -> Iterator[bytes]:
    """Their documents, none of them parsed for it."""
    if isinstance(editions, Editions):
        return editions.contents()
    return (one.document.content for one in editions)
