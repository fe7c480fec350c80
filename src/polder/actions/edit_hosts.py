"""Edit the machines of a site: add one, drain it, take it out, put another in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polder.actions.edit_site import Edited, edit_files
from polder.kernel.folder import Folder
from polder.platform.site import edit_hosts
from polder.platform.site.edit import Changed


@dataclass(frozen=True, slots=True)
class NewHost:
    """A machine as it is asked for. ``mesh``: an address, ``auto``, ``none``, or ``""``: auto when the others have one.
    ``profile`` ``none``: Polder never touches it over SSH."""

    name: str
    address: str
    roles: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    profile: str = "none"
    user: str = ""
    port: int = 22
    host_key: str = ""
    mesh: str = ""


def add_host(path: Path, new: NewHost) -> Edited:
    """Write a machine at the end of ``hosts.yml``."""

    def change(folder: Folder) -> Changed:
        entry = {"address": new.address, "roles": list(new.roles), **new.labels, **_how(new, folder)}
        return edit_hosts.put_host(folder.files, new.name, entry)

    return edit_files(path, change, f"Add the host {new.name}.")


def drain_host(path: Path, name: str, *, drained: bool) -> Edited:
    """Keep a host free of apps, or let it run them again."""
    message = f"Drain the host {name}." if drained else f"Open the host {name} again."
    value = True if drained else None
    return edit_files(path, lambda f: edit_hosts.set_host(f.files, name, "drained", value), message)


def remove_host(path: Path, name: str) -> Edited:
    """Take a host out of the file; refused while apps are pinned to it."""
    return edit_files(path, lambda f: edit_hosts.remove_host(f.files, name), f"Take out the host {name}.")


def replace_host(path: Path, old: str, new: NewHost) -> Edited:
    """``new`` takes over the roles, labels and pinned apps of ``old``, which is taken out."""

    def change(folder: Folder) -> Changed:
        roles = {"roles": list(new.roles)} if new.roles else {}
        entry = {"address": new.address, **roles, **new.labels, **_how(new, folder)}
        return edit_hosts.replace_host(folder.files, old, new.name, entry)

    return edit_files(path, change, f"Replace the host {old} by {new.name}.")


def _how(new: NewHost, folder: Folder) -> dict[str, Any]:
    """How it is set up and reached: only what is not usual."""
    if new.profile == "none":
        return {}
    mesh = new.mesh or ("auto" if edit_hosts.has_mesh(folder.files) else "none")
    found: dict[str, Any] = {"profile": new.profile, "user": new.user if new.user != "root" else ""}
    found |= {"port": new.port} if new.port != 22 else {}
    found |= {"host-key": new.host_key} if new.host_key else {}
    if mesh != "none":
        found["mesh"] = edit_hosts.free_mesh_address(folder.files) if mesh == "auto" else mesh
    return found
