"""What a line of the profile looks at (``View``) and what it wants done (``Doing``); and files that Polder keeps whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from polder.kernel.host import Guard, HostOperation, HostSeen, PutFile, RemovePath
from polder.kernel.problem import Value
from polder.platform.plan.model import Change, Undo
from polder.platform.site.model import Host, Site

CONTAINERS = ("systemd-nspawn", "lxc", "lxc-libvirt", "openvz", "docker", "podman", "container-other")
Operations = tuple[HostOperation, ...]
NOTE = "Polder keeps this file as hosts.yml says; what is written here by hand is shown in the next plan and set right."


@dataclass(frozen=True, slots=True)
class View:
    """One host as the site wants it and as it was seen; ``others``: looks at the site's other hosts, those that answered."""

    site: Site
    host: Host
    seen: HostSeen
    others: Mapping[str, HostSeen] = field(default_factory=dict)

    def refused(self, line: str) -> bool:
        return line in self.host.without

    @property
    def contained(self) -> bool:
        """A container: the clock and the kernel's own settings belong to the machine around it."""
        return self.seen.virtual in CONTAINERS


@dataclass(frozen=True, slots=True)
class Doing:
    """What becomes a step ``host:<name>:<part>`` with the sentence ``step.host-<sentence>``. ``after``: steps of other hosts."""

    part: str
    sentence: str
    operations: tuple[HostOperation, ...]
    changes: tuple[Change, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    guard: Guard | None = None
    undo: Undo = "yes"
    away: int = 0
    after: tuple[str, ...] = ()


def changed(view: View, files: Iterable[PutFile]) -> tuple[PutFile, ...]:
    """Those of ``files`` that the host does not have exactly so."""
    return tuple(file for file in files if file_change(view, file))


def file_changes(view: View, files: Iterable[PutFile]) -> tuple[Change, ...]:
    return tuple(change for file in files for change in file_change(view, file))


def file_change(view: View, file: PutFile) -> tuple[Change, ...]:
    """The difference between a file as it was seen (only its digest is) and as it should be; none when there is none."""
    held = view.seen.files.get(file.path)
    digest = hashlib.sha256(file.content.encode()).hexdigest()
    before = f"{held.digest[:12]}, {held.mode:o} {held.owner}:{held.group}" if held else ""
    after = f"{digest[:12]}, {file.mode:o} {file.owner}:{file.group}"
    return () if held and before == after and held.digest == digest else (Change(file.path, before, after),)


def leftovers(view: View, paths: Iterable[str]) -> tuple[tuple[RemovePath, ...], tuple[Change, ...]]:
    """What of ``paths`` is there: the work that takes it away, and how a plan shows that."""
    there = [path for path in paths if path in view.seen.files]
    gone = tuple(Change(path, view.seen.files[path].digest[:12], "") for path in there)
    return tuple(RemovePath(path) for path in there), gone
