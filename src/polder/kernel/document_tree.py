"""The part of ``document`` that listens to libyaml's events and grows the tree.

PyYAML's C parser only says what it reads; resolving, keys, anchors and limits are ours, so that nothing of YAML
1.1 and no constructor is ever reached. An explicit stack instead of recursion: deep input exhausts nobody's.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from polder.kernel.document import MAX_DEPTH, MAX_NODES, Mapping, Node, Scalar, Sequence, resolve
from polder.kernel.problem import Problems, Refused

_CParser: Any = getattr(import_module("yaml.cyaml"), "CParser", None) if yaml.__with_libyaml__ else None
_TABBED = re.compile(r"^ *\t[ \t]*(?=\S)", re.MULTILINE)


class _PurePython(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """The same events where PyYAML was built without libyaml."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


def build(text: str, file: str, problems: Problems) -> Node:
    """The root of the only document in ``text``; adds to ``problems`` what is wrong with it."""
    tree = _Tree(file, problems, tabs="\t" in text)
    parser = (_CParser or _PurePython)(text)
    try:
        tree.listen(parser.get_event)
    except yaml.YAMLError as error:
        tree.syntax(error)
    if tree.tabs:
        tree.find_tabs(text)
    return tree.root


class _Open:
    """A collection being read: ``key`` is the mapping's key whose value comes next."""

    __slots__ = ("anchor", "before", "key", "key_line", "node")

    def __init__(self, node: Sequence | Mapping, anchor: str | None, before: int) -> None:
        self.node, self.anchor, self.before = node, anchor, before
        self.key: str | None = None
        self.key_line = 0


class _Tree:
    """Grows the tree. ``count`` is the number of nodes with every alias expanded."""

    def __init__(self, file: str, problems: Problems, *, tabs: bool) -> None:
        self.file, self.problems, self.tabs = file, problems, tabs
        self.root: Node = Mapping({}, 1)
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.count = self.documents = 0
        self.broken = False
        self.texts: list[tuple[int, int]] = []

    def add(self, code: str, line: int, **values: str | int) -> None:
        self.problems.add(code, f"{self.file}:{line}", **values)

    def listen(self, get_event: Any) -> None:
        kinds = {
            ScalarEvent: self.scalar,
            MappingStartEvent: self.start,
            SequenceStartEvent: self.start,
            MappingEndEvent: self.end,
            SequenceEndEvent: self.end,
            AliasEvent: self.alias,
            DocumentStartEvent: self.document,
        }
        while True:
            event = get_event()
            if event.__class__ is StreamEndEvent:
                return
            heard = kinds.get(event.__class__)
            if heard:
                heard(event)

    def document(self, event: Any) -> None:
        line = event.start_mark.line + 1
        self.documents += 1
        self.anchors.clear()
        if self.documents > 1:
            self.add("kernel.yaml-documents", line)
            raise Refused(self.problems.items)
        if event.version not in (None, (1, 2)):
            self.add("kernel.yaml-version", line, version=".".join(map(str, event.version)))

    def scalar(self, event: Any) -> None:
        line, text = event.start_mark.line + 1, event.value
        plain = event.style is None or event.style == ""
        if event.tag is not None:
            self.tag(event.tag, line)
        if self.tabs and event.end_mark.line >= line:
            self.texts.append((line + 1, event.end_mark.line + 1))
        node = Scalar(resolve(text) if plain else text, text, line, plain)
        self.grow(1, line)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1)
        self.place(node)

    def start(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if event.tag is not None:
            self.tag(event.tag, line)
        if len(self.stack) >= MAX_DEPTH:
            self.add("kernel.yaml-deep", line, limit=MAX_DEPTH)
            raise Refused(self.problems.items)
        node: Sequence | Mapping = (
            Mapping({}, line) if event.__class__ is MappingStartEvent else Sequence([], line)
        )
        self.stack.append(_Open(node, event.anchor, self.count))
        self.grow(1, line)

    def end(self, event: Any) -> None:
        closed = self.stack.pop()
        if closed.anchor:
            self.anchors[closed.anchor] = (closed.node, self.count - closed.before)
        self.place(closed.node)

    def alias(self, event: Any) -> None:
        name, line = event.anchor, event.start_mark.line + 1
        if any(opened.anchor == name for opened in self.stack):
            self.add("kernel.yaml-own-alias", line, name=name)
            return self.place(Scalar(None, "", line))
        if name not in self.anchors:
            self.add("kernel.yaml-unknown-alias", line, name=name)
            return self.place(Scalar(None, "", line))
        node, size = self.anchors[name]
        self.grow(size, line)
        return self.place(node)

    def grow(self, nodes: int, line: int) -> None:
        self.count += nodes
        if self.count > MAX_NODES:
            self.add("kernel.yaml-bomb", line, limit=MAX_NODES)
            raise Refused(self.problems.items)

    def place(self, node: Node) -> None:
        """Put a finished node where it belongs: the root, an item, a key, or a key's value."""
        if not self.stack:
            empty = isinstance(node, Scalar) and node.plain and node.text == ""
            self.root = Mapping({}, 1) if empty else node
            return
        opened = self.stack[-1]
        parent = opened.node
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif opened.key is None:
            opened.key, opened.key_line = self.key(node, parent), node.line
        else:
            if opened.key not in parent.entries:
                parent.entries[opened.key] = node
                parent.lines[opened.key] = opened.key_line
            opened.key = None

    def key(self, node: Node, parent: Mapping) -> str:
        """The text of a key; what cannot be one is a problem, and stands under a name no file can hold."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            self.add("kernel.yaml-key", node.line, key=node.text if isinstance(node, Scalar) else "[...]")
            return f"\x00{node.line}"
        if node.plain and node.text == "<<":
            self.add("kernel.yaml-merge", node.line)
        elif node.value in parent.entries:
            self.add("kernel.yaml-duplicate", node.line, key=node.value, first=parent.lines[node.value])
        return node.value

    def tag(self, tag: str, line: int) -> None:
        short = tag.replace("tag:yaml.org,2002:", "!!")
        self.add("kernel.yaml-tag", line, tag=short)

    def syntax(self, error: yaml.YAMLError) -> None:
        """libyaml's own words: there are about fifty of them, all about the character it met."""
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        self.broken = True
        self.add("kernel.yaml-syntax", mark.line + 1 if mark else 1, reason=reason)

    def find_tabs(self, text: str) -> None:
        """Tabs in the indentation, except inside texts of several lines, where they are content."""
        inside = {line for first, last in self.texts for line in range(first, last + 1)}
        lines = [text.count("\n", 0, found.start()) + 1 for found in _TABBED.finditer(text)]
        tabbed = [line for line in lines if line not in inside]
        if tabbed and self.broken and self.problems.items[-1].code == "kernel.yaml-syntax":
            self.problems.items.pop()
        for line in tabbed:
            self.add("kernel.yaml-tab", line)
