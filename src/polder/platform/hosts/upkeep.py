"""What keeps a machine well by itself: its name, security updates, time, kernel settings, limits of the journal."""

from __future__ import annotations

from polder.kernel.host import InstallPackages, PutFile, RunScript, SetUnit
from polder.platform.hosts.lines import path
from polder.platform.hosts.view import NOTE, Doing, Operations, View, changed, file_changes, leftovers
from polder.platform.plan.model import Change

CLOCKS = ("systemd-timesyncd", "chrony", "ntpsec", "openntpd")
TIMERS = ("apt-daily.timer", "apt-daily-upgrade.timer")
UPDATES = f"""// {NOTE}
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {{
  "origin=Debian,codename=${{distro_codename}}-security,label=Debian-Security";
}};
Unattended-Upgrade::Automatic-Reboot "false";
"""
JOURNAL = f"""# {NOTE}
[Journal]
Storage=persistent
SystemMaxUse=500M
SystemKeepFree=1G
MaxRetentionSec=30day
"""


def settings(text: str) -> dict[str, str]:
    """``name = value`` lines as a mapping.

    >>> settings("a.b = 1\\nc = 2\\n")
    {'a.b': '1', 'c': '2'}
    """
    return dict(line.split(" = ") for line in text.splitlines())


SYSCTLS = settings(
    """\
fs.inotify.max_user_instances = 1024
kernel.dmesg_restrict = 1
kernel.kptr_restrict = 1
kernel.panic = 10
kernel.yama.ptrace_scope = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.all.rp_filter = 2
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.tcp_syncookies = 1
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
"""
)
"""Each with its reason in docs/explanation/baseline.md. Forwarding is not among them: Docker sets it."""
SET_SYSCTLS = f"/usr/lib/systemd/systemd-sysctl {path('sysctl')}"


def name_doings(view: View) -> list[Doing]:
    """The machine's own name; a longer one that begins with it is good too."""
    held = view.seen.hostname
    if view.refused("name") or held.split(".")[0] == view.host.name:
        return []
    name = view.host.name
    known = f"grep -qw {name} /etc/hosts || printf '127.0.1.1 {name}\\n' >>/etc/hosts"
    work = (PutFile(path("name"), f"{name}\n"), RunScript(f"hostname {name}\n{known}"))
    return [Doing("name", "name", work, (Change("host name", held, name),))]


def packages(view: View) -> tuple[str, ...]:
    """What the lines need beyond a bare Debian and does not have yet; Docker comes later, behind the firewall."""
    wanted = {
        "accounts": ("sudo",),
        "updates": ("unattended-upgrades",),
        "time": () if view.contained or any(c in view.seen.packages for c in CLOCKS) else CLOCKS[:1],
        "firewall": ("nftables",),
        "mesh": _mesh_packages(view),
    }
    names = (name for line, found in wanted.items() if not view.refused(line) for name in found)
    return tuple(name for name in names if name not in view.seen.packages)


def _mesh_packages(view: View) -> tuple[str, ...]:
    if not view.host.mesh:
        return ()
    return ("wireguard-tools", "wireguard-go") if view.seen.wireguard == "userspace" else ("wireguard-tools",)


def package_doings(view: View) -> list[Doing]:
    names = packages(view)
    shown = tuple(Change(f"package {name}", "", "installed") for name in names)
    return (
        [Doing("packages", "packages", (InstallPackages(names),), shown, {"packages": names})]
        if names
        else []
    )


def update_doings(view: View) -> list[Doing]:
    if view.refused("updates"):
        return _away(view, "updates", ())
    files = changed(view, (PutFile(path("updates"), UPDATES),))
    units = [name for name in TIMERS if _unit(view, name) != "enabled"]
    shown = (*file_changes(view, files), *(Change(name, _unit(view, name), "enabled") for name in units))
    work: Operations = (*files, *(SetUnit(name) for name in units))
    return [Doing("updates", "updates", work, shown)] if work else []


def time_doings(view: View) -> list[Doing]:
    """A clock that is there already is good; one of several is kept (they exclude each other in Debian)."""
    if view.refused("time") or view.contained:
        return []
    clock = next((name for name in CLOCKS if name in view.seen.packages), CLOCKS[0])
    unit = f"{clock}.service"
    state = _unit(view, unit)
    if state in ("enabled", "alias", "static"):
        return []
    return [Doing("time", "time", (SetUnit(unit),), (Change(unit, state, "enabled"),), {"unit": unit})]


def sysctl_doings(view: View) -> list[Doing]:
    if view.refused("sysctl"):
        return _away(view, "sysctl", ())
    values = wanted_sysctls(view)
    text = "".join(f"{name} = {value}\n" for name, value in values.items())
    files = changed(view, (PutFile(path("sysctl"), f"# {NOTE}\n{text}"),))
    held = {name: view.seen.sysctls[name] for name in values if name in view.seen.sysctls}
    wrong = tuple(Change(name, held[name], values[name]) for name in held if held[name] != values[name])
    work: Operations = (*files, RunScript(SET_SYSCTLS))
    return [Doing("sysctl", "sysctl", work, (*file_changes(view, files), *wrong))] if files or wrong else []


def wanted_sysctls(view: View) -> dict[str, str]:
    """A container sets those of its own network; the others belong to the machine around it. What the kernel does not have is
    left out: setting it would fail."""
    return {
        name: value
        for name, value in SYSCTLS.items()
        if name in view.seen.sysctls and (name.startswith("net.") or not view.contained)
    }


def journal_doings(view: View) -> list[Doing]:
    restart: Operations = (RunScript("systemctl restart systemd-journald.service"),)
    if view.refused("journal"):
        return _away(view, "journal", restart)
    files = changed(view, (PutFile(path("journal"), JOURNAL),))
    return [Doing("journal", "journal", (*files, *restart), file_changes(view, files))] if files else []


def _away(view: View, line: str, then: Operations) -> list[Doing]:
    gone, shown = leftovers(view, (path(line),))
    return [Doing(line, f"{line}-gone", (*gone, *then), shown)] if gone else []


def _unit(view: View, name: str) -> str:
    return view.seen.units[name].enabled if name in view.seen.units else ""
