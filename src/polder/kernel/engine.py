"""What an engine shows and what can be asked of it: the narrow interface between deciding and doing.

``Seen`` is everything one look at the engine brings back; an ``Operation`` is one exact thing to do to it. Both are
plain data, so a plan can hold operations, and people can read them. ``world.docker`` implements ``Engine`` twice:
over the Engine API (v1.41) and in memory; both pass ``tests/contracts/test_engine.py``.

Specs are the Engine API's own JSON (``ServiceSpec`` and so on), with three rules:
names instead of ids (a ``SecretReference`` has ``SecretName`` only, a network attachment has the network's name as
``Target``; the engine fills in the ids when it runs the operation and gives names back when it looks),
no secret values (a ``CreateSecret`` names one; its value is handed to ``run`` beside it),
and an image not built yet is ``image:<key>``, resolved by whoever runs the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from polder.kernel.secret import Secret

Json = dict[str, Any]

LABEL = "polder."
"""Prefix of every label we set: ``polder.site``, ``polder.app`` (``group/app``), ``polder.spec`` (digest), ..."""


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """``state``: ready, down, unknown, disconnected. ``address`` is the node's own (Status.Addr). ``reachable``: the other managers
    hear it (always true of a worker); a manager that died is not long before its ``state`` is down."""

    id: str
    version: int
    hostname: str
    address: str
    state: str
    availability: str
    role: str
    leader: bool
    spec: Json
    nano_cpus: int = 0
    memory: int = 0
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """``update_state`` is Swarm's UpdateStatus.State or ``""``; ``spec`` follows the module's rules (names, no ids)."""

    id: str
    name: str
    version: int
    spec: Json
    update_state: str = ""
    update_message: str = ""
    created: str = ""
    updated: str = ""

    @property
    def labels(self) -> Mapping[str, str]:
        found: dict[str, str] = self.spec.get("Labels") or {}
        return found


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """One container's life. ``state`` and ``desired`` are Swarm's words (running, failed, shutdown, ...). ``ports`` are those
    it holds on its host, as (published, target, protocol); known only once it runs."""

    id: str
    service_id: str
    node_id: str
    slot: int
    state: str
    desired: str
    message: str
    error: str
    exit_code: int | None
    container_id: str
    updated: str
    spec: Json
    created: str = ""
    ports: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectSeen:
    """A secret, config, network or volume. ``detail`` is what the engine adds (a network's driver, a config's data)."""

    id: str
    name: str
    version: int
    labels: Mapping[str, str]
    created: str = ""
    detail: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageSeen:
    """An image on the node we talk to. ``id`` is its digest; ``labels`` those of its configuration."""

    id: str
    tags: tuple[str, ...]
    labels: Mapping[str, str]
    size: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the whole engine. ``swarm``: none (not in a swarm), manager, worker, locked (a manager that started anew and waits for
    the unlock key). Volumes and images are those of the node we talk to; ``node_id`` says which that is. ``autolock``: whether managers
    lock themselves so."""

    swarm: Literal["none", "manager", "worker", "locked"]
    node_id: str = ""
    engine_version: str = ""
    nodes: tuple[NodeSeen, ...] = ()
    services: tuple[ServiceSeen, ...] = ()
    tasks: tuple[TaskSeen, ...] = ()
    networks: tuple[ObjectSeen, ...] = ()
    secrets: tuple[ObjectSeen, ...] = ()
    configs: tuple[ObjectSeen, ...] = ()
    volumes: tuple[ObjectSeen, ...] = ()
    images: tuple[ImageSeen, ...] = ()
    autolock: bool = False


@dataclass(frozen=True, slots=True)
class InitSwarm:
    """Make this engine a swarm of one. ``advertise`` is the address other hosts would reach it at, ``data_path`` that at which
    containers' traffic reaches it (``""``: the same). ``run`` returns the node's id."""

    advertise: str
    data_path: str = ""


JOIN_TOKEN = "swarm-join-token"  # noqa: S105 (its name among the values handed to ``run``, not the token)


@dataclass(frozen=True, slots=True)
class JoinSwarm:
    """Make this engine a node of the swarm that one of ``managers`` (``address:port``) belongs to. The token that goes with
    ``role`` (see ``Engine.join_token``) is handed to ``run`` as the value ``JOIN_TOKEN``. ``run`` returns the node's id."""

    role: Literal["manager", "worker"]
    advertise: str
    managers: tuple[str, ...]
    data_path: str = ""


UNLOCK_KEY = "swarm-unlock-key"


@dataclass(frozen=True, slots=True)
class SetAutolock:
    """Whether a manager that starts anew waits for the unlock key before it opens what the swarm keeps (secrets among it)."""

    on: bool


@dataclass(frozen=True, slots=True)
class RotateUnlockKey:
    """The swarm makes another unlock key; the former one no longer opens anything."""


@dataclass(frozen=True, slots=True)
class UnlockSwarm:
    """Open a locked manager; the key is ``UNLOCK_KEY`` among the values handed to ``run``. One that is open already stays so."""


