"""The baseline profile, line by line, as data. What a line does, why, and what is missing without it are sentences
(``kernel.sentences.profile``): ``profile.<id>-title``, ``-does``, ``-why``, ``-without``.

Any line can be refused for one host, with the reason: ``without: {ssh-forwarding: "Jo debugs through tunnels"}`` in hosts.yml.

>>> line("firewall").steps
True
>>> [found.id for found in LINES if not found.steps]
['swap', 'disk']
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Leaves = Literal["away", "stays", "nothing"]


@dataclass(frozen=True, slots=True)
class Line:
    """``files``: what it writes. ``refused``: what becomes of it when a host refuses the line after it was applied: its files are
    taken ``away``, all of it ``stays``, or there was ``nothing``. ``steps``: it changes the host; else only an audit looks."""

    id: str
    files: tuple[str, ...]
    refused: Leaves
    steps: bool = True


LINES = (
    Line("name", ("/etc/hostname",), "stays"),
    Line("accounts", ("/etc/sudoers.d/polder",), "stays"),
    Line("ssh", ("/etc/ssh/sshd_config.d/00-polder.conf",), "away"),
    Line("ssh-forwarding", ("/etc/ssh/sshd_config.d/00-polder-forwarding.conf",), "away"),
    Line("sysctl", ("/etc/sysctl.d/60-polder.conf",), "away"),
    Line("journal", ("/etc/systemd/journald.conf.d/60-polder.conf",), "away"),
    Line("updates", ("/etc/apt/apt.conf.d/60polder",), "away"),
    Line("time", (), "stays"),
    Line("firewall", ("/etc/polder/firewall.nft", "/etc/systemd/system/polder-firewall.service"), "away"),
    Line("mesh", ("/etc/wireguard/polder0.conf", "/etc/wireguard/polder0.pub"), "away"),
    Line(
        "registry",
        ("/etc/docker/registry/config.yml", "/etc/systemd/system/docker-registry.service.d/polder.conf"),
        "stays",
    ),
    Line("docker", ("/etc/docker/daemon.json", "/etc/systemd/system/docker.service.d/polder.conf"), "stays"),
    Line("swap", (), "nothing", steps=False),
    Line("disk", (), "nothing", steps=False),
)
IDS = tuple(line.id for line in LINES)


def line(id: str) -> Line:
    """The line that is called ``id``, which must be one."""
    return next(found for found in LINES if found.id == id)


def path(id: str, index: int = 0) -> str:
    """Where a line's file lies.

    >>> path("journal")
    '/etc/systemd/journald.conf.d/60-polder.conf'
    """
    return line(id).files[index]


def sentence(id: str, part: Literal["title", "does", "why", "without"]) -> str:
    """The code of what is said about a line."""
    return f"profile.{id}-{part}"
