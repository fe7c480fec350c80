"""What each operation makes of a host that is only a value. Pure: the host before and the operation in, the host after out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from polder.kernel.host import (
    Account,
    EnsureAccount,
    FileSeen,
    HostOperation,
    HostSeen,
    InstallPackages,
    PutFile,
    Reboot,
    RemoveAccount,
    RemovePath,
    RunScript,
    SetUnit,
    UnitSeen,
)

BRINGS = {
    "docker.io": "docker.service",
    "docker-ce": "docker.service",
    "systemd-timesyncd": "systemd-timesyncd.service",
    "chrony": "chrony.service",
    "unattended-upgrades": "unattended-upgrades.service",
    "nftables": "nftables.service",
    "openssh-server": "ssh.service",
}
"""Packages and the unit that each of them installs; Debian starts it."""


def after(seen: HostSeen, operation: HostOperation) -> HostSeen:
    """The host once ``operation`` was done to it. What a script does is its test's to say (``MemoryHosts.on_script``)."""
    match operation:
        case PutFile():
            return replace(seen, files={**seen.files, operation.path: file_of(operation)})
        case RemovePath():
            return replace(seen, files={k: v for k, v in seen.files.items() if k != operation.path})
        case InstallPackages():
            return _installed(seen, operation)
        case EnsureAccount():
            return _with_account(seen, operation)
        case RemoveAccount():
            return replace(seen, accounts=tuple(one for one in seen.accounts if one.name != operation.name))
        case SetUnit():
            return _with_unit(seen, operation)
        case RunScript():
            return seen
        case Reboot():
            return _booted(seen)
    assert_never(operation)


def file_of(operation: PutFile) -> FileSeen:
    digest = hashlib.sha256(operation.content.encode()).hexdigest()
    return FileSeen(digest, operation.mode, operation.owner, operation.group)


def _installed(seen: HostSeen, operation: InstallPackages) -> HostSeen:
    fresh = [one for one in operation.names if one not in seen.packages]
    units = {BRINGS[one]: UnitSeen("enabled", "active") for one in fresh if one in BRINGS}
    docker = seen.docker
    if "docker.service" in units and not docker.version:
        docker = replace(docker, version="26.1.5", running=True)
    packages: Mapping[str, str] = {**seen.packages, **dict.fromkeys(fresh, "1.0")}
    return replace(seen, packages=packages, units={**seen.units, **units}, docker=docker, lists_age=0)


def _with_account(seen: HostSeen, operation: EnsureAccount) -> HostSeen:
    others = tuple(one for one in seen.accounts if one.name != operation.name)
    before = next((one for one in seen.accounts if one.name == operation.name), None)
    uid = before.uid if before else max([999, *(one.uid for one in others if one.uid < 60000)]) + 1
    home = before.home if before else f"/home/{operation.name}"
    groups = tuple(dict.fromkeys([*(before.groups if before else (operation.name,)), *operation.groups]))
    account = Account(operation.name, uid, home, operation.shell, groups, "none", operation.keys, person=True)
    return replace(seen, accounts=(*others, account))


def _with_unit(seen: HostSeen, operation: SetUnit) -> HostSeen:
    before = seen.units.get(operation.name, UnitSeen("disabled", "inactive"))
    words = {"stop": "inactive", "nothing": before.active}
    enabled = "enabled" if operation.enabled else "disabled"
    unit = UnitSeen(enabled, words.get(operation.change, "active"))
    docker = seen.docker
    if operation.name == "docker.service" and docker.version:
        docker = replace(docker, running=unit.active == "active")
    return replace(seen, units={**seen.units, operation.name: unit}, docker=docker)


def _booted(seen: HostSeen) -> HostSeen:
    number = int(seen.boot_id or "0", 16) + 1 if _is_hex(seen.boot_id or "0") else 1
    kernel = seen.newest_kernel or seen.kernel
    return replace(seen, boot_id=f"{number:x}", uptime=1, reboot_needed=False, kernel=kernel)


def _is_hex(word: str) -> bool:
    return all(one in "0123456789abcdef" for one in word)


def made_up(host: str, name: str) -> str:
    """What a script of the twin gives when its test says nothing: looks like a WireGuard key, always the same for one host.

    >>> len(made_up("ada", "mesh-key:ada"))
    44
    """
    return base64.b64encode(hashlib.sha256(f"{host} {name}".encode()).digest()).decode()
