"""Machines as values: a bare Debian, and what Polder's own scripts make of one, so that work can be done to it without a machine.

>>> bare("ada").codename
'bookworm'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from polder.kernel.host import Account, HostSeen, HostWork, RunScript, UnitSeen
from polder.platform.hosts.ask import question
from polder.platform.hosts.baseline import host_steps
from polder.platform.hosts.firewall import DROP, FILE, LOAD
from polder.platform.hosts.mesh import CONFIG, MAKE_KEY
from polder.platform.hosts.upkeep import SET_SYSCTLS, settings
from polder.platform.hosts.upkeep import path as line_path
from polder.platform.plan.model import Step
from polder.platform.site.model import Site
from polder.world.hosts.memory import MemoryHosts

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGyjZ2h8kNPHpIRGkB3BWVjYHCXcHUyZ3Jt1vTDTfkjF"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKxjZ2h8kNPHpIRGkB3BWVjYHCXcHUyZ3Jt1vTDTfkjG"
SERVICES = (
    Account("daemon", 1, "/usr/sbin", "/usr/sbin/nologin"),
    Account("backup", 34, "/var/backups", "/usr/sbin/nologin"),
)
OFF = UnitSeen("not-found", "inactive")
KERNEL = "fs.inotify.max_user_instances = 128\nkernel.dmesg_restrict = 1\nkernel.kptr_restrict = 0\nkernel.panic = 0\n"
NETWORK = "".join(
    f"net.{name} = {value}\n"
    for name, value in (
        ("ipv4.conf.all.accept_redirects", 0),
        ("ipv4.conf.all.accept_source_route", 0),
        ("ipv4.conf.all.send_redirects", 1),
        ("ipv4.tcp_syncookies", 1),
        ("ipv6.conf.all.accept_redirects", 1),
    )
)


def bare(name: str, codename: str = "bookworm", **changes: object) -> HostSeen:
    """Debian as it comes: root's key, SSH with passwords, nothing else."""
    number = {"bookworm": "12", "trixie": "13"}.get(codename, "")
    seen = HostSeen(
        name=name,
        hostname="debian",
        system="debian",
        release=number,
        codename=codename,
        architecture="amd64",
        kernel="6.1.0-40-amd64",
        newest_kernel="6.1.0-40-amd64",
        virtual="kvm",
        cpus=2,
        memory=4 * 1024**3,
        swap=1024**3,
        accounts=(
            Account("root", 0, "/root", "/bin/bash", ("root",), "none", (KEY,), person=True),
            *SERVICES,
        ),
        units={
            "ssh.service": UnitSeen("enabled", "active"),
            **dict.fromkeys(timers(), UnitSeen("enabled", "active")),
        },
        sysctls=settings(KERNEL + NETWORK),
        wireguard="kernel",
        synchronised=True,
        apparmor=True,
        lists_age=3600,
    )
    return replace(seen, **changes)  # type: ignore[arg-type]


def timers() -> tuple[str, ...]:
    return tuple(unit for unit in question().units if unit.endswith(".timer"))


class Machines(MemoryHosts):
    """Hosts in memory that know what Polder's own scripts do."""

    def __init__(self, hosts: Mapping[str, HostSeen]) -> None:
        super().__init__(hosts, self.script)

    def script(self, seen: HostSeen, work: RunScript) -> tuple[HostSeen, str] | None:
        host, text = seen.name, work.script
        if LOAD in text:
            table = self.contents[host, FILE].partition("delete table inet polder\n")[2]
            return replace(seen, firewall=table), ""
        if DROP in text:
            return replace(seen, firewall=""), ""
        if text == SET_SYSCTLS:
            wanted = settings("".join(self.lines(host, line_path("sysctl"))))
            return replace(seen, sysctls={**seen.sysctls, **wanted}), ""
        if text.startswith("hostname "):
            return replace(seen, hostname=text.split()[1]), ""
        if "wg syncconf" in text:
            return replace(seen, mesh_peers=self.peers(host)), ""
        if text.startswith("chmod 700 ") and text.endswith("/.ssh"):
            return self.with_keys(seen, text.split()[-1]), ""
        return (replace(seen, mesh_key=f"key-of-{host}"), f"key-of-{host}") if text == MAKE_KEY else None

    def lines(self, host: str, path: str) -> list[str]:
        """A file's lines without comments."""
        return [line for line in self.contents[host, path].splitlines(True) if not line.startswith("#")]

    def with_keys(self, seen: HostSeen, folder: str) -> HostSeen:
        keys = tuple(line.strip() for line in self.lines(seen.name, f"{folder}/authorized_keys"))
        changed = (replace(a, keys=keys) if f"{a.home}/.ssh" == folder else a for a in seen.accounts)
        return replace(seen, accounts=tuple(changed))

    def peers(self, host: str) -> dict[str, str]:
        words = [line.split(" = ") for line in self.lines(host, CONFIG) if " = " in line]
        keys = [value.strip() for name, value in words if name == "PublicKey"]
        ways = [value.strip().removesuffix("/32") for name, value in words if name == "AllowedIPs"]
        return dict(zip(ways, keys, strict=True))


def steps_of(site: Site, looks: Mapping[str, HostSeen]) -> list[Step]:
    """The steps of every host that answered."""
    return [s for name, seen in looks.items() for s in host_steps(site, site.hosts[name], seen, looks)]


def done(site: Site, machines: Machines) -> dict[str, HostSeen]:
    """Plan every host and do all of it; what they show then."""
    carry_out(steps_of(site, looks(site, machines)), machines)
    return looks(site, machines)


def looks(site: Site, machines: Machines) -> dict[str, HostSeen]:
    asked = {name: question(site, host) for name, host in site.hosts.items() if name in machines.seen}
    return {name: seen for name, seen in machines.look(asked).items() if isinstance(seen, HostSeen)}


def carry_out(steps: Iterable[Step], machines: Machines) -> None:
    """Do the work in the order of its arrows."""
    rest, known = list(steps), dict[str, str]()
    keys = {step.key for step in rest}
    while rest:
        step = next(s for s in rest if not {k for k in s.after if k in keys} & {r.key for r in rest})
        rest.remove(step)
        assert isinstance(step.work, HostWork)
        known |= machines.run(step.work, known, lambda line: None)
