"""A folder as it was read from disk, so that what decides needs no disk. ``world.files`` makes it; platform reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from polder.kernel.digest import Digest, digest_of_bytes, digest_of_data
from polder.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Folder:
    """``files``: relative POSIX path to bytes, for the files that are parsed. ``content``: path of a folder that a setting
    names to the digest over its files' paths, modes and bytes. ``executable``: the paths in ``files`` that may be run.
    ``faults``: path to the problem (still without a place) of what could not be read."""

    files: Mapping[str, bytes]
    content: Mapping[str, Digest] = field(default_factory=dict)
    executable: frozenset[str] = frozenset()
    faults: Mapping[str, Problem] = field(default_factory=dict)

    @property
    def digest(self) -> Digest:
        """Covers every path, its bytes and whether it may be run, and the folders named by settings.

        >>> Folder({"a": b""}).digest == Folder({"a": b""}, executable=frozenset({"a"})).digest
        False
        """
        files = {path: [digest_of_bytes(held), path in self.executable] for path, held in self.files.items()}
        return digest_of_data([files, dict(self.content)])

    def below(self, prefix: str) -> Folder:
        """The part under ``prefix`` (which ends with ``/``), its paths relative to it.

        >>> list(Folder({"recipes/wiki/recipe.yml": b"", "site.yml": b""}).below("recipes/wiki/").files)
        ['recipe.yml']
        """
        cut = len(prefix)
        return Folder(
            {path[cut:]: held for path, held in self.files.items() if path.startswith(prefix)},
            executable=frozenset(path[cut:] for path in self.executable if path.startswith(prefix)),
            faults={path[cut:]: fault for path, fault in self.faults.items() if path.startswith(prefix)},
        )
