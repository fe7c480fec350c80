"""Findings about the machine: room on its file systems, memory, swap."""

from __future__ import annotations

from collections.abc import Iterator

from polder.kernel.host import HostSeen, Mounted
from polder.kernel.size import show_bytes
from polder.platform.hosts.finding import Finding, Values, found
from polder.platform.hosts.view import CONTAINERS

FULL, FILLING, FILES = 95, 85, 90
"""Percent."""
UNCOUNTED = ("squashfs", "iso9660", "efivarfs", "overlay", "nsfs", "proc", "sysfs", "devtmpfs", "ramfs")
GIB = 1024**3


def machine(seen: HostSeen) -> Iterator[Finding]:
    for mounted in _each_once(seen):
        yield from _disk(mounted)
    if seen.virtual not in CONTAINERS:
        yield from _memory(seen)


def _each_once(seen: HostSeen) -> Iterator[Mounted]:
    """Each device at the shortest of its places; file systems of their own in memory (``/tmp``) too."""
    done: set[str] = set()
    for mounted in sorted(seen.mounts, key=lambda one: (len(one.path), one.path)):
        name = mounted.device if mounted.device.startswith("/") else mounted.path
        if mounted.kind not in UNCOUNTED and mounted.size and name not in done:
            done.add(name)
            yield mounted


def _disk(mounted: Mounted) -> Iterator[Finding]:
    percent = mounted.used * 100 // mounted.size
    values: Values = {
        "path": mounted.path,
        "percent": percent,
        "free": show_bytes(mounted.size - mounted.used),
    }
    about = mounted.path.strip("/").replace("/", "-").lower() or "root"
    shown = (f"{mounted.path} {mounted.device} {mounted.kind}",)
    if percent >= FULL:
        yield found("disk-full", values, shown, about)
    elif percent >= FILLING:
        yield found("disk-filling", values, shown, about)
    if mounted.inodes_used >= FILES:
        files: Values = {"path": mounted.path, "percent": mounted.inodes_used}
        yield found("inodes", files, shown, about)


def _memory(seen: HostSeen) -> Iterator[Finding]:
    if 0 < seen.memory < GIB * 9 // 10:
        yield found("little-memory", {"memory": show_bytes(seen.memory)})
    if 0 < seen.memory < 4 * GIB and not seen.swap:
        yield found("no-swap", {"memory": show_bytes(seen.memory)})
