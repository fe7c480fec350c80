"""What this provider gave before: files (``Piece``), and the statements in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from polder.commons.statement.access import Rule
from polder.commons.statement.model import Heard, HeardPart
from polder.commons.statement.wire import read_document
from polder.kernel.problem import Refused

OPEN = ""
"""``to`` of a piece that everybody may read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file below ``given/``. ``statement``: what it is of (``type/id``). ``path``: its target path, ``""`` while it wants a name.
    ``to``: digest of the recipients, ``OPEN`` for
    everybody. ``texts``: the documents in it. ``readers``: the providers that may read it; ``recipients``: their keys, when it is
    to be encrypted."""

    path: str
    to: str
    texts: tuple[str, ...]
    statement: str = field(default="", compare=False)
    readers: tuple[str, ...] = field(default=(), compare=False)
    recipients: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Doc:
    """One document. ``rules``: all of them must let a reader in. ``heard``: the statement it is (or is a part of)."""

    text: str
    rules: tuple[Rule, ...]
    heard: Heard
    part: bool = False


class Earlier:
    """The documents of ``pieces``, all of ``provider``, and every statement among them (``heard``); a piece that cannot be read any more is
    left as it is (``unreadable``)."""

    def __init__(self, pieces: Sequence[Piece], provider: str) -> None:
        self.pieces = tuple(pieces)
        self.docs: list[Doc] = []
        self.unreadable: list[Piece] = []
        self.piece_of: dict[str, Piece] = {}
        parts: list[tuple[str, HeardPart]] = []
        for piece in pieces:
            try:
                found = [(text, read_document(text.encode(), provider, piece.path)) for text in piece.texts]
            except Refused:
                self.unreadable.append(piece)
                continue
            self.piece_of |= dict.fromkeys(piece.texts, piece)
            self.docs += [
                Doc(text, (one.statement.rule,), one) for text, one in found if isinstance(one, Heard)
            ]
            parts += [(text, one) for text, one in found if isinstance(one, HeardPart)]
        self._take_parts(parts)
        self.heard = tuple({doc.heard.digest: doc.heard for doc in self.docs}.values())
        self._past = {digest for one in self.heard for digest in one.statement.supersedes}
        self._by_key: dict[str, list[Heard]] = {}
        for one in self.heard:
            self._by_key.setdefault(one.statement.key, []).append(one)

    def _take_parts(self, parts: list[tuple[str, HeardPart]]) -> None:
        whole = {doc.heard.digest: doc for doc in self.docs}
        for text, one in parts:
            if base := whole.get(one.of):
                self.docs.append(Doc(text, (*base.rules, one.part.rule), base.heard, part=True))

    def latest(self, key: str) -> Heard | None:
        """The newest statement called ``key`` (``type/id``)."""
        found = self._by_key.get(key, ())
        return max(found, key=lambda one: (one.digest not in self._past, one.statement.date), default=None)
