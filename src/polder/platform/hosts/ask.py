"""What to look at on a host so that its profile can be planned and its audit told."""

from __future__ import annotations

from polder.kernel.host import Question
from polder.platform.hosts.audit_upkeep import ASKED
from polder.platform.hosts.docker import PACKAGES
from polder.platform.hosts.firewall import UNIT as FIREWALL
from polder.platform.hosts.lines import LINES
from polder.platform.hosts.mesh import PRIVATE
from polder.platform.hosts.mesh import UNIT as MESH
from polder.platform.hosts.registry import PACKAGE
from polder.platform.hosts.registry import UNIT as REGISTRY
from polder.platform.hosts.upkeep import CLOCKS, SYSCTLS, TIMERS
from polder.platform.site.model import Host, Site

AUDITED_FILES = (
    "/etc/passwd",
    "/etc/group",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/sudoers",
    "/etc/ssh/sshd_config",
    "/etc/crontab",
    "/boot/grub/grub.cfg",
    "/var/run/docker.sock",
    "/etc/apt/apt.conf.d/20auto-upgrades",
    PRIVATE,
)
AUDITED_PACKAGES = (
    "sudo",
    "nftables",
    "unattended-upgrades",
    "wireguard-tools",
    "wireguard-go",
    "apparmor",
    "needrestart",
)


def question(site: Site | None = None, host: Host | None = None) -> Question:
    """The same for every host, known or not: a line that is refused may have left something behind, and an audit wants it all."""
    packages = {*AUDITED_PACKAGES, PACKAGE, *CLOCKS, *(name for names in PACKAGES.values() for name in names)}
    clocks = tuple(f"{name}.service" for name in CLOCKS)
    return Question(
        paths=tuple(dict.fromkeys((*(path for line in LINES for path in line.files), *AUDITED_FILES))),
        units=(*TIMERS, *clocks, FIREWALL, MESH, REGISTRY, "docker.service", "ssh.service"),
        packages=tuple(sorted(packages)),
        sysctls=(*SYSCTLS, *ASKED),
    )
