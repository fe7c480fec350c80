"""A Compose project as typed values. Strings may hold ``${...}`` until ``interpolate`` fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from polder.kernel.problem import Problem

if TYPE_CHECKING:
    from polder.platform.compose.draft import Source

Permission = Literal[
    "host-paths", "privileged", "docker-socket", "host-network", "ports", "capabilities", "devices"
]


@dataclass(frozen=True, slots=True)
class Mount:
    """``kind``: volume (``source`` names a top-level volume), bind (host path), tmpfs (``size`` in bytes, 0:
    no limit). ``copy``: a new volume begins with what the image has at ``target``."""

    kind: Literal["volume", "bind", "tmpfs"]
    source: str
    target: str
    read_only: bool = False
    size: int = 0
    mode: int = 0
    copy: bool = True


@dataclass(frozen=True, slots=True)
class Port:
    """A port published on the host that runs the service (host mode, never the routing mesh)."""

    target: int
    published: int
    protocol: Literal["tcp", "udp", "sctp"]


@dataclass(frozen=True, slots=True)
class FileReference:
    """A secret or config given to a service as a file. ``target`` is a name under ``/run/secrets`` or an
    absolute path."""

    source: str
    target: str
    uid: str = "0"
    gid: str = "0"
    mode: int = 0o444


@dataclass(frozen=True, slots=True)
class Health:
    """``test`` as in the Engine API (``CMD`` ... / ``CMD-SHELL`` ...; ``("NONE",)`` disables). Durations in
    seconds."""

    test: tuple[str, ...]
    interval: float = 0
    timeout: float = 0
    start_period: float = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory and cores; 0 for none."""

    memory: int = 0
    cpus: float = 0
    pids: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """One service. ``image`` is a reference by digest, ``""`` for the image that the recipe builds.
    ``depends_on`` maps the names of services to ``started`` or ``healthy``. ``networks`` maps networks to
    aliases; empty: the app's own network. Capabilities are spelled ``CAP_...`` (or ``ALL``), extra hosts
    ``name:address``. ``labels`` go on containers, ``service_labels`` on the service. ``stop_grace`` in
    seconds, 0 for the engine's own (ten)."""

    name: str
    image: str
    command: tuple[str, ...]
    entrypoint: tuple[str, ...]
    environment: Mapping[str, str]
    mounts: tuple[Mount, ...]
    ports: tuple[Port, ...]
    secrets: tuple[FileReference, ...]
    configs: tuple[FileReference, ...]
    networks: Mapping[str, tuple[str, ...]]
    depends_on: Mapping[str, Literal["started", "healthy"]]
    health: Health | None
    limits: Limits
    reservations: Limits
    replicas: int
    mode: Literal["replicated", "global"]
    user: str
    working_dir: str
    hostname: str
    read_only: bool
    init: bool
    stop_signal: str
    stop_grace: float
    cap_add: tuple[str, ...]
    cap_drop: tuple[str, ...]
    sysctls: Mapping[str, str]
    ulimits: Mapping[str, tuple[int, int]]
    extra_hosts: tuple[str, ...]
    labels: Mapping[str, str]
    constraints: tuple[str, ...]
    update_order: Literal["start-first", "stop-first", ""]
    tty: bool
    where: str
    stdin_open: bool = False
    groups: tuple[str, ...] = ()
    service_labels: Mapping[str, str] = field(default_factory=dict)
    host_network: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """``configs`` maps names to content; ``networks`` maps names to whether they are internal. ``reported``
    says which keys are understood but have no effect here, each with its reason (``say_problem`` makes the
    sentence); keys that cannot be honoured are refused instead. ``given`` are configs that Polder itself
    writes. ``source`` is what ``interpolate`` reads again; a project made in Python has none."""

    services: Mapping[str, Service]
    volumes: tuple[str, ...]
    networks: Mapping[str, bool]
    secrets: tuple[str, ...]
    configs: Mapping[str, str]
    reported: tuple[Problem, ...]
    given: tuple[str, ...] = ()
    source: Source | None = field(default=None, compare=False, repr=False)
