"""What this provider gave before: ``statements.json`` in the state folder, on this machine alone. It holds plaintext.

When it is lost, it is made again from ``given/``: what is public as it is, what is encrypted as far as our key opens it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from polder.commons.network.model import GIVEN, Network
from polder.commons.statement.earlier import OPEN, Piece
from polder.commons.statement.model import FOLDER, SEALED, Heard
from polder.commons.statement.sealed import read_envelope
from polder.commons.statement.wire import read_document
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Refused
from polder.world.files import write_atomically
from polder.world.given import read_given

FILE, FORMAT, LIMIT = "statements.json", "polder-given-statements-1", 100_000_000
Open = Callable[[bytes, str], bytes | None]


def load_pieces(folder: Path, network: Network, open_: Open) -> tuple[Piece, ...]:
    """The files given before; one that somebody took away since has no path any more."""
    path = folder / network.state / FILE
    given = {name: held for name, held in read_given(folder / GIVEN).items() if name.startswith(f"{FOLDER}/")}
    if not path.is_file():
        return _found_again(given, network.provider, open_)
    held = read_plain(path.read_bytes(), FILE, LIMIT)
    return tuple(_piece(one, given) for one in held["pieces"])


def save_pieces(folder: Path, network: Network, pieces: tuple[Piece, ...]) -> None:
    """Only its owner may read it."""
    held = [_data(piece) for piece in sorted(pieces, key=lambda one: one.path)]
    content = write_plain({"format": FORMAT, "pieces": held})
    write_atomically(folder / network.state / FILE, content, mode=0o600)


def _data(piece: Piece) -> dict[str, Any]:
    return {
        "path": piece.path,
        "to": piece.to,
        "texts": list(piece.texts),
        "statement": piece.statement,
        "readers": list(piece.readers),
    }


def _piece(held: dict[str, Any], given: dict[str, bytes]) -> Piece:
    path = held["path"] if held["path"] in given else ""
    return Piece(path, held["to"], tuple(held["texts"]), held["statement"], tuple(held["readers"]))


def _found_again(given: dict[str, bytes], provider: str, open_: Open) -> tuple[Piece, ...]:
    found = []
    for path, content in given.items():
        try:
            found += _one_again(path, content, provider, open_)
        except Refused:
            continue
    return tuple(found)


def _one_again(path: str, content: bytes, provider: str, open_: Open) -> list[Piece]:
    """Whom it was encrypted to is not known any more, so it is encrypted anew."""
    if not path.startswith(f"{SEALED}/"):
        texts: tuple[str, ...] = (content.decode(),)
    else:
        opened = open_(content, path)
        texts = read_envelope(opened, provider, path) if opened is not None else ()
    read = [read_document(text.encode(), provider, path) for text in texts]
    keys = [one.statement.key for one in read if isinstance(one, Heard)]
    to = "unknown" if path.startswith(f"{SEALED}/") else OPEN
    return [Piece(path, to, texts, keys[0] if keys else "")] if texts else []
