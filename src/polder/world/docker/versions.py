"""What is known of objects' ids and versions between a look and an operation.

Swarm moves a service's version index by itself too (addresses allotted, an update's progress, a node's heartbeat), and
such a move is no change by another hand. So each look remembers which spec stood at which version; when an index has moved
but the spec is still that one, the operation goes on with the present index, and otherwise it is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from polder.kernel.engine import NodeSeen, ObjectSeen, ServiceSeen
from polder.kernel.problem import Problem, Refused
from polder.kernel.spec import normalise
from polder.world.docker.ids import with_ids
from polder.world.docker.look import network_names, read_node, read_service
from polder.world.docker.refusals import problem
from polder.world.docker.wire import Wire

Json = dict[str, Any]


class Versions:
    """Thread-safe: operations run side by side."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._lock = threading.Lock()
        self._ids: dict[tuple[str, str], str] = {}
        self._specs: dict[tuple[str, int], Json] = {}

    def remember(
        self,
        services: Iterable[ServiceSeen],
        nodes: Iterable[NodeSeen],
        secrets: Iterable[ObjectSeen],
        configs: Iterable[ObjectSeen],
    ) -> None:
        """Learn from a look; what an earlier look learned of specs stays, for plans made then."""
        with self._lock:
            self._specs.update({(one.name, one.version): one.spec for one in services})
            self._specs.update({(one.id, one.version): one.spec for one in nodes})
            self._ids = {("secrets", one.name): one.id for one in secrets}
            self._ids.update({("configs", one.name): one.id for one in configs})

    def learn_from(self, other: Versions) -> None:
        with other._lock:
            specs = dict(other._specs)
        with self._lock:
            self._specs = specs | self._specs

    def remember_id(self, kind: str, name: str, found: str) -> None:
        with self._lock:
            self._ids[kind, name] = found

    def forget_id(self, kind: str, name: str) -> None:
        with self._lock:
            self._ids.pop((kind, name), None)

    def forget_ids(self) -> None:
        with self._lock:
            self._ids.clear()

    def with_ids(self, spec: Json) -> Json:
        """``spec`` with the ids of its secrets and configs."""
        return with_ids(spec, self._id)

    def _id(self, kind: str, name: str) -> str:
        with self._lock:
            known = self._ids.get((kind, name))
        if known:
            return known
        answer = self.wire.ask("GET", f"/{kind}/{quote(name, '')}")
        if answer.status >= 400:
            raise Refused(problem(answer.status, answer.message(), kind.removesuffix("s"), name))
        self.remember_id(kind, name, answer.json()["ID"])
        return str(answer.json()["ID"])

    def service(self, name: str, version: int) -> int:
        """The index to change ``name`` at: the present one when only Swarm itself moved it.

        Refuses ``engine.changed-since`` and ``engine.missing``.
        """
        answer = self.wire.ask("GET", f"/services/{quote(name, '')}")
        if answer.status >= 400:
            raise Refused(problem(answer.status, answer.message(), "service", name))
        present = answer.json()
        now = int(present["Version"]["Index"])
        if now == version:
            return version
        seen = read_service(present, network_names(self.wire.ask("GET", "/networks").json()))
        self._same_or_refuse("service", name, version, normalise(seen.spec))
        return now

    def node(self, name: str, version: int) -> int:
        """The same for a node."""
        answer = self.wire.ask("GET", f"/nodes/{quote(name, '')}")
        if answer.status >= 400:
            raise Refused(problem(answer.status, answer.message(), "node", name))
        present = read_node(answer.json())
        if present.version != version:
            self._same_or_refuse("node", name, version, normalise(present.spec))
        return present.version

    def _same_or_refuse(self, kind: str, name: str, version: int, present: Json) -> None:
        with self._lock:
            known = self._specs.get((name, version))
        if known is None or normalise(known) != present:
            values = {"kind": kind, "name": name, "message": ""}
            raise Refused(Problem("engine.changed-since", "", values))