@dataclass(frozen=True, slots=True)
class LeaveSwarm:
    """This engine is no node of any swarm any more; out of one already is fine. ``force``: also when it is a manager, which can
    cost the others their quorum."""

    force: bool = False


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Take a node out of the swarm for good; ``engine.in-use`` while it is a manager, or up and not ``force``."""

    id: str
    force: bool = False


@dataclass(frozen=True, slots=True)
class UpdateNode:
    """Replace a node's spec (labels, role, availability); refused when ``version`` is no longer the node's. In a plan, version 0
    means: whatever it is by then, and of the spec only what is written here."""

    id: str
    version: int
    spec: Json


@dataclass(frozen=True, slots=True)
class CreateNetwork:
    """``spec`` is the body of ``POST /networks/create``."""

    name: str
    spec: Json


@dataclass(frozen=True, slots=True)
class RemoveNetwork:
    name: str


@dataclass(frozen=True, slots=True)
class CreateSecret:
    """``source`` names the value in the ``values`` handed to ``run``; the value itself is nowhere in the operation."""

    name: str
    labels: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True)
class RemoveSecret:
    name: str


@dataclass(frozen=True, slots=True)
class CreateConfig:
    """``content`` is public configuration (500 KB at most, Swarm's limit)."""

    name: str
    labels: Mapping[str, str]
    content: str


@dataclass(frozen=True, slots=True)
class UpdateConfigLabels:
    """Replace a config's labels (its content can never change); refused when ``version`` is no longer the
    config's. ``run`` returns the new version."""

    name: str
    version: int
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RemoveConfig:
    name: str


@dataclass(frozen=True, slots=True)
class CreateService:
    name: str
    spec: Json


@dataclass(frozen=True, slots=True)
class UpdateService:
    """Refused (``engine.changed-since``) when ``version`` is no longer the service's version index."""

    name: str
    version: int
    spec: Json


@dataclass(frozen=True, slots=True)
class RemoveService:
    """``version`` as in ``UpdateService``: something changed by another hand since is not removed."""

    name: str
    version: int


@dataclass(frozen=True, slots=True)
class RemoveVolume:
    """Destroys data. Waits, up to a limit, for the last container that uses the volume to be gone."""

    name: str


Operation = (
    InitSwarm
    | JoinSwarm
    | LeaveSwarm
    | SetAutolock
    | RotateUnlockKey
    | UnlockSwarm
    | RemoveNode
    | UpdateNode
    | CreateNetwork
    | RemoveNetwork
    | CreateSecret
    | RemoveSecret
    | CreateConfig
    | UpdateConfigLabels
    | RemoveConfig
    | CreateService
    | UpdateService
    | RemoveService
    | RemoveVolume
)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How far a service has come since its last change.

    ``state``: ``converging``; ``done`` (every wanted task of the newest spec runs and, where it has a health check, is healthy,
    and Swarm does not call the update unfinished); ``rolled-back`` (Swarm went back to the former spec, or paused);
    ``failing`` (tasks of the newest spec keep ending; nothing to roll back to).
    ``running`` of ``wanted`` tasks are of the newest spec; ``error`` is the last failed task's reason.
    """

    state: Literal["converging", "done", "rolled-back", "failing"]
    running: int
    wanted: int
    error: str = ""
    failures: int = 0


class Engine(Protocol):
    """What actions may ask of an engine. Errors: ``Refused`` with an ``engine.*`` problem, or ``Unreachable``."""

    @property
    def address(self) -> str: ...

    def look(self, *, tasks: bool = True, storage: bool = True) -> Seen:
        """Read everything at once (in parallel). ``tasks=False`` leaves out tasks, ``storage=False`` volumes and images."""

    def run(self, operation: Operation, values: Mapping[str, Secret] | None = None) -> str:
        """Do one operation; returns the id of the object made or ``""`` (``UpdateConfigLabels``: its new version).

        Problems: ``engine.changed-since`` (version index moved), ``engine.exists``, ``engine.missing``, ``engine.in-use``,
        ``engine.said`` (anything else the engine answered, in its words).
        """

    def join_token(self, role: Literal["manager", "worker"]) -> Secret:
        """What an engine needs to join this manager's swarm. Refuses ``engine.no-swarm``."""

    def unlock_key(self) -> Secret:
        """What opens a locked manager of this swarm. ``engine.no-swarm`` when it locks none."""

    def rollout(self, service: str) -> Rollout:
        """How the newest change of ``service`` is going. ``engine.missing`` when there is no such service."""

    def rollouts(self, services: Sequence[str]) -> Mapping[str, Rollout]:
        """The same for several at once, by the engine's own clock: one round of requests whatever their number."""

    def logs(self, service: str, lines: int = 20) -> tuple[str, ...]:
        """The newest lines that the service's newest tasks wrote, failed tasks included, oldest first."""

    def load_image(self, archive: Path) -> str:
        """Load a docker-archive; returns the image id (``sha256:...``)."""

    def push_image(self, image: str, reference: str) -> str:
        """Tag ``image`` as ``reference`` (``registry/name:tag``), push it, return ``registry/name@sha256:...``."""

    def close(self) -> None: ...


SecretValues = Mapping[str, Secret]
Operations = Sequence[Operation]
