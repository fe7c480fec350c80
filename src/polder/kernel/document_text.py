"""Change one value in a YAML text and leave every other character as it is: comments, order, quotes, blank lines.

A round trip through a parser moves comments about (they hang on the value before them) and rewrites lines nobody asked
about; a site's history should show only what was meant. So the text is cut at the marks of the parsed nodes. Every change
is proved: the new text must read to exactly the old data with the change made, else it is refused and a person must do it.

>>> text = "apps:\\n  wiki: {recipe: dokuwiki}   # ours\\n# the end\\n"
>>> print(put(text, ("apps", "wiki", "size"), "small", "g.yml"), end="")
apps:
  wiki: {recipe: dokuwiki, size: small}   # ours
# the end
>>> print(put(text, ("apps", "site"), {"recipe": "static"}, "g.yml"), end="")
apps:
  wiki: {recipe: dokuwiki}   # ours
  site:
    recipe: static
# the end
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from polder.kernel.document import read_document, resolve, to_data
from polder.kernel.problem import Problem, Refused

Path = tuple[str, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SAFE = re.compile(r"[A-Za-z0-9À-ɏ/_.$(](?:[A-Za-z0-9À-ɏ/_.@+() '-]|:(?=[^\s]))*")


def put(text: str, path: Path, value: Any, file: str) -> str:
    """``text`` with ``value`` (plain data) at ``path``; mappings on the way are made where they are missing."""
    text = _ended(text)

    def change(data: Any) -> None:
        for key in path[:-1]:
            if data.get(key) is None:
                data[key] = {}
            data = data[key]
        data[path[-1]] = value

    return _proved(text, file, change, lambda root: _put(text, root, path, value))


def remove(text: str, path: Path, file: str) -> str:
    """``text`` without the key at ``path``; comments above it stay."""
    text = _ended(text)

    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    def cut(root: yaml.Node) -> str:
        parent = root
        for key in path[:-1]:
            parent = _entry(parent, key)[1]
        return _cut(text, parent, path[-1])

    return _proved(text, file, change, cut)


def append(text: str, key: str, item: str, file: str) -> str:
    """``text`` with ``item`` at the end of the top-level list ``key``, which is made when it is missing."""
    text = _ended(text)

    def change(data: Any) -> None:
        data[key] = [*(data.get(key) or []), item]

    def grow(root: yaml.Node) -> str:
        found = _find(root, key)
        if found is None or not isinstance(found[1], yaml.SequenceNode) or not found[1].value:
            return _put(text, root, (key,), [item])
        last = _end(text, found[1].value[-1])
        if found[1].flow_style:
            return text[:last] + ", " + scalar(item, flow=True) + text[last:]
        line = _line_end(text, last)
        return text[:line] + "\n" + " " * found[1].start_mark.column + "- " + scalar(item) + text[line:]

    return _proved(text, file, change, grow)


def scalar(value: str | int | float | bool | None, *, flow: bool = False) -> str:
    """One value as YAML: plain when it reads back as the same text, else in double quotes (YAML 1.2 holds JSON)."""
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _SAFE.fullmatch(value) and resolve(value) == value and not value.endswith((" ", ":"))
    return value if plain and not (flow and ":" in value) else json.dumps(value, ensure_ascii=False)


def block(key: str, value: Any, indent: int) -> str:
    """``key: value`` as lines indented by ``indent``, no newline last; lists are written on one line."""
    start = " " * indent + scalar(key) + ":"
    if isinstance(value, dict) and value:
        return "\n".join([start, *(block(name, held, indent + 2) for name, held in value.items())])
    return f"{start} {_inline(value)}"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k, flow=True)}: {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return scalar(value, flow=True)


def _proved(text: str, file: str, change: Callable[[Any], None], cut: Callable[[yaml.Node], str]) -> str:
    """The text that ``cut`` makes, if it reads to what ``change`` makes of the data."""
    wanted = copy.deepcopy(to_data(read_document(text.encode(), file).root))
    change(wanted)
    root = yaml.compose(text, Loader=_LOADER) or yaml.MappingNode("", [], None, None, flow_style=False)
    try:
        changed = cut(root)
        if _filled(to_data(read_document(changed.encode(), file).root)) == _filled(wanted):
            return changed
    except (Refused, LookupError, AttributeError):
        pass
    raise Refused(Problem("site.edit-by-hand", file))


def _ended(text: str) -> str:
    """The text with a newline last, as a text file has."""
    return text if text.endswith("\n") or not text else text + "\n"


def _filled(data: Any) -> Any:
    """The data with empty mappings and no value as one: when the last entry of a block goes, no value is left."""
    if isinstance(data, dict):
        return {key: _filled(held) for key, held in data.items()} or None
    return [_filled(item) for item in data] if isinstance(data, list) else data


def _find(node: yaml.Node, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    return next(((k, v) for k, v in entries if k.value == key), None)


def _entry(node: yaml.Node, key: str) -> tuple[yaml.Node, yaml.Node]:
    found = _find(node, key)
    if found is None:
        raise LookupError(key)
    return found


def _put(text: str, root: yaml.Node, path: Path, value: Any) -> str:
    parent, key, held = root, None, None
    for depth, name in enumerate(path):
        held = _find(parent, name)
        if held is None:
            return _insert(text, parent, key, path[depth], _nested(path[depth + 1 :], value))
        key, parent = held
    assert held is not None
    start = text.index(":", held[0].end_mark.index) + 1
    return text[:start] + " " + _inline(value) + text[max(start, _end(text, held[1])) :]


def _nested(path: Path, value: Any) -> Any:
    return {path[0]: _nested(path[1:], value)} if path else value


def _insert(text: str, parent: yaml.Node, key: yaml.Node | None, name: str, value: Any) -> str:
    """A new entry in ``parent``, the value of ``key`` (``None``: the whole document)."""
    inline = f"{scalar(name, flow=True)}: {_inline(value)}"
    if isinstance(parent, yaml.MappingNode) and parent.flow_style:
        if not parent.value:
            at = parent.start_mark.index + 1
            return text[:at] + inline + text[at:]
        at = _entry_end(text, *parent.value[-1])
        return text[:at] + ", " + inline + text[at:]
    if isinstance(parent, yaml.MappingNode) and parent.value:
        at = _line_end(text, _entry_end(text, *parent.value[-1]))
        return text[:at] + "\n" + block(name, value, parent.value[0][0].start_mark.column) + text[at:]
    if key is None:
        return text + block(name, value, 0) + "\n"
    at = _line_end(text, key.end_mark.index)
    return text[:at] + "\n" + block(name, value, key.start_mark.column + 2) + text[at:]


def _cut(text: str, parent: yaml.Node, name: str) -> str:
    key, value = _entry(parent, name)
    end = _entry_end(text, key, value)
    if not _flows(parent):
        start = text.rfind("\n", 0, key.start_mark.index) + 1
        return text[:start] + text[_line_end(text, end) + 1 :]
    place = [k.value for k, _ in parent.value].index(name)
    if place:
        return text[: _entry_end(text, *parent.value[place - 1])] + text[end:]
    following = parent.value[1][0].start_mark.index if len(parent.value) > 1 else end
    return text[: key.start_mark.index] + text[following:]


def _entry_end(text: str, key: yaml.Node, value: yaml.Node) -> int:
    """Where an entry's last character is; an entry without value ends at its colon."""
    return max(text.index(":", key.end_mark.index) + 1, _end(text, value))


def _end(text: str, node: yaml.Node) -> int:
    """Where the last character of a node is: its mark, without the lines a block reaches over to the next token."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[: node.end_mark.index].rstrip())
    if isinstance(node, yaml.ScalarNode) or _flows(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _entry_end(text, *last) if isinstance(node, yaml.MappingNode) else _end(text, last)


def _flows(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return found if found >= 0 else len(text)
