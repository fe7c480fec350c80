"""What a document may hold, described once: reading, every problem and the JSON Schema come from the same description.

A shape is one of five: ``Value`` (one scalar), ``ListOf``, ``MapOf`` (names the writer chooses), ``Keys`` (names we choose)
and ``Raw`` (anything; whoever reads it checks it). ``read`` turns a node into plain values, never stops at the first
problem, and leaves a blank in the place of what was wrong, so that the checks that come after can go on.

>>> from polder.kernel.document import read_document
>>> from polder.kernel.kinds import NUMBER, TEXT
>>> shape = Keys({"name": Key(TEXT, "For people.", required=True), "keep": Key(NUMBER, "How many.", default=3)})
>>> problems = Problems()
>>> record = read(shape, read_document(b"name: Wiki\\n", "site.yml"), problems)
>>> record["name"], record["keep"], record.where("name"), len(problems)
('Wiki', 3, 'site.yml:1', 0)
>>> read(shape, read_document(b"nam: Wiki\\n", "site.yml"), problems)["name"], [p.code for p in problems.items]
('', ['kernel.unknown-key-near', 'kernel.missing-key'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from polder.kernel import document as tree
from polder.kernel.document import Document, Node
from polder.kernel.names import nearest
from polder.kernel.problem import Problems
from polder.kernel.problem import Value as ProblemValue

Json = dict[str, Any]


class Wrong(Exception):
    """Raised by a ``Value``'s ``accept``: code and values of the problem; ``key`` and ``value`` are given when it has none."""

    def __init__(self, code: str = "", **values: ProblemValue) -> None:
        self.code, self.values = code, values
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Value:
    """One scalar. ``accept`` gives its value or raises ``Wrong``; ``code`` is the problem when it names none."""

    code: str
    accept: Callable[[tree.Scalar], Any]
    schema: Json
    blank: Any = ""


@dataclass(frozen=True, slots=True)
class ListOf:
    """Items in order. ``least``: how many there must be."""

    item: Shape
    least: int = 0


