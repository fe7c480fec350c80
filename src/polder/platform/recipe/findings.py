"""What a recipe asks of a host and does with it, as sentences for whoever decides whether to run it. Pure.

Rules: everything is read from the recipe's own files, nothing from what somebody says of them; the same thing asked is the same
finding, so two recipes' findings can be held against each other; ``red`` is what can take over a host or leave the app's own walls,
``yellow`` what deserves a look, ``plain`` what is merely good to know.

>>> newly_asked((Finding("catalogue.goes-out", {}, "yellow"),), ())
(Finding(code='catalogue.goes-out', values={}, level='yellow'),)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from polder.kernel.folder import Folder
from polder.kernel.problem import Value
from polder.kernel.text import UNSEEN
from polder.platform.compose.model import Mount, Service
from polder.platform.compose.permissions import ROOTLIKE, needed_permissions
from polder.platform.recipe.model import Recipe

Level = Literal["plain", "yellow", "red"]
RED = frozenset(("host-paths", "privileged", "docker-socket", "host-network", "devices"))


@dataclass(frozen=True, slots=True)
class Finding:
    """``values`` hold no places, only what is asked."""

    code: str
    values: Mapping[str, Value]
    level: Level


def recipe_findings(recipe: Recipe, folder: Folder) -> tuple[Finding, ...]:
    """Everything worth knowing about ``recipe``, whose files are ``folder``; the gravest first."""
    found = [*_permissions(recipe), *_whole(recipe), *_image(recipe, folder), *_files(folder)]
    for service in recipe.project.services.values():
        found += _service(service)
    order = ("red", "yellow", "plain")
    return tuple(sorted(found, key=lambda one: order.index(one.level)))


def newly_asked(now: Iterable[Finding], before: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of ``now`` that ``before`` does not have."""
    known = list(before)
    return tuple(one for one in now if one not in known)


def _permissions(recipe: Recipe) -> Iterator[Finding]:
    for permission in needed_permissions(recipe.project):
        level: Level = "red" if permission in RED else "yellow"
        yield Finding("catalogue.asks-permission", {"permission": permission}, level)


def _whole(recipe: Recipe) -> Iterator[Finding]:
    if recipe.system:
        yield Finding("catalogue.is-system", {}, "red")
    if recipe.outgoing:
        yield Finding("catalogue.goes-out", {}, "yellow")
    for secret in recipe.secrets.values():
        code = "catalogue.makes-secret" if secret.generate else "catalogue.wants-secret"
        yield Finding(code, {"secret": secret.name}, "plain")
    for volume in recipe.project.volumes:
        yield Finding("catalogue.keeps-data", {"volume": volume}, "plain")
    for name, internal in recipe.project.networks.items():
        if not internal:
            yield Finding("catalogue.own-network", {"name": name}, "plain")


def _image(recipe: Recipe, folder: Folder) -> Iterator[Finding]:
    if recipe.image is None:
        return
    if recipe.image.build == "docker":
        yield Finding("catalogue.builds-by-dockerfile", {}, "yellow")
    elif "image/setup" in folder.files:
        yield Finding("catalogue.builds-with-script", {"file": "image/setup"}, "yellow")
    if recipe.image.packages:
        yield Finding("catalogue.installs", {"packages": recipe.image.packages}, "plain")


def _files(folder: Folder) -> Iterator[Finding]:
    foreign = []
    for path, held in sorted(folder.files.items()):
        try:
            text = held.decode()
        except UnicodeDecodeError:
            foreign.append(path)
            continue
        if UNSEEN.search(text.replace("\r\n", "\n")):
            yield Finding("catalogue.hidden-characters", {"file": path}, "red")
    if foreign:
        yield Finding("catalogue.not-text", {"files": tuple(foreign)}, "yellow")


def _service(service: Service) -> Iterator[Finding]:
    name = service.name
    if service.image:
        yield Finding("catalogue.takes-image", {"service": name, "image": service.image}, "yellow")
    for mount in service.mounts:
        yield from _mount(name, mount)
    for port in service.ports:
        values: dict[str, Value] = {"service": name, "port": port.published, "protocol": port.protocol}
        yield Finding("catalogue.opens-port", values, "yellow")
    if service.host_network:
        yield Finding("catalogue.host-network", {"service": name}, "red")
    yield from _rights(service)


def _mount(name: str, mount: Mount) -> Iterator[Finding]:
    if mount.kind == "bind":
        code = "catalogue.reads-host" if mount.read_only else "catalogue.writes-host"
        yield Finding(code, {"service": name, "path": mount.source}, "red")


def _rights(service: Service) -> Iterator[Finding]:
    name = service.name
    if service.cap_add:
        level: Level = "red" if ROOTLIKE.intersection(service.cap_add) else "yellow"
        values: dict[str, Value] = {"service": name, "capabilities": tuple(sorted(service.cap_add))}
        yield Finding("catalogue.adds-capabilities", values, level)
    if "ALL" not in service.cap_drop:
        yield Finding("catalogue.keeps-capabilities", {"service": name}, "plain")
    if service.user.split(":")[0] in ("0", "root"):
        yield Finding("catalogue.runs-as-root", {"service": name}, "yellow")
    if not service.read_only:
        yield Finding("catalogue.writes-own-files", {"service": name}, "plain")
    if service.sysctls:
        yield Finding(
            "catalogue.sets-kernel", {"service": name, "names": tuple(sorted(service.sysctls))}, "yellow"
        )
    if service.extra_hosts:
        yield Finding("catalogue.names-hosts", {"service": name, "hosts": service.extra_hosts}, "yellow")
