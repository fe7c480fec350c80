"""Several in-memory engines in one swarm: who joined whom, what a worker may be asked, what leaving does.

The engine that made the swarm keeps its state; the others of it pass on what they are asked, if they are managers. When it stops being
one, another manager keeps the state from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from polder.kernel.engine import JOIN_TOKEN, UNLOCK_KEY, JoinSwarm, LeaveSwarm, NodeSeen, RemoveNode, Seen
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.world.docker.memory_rules import choose_leader, refuse

if TYPE_CHECKING:
    from polder.world.docker.memory import MemoryEngine


@dataclass(slots=True)
class Joined:
    """That an engine is the node ``id`` of ``of``'s swarm."""

    of: MemoryEngine
    id: str

    def node(self) -> NodeSeen | None:
        return next((node for node in self.of.look(tasks=False).nodes if node.id == self.id), None)

    def manager(self, own: MemoryEngine) -> MemoryEngine:
        """Whom to pass things on to; refused for a worker."""
        node = self.node()
        if node is None or node.role != "manager":
            refuse("engine.no-swarm", "engine", own.address)
        return self.of

    def look(self, own: MemoryEngine, *, tasks: bool, storage: bool) -> Seen:
        """The swarm as this node shows it: a worker shows little more than that it is one. Images are its own."""
        node = self.node()
        images = tuple(own.images.values()) if storage else ()
        if node is None:
            return Seen("none", engine_version="memory", images=images)
        if node.role != "manager":
            return Seen("worker", self.id, "memory", images=images)
        return replace(self.of.look(tasks=tasks, storage=storage), node_id=self.id, images=images)


def join(engine: MemoryEngine, operation: JoinSwarm, values: Mapping[str, Secret]) -> str:
    """Become a node of the swarm of the first manager that is heard."""
    if engine.nodes or (engine.joined and engine.joined.node()):
        refuse("engine.exists", "swarm", "default")
    if JOIN_TOKEN not in values:
        raise Refused(Problem("engine.no-value", "", {"name": operation.role, "source": JOIN_TOKEN}))
    heard = (engine.wires.get(address.rpartition(":")[0]) for address in operation.managers)
    manager = next((one for one in heard if one and one.look(tasks=False).swarm == "manager"), None)
    if manager is None:
        refuse("engine.said", "swarm", "default", "rpc error: connection refused")
    manager = manager.joined.of if manager.joined else manager
    if values[JOIN_TOKEN] != manager.join_token(operation.role):
        refuse("engine.said", "swarm", "default", "invalid join token")
    identity = manager.add_node(engine.hosts[0], operation.role, operation.advertise)
    engine.joined = Joined(manager, identity)
    return identity


def unlock(engine: MemoryEngine, values: Mapping[str, Secret]) -> str:
    """Open a locked manager by the swarm's key; one that is open stays so."""
    if UNLOCK_KEY not in values:
        raise Refused(Problem("engine.no-value", "", {"name": "swarm", "source": UNLOCK_KEY}))
    if engine.locked:
        of = engine.joined.of if engine.joined else engine
        if values[UNLOCK_KEY] != of.unlock_key():
            refuse("engine.said", "swarm", "default", "invalid key for decrypting the raft logs")
        engine.locked = False
    return ""


def leave(engine: MemoryEngine, operation: LeaveSwarm) -> str:
    """Leave; a manager only by force. The others show the node as down until somebody removes it."""
    node = engine.joined.node() if engine.joined else next(iter(engine.nodes.values()), None)
    if node and node.role == "manager" and not operation.force:
        refuse("engine.said", "swarm", "default", "You are attempting to leave the swarm on a manager node")
    if engine.joined is None and node:
        step_down(engine, node)
    if engine.joined:
        if node:
            engine.joined.of.set_node(node.id, state="down", reachable=node.role != "manager")
        engine.joined = None
    else:
        engine.nodes.clear()
    return ""


def step_down(engine: MemoryEngine, node: NodeSeen) -> None:
    """``node`` manages no longer: another one leads, and keeps the swarm's state when ``node`` is the engine itself."""
    if node.leader:
        engine.nodes.update(choose_leader(engine.nodes, node.id))
    if engine.joined is None and node.id == next(iter(engine.nodes)):
        _hand_over(engine, node)


KEPT = ("nodes", "_services", "_objects", "_moving", "autolock", "unlock_keys", "_index", "_tick")
"""What an engine keeps of the swarm that it made."""


def _hand_over(engine: MemoryEngine, node: NodeSeen) -> None:
    """Another manager of the swarm, if there is one, keeps its state; ``engine`` is a node like any other then."""
    others = {e.joined.id: e for e in engine.wires.values() if e.joined and e.joined.of is engine}
    heirs = [one for one in others if one in engine.nodes and engine.nodes[one].role == "manager"]
    if not heirs:
        return
    heir, empty = others[heirs[0]], type(engine)(swarm=False)
    for name in KEPT:
        setattr(heir, name, getattr(engine, name))
        setattr(engine, name, getattr(empty, name))
    own = heir.nodes.pop(heirs[0])
    heir.nodes = {own.id: own, **heir.nodes}
    heir.joined, engine.joined = None, Joined(heir, node.id)
    for identity, one in others.items():
        if one is not heir:
            one.joined = Joined(heir, identity)


def remove_node(nodes: dict[str, NodeSeen], operation: RemoveNode) -> str:
    """Take a node away that is no manager, and down or taken away by force."""
    node = nodes.get(operation.id)
    if node is None:
        refuse("engine.missing", "node", operation.id)
    if node.role == "manager":
        refuse("engine.in-use", "node", operation.id, "it must be demoted to worker before removal")
    if node.state != "down" and not operation.force:
        refuse("engine.in-use", "node", operation.id, "it is not down and can't be removed")
    del nodes[operation.id]
    return ""
