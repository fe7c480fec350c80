"""Names that somebody asks with, held against what is known here: what is asked of nobody is no empty list, but a slip of the fingers."""

from __future__ import annotations

from polder.actions.network_peers import must_know
from polder.actions.read_statements import Listening
from polder.commons.statement.types import TYPES
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused

ANYBODY = "anybody"


def speaking(listening: Listening, provider: str) -> None:
    """Refused (``sync.unknown-peer``) unless ``provider`` says something, or may."""
    said = {one.statement.provider for one in listening.gathered.heard}
    must_know(provider, {*listening.speakers, *said})


def reading(listening: Listening, provider: str) -> None:
    """Refused (``sync.unknown-peer``) unless ``provider`` is known, or meant by something that is said: to be in a circle, or an audience,
    nobody needs to be in the network."""
    circles = listening.circles.known.values()
    named = {name for one in circles for name in (*one.members, *one.stewards)}
    rules = (one.statement.rule for one in listening.gathered.heard)
    named |= {
        name for rule in rules for scope in rule.scopes if scope.kind == "providers" for name in scope.names
    }
    must_know(provider, {ANYBODY, *listening.speakers, *listening.members, *named})


def of_type(listening: Listening, name: str) -> None:
    """Refused (``statement.unknown-type``) unless there are statements of the type, or may be."""
    known = {*TYPES, *(one.statement.type for one in listening.gathered.heard)}
    if name in known:
        return
    if near := nearest(name, known):
        raise Refused(Problem("statement.unknown-type-near", "", {"type": name, "nearest": near}))
    raise Refused(Problem("statement.unknown-type", "", {"type": name, "known": tuple(sorted(known))}))
