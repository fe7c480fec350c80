"""The real engine: ``polder.kernel.engine.Engine`` over the Engine API v1.41, with the standard library's HTTP client.

>>> open_engine("carrier-pigeon://ana")
Traceback (most recent call last):
...
polder.kernel.problem.Refused: : engine.bad-address {'address': 'carrier-pigeon://ana'}
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from polder.kernel.engine import Operation, Rollout, Seen, ServiceSeen, TaskSeen
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.world.docker import look
from polder.world.docker.address import Place, read_address
from polder.world.docker.refusals import problem
from polder.world.docker.together import together
from polder.world.docker.versions import Versions
from polder.world.docker.wire import Answer, Wire

Json = dict[str, Any]

_ALWAYS = ("info", "services", "nodes", "networks", "secrets", "configs")
_STORAGE = ("volumes", "images/json")
_OF_THE_SWARM = ("services", "tasks", "nodes", "secrets", "configs")
LOG_LIMIT = 15.0
FEW = 8
"""Services whose rollouts are asked for one by one."""


def open_engine(address: str) -> HttpEngine:
    """The engine at ``address`` (see ``address``). Nothing is asked yet: the first request finds out whether it answers."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    return open_place(read_address(address, os.environ, folder), address)


def open_place(place: Place, address: str) -> HttpEngine:
    """The engine at ``place``; ``address`` names it for people."""
    return HttpEngine(address, Wire(place, address))


