"""How many managers a swarm needs, and whether it can do without one. More than half of all managers must hear one another, or
nothing can be changed any more (Raft, section 5; the containers run on).

>>> Managers(frozenset("abc"), frozenset("abc")).can_rest("a")
True
>>> Managers(frozenset("abc"), frozenset("ab")).can_rest("a")
False
>>> Managers(frozenset("ab"), frozenset("ab")).can_rest("a")
False
"""

from __future__ import annotations

from dataclasses import dataclass

from polder.kernel.engine import NodeSeen, Seen
from polder.kernel.problem import Problem, Refused, Value


@dataclass(frozen=True, slots=True)
class Managers:
    """``known``: every manager, by its node's id or name; ``heard``: those that answer."""

    known: frozenset[str]
    heard: frozenset[str]

    @property
    def needed(self) -> int:
        """How many must answer."""
        return len(self.known) // 2 + 1

    def can_rest(self, one: str) -> bool:
        """Whether ``one`` can be away for a while. The only one can: nothing is there that would have to go on without it."""
        if one not in self.known or len(self.known) == 1:
            return True
        return len(self.heard - {one}) >= self.needed

    def can_lose(self, one: str) -> bool:
        """Whether ``one`` can stop being a manager for good."""
        rest = self.without(one)
        return len(self.heard) >= self.needed and len(rest.heard) >= rest.needed and bool(rest.known)

    def without(self, one: str) -> Managers:
        return Managers(self.known - {one}, self.heard - {one})

    def plus(self, one: str) -> Managers:
        return Managers(self.known | {one}, self.heard | {one})


def managers(seen: Seen) -> Managers:
    """The managers of the swarm, by their nodes' ids."""
    found = [node for node in seen.nodes if node.role == "manager"]
    return Managers(frozenset(n.id for n in found), frozenset(n.id for n in found if is_heard(n)))


def refuse_loss(found: Managers, node: str, host: str, where: str) -> None:
    """Refused (``plan.last-manager``, ``plan.quorum``) when the swarm cannot do without ``node`` as a manager."""
    if found.can_lose(node):
        return
    if found.known == {node}:
        raise Refused(Problem("plan.last-manager", where, {"host": host}))
    values: dict[str, Value] = {
        "host": host,
        "managers": len(found.known),
        "heard": len(found.heard),
        "needed": found.needed,
    }
    raise Refused(Problem("plan.quorum", where, values))


def is_heard(node: NodeSeen) -> bool:
    return node.state == "ready" and node.reachable
