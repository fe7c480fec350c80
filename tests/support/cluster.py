"""Several machines with their engines in memory: bare at first, a swarm once somebody made one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from polder.actions import look_hosts
from polder.kernel.engine import Engine
from polder.kernel.host import DockerSeen, HostSeen, Question
from polder.kernel.problem import Problem, Unreachable
from polder.platform.site.model import Site
from polder.world.docker.memory import MemoryEngine
from support.machines import Machines, bare


class Cluster(Machines):
    """The hosts of ``addresses`` (name to the address that it is heard at). What a host shows of its Docker is its engine's."""

    def __init__(self, addresses: Mapping[str, str], codename: str = "trixie") -> None:
        super().__init__({name: bare(name, codename) for name in addresses})
        wires: dict[str, MemoryEngine] = {}
        self.engines = {
            name: MemoryEngine(f"ssh://{name}", swarm=False, hosts=(name,), at=at, wires=wires)
            for name, at in addresses.items()
        }
        self.dead: set[str] = set()

    def look(self, questions: Mapping[str, Question]) -> Mapping[str, HostSeen | Problem]:
        found = super().look(questions)
        return {
            name: replace(seen, docker=self._docker(name, seen.docker))
            if isinstance(seen, HostSeen)
            else seen
            for name, seen in found.items()
        }

    def _docker(self, name: str, shown: DockerSeen) -> DockerSeen:
        if not shown.running:
            return shown
        seen, joined = self.engines[name].look(tasks=False), self.engines[name].joined
        state = {"none": "inactive", "locked": "locked"}.get(seen.swarm, "active")
        if joined and joined.node() is None:
            state = "error"
        return replace(shown, swarm=state, node_id=seen.node_id, manager=seen.swarm == "manager")

    def machines(self) -> look_hosts.Machines:
        return look_hosts.Machines(self, self.opener)

    def opener(self, name: str) -> Engine:
        made: Any = _Line(self, name)
        return made  # type: ignore[no-any-return]

    def power_off(self, name: str) -> None:
        """The machine is gone, and the swarm has noticed."""
        self.away(name)
        self.dead.add(name)
        self.show(name, state="down", reachable=False)

    def power_on(self, name: str) -> None:
        self.back(name)
        self.dead.discard(name)
        self.show(name, state="ready", reachable=True)

    def show(self, name: str, **changes: Any) -> None:
        maker = next(e for e in self.engines.values() if e.nodes)
        node = next((n for n in maker.nodes.values() if n.hostname == name), None)
        if node:
            maker.set_node(node.id, **changes)


class _Line:
    """The way to an engine, which is there when Docker runs on a machine that answers."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster, self._name, self.address = cluster, name, f"ssh://{name}"

    def __getattr__(self, word: str) -> Any:
        def ask(*args: Any, **kwargs: Any) -> Any:
            up = self._cluster.seen[self._name].docker.running and self._name not in self._cluster.dead
            if not up and word != "close":
                raise Unreachable(self.address, "docker: command not found")
            return getattr(self._cluster.engines[self._name], word)(*args, **kwargs)

        return ask


def addresses(site: Site) -> dict[str, str]:
    return {name: host.mesh or host.address for name, host in site.hosts.items()}