@dataclass(frozen=True, slots=True)
class MapOf:
    """Names chosen by the writer; ``name`` says which are good. ``least``: how many there must be."""

    item: Shape
    name: Value
    least: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """Anything, given back as its node. ``schema`` is all that editors are told."""

    schema: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``help`` is a sentence for people; ``default`` stands for a key not written (else the shape's blank)."""

    shape: Shape
    help: str
    required: bool = False
    default: Any = None
    example: Any = None


@dataclass(frozen=True, slots=True)
class Keys:
    """Names chosen by us, each once, nothing else."""

    keys: Mapping[str, Key]
    title: str = ""


Shape = Value | ListOf | MapOf | Raw | Keys


class Record(Mapping[str, Any]):
    """What ``Keys`` and ``MapOf`` read to. ``bad`` names the keys whose value was wrong and is blank."""

    __slots__ = ("bad", "document", "line", "node", "values_")

    def __init__(
        self, document: Document, node: tree.Mapping, line: int, values: dict[str, Any], bad: set[str]
    ) -> None:
        self.document, self.node, self.line, self.values_, self.bad = document, node, line, values, bad

    def __getitem__(self, key: str) -> Any:
        return self.values_[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)

    def has(self, key: str) -> bool:
        """Whether ``key`` is written, and well."""
        return key in self.node.entries and key not in self.bad

    def where(self, key: str = "", index: int | None = None) -> str:
        """``file:line`` of a key, of the item ``index`` of its list, or of the whole."""
        if index is not None and isinstance(items := self.node.entries.get(key), tree.Sequence):
            return self.document.where(items.items[index])
        return self.document.where(self.node.lines.get(key, self.line))


BAD: Any = object()


def read(shape: Keys | MapOf, document: Document, problems: Problems) -> Record:
    """The whole document by ``shape``; what is wrong is added to ``problems``."""
    found = _Reader(document, problems).read(shape, document.root, "", 1)
    return (
        found if isinstance(found, Record) else Record(document, tree.Mapping({}, 1), 1, _blanks(shape), {""})
    )


def read_node(shape: Shape, node: Node, document: Document, problems: Problems, name: str) -> Any:
    """One node by ``shape``: its value, or ``BAD``. ``name`` is what problems call it."""
    return _Reader(document, problems).read(shape, node, name, node.line)


class _Reader:
    def __init__(self, document: Document, problems: Problems) -> None:
        self.document, self.problems = document, problems

    def add(self, code: str, line: int, **values: ProblemValue) -> None:
        self.problems.add(code, self.document.where(line), **values)

    def file_stem(self) -> str:
        """What the whole file is called where a key would be named: ``hosts`` of ``hosts.yml``."""
        return self.document.file.rpartition("/")[2].partition(".")[0]

    def read(self, shape: Shape, node: Node, name: str, line: int) -> Any:
        match shape:
            case Value():
                return self.value(shape, node, name, line)
            case Keys():
                return self.keys(shape, node, name, line)
            case MapOf():
                return self.map(shape, node, name, line)
            case ListOf():
                return self.list(shape, node, name, line)
            case Raw():
                return node

    def value(self, shape: Value, node: Node, name: str, line: int) -> Any:
        if not isinstance(node, tree.Scalar):
            self.add("kernel.not-one-value", line, key=name)
            return BAD
        if node.value is None:
            self.add("kernel.no-value", line, key=name)
            return BAD
        try:
            return shape.accept(node)
        except Wrong as wrong:
            shown: dict[str, ProblemValue] = {"key": name, "value": _shown(node.text)}
            self.add(wrong.code or shape.code, node.line, **(shown | wrong.values))
        except ValueError:
            self.add(shape.code, node.line, key=name, value=_shown(node.text))
        return BAD

    def keys(self, shape: Keys, node: Node, name: str, line: int) -> Any:
        if not (found := self.mapping(node, name, line)):
            return BAD
        for key in found.entries:
            if key not in shape.keys and not key.startswith("\x00"):
                self.unknown(key, shape, found.lines[key])
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for key, wanted in shape.keys.items():
            values[key] = self.key(key, wanted, found, line, bad)
        return Record(self.document, found, line, values, bad)

    def key(self, key: str, wanted: Key, found: tree.Mapping, line: int, bad: set[str]) -> Any:
        node = found.entries.get(key)
        if node is None:
            if wanted.required:
                self.add("kernel.missing-key", line, key=key)
                bad.add(key)
            return wanted.default if wanted.default is not None else blank(wanted.shape, self.document, line)
        value = self.read(wanted.shape, node, key, found.lines[key])
        if value is BAD:
            bad.add(key)
            return blank(wanted.shape, self.document, line)
        return value

    def unknown(self, key: str, shape: Keys, line: int) -> None:
        near = nearest(key, shape.keys)
        if near:
            self.add("kernel.unknown-key-near", line, key=_shown(key), nearest=near)
        else:
            self.add("kernel.unknown-key", line, key=_shown(key), known=tuple(shape.keys))

    def map(self, shape: MapOf, node: Node, name: str, line: int) -> Any:
        if not (found := self.mapping(node, name, line)):
            return BAD
        if len(found.entries) < shape.least:
            self.add("kernel.too-few", line, key=name, least=shape.least)
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for key, item in found.entries.items():
            written = found.lines[key]
            named = self.value(shape.name, tree.Scalar(key, key, written), name or self.file_stem(), written)
            value = self.read(shape.item, item, key, written)
            if named is BAD or value is BAD:
                bad.add(key)
            else:
                values[key] = value
        return Record(self.document, found, line, values, bad)

    def list(self, shape: ListOf, node: Node, name: str, line: int) -> Any:
        if isinstance(node, tree.Scalar) and node.value is None:
            node = tree.Sequence([], line)
        if not isinstance(node, tree.Sequence):
            self.add("kernel.not-a-list", line, key=name)
            return BAD
        if len(node.items) < shape.least:
            self.add("kernel.too-few", line, key=name, least=shape.least)
        read_items = (self.read(shape.item, item, name, item.line) for item in node.items)
        return tuple(value for value in read_items if value is not BAD)

    def mapping(self, node: Node, name: str, line: int) -> tree.Mapping | None:
        if isinstance(node, tree.Mapping):
            return node
        if isinstance(node, tree.Scalar) and node.value is None and name:
            return tree.Mapping({}, line)
        self.add("kernel.not-a-mapping" if name else "kernel.not-keys", line, key=name)
        return None


def blank(shape: Shape, document: Document, line: int) -> Any:
    """What stands for a value that is not there: ``""``, ``0``, an empty tuple or record."""
    match shape:
        case Value():
            return shape.blank
        case ListOf():
            return ()
        case Raw():
            return tree.Scalar(None, "", line)
        case Keys() | MapOf():
            return Record(document, tree.Mapping({}, line), line, _blanks(shape), set())


def _blanks(shape: Keys | MapOf) -> dict[str, Any]:
    if isinstance(shape, MapOf):
        return {}
    nowhere = Document("", tree.Mapping({}, 1))
    return {
        key: wanted.default if wanted.default is not None else blank(wanted.shape, nowhere, 1)
        for key, wanted in shape.keys.items()
    }


def _shown(text: str) -> str:
    """At most 60 characters of what was written, on one line, nothing invisible."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line if len(line) <= 60 else line[:59] + "…"


def schema_of(shape: Shape) -> Json:
    """The JSON Schema (draft 2020-12) of ``shape``."""
    match shape:
        case Value() | Raw():
            return dict(shape.schema)
        case ListOf():
            least = {"minItems": shape.least} if shape.least else {}
            return {
                "type": "array" if shape.least else ["array", "null"],
                "items": schema_of(shape.item),
                **least,
            }
        case MapOf():
            least = {"minProperties": shape.least} if shape.least else {}
            names = {"propertyNames": schema_of(shape.name), "additionalProperties": schema_of(shape.item)}
            return {"type": "object" if shape.least else ["object", "null"], **names, **least}
        case Keys():
            return _schema_of_keys(shape)


def _schema_of_keys(shape: Keys) -> Json:
    found: Json = {"title": shape.title} if shape.title else {}
    required = [name for name, key in shape.keys.items() if key.required]
    found |= {"type": "object" if required else ["object", "null"], "additionalProperties": False}
    found["properties"] = {name: _schema_of_key(key) for name, key in shape.keys.items()}
    return found | ({"required": required} if required else {})


def _schema_of_key(key: Key) -> Json:
    found = {"description": key.help, **schema_of(key.shape)}
    if key.default is not None:
        found["default"] = list(key.default) if isinstance(key.default, tuple) else key.default
    if key.example is not None:
        found["examples"] = [key.example]
    return found
