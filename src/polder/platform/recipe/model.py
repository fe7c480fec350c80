"""A recipe as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from polder.kernel.digest import Digest
from polder.kernel.text import Text
from polder.platform.compose.model import Permission as Permission
from polder.platform.compose.model import Project

PERMISSIONS: tuple[Permission, ...] = (
    "host-paths",
    "privileged",
    "docker-socket",
    "host-network",
    "ports",
    "capabilities",
    "devices",
)

FRONT_PORT = 8080
"""Every recipe's front service listens on this port, so that one static ingress route serves every domain."""


@dataclass(frozen=True, slots=True)
class Size:
    """``memory`` and ``disk`` in bytes, ``cpus`` in cores (0 for no limit); ``memory`` limits the front service."""

    memory: int
    cpus: float
    disk: int
    people: int


SettingKind = Literal["text", "number", "yes-no", "choice", "list", "folder"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A typed question. ``kind``: text, number, yes-no, choice, list (of text), folder (of files, baked into the app's image)."""

    name: str
    kind: SettingKind
    question: Text
    default: str | int | bool | tuple[str, ...] | None
    choices: tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class SecretWanted:
    """A secret the recipe asks for. ``generate``: ``password`` (words-free, 24 characters, 140 bits), ``hex`` (32 bytes) or
    ``""`` when a person must give it. ``shown``: a person needs it to sign in (demo and ``polder secret show`` say it)."""

    name: str
    generate: Literal["password", "hex", ""]
    meaning: Text
    shown: bool


@dataclass(frozen=True, slots=True)
class Dataset:
    """State an app keeps: the Compose volume that holds it. ``dump`` and ``load`` are commands run in the service (empty: the
    files are consistent as they lie)."""

    name: str
    volume: str
    meaning: Text
    dump: tuple[str, ...]
    load: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """How ``image/`` is made. ``build``: ``debian`` (our layer builder, reproducible) or ``docker`` (``docker build``).
    ``key`` is the digest of everything that goes in. ``content_at``: where the files of a ``folder`` setting go (``""``: none)."""

    build: Literal["debian", "docker"]
    packages: tuple[str, ...]
    key: Digest
    content_setting: str
    content_at: str


@dataclass(frozen=True, slots=True)
class Updates:
    """``order``: start-first (the new one starts beside the old) or stop-first. ``away``: seconds the app is away during a
    stop-first update. ``starts_within``: seconds within which a new container must be healthy."""

    order: Literal["start-first", "stop-first"]
    away: int
    starts_within: int


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One request of a check, or a wait. ``${...}`` in strings is filled from settings, secrets, the domain and earlier
    captures. ``expect_status`` is a set of accepted statuses; ``capture`` maps names to regular expressions with one group;
    ``follow``: redirects are followed. ``phase``: seed (make something), verify (read it back), clean (take it away)."""

    say: Text
    phase: Literal["seed", "verify", "clean"]
    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    body: str
    auth: tuple[str, str]
    expect_status: tuple[int, ...]
    expect_contains: tuple[str, ...]
    expect_missing: tuple[str, ...]
    capture: Mapping[str, str]
    follow: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """``digest`` covers every file of the recipe (the one that ``polder.lock`` pins). ``system``: only Polder itself runs it
    (the ingress), no group may ask for it. ``login`` maps labels to strings with ``${...}`` that a person needs to sign in."""

    name: str
    names: Text
    summary: Text
    licence: str
    version: str
    upstream: str
    source: str
    front_service: str
    front_path: str
    sizes: Mapping[str, Size]
    settings: Mapping[str, Setting]
    secrets: Mapping[str, SecretWanted]
    datasets: Mapping[str, Dataset]
    image: Image | None
    updates: Updates
    check: tuple[CheckStep, ...]
    login: Mapping[str, str]
    outgoing: bool
    notes: Text
    project: Project
    digest: Digest
    builtin: bool
    system: bool = False
