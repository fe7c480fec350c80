"""Findings about upkeep: updates, the release, kernels, failed units, the clock, certificates, kernel settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from polder.kernel.host import HostSeen
from polder.platform.hosts.debian import RELEASES
from polder.platform.hosts.finding import Finding, Level, Values, found
from polder.platform.hosts.upkeep import SYSCTLS, TIMERS, settings
from polder.platform.hosts.view import CONTAINERS

OLD_LISTS = 3 * 24 * 3600
SOON = timedelta(days=180)
DAYS_LEFT = 21
"""A certificate of 90 days is renewed with 30 left; with 21 left somebody should look why not."""
ASKED = settings(
    """\
fs.protected_hardlinks = 1
fs.protected_symlinks = 1
kernel.randomize_va_space = 2
kernel.unprivileged_bpf_disabled = 1
"""
)
COMFORT = ("max_user_instances", "panic")
"""Settings of the profile that keep a host going; without them nothing is weak."""


def upkeep(seen: HostSeen, now: datetime) -> Iterator[Finding]:
    yield from _updates(seen)
    yield from _release(seen, now)
    yield from _kernel(seen)
    yield from _clock(seen)
    yield from _certificates(seen)
    yield from _settings(seen)


def _updates(seen: HostSeen) -> Iterator[Finding]:
    if seen.security:
        yield found("security-updates", {"number": len(seen.security)}, seen.security)
    if rest := tuple(name for name in seen.upgrades if name not in seen.security):
        yield found("updates", {"number": len(rest)}, rest)
    if seen.system in ("debian", "ubuntu") and not 0 <= seen.lists_age <= OLD_LISTS:
        age = "" if seen.lists_age < 0 else str(seen.lists_age // 86400)
        yield found("old-lists", {"days": age or "-"})
    missing = () if "unattended-upgrades" in seen.packages else ("unattended-upgrades",)
    off = tuple(t for t in TIMERS if t in seen.units and seen.units[t].enabled in ("disabled", "masked"))
    switch = ("/etc/apt/apt.conf.d/20auto-upgrades", "/etc/apt/apt.conf.d/60polder")
    unset = () if any(path in seen.files for path in switch) else ("APT::Periodic::Unattended-Upgrade",)
    if missing or off or unset:
        yield found("no-automatic-updates", evidence=(*missing, *off, *(() if missing else unset)))


def _release(seen: HostSeen, now: datetime) -> Iterator[Finding]:
    release = RELEASES.get(seen.codename)
    if release is None:
        what = " ".join(filter(None, (seen.system, seen.release, seen.codename)))
        yield found("release-unknown", {"system": what or "?"})
        return
    today, values = now.date(), {"release": f"Debian {release.number}", "until": release.long.isoformat()}
    if today > release.long:
        yield found("release-ended", values)
    elif today > release.long - SOON:
        yield found("release-ending", values)
    elif today > release.regular:
        yield found("release-long-term", values)


def _kernel(seen: HostSeen) -> Iterator[Finding]:
    if seen.failed:
        yield found("failed-units", {"units": seen.failed}, seen.failed)
    if seen.virtual in CONTAINERS:
        return
    if seen.newest_kernel and seen.kernel and seen.newest_kernel != seen.kernel:
        yield found("old-kernel", {"running": seen.kernel, "newest": seen.newest_kernel})
    elif seen.reboot_needed:
        yield found("restart-due", evidence=("/run/reboot-required",))
    if not seen.apparmor:
        yield found("no-apparmor")


def _clock(seen: HostSeen) -> Iterator[Finding]:
    if abs(seen.offset) >= 2:
        level: Level = "high" if abs(seen.offset) >= 30 else "medium"
        yield found("clock-off", {"seconds": round(seen.offset)}, level=level)
    if not seen.synchronised and seen.virtual not in CONTAINERS:
        yield found("clock-alone")


def _certificates(seen: HostSeen) -> Iterator[Finding]:
    for held in seen.certificates:
        values: Values = {"path": held.path, "days": abs(held.days)}
        about = held.path.strip("/").replace("/", "-").lower()
        if held.days < 0:
            yield found("certificate-ended", values, about=about)
        elif held.days <= DAYS_LEFT:
            yield found("certificate-ending", values, about=about)


def _settings(seen: HostSeen) -> Iterator[Finding]:
    wanted = {name: value for name, value in (SYSCTLS | ASKED).items() if not name.endswith(COMFORT)}
    if seen.virtual in CONTAINERS:
        wanted = {name: value for name, value in wanted.items() if name.startswith("net.")}
    weak = tuple(
        f"{name} = {seen.sysctls[name]} ({value})"
        for name, value in wanted.items()
        if name in seen.sysctls and not _enough(name, seen.sysctls[name], value)
    )
    if weak:
        yield found("weak-settings", {"number": len(weak)}, weak)


def _enough(name: str, held: str, wanted: str) -> bool:
    """The kernel's own switches are stricter the higher they are; of ``rp_filter`` strict (1) and loose (2) both will do."""
    if name.endswith("rp_filter"):
        return held in ("1", "2")
    stricter = name.startswith("kernel.") and held.isdigit() and int(held) >= int(wanted)
    return held == wanted or stricter
