"""What a type of statement is: its name, its version, the fields that it has besides those of every statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from polder.commons.statement.kinds import CIRCLE_ID, LINK, MOMENT, READER_NAME
from polder.kernel.kinds import LANGUAGE, LINE, SLUG, TEXTS, choice
from polder.kernel.shape import Key, Keys, ListOf


@dataclass(frozen=True, slots=True)
class Type:
    """``keeps``: earlier versions stay given, because what is true now is made of all of them. ``check``: the code of the problem that
    the fields have together, ``""`` for none."""

    name: str
    version: int
    fields: Keys
    keeps: bool = False
    check: Callable[[Mapping[str, Any]], str] = lambda fields: ""

    @property
    def optional(self) -> tuple[str, ...]:
        """The fields that may be for some readers only: a document without them is still whole."""
        return tuple(name for name, key in self.fields.keys.items() if not key.required)


def _stewards(fields: Mapping[str, Any]) -> str:
    return "" if fields["stewards"] else "statement.circle-no-steward"


CIRCLE = Type(
    "circle",
    1,
    Keys(
        {
            "circle": Key(CIRCLE_ID, "Which circle (founder/name), when another provider founded it."),
            "stewards": Key(ListOf(SLUG), "Providers who may change the circle.", required=True),
            "members": Key(ListOf(SLUG), "Providers in the circle."),
            "blocked": Key(ListOf(READER_NAME), "Providers, or people of theirs, who get nothing of it."),
            "mode": Key(
                choice(("strict", "open")),
                "strict: only members belong to it; open: everybody does.",
                default="strict",
            ),
        }
    ),
    keeps=True,
    check=_stewards,
)
NEWS = Type("news", 1, Keys({"link": Key(LINK, "Where there is more to read.")}))
NOTE = Type("note", 1, Keys({}))
EVENT = Type(
    "event",
    1,
    Keys(
        {
            "begins": Key(MOMENT, "When it begins, in UTC.", required=True, example="2026-12-01T18:00:00Z"),
            "ends": Key(MOMENT, "When it ends, in UTC."),
            "place": Key(TEXTS, "Where it is."),
            "address": Key(LINE, "Street and town, or a link to a call."),
            "languages": Key(ListOf(LANGUAGE), "Languages that will be spoken."),
            "link": Key(LINK, "Where there is more to read."),
        }
    ),
)
