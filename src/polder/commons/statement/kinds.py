"""The kinds of value that statements hold, and audiences as people and as documents write them.

>>> from polder.kernel.document import Scalar
>>> SCOPE.accept(Scalar("circle:alder/care", "circle:alder/care", 1))
Scope(kind='circle', names=('alder/care',))
>>> write_rule(Rule((Scope("providers", ("beech", "cedar")), Scope("network")), "any"))
{'mode': 'any', 'scopes': ['network', 'providers:beech,cedar']}
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from polder.commons.statement.access import Kind, Rule, Scope
from polder.commons.statement.model import read_moment, write_moment
from polder.kernel import document as tree
from polder.kernel.document import Document, Node, Scalar
from polder.kernel.kinds import SLUG, choice, matching
from polder.kernel.names import is_slug
from polder.kernel.problem import Problems
from polder.kernel.shape import BAD, Key, Keys, ListOf, Raw, Record, Value, Wrong, read_node

NAME = "[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?"
DIGEST = matching("statement.not-a-digest", r"sha256:[0-9a-f]{64}")
READER_NAME = matching("statement.not-a-reader", rf"{NAME}(?:/{NAME})?")
"""A provider (``cedar``) or somebody there (``cedar/ana``)."""
CIRCLE_NAME = matching("statement.not-a-circle", rf"{NAME}(?:/{NAME})?")
"""``founder/name``, or the name alone where only one circle has it."""
CIRCLE_ID = matching("statement.not-a-circle", rf"{NAME}/{NAME}")
LINK = matching("statement.not-a-link", r"https?://[^\s<>\"\\^`{|}/?#@][^\s<>\"\\^`{|}]{0,990}")
MODE = choice(("any", "all"))
MOST_NAMES = 200


def _moment(scalar: Scalar) -> datetime:
    return read_moment(scalar.text)


MOMENT = Value(
    "statement.not-a-moment",
    _moment,
    {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    None,
)


def _scope(scalar: Scalar) -> Scope:
    word, colon, rest = scalar.text.partition(":")
    names = tuple(rest.split(",")) if colon else ()
    if word in ("public", "network") and not colon:
        return Scope("public" if word == "public" else "network")
    if word == "circle" and re.fullmatch(f"{NAME}/{NAME}", rest):
        return Scope("circle", names)
    if word == "providers" and 0 < len(names) <= MOST_NAMES and all(is_slug(name) for name in names):
        return Scope("providers", names)
    raise Wrong


SCOPE = Value("statement.not-a-scope", _scope, {"type": "string"})
RULE = Keys(
    {
        "scopes": Key(ListOf(SCOPE, least=1), "Who is meant.", required=True),
        "mode": Key(MODE, "Whether a reader needs one of them or all.", default="all"),
    }
)
"""An audience as documents write it."""

AUDIENCE: Raw = Raw({"type": ["string", "object"]})
"""An audience as people write it: ``public``, ``network``, or circles and providers; see ``read_audience``."""
_WORD = choice(("public", "network"))
_NAMED = Keys(
    {
        "circles": Key(ListOf(CIRCLE_NAME), "Working groups, each a scope of its own."),
        "providers": Key(ListOf(SLUG), "Providers by name, together one scope."),
        "mode": Key(MODE, "Whether a reader needs one scope or all of them.", default="all"),
    }
)


def rule_of(record: Record) -> Rule:
    """What ``RULE`` read, in one order."""
    return Rule(tuple(sorted(set(record["scopes"]))), record["mode"])


def write_rule(rule: Rule) -> dict[str, Any]:
    """A rule as documents write it."""
    return {"mode": rule.mode, "scopes": [_written(scope) for scope in sorted(set(rule.scopes))]}


def _written(scope: Scope) -> str:
    return f"{scope.kind}:{','.join(scope.names)}" if scope.names else scope.kind


def read_audience(node: Node, document: Document, problems: Problems, name: str = "audience") -> Rule:
    """What a person wrote; a rule without scopes (nobody) stands for what was wrong."""
    if isinstance(node, tree.Scalar):
        word = read_node(_WORD, node, document, problems, name)
        kinds: dict[Any, Kind] = {"public": "public", "network": "network"}
        return Rule((Scope(kinds[word]),) if word is not BAD else ())
    record = read_node(_NAMED, node, document, problems, name)
    if record is BAD:
        return Rule(())
    scopes = [Scope("circle", (circle,)) for circle in record["circles"]]
    scopes += [Scope("providers", tuple(sorted(record["providers"])))] if record["providers"] else []
    if not scopes and not record.bad:
        problems.add("statement.for-nobody", document.where(node))
    return Rule(tuple(sorted(set(scopes))), record["mode"])


def to_plain(value: Any) -> Any:
    """What a shape read, as plain data: only what was written, times as text."""
    if isinstance(value, Record):
        return {key: to_plain(value[key]) for key in value if value.has(key)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return write_moment(value) if isinstance(value, datetime) else value


def tree_of(data: Any) -> Node:
    """Plain data (from JSON) as the nodes that shapes read; everything is on line 1."""
    if isinstance(data, dict):
        return tree.Mapping({key: tree_of(held) for key, held in data.items()}, 1, dict.fromkeys(data, 1))
    if isinstance(data, list):
        return tree.Sequence([tree_of(item) for item in data], 1)
    return Scalar(data, data if isinstance(data, str) else "" if data is None else str(data), 1)
