"""YAML 1.2 text to a tree of nodes that know their line, or every problem found.

For anything a person or a peer wrote: nothing here trusts its input. The rules:

* at most ``MAX_BYTES`` bytes of UTF-8, looked at before anything is parsed; no control characters, and no characters
  that hide or reorder others;
* plain scalars by the YAML 1.2 core schema: ``yes``, ``no``, ``on``, ``off`` and dates stay text, ``0o17`` is octal;
* one document; keys are text, each written once; no tags, no merge keys, no tabs in indentation;
* aliases are followed, but all together they expand to ``MAX_NODES`` nodes at most, never to themselves, and nothing is
  nested deeper than ``MAX_DEPTH``.

>>> document = read_document(b"name: Wiki\\nlanguages: [fr, no]\\nkeep: 0o17\\n", "site.yml")
>>> to_data(document.root)
{'name': 'Wiki', 'languages': ['fr', 'no'], 'keep': 15}
>>> document.where(document.root.entries["keep"])
'site.yml:3'
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from polder.kernel.problem import Problems, Refused

MAX_BYTES = 2**20
MAX_NODES = 400_000
MAX_DEPTH = 60

Plain = str | int | float | bool | None


@dataclass(slots=True)
class Scalar:
    """One value. ``text`` is what was written (unquoted); ``plain``: without quotes, so ``value`` may be no text."""

    value: Plain
    text: str
    line: int
    plain: bool = False


@dataclass(slots=True)
class Sequence:
    """``line`` is that of the first item."""

    items: list[Node]
    line: int


@dataclass(slots=True)
class Mapping:
    """``entries`` in the order of the file; ``lines`` holds the line of each key; ``line`` that of the first key."""

    entries: dict[str, Node]
    line: int
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """``file`` is the name that problems show; an empty file has an empty ``Mapping`` as its root."""

    file: str
    root: Node

    def where(self, place: Node | int) -> str:
        """``file:line`` of a node or a line number."""
        return f"{self.file}:{place if isinstance(place, int) else place.line}"


def read_document(content: bytes, file: str) -> Document:
    """The tree of one YAML document. Refuses with ``kernel.yaml-*`` problems, all that can be told at once."""
    problems = Problems()
    text = _decode(content, file, problems)
    problems.refuse_if_any()
    from polder.kernel.document_tree import build

    root = build(text, file, problems)
    problems.refuse_if_any()
    return Document(file, root)


def refuse_too_big(size: int, file: str) -> None:
    """``kernel.yaml-too-big`` when a file of ``size`` bytes must not be read."""
    problems = Problems()
    if size > MAX_BYTES:
        problems.add("kernel.yaml-too-big", file, size=size, limit=MAX_BYTES)
    problems.refuse_if_any()


def to_data(node: Node) -> Any:
    """Plain Python data: ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool``, ``None``."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [to_data(item) for item in node.items]
        case Mapping():
            return {key: to_data(value) for key, value in node.entries.items()}


_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(
    r"[-+]?(?:(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)
_NUMBER_START = frozenset("0123456789+-.")


def resolve(text: str) -> Plain:
    """The value of a plain scalar: YAML 1.2.2, section 10.3.2 (whole numbers of 19 digits or more become floats)."""
    if text[:1] not in _NUMBER_START:
        return None if text in _NULL else _BOOL.get(text, text)
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.replace(".", "").lower() if text[-1] in "fFnN" else text)
    return text


_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters (YAML 1.2.2, 5.1), line breaks YAML 1.1 knew and 1.2 does not, and the marks that make text read in
another order than a parser sees it (CVE-2021-42574)."""


def as_text(content: bytes, file: str) -> str:
    """``content`` as text, as ``read_document`` takes it, to be edited. Refused as there, for what is no text."""
    problems = Problems()
    text = _decode(content, file, problems)
    problems.refuse_if_any()
    return text


def _decode(content: bytes, file: str, problems: Problems) -> str:
    refuse_too_big(len(content), file)
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.add("kernel.yaml-not-utf8", f"{file}:{line}", byte=f"0x{content[error.start]:02x}")
        raise Refused(problems.items) from None
    for match in _FORBIDDEN.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        problems.add("kernel.yaml-control", f"{file}:{line}", character=f"U+{ord(match[0]):04X}")
        if len(problems) >= 20:
            break
    return text
