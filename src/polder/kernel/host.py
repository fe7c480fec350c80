"""What a host shows and what can be asked of it: the narrow interface between deciding and doing, as ``kernel.engine`` is for engines.

A ``Question`` says what to look at on one host, ``HostSeen`` is everything that one look brings back, and a ``HostWork`` is one
exact piece of work there. All are plain data, so a plan can hold them and people can read them. ``world.hosts`` implements
``Hosts`` twice: over SSH (pyinfra, in a process of its own) and in memory; both pass ``tests/contracts/test_hosts.py``.

No operation holds a secret: private keys are made on the host and stay there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from polder.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Reach:
    """How a host is reached. ``host_key``: ``ssh-ed25519 AAAA...``, the one key that it may show (RFC 4253, section 8);
    ``""``: whatever the operator's own ``known_hosts`` says, which must know it."""

    name: str
    address: str
    port: int = 22
    user: str = "root"
    host_key: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What to look at beyond what every look brings: ``paths`` (files), ``units`` (systemd), ``packages``, ``sysctls``."""

    paths: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    sysctls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A person or service that can own processes. ``password``: none (cannot be used), locked, set, or empty (anybody may).
    ``keys``: lines of ``authorized_keys``. ``person``: has a login shell."""

    name: str
    uid: int
    home: str
    shell: str
    groups: tuple[str, ...] = ()
    password: Literal["none", "locked", "set", "empty", "unknown"] = "unknown"  # noqa: S105 (the state of one, not one)
    keys: tuple[str, ...] = ()
    person: bool = False


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that waits for others. ``address``: ``0.0.0.0``, ``::``, or one of the host's. ``program``: ``""`` if not known."""

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    program: str = ""


@dataclass(frozen=True, slots=True)
class FileSeen:
    """``digest``: SHA-256 of the content in hex. ``mode``: octal permission bits as an integer (0o644)."""

    digest: str
    mode: int
    owner: str = "root"
    group: str = "root"


@dataclass(frozen=True, slots=True)
class Mounted:
    """A file system: ``size`` and ``used`` in bytes, ``inodes_used`` in percent."""

    path: str
    device: str
    kind: str
    size: int
    used: int
    inodes_used: int = 0


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """systemd's words: ``enabled`` (enabled, disabled, static, masked, not-found), ``active`` (active, inactive, failed ...)."""

    enabled: str
    active: str


@dataclass(frozen=True, slots=True)
class DockerSeen:
    """``swarm``: inactive, pending, active, error, locked. ``version`` ``""``: not installed. ``running``: the daemon answers.
    ``address``: the one that the other nodes of its swarm reach it at. ``log_limited``: whether ``/etc/docker/daemon.json``
    limits the size of containers' logs (``log-opts`` with ``max-size``, or another driver than ``json-file``)."""

    version: str = ""
    running: bool = False
    swarm: str = "inactive"
    node_id: str = ""
    manager: bool = False
    live_restore: bool = False
    containers: int = 0
    address: str = ""
    log_limited: bool = False


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """``days``: until it ends, negative when it has."""

    path: str
    days: int


@dataclass(frozen=True, slots=True)
class HostSeen:
    """One look at one host. ``taken``: the host's own clock (Unix seconds) and ``offset`` its distance from ours (seconds, positive:
    theirs is ahead). ``firewall``: our own nftables table as the kernel lists it, ``""`` when it is not loaded.
    ``mesh_key``: public key of the host's mesh interface, ``""`` before it is made. ``newest_kernel``: the newest installed.
    ``upgrades``: packages with a newer version waiting, ``security`` those of them from the security archive,
    ``lists_age``: seconds since the package lists were fetched (-1: never). ``open_keys``: private keys that others may read.
    ``sshd``: effective settings (``sshd -T``), lower case. ``wireguard``: what can carry a mesh here.
    ``virtual``: what ``systemd-detect-virt`` says (none, kvm, systemd-nspawn, lxc ...); a container has neither clock nor kernel
    of its own. ``mesh_peers``: mesh address to public key of each peer that the mesh interface has now. ``failed``: units that
    systemd calls failed. ``filters``: nftables tables (``inet filter``) other than ours in which something that comes in may be
    dropped or rejected. ``apparmor``: the kernel confines programs by it. ``guard``: a guarded work there waits for its
    confirmation (pending), or the last one was taken back and nobody has done another since (taken-back)."""

    name: str
    hostname: str = ""
    system: str = ""
    release: str = ""
    codename: str = ""
    architecture: str = ""
    kernel: str = ""
    newest_kernel: str = ""
    boot_id: str = ""
    init: str = ""
    uptime: int = 0
    taken: float = 0
    offset: float = 0
    synchronised: bool = False
    cpus: int = 0
    memory: int = 0
    swap: int = 0
    addresses: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    listeners: tuple[Listener, ...] = ()
    files: Mapping[str, FileSeen] = field(default_factory=dict)
    mounts: tuple[Mounted, ...] = ()
    units: Mapping[str, UnitSeen] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    upgrades: tuple[str, ...] = ()
    security: tuple[str, ...] = ()
    lists_age: int = -1
    sysctls: Mapping[str, str] = field(default_factory=dict)
    sshd: Mapping[str, str] = field(default_factory=dict)
    reboot_needed: bool = False
    firewall: str = ""
    mesh_key: str = ""
    wireguard: Literal["kernel", "userspace", "none"] = "none"
    docker: DockerSeen = field(default_factory=DockerSeen)
    certificates: tuple[CertificateSeen, ...] = ()
    open_keys: tuple[str, ...] = ()
    virtual: str = ""
    mesh_peers: Mapping[str, str] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    apparmor: bool = False
    guard: Literal["", "pending", "taken-back"] = ""


