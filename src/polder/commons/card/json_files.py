"""JSON of directories, from anybody: an object, or what is wrong with it and in which line.

>>> found, wrong = read_object(b'{"a": [1,]}', "x.json")
>>> wrong.code, wrong.where
('card.not-json', 'x.json:1')
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from polder.commons.card.words import clean
from polder.kernel.problem import Problem

LIMIT = 2_000_000
_MARKS = re.compile(rb"##\w+##|\{\{ ?\w+ ?\}\}|<%=? ?\w+ ?%>")
"""What a template has where a program puts values."""


def read_object(content: bytes, file: str) -> tuple[dict[str, Any], Problem | None]:
    """The object, or an empty one and the problem."""
    if len(content) > LIMIT:
        return {}, Problem("card.too-big", file, {"size": len(content), "limit": LIMIT})
    try:
        data = clean(json.loads(_decoded(content), parse_constant=_no_constant))
    except json.JSONDecodeError as error:
        code = "card.template-marks" if _MARKS.search(content) else "card.not-json"
        return {}, Problem(code, f"{file}:{error.lineno}", {"why": error.msg})
    except (ValueError, RecursionError) as error:
        return {}, Problem("card.not-json", file, {"why": str(error)[:100] or type(error).__name__})
    if not isinstance(data, dict):
        return {}, Problem("card.not-an-object", file)
    return data, None


def looks_like_json(content: bytes, file: str) -> bool:
    """Whether somebody meant it to be JSON.

    >>> looks_like_json(b' {"name": }', "-"), looks_like_json(b"service.name = Wiki", "-"), looks_like_json(b"", "isp.json")
    (True, False, True)
    """
    return file.endswith(".json") or content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[", b'"')


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def write_object(data: Mapping[str, Any]) -> bytes:
    """As people like to read it."""
    return json.dumps(data, indent=2, ensure_ascii=False).encode() + b"\n"


def merged(kept: Any, ours: Any) -> Any:
    """``ours`` with what was kept beside it; where both say something, ours counts."""
    if isinstance(kept, Mapping) and isinstance(ours, Mapping):
        return {**kept, **{key: merged(kept.get(key), held) for key, held in ours.items()}}
    return ours
