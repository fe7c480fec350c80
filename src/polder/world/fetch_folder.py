"""Files of peers from a folder (a USB stick, a disk that came by post) in the place of a web server.

The folder is somebody else's, as a server is: what lies there is verified by whoever asks, and believed for no other reason.

1. Only files are read, of as many bytes as were asked for; links lead nowhere, and devices and pipes are none.
2. Nothing is written there, and nothing of it runs.
3. Such a place is made by a person who names a folder, never read out of a document: an address of a peer is none, whatever it says.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from polder.kernel.problem import Problem, Refused
from polder.world.fetch import Answer, Source

GONE = (FileNotFoundError, NotADirectoryError)


class FolderPlace(str):
    """The folder of one peer, written as its address: with a slash at the end."""

    __slots__ = ()

    @classmethod
    def of(cls, folder: Path, peer: str) -> FolderPlace:
        return cls(f"{folder.absolute() / peer}/")

    @property
    def is_there(self) -> bool:
        """Whether a folder (no link to one) lies there."""
        path = Path(self)
        return path.is_dir() and not path.is_symlink()


class FolderSource(Source):
    """A ``Source`` whose files lie in ``url``. ``OSError`` where the disk is at fault."""

    def __init__(self, url: FolderPlace) -> None:
        self.url, self.requests, self.received = url, 0, 0
        self.private, self.proxy, self.until = False, None, 0.0

    def again(self) -> FolderSource:
        return FolderSource(FolderPlace(self.url))

    def close(self) -> None:
        """Nothing stays open."""

    def get(self, name: str, limit: int) -> Answer:
        """The file ``name``, of ``limit`` bytes at most. ``Refused``: ``sync.endless``."""
        self.requests += 1
        content = self._content(name, limit)
        if content is not None and len(content) > limit:
            raise Refused(Problem("sync.endless", self.url + name, {"limit": limit}))
        self.received += len(content or b"")
        return Answer(content, None)

    def _content(self, name: str, limit: int) -> bytes | None:
        top = Path(self.url)
        if Path(os.path.realpath(top / name)) != Path(os.path.realpath(top)) / name:
            return None  # a link, or a name that leads out of the folder
        try:
            handle = os.open(top / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except GONE:
            return None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return None
        with os.fdopen(handle, "rb") as file:
            return file.read(limit + 1)