class HttpEngine:
    """An engine; may be used from many threads at once. ``close`` it, or use ``with``. What only some calls need is imported
    there: a plan looks, and nothing else."""

    def __init__(self, address: str, wire: Wire) -> None:
        self.address = address
        self._wire = wire
        self._versions = Versions(wire)

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
        from polder.world.docker.do import Doer

        return Doer(self._wire, self._versions).run(operation, values or {})

    def join_token(self, role: Literal["manager", "worker"]) -> Secret:
        """As ``Engine.join_token``."""
        return Secret(_of_manager(self._wire.ask("GET", "/swarm")).json()["JoinTokens"][role.title()])

    def unlock_key(self) -> Secret:
        """As ``Engine.unlock_key``."""
        key = _of_manager(self._wire.ask("GET", "/swarm/unlockkey")).json().get("UnlockKey")
        if not key:
            raise Refused(Problem("engine.no-swarm", "", {"kind": "engine", "name": self.address}))
        return Secret(key)

    def rollout(self, service: str) -> Rollout:
        """As ``Engine.rollout``; three requests at the same time, judged by ``rollout.judge``."""
        return self._judged([service])[service][0]

    def rollouts(self, services: Sequence[str]) -> Mapping[str, Rollout]:
        """As ``Engine.rollouts``."""
        return {name: rollout for name, (rollout, _) in self._judged(services).items()}

    def logs(self, service: str, lines: int = 20) -> tuple[str, ...]:
        """As ``Engine.logs``. When the newest change goes badly, only what its newest failed container wrote."""
        from polder.world.docker import logs

        rollout, tasks = self._judged([service])[service]
        read = [partial(self._lines, task, lines) for task in logs.worth_reading(tasks, rollout)]
        return logs.merge(together(read), lines)

    def load_image(self, archive: Path) -> str:
        """As ``Engine.load_image``. Refuses ``engine.bad-archive``."""
        from polder.world.docker import images

        return images.load(self._wire, archive)

    def push_image(self, image: str, reference: str) -> str:
        """As ``Engine.push_image``. Refuses ``engine.not-pushed``, ``engine.missing``."""
        from polder.world.docker import images

        return images.push(self._wire, image, reference)

    def inspect_image(self, reference: str) -> str:
        """The id of the image that ``reference`` names here. Refuses ``engine.missing``."""
        from polder.world.docker import images

        return images.inspect(self._wire, reference)

    def succeed(self, other: HttpEngine) -> None:
        """Know what ``other``, of the same swarm, was shown: plans made then are carried out here."""
        self._versions.learn_from(other._versions)

    def give_up(self) -> None:
        """Ends whatever is still asked of it from other threads."""
        self._wire.give_up()

    def close(self) -> None:
        self._wire.close()

    def _ask_all(self, what: list[str]) -> dict[str, Any]:
        answers = self._get([f"/{one}" for one in what])
        return {one: _read(one, answer) for one, answer in zip(what, answers, strict=True)}

    def _get(self, paths: Sequence[str]) -> list[Answer]:
        """The answers to all of them, asked at the same time."""
        return together([partial(self._wire.ask, "GET", path) for path in paths])

    def _judged(self, names: Sequence[str]) -> dict[str, tuple[Rollout, list[TaskSeen]]]:
        """Each service's rollout and its tasks. Few services are asked for by name, many by asking for all."""
        from polder.world.docker.rollout import judge

        mine = f"?filters={quote(json.dumps({'service': list(names)}))}" if len(names) <= FEW else ""
        services = [f"/services/{quote(name, '')}" for name in names] if len(names) <= FEW else ["/services"]
        asked = ["/nodes", "/networks", f"/tasks{mine}", *services]
        nodes, networks, tasks, *found = self._get(asked)
        ids = look.network_names(_of_manager(networks).json())
        known = [look.read_node(one) for one in _of_manager(nodes).json()]
        by_name = {one.name: one for one in _read_services(found, names, ids)}
        by_service: dict[str, list[TaskSeen]] = {}
        for one in _of_manager(tasks).json() or []:
            by_service.setdefault(one.get("ServiceID", ""), []).append(look.read_task(one, ids))
        judged = {}
        for name in names:
            if name not in by_name:
                raise Refused(problem(404, "", "service", name))
            own = by_service.get(by_name[name].id, [])
            judged[name] = judge(by_name[name], own, known, nodes.now), own
        return judged

    def _lines(self, task: TaskSeen, lines: int) -> list[tuple[str, str]]:
        from polder.world.docker import logs

        path = f"/tasks/{task.id}/logs?stdout=1&stderr=1&timestamps=1&tail={lines}"
        answer = self._wire.ask("GET", path, limit=LOG_LIMIT) if task.container_id else Answer(404, b"")
        found = logs.read_lines(answer.body) if answer.status == 200 else []
        return [*(found or logs.of_a_task_without_lines(task)), *self._health(task)]

    def _health(self, task: TaskSeen) -> list[tuple[str, str]]:
        """What the last health check of a container that ended said; known only to the node that it ran on."""
        from polder.world.docker import logs

        if not task.container_id or task.state not in logs.FAILED:
            return []
        answer = self._wire.ask("GET", f"/containers/{task.container_id}/json", limit=LOG_LIMIT)
        return logs.of_health(answer.json()) if answer.status == 200 else []


def _read(what: str, answer: Answer) -> Any:
    """An engine outside any swarm (or a worker) refuses the swarm's lists: they are empty then."""
    if what in _OF_THE_SWARM and answer.status in (406, 503):
        return []
    return _good(answer).json() or []


def _good(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise Refused(Problem("engine.said", "", {"kind": "engine", "name": "", "message": answer.message()}))
    return answer


def _of_manager(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise Refused(problem(answer.status, answer.message(), "engine", ""))
    return answer


def _read_services(
    answers: Sequence[Answer], names: Sequence[str], networks: Mapping[str, str]
) -> Iterator[ServiceSeen]:
    """From one answer with all of them, or one answer for each name."""
    if len(names) > FEW:
        yield from _services(_of_manager(answers[0]).json(), networks)
        return
    for name, answer in zip(names, answers, strict=True):
        if answer.status >= 400:
            raise Refused(problem(answer.status, answer.message(), "service", name))
        yield look.read_service(answer.json(), networks)


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
        autolock=look.locks_itself(info),
    )


def _services(found: list[Json], names: Mapping[str, str]) -> tuple[ServiceSeen, ...]:
    return tuple(look.read_service(one, names) for one in found)
