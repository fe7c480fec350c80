"""What a project asks of its host beyond the ordinary: only what the provider's policy names is run.

Everything looked at here is read without variables (see ``reader``), so the answer holds for every app of a
recipe.

Assumption: whoever may name a host path, mount an engine's socket or hold one of ``ROOTLIKE`` can take over
the host.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from polder.platform.compose.model import Mount, Permission, Project, Service

SOCKETS = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/var/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
)
ROOTLIKE = frozenset(
    (
        "ALL",
        "CAP_SYS_ADMIN",
        "CAP_SYS_MODULE",
        "CAP_SYS_RAWIO",
        "CAP_SYS_BOOT",
        "CAP_SYS_PTRACE",
        "CAP_DAC_READ_SEARCH",
        "CAP_BPF",
        "CAP_PERFMON",
        "CAP_MAC_ADMIN",
        "CAP_MAC_OVERRIDE",
        "CAP_MKNOD",
        "CAP_SYSLOG",
        "CAP_LINUX_IMMUTABLE",
    )
)
"""Capabilities with which a process leaves its container (``capabilities(7)``)."""


def needed_permissions(project: Project) -> dict[Permission, str]:
    """Each permission that the project needs, with the ``file:line`` of the first service that needs it."""
    found: dict[Permission, str] = {}
    for service in project.services.values():
        for permission in _of_service(service):
            found.setdefault(permission, service.where)
    return found


def _of_service(service: Service) -> Iterator[Permission]:
    for mount in service.mounts:
        yield from _of_mount(mount)
    if service.ports:
        yield "ports"
    if service.host_network:
        yield "host-network"
    if service.cap_add:
        yield "capabilities"
    if ROOTLIKE.intersection(service.cap_add):
        yield "privileged"


def _of_mount(mount: Mount) -> Iterator[Permission]:
    if mount.kind != "bind":
        return
    yield "host-paths"
    path = "/" + posixpath.normpath(mount.source).lstrip("/")
    if any(socket == path or _inside(socket, path) for socket in SOCKETS):
        yield "docker-socket"
    if path == "/" or path == "/dev" or _inside(path, "/dev"):
        yield "devices"


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")
