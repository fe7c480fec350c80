"""The grammar of ChatonsInfos files: lines ``path = value``, ``#`` before a remark, quotes and escapes as they are found in the wild.

>>> found = b"# Subs\\nsubs.wiki = 'https://alder.test/wiki.properties'\\nmetrics.x.2021.months=,73\\n"
>>> lines, odd = read_properties(found, "a.properties")
>>> [(line.key, line.value, line.number) for line in lines]
[('subs.wiki', 'https://alder.test/wiki.properties', 2), ('metrics.x.2021.months', ',73', 3)]
>>> write_properties({"organization.name": "L'Aulne", "service.who": ["a", "b"]})
b"organization.name = L'Aulne\\nservice.who = a;b\\n"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from polder.commons.card.words import clean
from polder.kernel.problem import Problem

MOST_LINES = 20_000
_SECTION = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    value: str
    number: int


def read_properties(content: bytes, file: str) -> tuple[list[Line], list[Problem]]:
    """Every line that says something, and what was odd. A key that is there twice counts as it was written last."""
    odd: list[Problem] = []
    found: dict[str, Line] = {}
    for number, raw in enumerate(_decoded(content, file, odd).splitlines()[:MOST_LINES], 1):
        text = raw.strip().lstrip("\ufeff")
        if not text or text.startswith(("#", "!")) or _SECTION.fullmatch(text):
            continue
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            odd.append(Problem("card.no-equals", f"{file}:{number}"))
            continue
        name = str(clean(key)).strip()
        if name:
            _keep(Line(name, str(clean(_plain(value.strip()))).strip(), number), found, file, odd)
    return list(found.values()), odd


def _keep(line: Line, found: dict[str, Line], file: str, odd: list[Problem]) -> None:
    if line.key in found and found[line.key].value and found[line.key].value != line.value:
        first = found[line.key].number
        odd.append(Problem("card.twice", f"{file}:{line.number}", {"key": line.key[:80], "first": first}))
    if line.value or line.key not in found:
        found[line.key] = line


def _decoded(content: bytes, file: str, odd: list[Problem]) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        odd.append(Problem("card.not-utf-8", file))
        return content.decode("latin-1")


def _plain(value: str) -> str:
    """Without the quotes around it and the escapes that old generators put."""
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1].strip()
    return value.replace("\\'", "'").replace("\\:", ":").replace("\\=", "=")


def write_properties(values: Mapping[str, Any], remark: str = "") -> bytes:
    """One line for each value, lists with ``;``, line ends in texts as ``\\n``."""
    lines = [f"# {remark}"] if remark else []
    lines += [f"{key} = {_said(value)}" for key, value in values.items()]
    return ("\n".join(lines) + "\n").encode()


def _said(value: Any) -> str:
    if isinstance(value, list | tuple):
        listed = ";".join(_said(part) for part in value)
        return f"{listed};" if len(value) == 1 and "," in listed else listed
    return str(value).replace("\n", "\\n")
