"""A project between its file and its values: what was read, and which parts must be read again with
variables.

A service is drafted key by key. Interpolating for an app reads again only the keys that hold a dollar sign,
so a recipe used by thousands of apps costs each of them little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from polder.kernel import document
from polder.kernel.document import Node, Scalar
from polder.platform.compose.reader import VariableUse


@dataclass(frozen=True, slots=True)
class Draft:
    """One service: ``parts`` maps honoured keys to values, ``open`` those of them that hold variables to
    their nodes."""

    name: str
    where: str
    parts: Mapping[str, Any]
    open: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """``configs``: texts that hold dollar signs, with their places. ``uses`` lists every variable of the
    file."""

    file: str
    drafts: tuple[Draft, ...]
    configs: Mapping[str, tuple[str, Node]]
    uses: tuple[VariableUse, ...]


def holds_variables(node: Node) -> bool:
    """Whether a dollar sign stands in any value."""
    match node:
        case Scalar():
            return "$" in node.text
        case document.Sequence():
            return any(holds_variables(item) for item in node.items)
        case document.Mapping():
            return any(holds_variables(value) for value in node.entries.values())