@dataclass(frozen=True, slots=True)
class PutFile:
    """The whole file. ``content`` may hold placeholders of what earlier steps make known (``{mesh-key:ada}``)."""

    path: str
    content: str
    mode: int = 0o644
    owner: str = "root"
    group: str = "root"


@dataclass(frozen=True, slots=True)
class RemovePath:
    """A file; gone already is fine."""

    path: str


@dataclass(frozen=True, slots=True)
class InstallPackages:
    """Debian packages, without what is only recommended. The lists are fetched first when they are older than an hour."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnsureAccount:
    """An account with exactly these keys. ``sudo``: may become root without a password (it has none)."""

    name: str
    keys: tuple[str, ...]
    shell: str = "/bin/bash"
    groups: tuple[str, ...] = ()
    sudo: bool = False


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """The account, its keys and its right to become root; its home stays. Processes of it are ended."""

    name: str


@dataclass(frozen=True, slots=True)
class SetUnit:
    """A systemd unit's state. ``change``: what happens to it now."""

    name: str
    enabled: bool = True
    change: Literal["start", "stop", "restart", "reload", "nothing"] = "start"


@dataclass(frozen=True, slots=True)
class RunScript:
    """A POSIX shell script, run as root with ``set -eu``. ``gives``: the placeholder whose value is the last line that it writes."""

    script: str
    gives: str = ""


@dataclass(frozen=True, slots=True)
class Reboot:
    """Start the machine anew and wait until it answers with another boot id, at most ``within`` seconds."""

    within: int = 300


HostOperation = (
    PutFile | RemovePath | InstallPackages | EnsureAccount | RemoveAccount | SetUnit | RunScript | Reboot
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The host takes the work back by itself after ``seconds``, unless a connection made anew confirms it: files that the work
    writes or removes are put back as they were, then ``undo`` (a shell script) is run."""

    undo: str
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class HostWork:
    """Operations on one host, in order; the first that fails ends it."""

    host: str
    operations: tuple[HostOperation, ...]
    guard: Guard | None = None


Say = Callable[[str], None]


class Hosts(Protocol):
    """What actions may ask of hosts. Every wait has a limit: a host that hangs never holds up the others."""

    def look(self, questions: Mapping[str, Question]) -> Mapping[str, HostSeen | Problem]:
        """Look at several hosts side by side: for each, what it shows or why it does not.

        Problems: ``host.no-answer`` (values host, address, why), ``host.wrong-key`` (another key than the one that the site names),
        ``host.unknown-key`` (neither the site nor the operator's ``known_hosts`` names one), ``host.no-entry`` (no key of ours is
        accepted), ``host.not-root`` (no right to become root), ``host.not-debian``.
        """

    def run(self, work: HostWork, known: Mapping[str, str], say: Say) -> Mapping[str, str]:
        """Do one work; returns what it made known (placeholder to value). ``say`` is given a line now and then.

        Refused: ``host.failed`` (values host, what, lines), ``host.taken-back`` (a guard's confirmation did not get through and
        the host put things back), ``host.guarded`` (another guarded work waits there for its confirmation), ``host.not-known`` (a
        placeholder that ``known`` does not have; nothing was done), ``host.no-reboot``, and what keeps a look from getting in, but
        for ``host.no-answer``: that, and a host that goes away in the middle, is ``Unreachable``.
        Works on different hosts may be run from several threads at once.
        """

    def close(self) -> None: ...
