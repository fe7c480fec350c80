"""Text with variables, as Compose writes them: ``$NAME ${NAME} ${NAME:-d} ${NAME-d} ${NAME:?e} ${NAME?e}
${NAME:+r} ${NAME+r}``, ``$$`` for a dollar sign, and words that hold variables again. Source: the Compose
Specification, "Interpolation". One rule is stricter: a variable that is not defined and has no default is an
error, never empty.

>>> fill(parse("${HOST:-web}:${PORT}"), {"PORT": "8080"})
'web:8080'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_PIECE = re.compile(r"[^$}]+|\$\$|\$(?=[A-Za-z_])|\$\{|\}")
MAX_NESTING = 10


class Malformed(ValueError):
    """A dollar sign that begins neither a variable nor ``$$``."""


class Missing(LookupError):
    """A variable without a value; ``message`` is what ``${NAME:?message}`` says."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Use:
    """One variable in a text. ``operator`` is ``""`` or one of ``:- - :? ? :+ +``; ``word`` is what follows
    it."""

    name: str
    operator: str
    word: Template

    @property
    def needed(self) -> bool:
        """Whether the variable must be defined."""
        return self.operator.removeprefix(":") in ("", "?")


Template = tuple[str | Use, ...]


@lru_cache(maxsize=4096)
def parse(text: str) -> Template:
    """The pieces of ``text``. Raises ``Malformed``."""
    if "$" not in text:
        return (text,) if text else ()
    template, end = _pieces(text, 0, 0)
    if end != len(text):
        raise Malformed(text)
    return template


def fill(template: Template, variables: Mapping[str, str]) -> str:
    """The text with every variable's value. Raises ``Missing``."""
    return "".join(part if isinstance(part, str) else _value(part, variables) for part in template)


def uses(template: Template) -> Iterator[Use]:
    """Every variable, those inside words too."""
    for part in template:
        if isinstance(part, Use):
            yield part
            yield from uses(part.word)


def _value(use: Use, variables: Mapping[str, str]) -> str:
    value = variables.get(use.name)
    kind = use.operator.removeprefix(":")
    given = bool(value) if use.operator.startswith(":") else value is not None
    if kind == "+":
        return fill(use.word, variables) if given else ""
    if kind == "-" and not given:
        return fill(use.word, variables)
    if not given or value is None:
        raise Missing(use.name, fill(use.word, variables))
    return value


def _pieces(text: str, at: int, depth: int) -> tuple[Template, int]:
    """Pieces from ``at`` to the end, or, inside braces, to the closing one (left unread)."""
    found: list[str | Use] = []
    while at < len(text):
        match = _PIECE.match(text, at)
        if not match or depth > MAX_NESTING:
            raise Malformed(text)
        piece = match[0]
        if piece == "}" and depth:
            break
        part, at = _piece(text, piece, match.end(), depth)
        found.append(part)
    return tuple(found), at


def _piece(text: str, piece: str, at: int, depth: int) -> tuple[str | Use, int]:
    if piece == "${":
        return _braced(text, at, depth)
    if piece == "$":
        name = _name(text, at)
        return Use(name, "", ()), at + len(name)
    return ("$" if piece == "$$" else piece), at


def _braced(text: str, at: int, depth: int) -> tuple[Use, int]:
    name = _name(text, at)
    at += len(name)
    operator = _OPERATOR.match(text, at)
    word: Template = ()
    if operator:
        word, at = _pieces(text, operator.end(), depth + 1)
    if text[at : at + 1] != "}":
        raise Malformed(text)
    return Use(name, operator[0] if operator else "", word), at + 1


def _name(text: str, at: int) -> str:
    match = _NAME.match(text, at)
    if not match:
        raise Malformed(text)
    return match[0]
