"""The in-memory twin of the engine: keeps Swarm's rules, not its containers.

Version indexes move as Swarm moves them (by itself too), names are unique, what is in use is not removed, tasks come up
after ``starts_after`` looks, bad images are rolled back (see ``life``). It passes the same contract as the real one.
``fail_on`` makes an operation fail, ``by_hand`` changes a service behind everybody's back.

>>> engine = MemoryEngine()
>>> engine.run(CreateNetwork("n", {"Driver": "overlay"})) != ""
True
>>> [network.name for network in engine.look().networks]
['n']
"""

from __future__ import annotations

import json
import tarfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, assert_never

from polder.kernel import engine as kernel
from polder.kernel.digest import digest_of_bytes, short
from polder.kernel.engine import CreateNetwork, ImageSeen, NodeSeen, Operation, Rollout, Seen
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.world.docker import life as lives
from polder.world.docker import memory_swarm as swarm
from polder.world.docker.images import split_reference
from polder.world.docker.life import Life, World
from polder.world.docker.memory_objects import Kind, Objects, Stamp
from polder.world.docker.memory_rules import (
    Failure,
    as_kept,
    copy,
    fault_of,
    member,
    network,
    next_failure,
    refuse,
)
from polder.world.docker.memory_swarm import Joined
from polder.world.docker.rollout import judge

Json = dict[str, Any]

_WITHOUT_A_SWARM = kernel.InitSwarm | kernel.JoinSwarm | kernel.LeaveSwarm | kernel.RemoveVolume


