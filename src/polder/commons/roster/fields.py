"""Plain data from anybody, taken apart field by field; what is not as it must be is noted with the field's name.

>>> found = Fields({"name": "Alder", "more": 1}, "members.alder")
>>> found.text("name", 80), found.moment("since"), found.done()
('Alder', datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), None)
>>> [dict(one.values) for one in found.problems]
[{'field': 'members.alder.since'}, {'field': 'members.alder.more'}]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from polder.commons.roster.model import EVER
from polder.commons.roster.moments import moment
from polder.kernel.digest import Digest
from polder.kernel.names import is_slug
from polder.kernel.problem import Problem
from polder.kernel.recipient import is_age_recipient, is_ssh_recipient
from polder.kernel.signing import PublicKey
from polder.kernel.text import UNSEEN

T = TypeVar("T")
URL = re.compile(r"https?://[^\s/?#@\\]+(?:/[^\s?#\\]*)?/")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
NOBODY = PublicKey("00" * 32)


class Fields:
    """One object of JSON. Each question takes a field; ``done`` notes those that nobody asked for."""

    def __init__(
        self, data: object, place: str, where: str = "", problems: list[Problem] | None = None
    ) -> None:
        self.data: Mapping[str, Any] = data if isinstance(data, dict) else {}
        self.place, self.where = place, where
        self.problems: list[Problem] = [] if problems is None else problems
        self.asked: set[str] = set()
        if not isinstance(data, dict):
            self.wrong("")

    def wrong(self, name: str) -> None:
        field = ".".join(part for part in (self.place, name) if part)[:120]
        self.problems.append(Problem("roster.wrong-field", self.where, {"field": field}))

    def take(self, name: str, accept: Callable[[Any], T], otherwise: T) -> T:
        """What ``accept`` makes of the field; ``otherwise`` when it raises ``ValueError``."""
        self.asked.add(name)
        try:
            return accept(self.data.get(name))
        except ValueError:
            self.wrong(name)
            return otherwise

    def below(self, name: str) -> Fields:
        self.asked.add(name)
        return Fields(self.data.get(name), f"{self.place}.{name}".lstrip("."), self.where, self.problems)

    def text(self, name: str, most: int, least: int = 0) -> str:
        return self.take(name, lambda held: _text(held, most, least), "")

    def word(self, name: str, *allowed: str) -> str:
        return self.take(name, lambda held: _if(held in allowed and isinstance(held, str), held), allowed[0])

    def slug(self, name: str) -> str:
        return self.take(name, lambda held: _if(isinstance(held, str) and is_slug(held), held), "x")

    def number(self, name: str, least: int, most: int) -> int:
        return self.take(name, lambda held: _if(type(held) is int and least <= held <= most, held), least)

    def yes_no(self, name: str) -> bool:
        return self.take(name, lambda held: _if(type(held) is bool, held), False)

    def moment(self, name: str) -> datetime:
        return self.take(name, moment, EVER)

    def digest(self, name: str) -> Digest:
        return self.take(name, lambda held: Digest(_like(_DIGEST, held)), Digest("sha256:" + "0" * 64))

    def digest_or_none(self, name: str) -> str:
        return self.take(name, lambda held: "" if held == "" else _like(_DIGEST, held), "")

    def signature(self, name: str) -> str:
        return self.take(name, lambda held: _like(_SIGNATURE, held), "00" * 64)

    def key(self, name: str) -> PublicKey:
        return self.take(name, lambda held: PublicKey(_text(held, 64, 64)), NOBODY)

    def many(self, name: str, accept: Callable[[Any], T], most: int, least: int = 0) -> tuple[T, ...]:
        """A list without anything twice."""

        def read(held: Any) -> tuple[T, ...]:
            _if(isinstance(held, list) and least <= len(held) <= most, held)
            made = tuple(accept(one) for one in held)
            return _if(len(set(made)) == len(made), made)

        return self.take(name, read, ())

    def each(self, name: str, read: Callable[[Fields], T], most: int) -> tuple[T, ...]:
        """A list of objects, each read by ``read``."""
        nothing: list[Any] = []
        held = self.take(
            name, lambda found: _if(isinstance(found, list) and len(found) <= most, found), nothing
        )
        place = f"{self.place}.{name}".lstrip(".")
        return tuple(read(Fields(one, place, self.where, self.problems)) for one in held)

    def done(self) -> None:
        for name in sorted(set(self.data) - self.asked):
            self.wrong(name)


def address(held: Any) -> str:
    return _like(URL, _text(held, 300, 1))


def slug(held: Any) -> str:
    return str(_if(isinstance(held, str) and is_slug(held), held))


def recipient(held: Any) -> str:
    known = isinstance(held, str) and len(held) < 1000 and (is_age_recipient(held) or is_ssh_recipient(held))
    return str(_if(known, held))


def count(held: Any) -> int:
    return int(_if(type(held) is int and 0 <= held < 2**31, held))


def _text(held: Any, most: int, least: int = 0) -> str:
    _if(isinstance(held, str) and least <= len(held) <= most and not UNSEEN.search(held), held)
    return str(held)


def _like(form: re.Pattern[str], held: Any) -> str:
    return str(_if(isinstance(held, str) and bool(form.fullmatch(held)), held))


def _if(right: bool, held: T) -> T:
    if not right:
        raise ValueError
    return held
