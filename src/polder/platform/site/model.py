"""A site as typed values: wholly valid, or not made at all (see ``read``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from polder.kernel.digest import Digest
from polder.kernel.folder import Folder
from polder.kernel.text import Text
from polder.platform.recipe.model import Permission, Recipe

SettingValue = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who may read the site's secrets. ``recipient``: ``age1...`` or an ``ssh-ed25519``/``ssh-rsa`` public key.
    ``keys``: the SSH public keys with which they reach hosts; a recipient that is one is among them."""

    name: str
    recipient: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a host offers to apps: ``memory`` and ``disk`` in bytes, ``cpus`` in cores; 0 where the file says nothing."""

    memory: int = 0
    disk: int = 0
    cpus: float = 0


@dataclass(frozen=True, slots=True)
class Host:
    """A machine. ``address`` is an IP address, or ``local`` for the machine of the engine we talk to.
    ``roles``: ``manager``, ``ingress``, ``worker``. ``labels`` (region, jurisdiction, power, ...) become node labels.

    ``profile``: ``baseline`` when Polder sets the machine up over SSH (as ``user`` at ``port``, where it must show ``host_key``),
    ``none`` when people do. ``mesh``: its address in the provider's WireGuard mesh. ``ports``: what may be reached from outside
    beyond what its roles need, as (port, protocol). ``without``: lines of the profile that are refused, each with the reason;
    ``silence``: findings of an audit that are known, each with the reason. ``open``: takes new work; else it is drained."""

    name: str
    address: str
    roles: frozenset[str]
    labels: Mapping[str, str]
    where: str
    profile: Literal["none", "baseline"] = "none"
    user: str = "root"
    port: int = 22
    host_key: str = ""
    mesh: str = ""
    ports: tuple[tuple[int, str], ...] = ()
    capacity: Capacity = Capacity()
    without: Mapping[str, str] = field(default_factory=dict)
    silence: Mapping[str, str] = field(default_factory=dict)
    open: bool = True


@dataclass(frozen=True, slots=True)
class App:
    """One recipe running for one group. ``settings`` are complete: the recipe's defaults are filled in.
    ``host`` is the host that the app is pinned to: as written, or the only host; ``None`` when Swarm may choose.
    ``content`` maps each setting of kind ``folder`` to the digest of the folder's files. ``needs``: labels that its host must have."""

    group: str
    name: str
    recipe: str
    domain: str
    size: str
    settings: Mapping[str, SettingValue]
    host: str | None
    content: Mapping[str, Digest]
    where: str
    needs: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """``group/app``: how people and labels name it."""
        return f"{self.group}/{self.name}"


@dataclass(frozen=True, slots=True)
class Group:
    """A community served. ``forget_data`` names removed apps whose data the group wants destroyed."""

    slug: str
    name: str
    languages: tuple[str, ...]
    apps: Mapping[str, App]
    forget_data: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Lock:
    """``polder.lock``: digests in force. ``recipes``: name to digest of the recipe's files. ``images``: image key (see
    ``platform.plan.images``) to what was built from it: image id, or ``registry/name@sha256:...`` when it was pushed.
    ``placements``: app to the host that Polder chose for its data, where there are several. ``adopted``: each recipe that was taken
    from another provider, as ``provider@sha256:...``, the digest being that of the files taken."""

    recipes: Mapping[str, Digest] = field(default_factory=dict)
    images: Mapping[str, str] = field(default_factory=dict)
    placements: Mapping[str, str] = field(default_factory=dict)
    adopted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """A provider's whole folder. ``secrets`` maps the name of each file in ``secrets/`` (without ``.age``) to the digest of its
    ciphertext. ``internal_ca`` is the public certificate (PEM) of the site's own authority, ``""`` before it exists.
    ``autolock``: managers of the swarm wait for a key
    when they start. ``digest`` covers every file read: equal digests mean nobody edited anything in between."""

    slug: str
    name: str
    languages: tuple[str, ...]
    domain: str
    contact: str
    engine: str
    registry: str
    operators: tuple[Operator, ...]
    allow: Mapping[str, frozenset[Permission]]
    keep_old: int
    hosts: Mapping[str, Host]
    groups: Mapping[str, Group]
    recipes: Mapping[str, Recipe]
    lock: Lock
    secrets: Mapping[str, Digest]
    internal_ca: str
    digest: Digest
    autolock: bool = False

    @property
    def apps(self) -> tuple[App, ...]:
        """Every app of every group, in the order of the files."""
        return tuple(app for group in self.groups.values() for app in group.apps.values())


__all__ = ["App", "Capacity", "Folder", "Group", "Host", "Lock", "Operator", "SettingValue", "Site", "Text"]