class MemoryEngine:
    """``swarm=False`` begins outside any swarm; ``hosts`` are the nodes' names, the first one is ours and the manager.

    ``wires`` holds the engines that can hear one another, by address; this one is heard at ``at``.
    """

    def __init__(
        self,
        address: str = "memory",
        *,
        swarm: bool = True,
        hosts: tuple[str, ...] = ("one",),
        starts_after: int = 2,
        at: str = "127.0.0.1",
        wires: dict[str, MemoryEngine] | None = None,
    ) -> None:
        self.address, self.at = address, at
        self.wires = {} if wires is None else wires
        self.wires[at] = self
        self.joined: Joined | None = None
        self.starts_after = starts_after
        self.hosts = hosts
        self.ran: list[Operation] = []
        self.revealed: dict[str, bytes] = {}
        self.wrote: dict[str, list[str]] = {}
        self._guard = threading.RLock()
        self._count = self._index = 0
        self._tick = 1_000_000
        self.nodes: dict[str, NodeSeen] = {}
        self._services: dict[str, Life] = {}
        self._objects = Objects()
        self.images: dict[str, ImageSeen] = {}
        self.autolock, self.locked, self.unlock_keys = False, False, 1
        self._moving: set[str] = set()
        self._failures: list[Failure] = []
        if swarm:
            self._join()

    # -- what a test sets up --------------------------------------------------------------------------------------------

    def add_image(
        self, identity: str, labels: Mapping[str, str] | None = None, tags: tuple[str, ...] = ()
    ) -> None:
        """An image on our node, as if it had been loaded."""
        self.images[identity] = ImageSeen(identity, tags, labels or {})

    def fail_on(
        self, matches: Callable[[Operation], bool], error: Exception, *, after: bool = False, times: int = 1
    ) -> None:
        """Raise ``error`` for the next ``times`` operations that match; ``after``: once they were done all the same."""
        self._failures.append(Failure(matches, error, after, times))

    def by_hand(self, service: str, change: Callable[[Json], Json]) -> None:
        """Change a service's spec as another hand would: its version moves."""
        with self._guard:
            life = self._services[service]
            lives.update(life, as_kept(change(json.loads(json.dumps(life.spec)))), self._world())
            self._moving.add(service)

    def set_node(self, identity: str, **changes: Any) -> None:
        """Change what a node shows (``state="down"``, ...)."""
        self.nodes[identity] = replace(self.nodes[identity], **changes)

    # -- the interface --------------------------------------------------------------------------------------------------

    def look(self, *, tasks: bool = True, storage: bool = True) -> Seen:
        if self.locked:
            return Seen("locked", engine_version="memory")
        if self.joined:
            return self.joined.look(self, tasks=tasks, storage=storage)
        with self._guard:
            self._pass_time()
            found = self._objects
            return Seen(
                swarm="manager" if self.nodes else "none",
                node_id=next(iter(self.nodes), ""),
                engine_version="memory",
                nodes=tuple(self.nodes.values()),
                services=tuple(life.seen() for life in self._services.values()),
                tasks=tuple(task for life in self._services.values() for task in life.tasks) if tasks else (),
                networks=tuple(found.of("networks")),
                secrets=tuple(found.of("secrets")),
                configs=tuple(found.of("configs")),
                volumes=tuple(found.of("volumes")) if storage else (),
                images=tuple(self.images.values()) if storage else (),
                autolock=self.autolock,
            )

    def run(self, operation: Operation, values: Mapping[str, Secret] | None = None) -> str:
        if isinstance(operation, kernel.UnlockSwarm):
            return swarm.unlock(self, values or {})
        if self.joined and not isinstance(operation, kernel.InitSwarm | kernel.JoinSwarm | kernel.LeaveSwarm):
            return self.joined.manager(self).run(operation, values)
        with self._guard:
            failure = next_failure(self._failures, operation)
            if failure and not failure.after:
                raise failure.error
            found = self._run(operation, values or {})
            self.ran.append(operation)
            if failure:
                raise failure.error
            return found

    def join_token(self, role: Literal["manager", "worker"]) -> Secret:
        if self.joined:
            return self.joined.manager(self).join_token(role)
        if not self.nodes:
            refuse("engine.no-swarm", "engine", self.address)
        return Secret(f"{role}-of-{id(self)}")

    def unlock_key(self) -> Secret:
        if self.joined:
            return self.joined.manager(self).unlock_key()
        if not self.autolock:
            refuse("engine.no-swarm", "engine", self.address)
        return Secret(f"SWMKEY-{id(self)}-{self.unlock_keys}")

    def lock(self) -> None:
        """As after a restart of a manager whose swarm locks."""
        self.locked = True

    def rollout(self, service: str) -> Rollout:
        return self.rollouts([service])[service]

    def rollouts(self, services: Sequence[str]) -> Mapping[str, Rollout]:
        if self.joined:
            return self.joined.manager(self).rollouts(services)
        with self._guard:
            self._pass_time()
            found = {name: self._service(name) for name in services}
            nodes, now = tuple(self.nodes.values()), float(self._tick)
            return {name: judge(life.seen(), life.tasks, nodes, now) for name, life in found.items()}

    def logs(self, service: str, lines: int = 20) -> tuple[str, ...]:
        if self.joined:
            return self.joined.manager(self).logs(service, lines)
        with self._guard:
            life = self._service(service)
            errors = [task.error for task in life.tasks if task.error]
            return tuple((self.wrote.get(service) or errors)[-lines:])

    def load_image(self, archive: Path) -> str:
        try:
            with tarfile.open(archive) as opened:
                entry = json.loads(member(opened, "manifest.json"))[0]
                config = member(opened, entry["Config"])
        except (tarfile.TarError, KeyError, ValueError):
            raise Refused(Problem("engine.bad-archive", "", {"name": str(archive), "message": ""})) from None
        identity = str(digest_of_bytes(config))
        labels = (json.loads(config).get("config") or {}).get("Labels") or {}
        self.add_image(identity, labels, tuple(entry.get("RepoTags") or ()))
        return identity

    def push_image(self, image: str, reference: str) -> str:
        if image not in self.images:
            refuse("engine.missing", "image", image)
        pushed = f"{split_reference(reference)[0]}@{digest_of_bytes(image.encode())}"
        known = self.images[image]
        self.images[image] = replace(known, tags=tuple(dict.fromkeys((*known.tags, reference, pushed))))
        return pushed

    def close(self) -> None:
        """Nothing to close."""

    # -- operations -----------------------------------------------------------------------------------------------------

    def _run(self, operation: Operation, values: Mapping[str, Secret]) -> str:
        if not self.nodes and not isinstance(operation, _WITHOUT_A_SWARM):
            refuse("engine.no-swarm", "engine", self.address)
        match operation:
            case kernel.InitSwarm():
                return self._init()
            case kernel.JoinSwarm():
                return swarm.join(self, operation, values)
            case kernel.LeaveSwarm():
                return swarm.leave(self, operation)
            case kernel.SetAutolock():
                self.autolock = operation.on
                return ""
            case kernel.RotateUnlockKey():
                self.unlock_keys += 1
                return ""
            case kernel.UnlockSwarm():
                raise AssertionError("is done before")
            case kernel.RemoveNode():
                return swarm.remove_node(self.nodes, operation)
            case kernel.UpdateNode():
                return self._update_node(operation)
            case kernel.CreateNetwork():
                return self._add(
                    "networks", operation.name, operation.spec.get("Labels") or {}, network(operation.spec)
                )
            case kernel.CreateSecret():
                return self._create_secret(operation, values)
            case kernel.CreateConfig():
                return self._objects.create_config(operation, self._stamp())
            case kernel.UpdateConfigLabels():
                return self._objects.update_config(operation, self._stamp())
            case kernel.CreateService():
                return self._create_service(operation)
            case kernel.UpdateService():
                return self._update_service(operation)
            case kernel.RemoveService():
                return self._remove_service(operation)
            case kernel.RemoveNetwork():
                return self._remove("networks", operation.name, "Target")
            case kernel.RemoveSecret():
                return self._remove("secrets", operation.name, "SecretName")
            case kernel.RemoveConfig():
                return self._remove("configs", operation.name, "ConfigName")
            case kernel.RemoveVolume():
                return self._remove("volumes", operation.name, "Source")
        assert_never(operation)

    def _init(self) -> str:
        if self.nodes or self.joined:
            refuse("engine.exists", "swarm", "default")
        return self._join()

    def _join(self) -> str:
        for name in self.hosts:
            self.add_node(name, "worker" if self.nodes else "manager", self.at)
        return next(iter(self.nodes))

    def add_node(self, name: str, role: str, address: str) -> str:
        """One more node of this swarm."""
        spec = {"Role": role, "Availability": "active", "Labels": {}}
        identity, leader = self._next_id(), not self.nodes
        self.nodes[identity] = NodeSeen(
            identity, self._next_version(), name, address, "ready", "active", role, leader, spec
        )
        return identity

    def _update_node(self, operation: kernel.UpdateNode) -> str:
        if operation.id not in self.nodes:
            refuse("engine.missing", "node", operation.id)
        node = self.nodes[operation.id]
        if node.version != operation.version:
            refuse("engine.changed-since", "node", operation.id)
        spec = copy(operation.spec)
        availability, role = spec.get("Availability", "active"), spec.get("Role", node.role)
        self.nodes[node.id] = replace(
            node, version=self._next_version(), spec=spec, availability=availability, role=role
        )
        self._move_tasks(node.id, node.availability, availability)
        if (node.spec.get("Labels") or {}) != (spec.get("Labels") or {}):
            for life in self._services.values():
                lives.fill(life, self._world())
                self._moving.add(life.name)
        if role == "worker" != node.role:
            swarm.step_down(self, node)
        return node.id

    def _move_tasks(self, node: str, before: str, after: str) -> None:
        if before == after or "pause" in (before, after):
            return
        for life in self._services.values():
            if after == "drain":
                lives.drain(life, node, self._world())
            else:
                lives.fill(life, self._world())
            self._moving.add(life.name)

    def _create_secret(self, operation: kernel.CreateSecret, values: Mapping[str, Secret]) -> str:
        if operation.source not in values:
            values_said = {"name": operation.name, "source": operation.source}
            raise Refused(Problem("engine.no-value", "", values_said))
        found = self._add("secrets", operation.name, operation.labels, {})
        self.revealed[operation.name] = values[operation.source].reveal_bytes()
        return found

    def _create_service(self, operation: kernel.CreateService) -> str:
        if operation.name in self._services:
            refuse("engine.exists", "service", operation.name)
        spec = as_kept({**operation.spec, "Name": operation.name})
        self._objects.need_what_is_named(spec)
        world, version = self._world(), self._next_version()
        life = Life(self._next_id(), operation.name, spec, version, version, world.time, world.time)
        self._services[operation.name] = life
        self._objects.make_volumes(spec, self._stamp())
        lives.begin(life, world)
        self._moving.add(operation.name)
        return life.id

    def _update_service(self, operation: kernel.UpdateService) -> str:
        life = self._at_version(operation.name, operation.version)
        spec = as_kept({**operation.spec, "Name": operation.name})
        self._objects.need_what_is_named(spec)
        self._objects.make_volumes(spec, self._stamp())
        lives.update(life, spec, self._world())
        self._moving.add(operation.name)
        return ""

    def _remove_service(self, operation: kernel.RemoveService) -> str:
        self._at_version(operation.name, operation.version)
        del self._services[operation.name]
        self._moving.discard(operation.name)
        return ""

    def _at_version(self, name: str, version: int) -> Life:
        life = self._service(name)
        if not life.since <= version <= life.version:
            refuse("engine.changed-since", "service", name)
        return life

    def _service(self, name: str) -> Life:
        if name not in self._services:
            refuse("engine.missing", "service", name)
        return self._services[name]

    def _add(self, kind: Kind, name: str, labels: Mapping[str, str], detail: Json) -> str:
        return self._objects.add(kind, name, labels, detail, self._stamp())

    def _remove(self, kind: Kind, name: str, key: str) -> str:
        specs = {life.name: life.spec for life in self._services.values()}
        return self._objects.remove(kind, name, key, specs)

    def _stamp(self) -> Stamp:
        return Stamp(self._next_id, self._next_version, self._world().time)

    # -- time and numbers -----------------------------------------------------------------------------------------------

    def _pass_time(self) -> None:
        self._tick += 1
        if self._moving:
            world = self._world()
            for name in self._moving:
                lives.step(self._services[name], world)
            self._moving = {name for name in self._moving if self._services[name].waiting > 0}

    def _world(self) -> World:
        nodes = tuple(self.nodes.values())
        return World(nodes, self._fault, self._next_version, self._next_id, self._tick, self.starts_after)

    def _fault(self, image: str) -> str:
        return fault_of(image, self.images)

    def _next_version(self) -> int:
        self._index += 1
        return self._index

    def _next_id(self) -> str:
        self._count += 1
        return short(digest_of_bytes(f"{self.at} {self._count}".encode()), 25)


__all__ = ["CreateNetwork", "MemoryEngine"]
