"""Whatever bytes come: a new state or ``Refused``, nothing else. No library's exception, no endless work, no state that went back."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.trust.accept import (
    Trusted,
    accept_first_root,
    accept_root,
    accept_snapshot,
    accept_targets,
    accept_timestamp,
)
from polder.commons.trust.gossip import read_word
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from support.publisher import Publisher

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEECH = Publisher("beech", NOW)
FILES = BEECH.files
BEGUN = accept_first_root(FILES["metadata/1.root.json"], BEECH.pinned)
ODD = [
    None,
    True,
    False,
    -1,
    0,
    1.5,
    10**30,
    "",
    "x",
    "\ud800",
    [],
    {},
    [[]],
    {"a": {}},
    "1.0.0",
    "2026-11-22T12:00:00Z",
    "ff" * 32,
]

json_values = st.recursive(
    st.sampled_from(ODD) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def offer(role: str, content: bytes) -> None:
    """The document in the place of a verified one."""
    held = {name: FILES[f"metadata/1.{name}.json"] for name in ("snapshot", "targets", "robot")}
    trusted = Trusted(BEGUN.roots, FILES["metadata/timestamp.json"], held["snapshot"], held["targets"])
    try:
        match role:
            case "first":
                accept_first_root(content, digest_of_bytes(content))
            case "root":
                accept_root(trusted, content)
            case "timestamp":
                accept_timestamp(BEGUN, content, NOW)
            case "snapshot":
                accept_snapshot(trusted, content, NOW)
            case _:
                accept_targets(trusted, role, content, NOW)
    except Refused as refused:
        assert refused.problems


roles = st.sampled_from(["first", "root", "timestamp", "snapshot", "targets", "robot"])


def original(role: str) -> bytes:
    names = {"first": "1.root.json", "root": "1.root.json", "timestamp": "timestamp.json"}
    return FILES[f"metadata/{names.get(role, f'1.{role}.json')}"]


@given(roles, st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_bytes(role: str, content: bytes) -> None:
    offer(role, content)


@given(roles, st.integers(0, 5000), st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_one_byte_is_another(role: str, at: int, byte: int) -> None:
    content = bytearray(original(role))
    content[at % len(content)] = byte
    offer(role, bytes(content))


@given(roles, st.data(), json_values)
@settings(max_examples=400, deadline=None)
def test_one_value_anywhere_is_another(role: str, data: st.DataObject, value: object) -> None:
    document = json.loads(original(role))
    places = list(walk(document))
    holder, name = data.draw(st.sampled_from(range(len(places))).map(lambda number: places[number]))
    holder[name] = value
    try:
        content = json.dumps(document).encode()
    except (ValueError, RecursionError):
        return
    offer(role, content)


def walk(node):
    """Every place in a document: what holds it, and by which name or number."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in items:
        yield node, name
        yield from walk(value)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 300_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b'{"signed":' + b"1" * 5000 + b"}",
        b"\xff\xfe",
        b"NaN",
        b"null",
        b"{}",
    ],
    ids=range(8),
)
@pytest.mark.parametrize("role", ["first", "root", "timestamp", "snapshot", "targets", "robot"])
def test_bytes_that_break_parsers(role, content):
    offer(role, content)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_what_others_say_they_saw_is_read_or_left(value: object) -> None:
    data = {
        "format": "polder-seen-1",
        "at": "2026-11-22T12:00:00Z",
        "peers": {"beech": value},
        "roster": value,
    }
    try:
        content = json.dumps(data).encode()
    except ValueError:
        return
    read_word(content)
    read_word(content.replace(b'"peers"', b'"x"'))
