"""Docker: Debian's own, with one file of settings that is written before its first start.

No ``live-restore``: a node of a swarm cannot have it (Docker's documentation, "Live restore": "only pertains to standalone
containers, and not to Swarm services"; the daemon refuses to start with both). So a restart of Docker ends its containers for a moment:
on a host that runs any the step says so (and the plan lets hosts of one swarm take turns).

After a power cut the daemon may hold the ports of containers that are gone: what it kept of their networks on disk and what the swarm
takes away meet while it starts, and then no new container gets those ports ("port is already allocated"), for as long as it runs. Seen
with 26.1.5 on hosts whose power was cut. A start that follows no proper stop is therefore followed by one restart, which clears it.
"""

from __future__ import annotations

import json

from polder.kernel.host import InstallPackages, PutFile, RunScript, SetUnit
from polder.platform.hosts.lines import path
from polder.platform.hosts.neighbours import is_address, registry_of
from polder.platform.hosts.view import NOTE, Doing, View, changed, file_changes
from polder.platform.plan.model import Change
from polder.platform.site.model import Site

FILE, DROP_IN, UNIT = path("docker"), path("docker", 1), "docker.service"
PACKAGES = {
    "bookworm": ("docker.io", "iptables", "ca-certificates"),
    "trixie": ("docker.io", "docker-cli", "iptables", "ca-certificates"),
}
AWAY = 30
"""Seconds that a host's apps may be away while Docker restarts."""
SET_ASIDE = RunScript(f"[ -e {FILE}.before-polder ] || cp -p {FILE} {FILE}.before-polder")
MARK = "/var/lib/polder/docker-runs"
"""There while Docker runs; still there when it starts: it was not stopped."""
AFTER_POWER_CUT = f"""# {NOTE}
[Service]
ExecStartPost=/bin/sh -c 'if [ -e {MARK} ]; then rm {MARK}; systemctl --no-block restart {UNIT}; \
  else mkdir -p /var/lib/polder; touch {MARK}; fi'
ExecStopPost=/bin/sh -c '[ "$$SERVICE_RESULT" != success ] || rm -f {MARK}'
"""


def daemon_file(site: Site) -> str:
    """``insecure-registries``: a registry named by its address has no certificate that anybody could check."""
    settings: dict[str, object] = {
        "live-restore": False,
        "log-driver": "json-file",
        "log-opts": {"max-file": "3", "max-size": "10m"},
    }
    where = site.registry.partition("/")[0]
    if where and is_address(registry_of(site.registry)[0]):
        settings["insecure-registries"] = [where]
    return json.dumps(settings, indent=2, sort_keys=True) + "\n"


def docker_doings(view: View) -> list[Doing]:
    if view.refused("docker"):
        return []
    seen, settings = view.seen, changed(view, (PutFile(FILE, daemon_file(view.site)),))
    files = (*settings, *changed(view, (PutFile(DROP_IN, AFTER_POWER_CUT),)))
    installed = bool(seen.docker.version) or "docker.io" in seen.packages
    missing = () if installed else PACKAGES[seen.codename]
    state = seen.units.get(UNIT)
    up = bool(state and (state.enabled, state.active) == ("enabled", "active"))
    if installed and up and not files:
        return []
    aside = (SET_ASIDE,) if FILE in seen.files and settings else ()
    unit = SetUnit(UNIT, change="restart" if installed and settings else "start")
    install = (InstallPackages(missing),) if missing else ()
    shown = (
        *file_changes(view, files),
        *(Change(f"package {name}", "", "installed") for name in missing),
        *(() if up else (Change(UNIT, state.active if state else "", "active"),)),
    )
    away = AWAY if unit.change == "restart" and seen.docker.containers else 0
    work = (*aside, *files, *install, unit)
    return [Doing("docker", "docker-restart" if away else "docker", work, shown, away=away)]
