"""What ``look.sh`` wrote, read into ``HostSeen``. Pure: text in, values out; no line of a host's makes it stop.

What is missing or makes no sense is left at what ``HostSeen`` begins with: a host must be able to be looked at when it is ill.
Accounts, sockets, certificates and the engine are read by their own modules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from polder.kernel.host import FileSeen, HostSeen, Mounted, Question, UnitSeen
from polder.world.hosts.accounts import accounts
from polder.world.hosts.certificates import certificates
from polder.world.hosts.engine import docker
from polder.world.hosts.filters import filters
from polder.world.hosts.sections import Sections, cut
from polder.world.hosts.sockets import listeners

INVISIBLE = ("devtmpfs", "squashfs", "efivarfs", "ramfs")


def read(name: str, text: str, mark: str, question: Question, now: float) -> HostSeen | None:
    """The host called ``name``; ``now``: our clock (Unix seconds) when the host read its own. ``None``: the look was cut off."""
    found = cut(text, mark)
    if not found.whole:
        return None
    host = found.pairs("host")
    seen = _machine(name, found, host)
    seen = _with_clock(seen, host, now)
    seen = _with_software(seen, found, host, question)
    seen = _with_network(seen, found, host)
    return _with_safety(seen, found, host, now)


def _machine(name: str, found: Sections, host: Mapping[str, str]) -> HostSeen:
    """What it is and what it has."""
    system = found.pairs("system")
    return HostSeen(
        name,
        hostname=host.get("hostname", ""),
        system=system.get("ID", "").strip('"'),
        release=system.get("VERSION_ID", "").strip('"'),
        codename=system.get("VERSION_CODENAME", "").strip('"'),
        architecture=host.get("architecture", ""),
        kernel=host.get("kernel", ""),
        boot_id=host.get("boot", ""),
        init=host.get("init", ""),
        uptime=int(number(host.get("uptime", "").split(" ")[0])),
        cpus=int(number(host.get("cpus", ""))),
        memory=_memory(found, "MemTotal"),
        swap=_memory(found, "SwapTotal"),
        mounts=_mounts(found),
        virtual=host.get("virtual", ""),
    )


def _with_clock(seen: HostSeen, host: Mapping[str, str], now: float) -> HostSeen:
    taken = number(host.get("taken", ""))
    return replace(
        seen,
        taken=taken,
        offset=round(taken - now, 3),
        synchronised=host.get("clock", "") in ("yes", "0", "1", "2", "3", "4"),
    )


def _with_software(seen: HostSeen, found: Sections, host: Mapping[str, str], question: Question) -> HostSeen:
    """Packages, units, files and settings. ``seen`` knows its kernel and when it was asked."""
    newest = max(_kernels(found), key=natural, default="")
    waiting = _upgrades(found)
    return replace(
        seen,
        newest_kernel=newest,
        files=_files(found),
        units=_units(found, question),
        packages=_packages(found, question),
        upgrades=tuple(waiting),
        security=tuple(one for one, archive in waiting.items() if "security" in archive),
        lists_age=max(0, int(seen.taken - number(host["lists"]))) if "lists" in host else -1,
        sysctls=_sysctls(found),
        reboot_needed="reboot" in host or natural(newest) > natural(seen.kernel),
        docker=docker(found.lines("docker")),
        failed=tuple(line.split()[0] for line in found.lines("failed")),
    )


def _with_network(seen: HostSeen, found: Sections, host: Mapping[str, str]) -> HostSeen:
    return replace(
        seen,
        addresses=tuple(host.get("addresses", "").split()),
        listeners=listeners(found),
        firewall=found.text("firewall"),
        filters=filters(found.lines("ruleset")),
        mesh_key=host.get("mesh", ""),
        mesh_peers=_peers(found),
        wireguard=_wireguard(host.get("wireguard", "")),
    )


def _with_safety(seen: HostSeen, found: Sections, host: Mapping[str, str], now: float) -> HostSeen:
    """Who comes in, and by what."""
    return replace(
        seen,
        accounts=accounts(found),
        sshd=_sshd(found),
        certificates=certificates(found, now),
        open_keys=tuple(sorted(set(found.lines("open")))),
        apparmor=host.get("apparmor", "") == "Y",
        guard=_guard(host.get("guard", "")),
    )


def number(word: str) -> float:
    """
    >>> number("12.5"), number("-")
    (12.5, 0.0)
    """
    try:
        return float(word)
    except ValueError:
        return 0.0


def natural(version: str) -> list[tuple[int, str]]:
    """To compare kernels by.

    >>> natural("6.1.0-9-amd64") < natural("6.1.0-28-amd64")
    True
    """
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[^\d.-]+", version)
    ]


def _memory(found: Sections, key: str) -> int:
    return int(number(found.pairs("memory", ":").get(key, "").removesuffix("kB"))) * 1024


def _files(found: Sections) -> Mapping[str, FileSeen]:
    digests = dict(line.split("  ", 1)[::-1] for line in found.lines("digests") if "  " in line)
    seen: dict[str, FileSeen] = {}
    for line in found.lines("files"):
        facts, _, path = line.partition(":")
        mode, owner, group, *_ = [*facts.split(" ", 3), "", "", ""]
        if path and re.fullmatch(r"[0-7]+", mode):
            seen[path] = FileSeen(digests.get(path, ""), int(mode, 8), owner, group)
    return seen


def _mounts(found: Sections) -> tuple[Mounted, ...]:
    shape = re.compile(r"(\S+) +(\d+) +(\d+) +(\d+|-) +(\d+|-) +(.+?) +(/.*)")
    lines = (shape.fullmatch(line.strip()) for line in found.lines("mounts"))
    return tuple(_mount(*one.groups()) for one in lines if one and _shown(one[1], one[7]))


def _shown(kind: str, path: str) -> bool:
    hidden = path.startswith(("/dev/", "/run/", "/proc/", "/sys/")) or path in ("/dev", "/run")
    return not hidden and kind not in INVISIBLE and (kind != "overlay" or path == "/")


def _mount(kind: str, size: str, used: str, inodes: str, held: str, device: str, path: str) -> Mounted:
    percent = round(100 * number(held) / number(inodes)) if number(inodes) else 0
    return Mounted(path, device, kind, int(size), int(used), percent)


def _units(found: Sections, question: Question) -> Mapping[str, UnitSeen]:
    """``systemctl show`` answers in the order of the names; units begin anew with their first key."""
    blocks: list[dict[str, str]] = []
    for line in found.lines("units"):
        key, _, value = line.partition("=")
        if not blocks or key in blocks[-1]:
            blocks.append({})
        blocks[-1][key] = value
    gone = UnitSeen("not-found", "inactive")
    if len(blocks) != len(question.units):
        return dict.fromkeys(question.units, gone)
    return {name: _unit(block) for name, block in zip(question.units, blocks, strict=True)}


def _unit(block: Mapping[str, str]) -> UnitSeen:
    load = block.get("LoadState", "")
    enabled = load if load in ("not-found", "masked") else block.get("UnitFileState", "") or "static"
    return UnitSeen(enabled, block.get("ActiveState", "inactive"))


def _packages(found: Sections, question: Question) -> Mapping[str, str]:
    words = (line.split(" ") for line in found.lines("packages"))
    wanted = set(question.packages)
    return {one[1]: one[2] for one in words if len(one) == 3 and one[0] == "installed" and one[1] in wanted}


def _kernels(found: Sections) -> list[str]:
    words = (line.split(" ") for line in found.lines("packages"))
    names = [one[1] for one in words if len(one) == 3 and one[0] == "installed"]
    return [one.removeprefix("linux-image-") for one in names if re.match(r"linux-image-\d", one)]


def _upgrades(found: Sections) -> dict[str, str]:
    """Package to the archives that its new version comes from: ``name/stable-security,stable 2 amd64 [upgradable from: 1]``."""
    lines = (re.match(r"(\S+?)/(\S+) .*\[upgradable from: ", line) for line in found.lines("upgrades"))
    return {one[1]: one[2] for one in lines if one}


def _sysctls(found: Sections) -> Mapping[str, str]:
    return {line.split()[0]: " ".join(line.split()[1:]) for line in found.lines("sysctls")}


def _sshd(found: Sections) -> Mapping[str, str]:
    seen: dict[str, str] = {}
    for line in found.lines("sshd"):
        key, _, value = line.partition(" ")
        seen[key.lower()] = f"{seen[key.lower()]} {value}" if key.lower() in seen else value
    return seen


def _peers(found: Sections) -> Mapping[str, str]:
    lines = (line.split() for line in found.lines("mesh"))
    return {
        words[1].partition("/")[0]: words[0] for words in lines if len(words) > 1 and words[1] != "(none)"
    }


def _wireguard(word: str) -> Literal["kernel", "userspace", "none"]:
    return "kernel" if word == "kernel" else "userspace" if word == "userspace" else "none"


def _guard(word: str) -> Literal["", "pending", "taken-back"]:
    return "pending" if word == "pending" else "taken-back" if word == "taken-back" else ""
