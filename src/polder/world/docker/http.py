"""The real engine: ``polder.kernel.engine.Engine`` over the Engine API v1.41, with the standard library's HTTP client.

>>> open_engine("carrier-pigeon://ana")
Traceback (most recent call last):
...
polder.kernel.problem.Refused: : engine.bad-address {'address': 'carrier-pigeon://ana'}
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from polder.kernel.engine import Operation, Rollout, Seen, ServiceSeen, TaskSeen
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.world.docker import images, logs, look
from polder.world.docker.address import read_address
from polder.world.docker.do import Doer
from polder.world.docker.refusals import problem
from polder.world.docker.rollout import judge
from polder.world.docker.versions import Versions
from polder.world.docker.wire import Answer, Wire

Json = dict[str, Any]

_ALWAYS = ("info", "services", "nodes", "networks", "secrets", "configs")
_STORAGE = ("volumes", "images/json")
_OF_THE_SWARM = ("services", "tasks", "nodes", "secrets", "configs")
LOG_LIMIT = 15.0


def open_engine(address: str) -> HttpEngine:
    """The engine at ``address`` (see ``address``). Nothing is asked yet: the first request finds out whether it answers."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    return HttpEngine(address, Wire(read_address(address, os.environ, folder), address))


class HttpEngine:
    """An engine; may be used from many threads at once. ``close`` it, or use ``with``."""

    def __init__(self, address: str, wire: Wire) -> None:
        self.address = address
        self._wire = wire
        self._versions = Versions(wire)
        self._doer = Doer(wire, self._versions)
        self._threads = ThreadPoolExecutor(10, "polder-engine")

    def __enter__(self) -> HttpEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def look(self, *, tasks: bool = True, storage: bool = True) -> Seen:
        """As ``Engine.look``: one request for each kind of thing, all at the same time."""
        wanted = [*_ALWAYS, *(["tasks"] if tasks else []), *(_STORAGE if storage else [])]
        found = self._ask_all(wanted)
        seen = _seen(found["info"], found)
        self._versions.remember(seen.services, seen.nodes, seen.secrets, seen.configs)
        return seen

    def run(self, operation: Operation, values: Mapping[str, Secret] | None = None) -> str:
        """As ``Engine.run``."""
        return self._doer.run(operation, values or {})

    def rollout(self, service: str) -> Rollout:
        """As ``Engine.rollout``; three requests at the same time, judged by ``rollout.judge``."""
        return self._rollout(service)[0]

    def logs(self, service: str, lines: int = 20) -> tuple[str, ...]:
        """As ``Engine.logs``. When the newest change goes badly, only what its newest failed container wrote."""
        rollout, tasks = self._rollout(service)
        read: Callable[[TaskSeen], list[tuple[str, str]]] = lambda task: self._lines(task, lines)  # noqa: E731
        return logs.merge(self._threads.map(read, logs.worth_reading(tasks, rollout)), lines)

    def load_image(self, archive: Path) -> str:
        """As ``Engine.load_image``. Refuses ``engine.bad-archive``."""
        return images.load(self._wire, archive)

    def push_image(self, image: str, reference: str) -> str:
        """As ``Engine.push_image``. Refuses ``engine.not-pushed``, ``engine.missing``."""
        return images.push(self._wire, image, reference)

    def inspect_image(self, reference: str) -> str:
        """The id of the image that ``reference`` names here. Refuses ``engine.missing``."""
        return images.inspect(self._wire, reference)

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._wire.close()

    def _ask_all(self, what: list[str]) -> dict[str, Any]:
        answers = dict(
            zip(what, self._threads.map(lambda one: self._wire.ask("GET", f"/{one}"), what), strict=True)
        )
        return {one: _read(one, answer) for one, answer in answers.items()}

    def _rollout(self, name: str) -> tuple[Rollout, list[TaskSeen]]:
        mine = quote(json.dumps({"service": [name]}))
        asked = [f"/services/{quote(name, '')}", f"/tasks?filters={mine}", "/nodes", "/networks"]
        service, tasks, nodes, networks = self._threads.map(lambda one: self._wire.ask("GET", one), asked)
        if service.status >= 400:
            raise Refused(problem(service.status, service.message(), "service", name))
        names = look.network_names(_good(networks).json())
        seen = look.read_service(service.json(), names)
        own = [look.read_task(one, names) for one in _good(tasks).json() or []]
        own = [task for task in own if task.service_id == seen.id]
        known = [look.read_node(one) for one in _good(nodes).json()]
        return judge(seen, own, known, service.now), own

    def _lines(self, task: TaskSeen, lines: int) -> list[tuple[str, str]]:
        path = f"/tasks/{task.id}/logs?stdout=1&stderr=1&timestamps=1&tail={lines}"
        answer = self._wire.ask("GET", path, limit=LOG_LIMIT) if task.container_id else Answer(404, b"")
        found = logs.read_lines(answer.body) if answer.status == 200 else []
        return found or logs.of_a_task_without_lines(task)


def _read(what: str, answer: Answer) -> Any:
    """An engine outside any swarm (or a worker) refuses the swarm's lists: they are empty then."""
    if what in _OF_THE_SWARM and answer.status in (406, 503):
        return []
    return _good(answer).json() or []


def _good(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise Refused(Problem("engine.said", "", {"kind": "engine", "name": "", "message": answer.message()}))
    return answer


def _seen(info: Json, found: Mapping[str, Any]) -> Seen:
    names = look.network_names(found["networks"])
    volumes = (found.get("volumes") or {}).get("Volumes") or []
    return Seen(
        swarm=look.swarm_state(info),
        node_id=(info.get("Swarm") or {}).get("NodeID") or "",
        engine_version=info.get("ServerVersion", ""),
        nodes=tuple(look.read_node(one) for one in found["nodes"]),
        services=_services(found["services"], names),
        tasks=tuple(look.read_task(one, names) for one in found.get("tasks") or []),
        networks=tuple(look.read_network(one) for one in found["networks"]),
        secrets=tuple(look.read_secret(one) for one in found["secrets"]),
        configs=tuple(look.read_config(one) for one in found["configs"]),
        volumes=tuple(look.read_volume(one) for one in volumes),
        images=tuple(look.read_image(one) for one in found.get("images/json") or []),
    )


def _services(found: list[Json], names: Mapping[str, str]) -> tuple[ServiceSeen, ...]:
    return tuple(look.read_service(one, names) for one in found)
