"""An advisory, and software that runs here, as values; and ``software.yml``, where a provider without a site says what it runs.

>>> read_software(b"software:\\n- {name: DokuWiki, version: 2024-02-06b, where: wiki.alder.example}\\n")
(Running(names=('DokuWiki',), version='2024-02-06b', where='wiki.alder.example', order='plain'),)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from polder.commons.advisory.version import Order
from polder.commons.statement.model import Heard
from polder.kernel.digest import Digest
from polder.kernel.document import read_document
from polder.kernel.kinds import LINE, TEXT, choice
from polder.kernel.problem import Problems
from polder.kernel.shape import Key, Keys, ListOf, read
from polder.kernel.text import Text

TYPE, FILE = "advisory", "software.yml"
Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True)
class Advisory:
    """``name``: ``provider/advisory/id``. ``software``: every name it goes by. ``affected``: ranges as they were written. ``until``: until
    when it is to be kept to oneself."""

    name: str
    digest: Digest
    provider: str
    date: datetime
    title: Text
    software: tuple[str, ...]
    affected: tuple[str, ...]
    order: Order
    fixed_in: tuple[str, ...]
    severity: Severity
    do: Text
    references: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """Software that runs here. ``names``: what it may be called. ``version``: ``""`` when nobody knows. ``where``: for people."""

    names: tuple[str, ...]
    version: str
    where: str
    order: Order = "plain"


def advisory_of(heard: Heard) -> Advisory | None:
    """The advisory that a statement is, with the fields of its parts; ``None`` when it is none, or taken back."""
    said = heard.statement
    if said.type != TYPE or said.withdrawn or not heard.understood:
        return None
    data: dict[str, Any] = dict(said.data)
    for part in said.parts:
        data |= part.data
    return Advisory(
        name=said.name,
        digest=heard.digest,
        provider=said.provider,
        date=said.date,
        title=said.title,
        software=(data["software"], *data.get("also", ())),
        affected=tuple(data["affected"]),
        order=data.get("order", "plain"),
        fixed_in=tuple(data.get("fixed-in", ())),
        severity=data["severity"],
        do=Text(dict(data.get("do", {}))),
        references=tuple(data.get("references", ())),
        until=said.until,
    )


_ONE = Keys(
    {
        "name": Key(TEXT, "What the software is called.", required=True, example="DokuWiki"),
        "version": Key(LINE, "Which version runs, in quotes when it looks like a number."),
        "also": Key(ListOf(TEXT), "Other names it goes by."),
        "where": Key(LINE, "Where it runs, for whoever reads the finding."),
        "order": Key(choice(("plain", "debian")), "How its version is written.", default="plain"),
    }
)
SOFTWARE = Keys({"software": Key(ListOf(_ONE), "What runs here.")}, title="Software that a provider runs")


def read_software(content: bytes) -> tuple[Running, ...]:
    """``software.yml``, or every problem in it."""
    problems = Problems()
    record = read(SOFTWARE, read_document(content, FILE), problems)
    problems.refuse_if_any()
    return tuple(_running(one) for one in record["software"])


def _running(one: Mapping[str, Any]) -> Running:
    return Running((one["name"], *one["also"]), one["version"], one["where"], one["order"])
