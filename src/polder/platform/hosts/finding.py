"""What an audit finds, as values; the catalogue of everything it can find.

The sentences are ``audit.<id>`` (what), ``audit.<id>-why`` (why it matters) and the hint of ``audit.<id>`` (how to mend it). Ids do not
change: people write them into hosts.yml (``silence``), with or without what a finding is about (``undeclared-port.9100-tcp``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from polder.kernel.problem import Value

Level = Literal["high", "medium", "low", "info"]
LEVELS: tuple[Level, ...] = ("high", "medium", "low", "info")
AREA = "audit."
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Kind:
    """A finding that can be made. ``line``: the line of the profile that would mend it; a host that refuses that line has said why
    already, so the finding is silenced by it."""

    id: str
    level: Level
    line: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """``id``: ``audit.<id>``, also the code of its sentence. ``about``: what it is about where there can be several (``9100-tcp``).
    ``evidence``: what was seen, in the machine's own words. ``silenced``: the reason why it is known, ``""`` when it is not."""

    id: str
    level: Level
    values: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    about: str = ""
    silenced: str = ""

    @property
    def key(self) -> str:
        """How ``silence`` in hosts.yml names exactly this one.

        >>> Finding("audit.undeclared-port", "medium", about="9100-tcp").key
        'undeclared-port.9100-tcp'
        """
        return ".".join(filter(None, (self.id.removeprefix(AREA), self.about)))


KINDS = {
    kind.id: kind
    for kind in (
        Kind("security-updates", "high"),
        Kind("updates", "info"),
        Kind("old-lists", "medium", "updates"),
        Kind("no-automatic-updates", "medium", "updates"),
        Kind("release-ended", "high"),
        Kind("release-ending", "medium"),
        Kind("release-long-term", "low"),
        Kind("release-unknown", "info"),
        Kind("old-kernel", "medium"),
        Kind("restart-due", "medium"),
        Kind("failed-units", "medium"),
        Kind("clock-off", "high", "time"),
        Kind("clock-alone", "medium", "time"),
        Kind("certificate-ended", "high"),
        Kind("certificate-ending", "medium"),
        Kind("weak-settings", "low", "sysctl"),
        Kind("no-apparmor", "low"),
        Kind("ssh-passwords", "high", "ssh"),
        Kind("ssh-root-password", "high", "ssh"),
        Kind("ssh-empty-passwords", "high", "ssh"),
        Kind("ssh-old-options", "medium", "ssh"),
        Kind("ssh-weak-algorithms", "low", "ssh"),
        Kind("ssh-x11", "low", "ssh-forwarding"),
        Kind("ssh-tunnels", "low", "ssh-forwarding"),
        Kind("empty-password", "high"),
        Kind("second-root", "high"),
        Kind("undeclared-person", "medium", "accounts"),
        Kind("undeclared-key", "medium", "accounts"),
        Kind("weak-key", "medium"),
        Kind("docker-group", "medium"),
        Kind("open-private-key", "high"),
        Kind("open-system-file", "high"),
        Kind("no-firewall", "high", "firewall"),
        Kind("firewall-changed", "medium", "firewall"),
        Kind("undeclared-port", "medium"),
        Kind("docker-over-network", "high"),
        Kind("no-mesh", "medium", "mesh"),
        Kind("mesh-left", "low"),
        Kind("docker-stopped", "medium", "docker"),
        Kind("docker-old", "high", "docker"),
        Kind("docker-logs", "medium", "docker"),
        Kind("docker-live-restore", "medium", "docker"),
        Kind("disk-full", "high", "disk"),
        Kind("disk-filling", "medium", "disk"),
        Kind("inodes", "medium", "disk"),
        Kind("no-swap", "low", "swap"),
        Kind("little-memory", "low"),
    )
}


def found(
    id: str,
    values: Mapping[str, Value] | None = None,
    evidence: tuple[str, ...] = (),
    about: str = "",
    level: Level | None = None,
) -> Finding:
    """A finding of the catalogue; ``level`` where this one is less or more grave than its kind."""
    return Finding(AREA + id, level or KINDS[id].level, values or {}, evidence, about)
