"""Whether what was remembered of a peer still has the form in which it was written: a file that people or disks changed must not end
every command with an error of ours.

>>> is_current({"roots": 0, "binding": {}, "parts": {}, "versions": {}, "expires": "", "index": "", "before": []})
True
>>> is_current({"roots": "1", "binding": {}, "parts": {}, "versions": {}, "expires": "", "index": "", "before": []})
False
>>> is_facts({"timestamps": {"1/7": "sha256:00"}}), is_facts({"timestamps": {"seven": "sha256:00"}})
(True, False)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NUMBERS = re.compile(r"[0-9]{1,18}/[0-9]{1,18}", re.ASCII)


def is_current(data: Mapping[str, Any]) -> bool:
    """Whether it is a ``current.json``; ``root_hashes`` may be missing."""
    simple = _is_number(data["roots"]) and isinstance(data["expires"], str) and isinstance(data["index"], str)
    lists = _is_list(data["before"]) and _is_list(data.get("root_hashes") or [])
    files = _is_map(data["binding"], str) and _is_map(data["parts"], str) and _is_map(data["versions"], int)
    return simple and lists and files and (not data["parts"] or _is_whole(data))


def is_facts(data: Mapping[str, Any]) -> bool:
    """Whether it is a ``facts.json``, as far as anything is counted in it."""
    seen = data.get("timestamps") or {}
    return _is_map(seen, str) and all(_NUMBERS.fullmatch(one) for one in seen)


def _is_whole(data: Mapping[str, Any]) -> bool:
    """A whole state has roots and a timestamp (``binding`` has none while new keys signed nothing yet)."""
    return (
        "timestamp" in data["parts"]
        and data["roots"] > 0
        and {"root", "timestamp"} <= data["versions"].keys()
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_map(value: object, kind: type) -> bool:
    if not isinstance(value, dict):
        return False
    return all(_is_number(one) if kind is int else isinstance(one, kind) for one in value.values())
