"""A network folder, read: what a provider decides about its own part in the network. Valid once it exists.

::

    network.yml        the file below, written by people
    card.yml           what the provider says of itself (commons.card)
    keys/              ana.pub, ana.age, governance.age, robot.age ...: public keys, and private ones encrypted (actions.network_keys)
    statements/        what the provider says, in clear, as its people wrote it (commons.statement)
    given/             exactly what is given to the network next: target path to bytes, non-public parts encrypted already
    signing/           every list of keys and the newest of what is given, as people signed them, or with the signatures so far
    network.lock       what this provider pinned of the roster (adopted recipes are in the site's polder.lock)
    public/            what a web server serves: made by ``polder network publish``, byte for byte what others mirror
    state/             what was verified of others, mirrors of them, alarms; of this machine alone, in no history

Every command that wants something published writes it below ``given/`` (people's part) or ``state/robot/`` (the server's part, only
``seen/``, ``monitor/`` and ``threats/``); publishing signs what is there and knows nothing of what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from polder.kernel.proxy import Proxy

FILE, LOCK, CARD = "network.yml", "network.lock", "card.yml"
GIVEN, KEYS, SIGNING, STATEMENTS = "given", "keys", "signing", "statements"
ROBOT = "robot"
"""The folder below the state folder that holds the server's part."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who holds one of the root keys. ``recipient``: what their private key is encrypted to (``age1...`` or an SSH public
    key), ``""`` for a passphrase. ``agent``: the SSH public key (``ssh-ed25519 ...``) that *is* their root key, held by their SSH
    agent or a token behind it; then there is no file."""

    name: str
    recipient: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """A provider followed besides those in the roster. ``root``: digest of its first root file; ``private``: its addresses may be
    private or loopback ones; ``proxy``: what it is reached through, where nothing is said of that the network's."""

    name: str
    url: str
    root: str
    mirrors: tuple[str, ...] = ()
    private: bool = False
    proxy: Proxy | None = None


@dataclass(frozen=True, slots=True)
class AdoptRule:
    """What ``polder adopt`` demands before it edits the lock: ``approvals`` of the providers in ``of`` (of all members when empty)."""

    approvals: int = 0
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """``provider``: its id in the network. ``urls``: where its public folder is served, the first being the origin.
    ``threshold``: how many people sign a root. ``recipients``: age keys (or SSH public keys) of who reads what the network gives
    to this provider. ``mirror``: peers mirrored besides the roster's duties; ``quota``: bytes for each. ``publish``, ``state``:
    folders, relative to the network folder. ``private``: peers (by id) whose addresses may be private ones. ``proxy``: what peers
    are reached through, unless ``follow`` says otherwise of one.
    ``freshest``: whether two sources of each peer are asked which shows the newer state. ``notify``: a command that carries news to people,
    with its arguments."""

    provider: str
    urls: tuple[str, ...]
    people: Mapping[str, Person]
    threshold: int
    recipients: tuple[str, ...] = ()
    publish: str = "public"
    state: str = "state"
    follow: Mapping[str, Follow] = field(default_factory=dict)
    mirror: tuple[str, ...] = ()
    quota: int = 200 * 2**20
    private: frozenset[str] = frozenset()
    adopt: AdoptRule = AdoptRule()
    tell_adoptions: bool = False
    proxy: Proxy | None = None
    freshest: bool = False
    notify: tuple[str, ...] = ()
