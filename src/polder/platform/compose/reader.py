"""Typed values out of a document's nodes, collecting every problem and every key without effect.

One reader reads a project twice: first without variables, when strings keep their ``${...}`` and numbers that
hold one read as 0, to find every problem that can be known; then, for each app, with them (see
``interpolate``). What a project asks of its host (images, ports, host paths, capabilities) is read by
``fixed``, which takes no variables: permissions must be plain before any group has filled in a setting.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from polder.kernel import document
from polder.kernel.document import Node, Scalar
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Problems, Value
from polder.kernel.size import parse_bytes, parse_seconds
from polder.platform.compose import template
from polder.platform.compose.keys import Section

T = TypeVar("T")
EMPTY = document.Mapping({}, 0)
"""Stands for a part that is not there."""

_INTEGER = re.compile(r"[-+]?\d{1,18}")


@dataclass(frozen=True, slots=True)
class VariableUse:
    """``needed``: the text gives no default for it."""

    name: str
    where: str
    needed: bool


@dataclass(slots=True)
class Reader:
    """``variables`` is ``None`` on the first reading. ``files`` are those beside the Compose file.
    ``declared``: lines of what stands under ``volumes``, ``networks``, ``secrets`` and ``configs``."""

    file: str
    variables: Mapping[str, str] | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    reported: list[Problem] = field(default_factory=list)
    uses: list[VariableUse] = field(default_factory=list)
    declared: dict[tuple[str, str], int] = field(default_factory=dict)

    def where(self, place: Node | int) -> str:
        return f"{self.file}:{place if isinstance(place, int) else place.line}"

    def refuse(self, code: str, place: Node | int, **values: Value) -> None:
        self.problems.add(code, self.where(place), **values)

    def report(self, code: str, place: Node | int, **values: Value) -> None:
        self.reported.append(Problem(code, self.where(place), values))

    def refuse_if_any(self) -> None:
        """Raises ``Refused`` with the problems in the order of the file."""
        self.problems.items.sort(key=lambda problem: int(problem.where.rpartition(":")[2]))
        self.problems.refuse_if_any()

    def entries(self, node: Node, key: str, section: Section) -> Iterator[tuple[str, Node]]:
        """The honoured keys of a mapping; the others are reported or refused here."""
        if not isinstance(node, document.Mapping):
            if not is_null(node):
                self.refuse("compose.not-a-mapping", node, key=key)
            return
        for name, value in node.entries.items():
            if not name.startswith("x-") and self._treat(name, value, line_of(node, name), section):
                yield name, value

    def _treat(self, name: str, value: Node, line: int, section: Section) -> bool:
        known = section.get(name)
        if known is None:
            near = nearest(name, section)
            self.refuse(
                "compose.unknown-key-near" if near else "compose.unknown-key", line, key=name, near=near
            )
            return False
        if known.treatment == "refused":
            if not asks_nothing(value):
                self.refuse(known.code, line, key=name)
            return False
        if known.code:
            self.report(known.code, line, key=name)
        return known.treatment != "reported"

    def named(self, node: Node, key: str) -> Iterator[tuple[str, Node]]:
        """Entries of a mapping whose keys are names chosen by its author."""
        if isinstance(node, document.Mapping):
            yield from ((k, v) for k, v in node.entries.items() if not k.startswith("x-"))
        elif not is_null(node):
            self.refuse("compose.not-a-mapping", node, key=key)

    def items(self, node: Node, key: str) -> list[Node]:
        if isinstance(node, document.Sequence):
            return node.items
        if not is_null(node):
            self.refuse("compose.not-a-list", node, key=key)
        return []

    def raw(self, node: Node, key: str) -> str:
        """A scalar's text as written."""
        if not isinstance(node, Scalar):
            self.refuse("compose.not-text", node, key=key)
            return ""
        if "\0" in node.text:
            self.refuse("compose.nul", node, key=key)
            return ""
        return "" if node.value is None else node.text

    def text(self, node: Node, key: str) -> str:
        """A scalar's text; variables filled in on the second reading."""
        return self.filled(self.raw(node, key), node, key)

    def filled(self, text: str, place: Node, key: str) -> str:
        """``text``, which stands at ``place``, with its variables filled in on the second reading."""
        try:
            pieces = template.parse(text)
        except template.Malformed:
            self.refuse("compose.bad-variable", place, key=key, text=text)
            return ""
        if self.variables is None:
            self.uses.extend(VariableUse(u.name, self.where(place), u.needed) for u in template.uses(pieces))
            return text
        return self._fill(pieces, self.variables, place)

    def _fill(self, pieces: template.Template, variables: Mapping[str, str], place: Node) -> str:
        try:
            return template.fill(pieces, variables)
        except template.Missing as missing:
            near = nearest_variable(missing.name, variables)
            if missing.message:
                self.refuse("compose.needed-variable", place, name=missing.name, message=missing.message)
            else:
                code = "compose.undefined-variable-near" if near else "compose.undefined-variable"
                self.refuse(code, place, name=missing.name, near=near)
            return ""

    def fixed(self, node: Node, key: str) -> str:
        """A scalar's text that may hold no variable."""
        found = self.raw(node, key)
        if "$" in found:
            self.refuse("compose.variable-not-here", node, key=key)
            return ""
        return found

    def texts(self, node: Node, key: str) -> tuple[str, ...]:
        """A list of texts, or one text."""
        if isinstance(node, Scalar):
            found = self.text(node, key)
            return (found,) if found else ()
        return tuple(self.text(item, key) for item in self.items(node, key))

    def fixed_texts(self, node: Node, key: str) -> tuple[str, ...]:
        return tuple(self.fixed(item, key) for item in self.items(node, key))

    def yes_no(self, node: Node, key: str) -> bool:
        found = self._parsed(node, key, _boolean, "compose.not-yes-no")
        return bool(found)

    def integer(self, node: Node, key: str, least: int = 0) -> int:
        return (
            self._parsed(node, key, lambda text: _at_least(least, _whole(text)), "compose.not-a-number") or 0
        )

    def cores(self, node: Node, key: str) -> float:
        return (
            self._parsed(node, key, lambda text: _at_least(0, _finite(text)), "compose.not-a-number") or 0.0
        )

    def size(self, node: Node, key: str) -> int:
        return (
            self._parsed(node, key, lambda text: _at_least(0, parse_bytes(text)), "compose.not-a-size") or 0
        )

    def seconds(self, node: Node, key: str) -> float:
        return self._parsed(node, key, _nanoseconds_exact, "compose.not-a-duration") or 0.0

    def mode(self, node: Node, key: str) -> int:
        """File mode. Only spellings that every YAML version reads alike, or as octal: ``0440``, ``"0440"``,
        ``0o440``."""
        return self._parsed(node, key, _octal, "compose.not-a-mode") or 0

    def choice(self, node: Node, key: str, choices: tuple[str, ...]) -> str:
        """One of ``choices``; the first when it is not."""
        found = self.text(node, key)
        if found in choices:
            return found
        if not self.waits(found):
            self.refuse("compose.not-a-choice", node, key=key, found=found, choices=choices)
        return choices[0]

    def waits(self, text: str) -> bool:
        """Whether ``text`` cannot be judged before its variables are known."""
        return self.variables is None and "$" in text

    def _parsed(self, node: Node, key: str, parse: Callable[[str], T], code: str) -> T | None:
        before = len(self.problems)
        found = self.text(node, key)
        if self.waits(found) or len(self.problems) > before:
            return None
        try:
            return parse(found)
        except ValueError:
            self.refuse(code, node, key=key, found=found)
            return None


def nearest_variable(name: str, known: Iterable[str]) -> str:
    """As ``nearest``, for words in upper case."""
    return nearest(name, (other.lower() for other in known)).upper()


def line_of(node: Node, name: str) -> int:
    """The line of a mapping's key."""
    return node.lines.get(name, node.line) if isinstance(node, document.Mapping) else node.line


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def asks_nothing(node: Node) -> bool:
    """``false``, nothing, or an empty list, map or text."""
    match node:
        case Scalar():
            return node.value in (None, False, "")
        case document.Sequence():
            return not node.items
        case document.Mapping():
            return not node.entries


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _whole(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(text)
    return found


def _nanoseconds_exact(text: str) -> float:
    return round(parse_seconds(text), 9)


def _octal(text: str) -> int:
    if not re.fullmatch(r"0o?[0-7]{3,4}", text):
        raise ValueError(text)
    return int(text.replace("o", ""), 8)


def _at_least(least: int, number: T) -> T:
    if number < least:  # type: ignore[operator]
        raise ValueError(number)
    return number
