"""What this provider gave before: ``statements.json`` in the state folder, on this machine alone. It holds plaintext.

What lies in ``given/`` and is not in it (it was lost, or another machine gave it) is taken in: what is public as it is, what is encrypted
as far as our key opens it. What is in it and lies there no more is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from polder.commons.network.model import GIVEN, Network
from polder.commons.statement.earlier import OPEN, Piece
from polder.commons.statement.model import FOLDER, SEALED
from polder.commons.statement.sealed import Envelope, read_envelope
from polder.commons.statement.source import Source
from polder.commons.statement.wire import read_document
from polder.kernel.digest import digest_of_bytes
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.world.files import write_atomically
from polder.world.given import read_given

FILE, FORMAT, LIMIT = "statements.json", "polder-given-statements-1", 100_000_000
Open = Callable[[bytes, str], bytes | None]
ONCE = frozenset(
    (
        "statement.many-recipients",
        "statement.no-recipients",
        "statement.not-a-member",
        "statement.not-private",
    )
)
"""What is said once about a file, when it is given."""


@dataclass(frozen=True, slots=True)
class Memory:
    """``pieces``: the files given before that still lie in ``given/``. ``elsewhere``: statements (``type/id``) that only another machine
    gave. ``sources``: source file to its digest when it was given from here the last time. ``told``: what was said about files that stay as
    they are (see ``untold``)."""

    pieces: tuple[Piece, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def load_memory(folder: Path, network: Network, open_: Open) -> Memory:
    """What was given before, as far as it is known here."""
    path = folder / network.state / FILE
    given = {name: held for name, held in read_given(folder / GIVEN).items() if name.startswith(f"{FOLDER}/")}
    held = read_plain(path.read_bytes(), FILE, LIMIT) if path.is_file() else {}
    pieces = [_piece(one) for one in held.get("pieces", ()) if one["path"] in given]
    known = {piece.path for piece in pieces}
    others = {name: content for name, content in given.items() if name not in known}
    found = _found_again(others, network.provider, open_)
    elsewhere = {piece.statement for piece in found} - {piece.statement for piece in pieces}
    told = frozenset(held.get("told", ()))
    return Memory((*pieces, *found), frozenset(elsewhere), held.get("sources", {}), told)


def save_memory(folder: Path, network: Network, memory: Memory) -> None:
    """Only its owner may read it."""
    held = [_data(piece) for piece in sorted(memory.pieces, key=lambda one: one.path)]
    data = {"format": FORMAT, "pieces": held, "sources": dict(memory.sources), "told": sorted(memory.told)}
    write_atomically(folder / network.state / FILE, write_plain(data), mode=0o600)


def untold(
    notes: Iterable[Problem], memory: Memory, sources: Iterable[Source]
) -> tuple[tuple[Problem, ...], Memory]:
    """``notes`` without those about whom a file is for that were said before, of a file that did not change since; and the memory of
    all of them."""
    every = tuple(notes)
    changed = {
        name for one in sources if memory.sources.get(one.file) != one.digest for name in (one.key, one.file)
    }
    about = {_words(one): one for one in every if one.code in ONCE}
    old = {
        words
        for words, one in about.items()
        if words in memory.told and not changed & {one.values.get("statement"), one.values.get("file")}
    }
    left = tuple(one for one in every if _words(one) not in old)
    return left, replace(memory, told=frozenset(about))


def _words(note: Problem) -> str:
    return digest_of_bytes(repr((note.code, note.where, sorted(note.values.items()))).encode())


def _data(piece: Piece) -> dict[str, Any]:
    return {
        "path": piece.path,
        "to": piece.to,
        "texts": list(piece.texts),
        "statement": piece.statement,
        "readers": list(piece.readers),
    }


def _piece(held: dict[str, Any]) -> Piece:
    return Piece(held["path"], held["to"], tuple(held["texts"]), held["statement"], tuple(held["readers"]))


def _found_again(given: dict[str, bytes], provider: str, open_: Open) -> tuple[Piece, ...]:
    found = []
    for path, content in given.items():
        try:
            found += _one_again(path, content, provider, open_)
        except (Refused, UnicodeDecodeError):
            continue
    return tuple(found)


def _one_again(path: str, content: bytes, provider: str, open_: Open) -> list[Piece]:
    if not path.startswith(f"{SEALED}/"):
        found = Envelope(OPEN, (content.decode(),))
    else:
        opened = open_(content, path)
        if opened is None:
            return []
        found = read_envelope(opened, provider, path)
    read = [read_document(text.encode(), provider, path) for text in found.documents]
    keys = [one.key for one in read]
    return [Piece(path, found.to, found.documents, keys[0])] if keys else []
