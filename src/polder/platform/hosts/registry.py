"""The provider's own registry of images, on the host whose address the site's ``registry`` names. Debian's own program.

It listens at that address only, which should be one of the mesh: it has neither password nor certificate, and needs none there. What runs
is named by digest, so nobody who reaches it can change that. A registry elsewhere is somebody else's work.
"""

from __future__ import annotations

from polder.kernel.host import InstallPackages, PutFile, SetUnit
from polder.platform.hosts.lines import path
from polder.platform.hosts.neighbours import in_mesh, is_address, registry_of
from polder.platform.hosts.view import NOTE, Doing, View, changed, file_changes, leftovers
from polder.platform.plan.model import Change
from polder.platform.site.model import Host, Site

PACKAGE, UNIT = "docker-registry", "docker-registry.service"
FILE, DROP_IN = path("registry"), path("registry", 1)
DATA = "/var/lib/docker-registry"
START = f"""# {NOTE}
[Unit]
After=wg-quick@polder0.service
Wants=wg-quick@polder0.service

[Service]
Restart=on-failure
RestartSec=2
"""
"""The address is there only once the mesh is."""


def registry_file(site: Site) -> str:
    return f"""# {NOTE}
version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: {DATA}}}
  delete: {{enabled: true}}
http: {{addr: "{site.registry.partition("/")[0]}"}}
"""


def holds_registry(site: Site, host: Host) -> bool:
    """Whether ``registry`` in site.yml is an address of ``host`` with a port, so that Polder makes it there."""
    where, port = registry_of(site.registry)
    mine = (host.address, *((host.mesh,) if in_mesh(host) else ()))
    return host.profile == "baseline" and port is not None and is_address(where) and where in mine


def registry_doings(view: View) -> list[Doing]:
    if view.refused("registry") or not holds_registry(view.site, view.host):
        return _left(view)
    files = changed(view, (PutFile(FILE, registry_file(view.site)), PutFile(DROP_IN, START)))
    missing = (PACKAGE,) if PACKAGE not in view.seen.packages else ()
    state = view.seen.units.get(UNIT)
    up = bool(state and (state.enabled, state.active) == ("enabled", "active"))
    if up and not files and not missing:
        return []
    install = (InstallPackages(missing),) if missing else ()
    shown = (
        *file_changes(view, files),
        *(Change(f"package {name}", "", "installed") for name in missing),
        *(() if up else (Change(UNIT, state.active if state else "", "active"),)),
    )
    work = (*install, *files, SetUnit(UNIT, change="restart"))
    return [Doing("registry", "registry", work, shown, {"registry": view.site.registry})]


def _left(view: View) -> list[Doing]:
    """A registry that Polder made and that the site no longer names is stopped; its images stay in their folder."""
    if DROP_IN not in view.seen.files:
        return []
    gone, shown = leftovers(view, (DROP_IN,))
    stop = SetUnit(UNIT, enabled=False, change="stop")
    return [Doing("registry", "registry-stop", (stop, *gone), shown, {"folder": DATA})]
