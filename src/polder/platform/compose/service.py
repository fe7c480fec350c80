"""One service: a reader for each key, and the service made of what they read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from polder.kernel import document
from polder.kernel.document import Node
from polder.platform.compose import container, deploy, network, storage
from polder.platform.compose.draft import Draft, holds_variables
from polder.platform.compose.keys import DEPENDS, SERVICE
from polder.platform.compose.model import Limits, Service
from polder.platform.compose.reader import Reader

_DIGEST = re.compile(r"(?:[^\s@]+@)?sha256:[0-9a-f]{64}")
_RESTARTS = ("always", "unless-stopped", "on-failure")
Part = Callable[[Reader, Node, str], Any]


def _image(reader: Reader, node: Node, key: str) -> str:
    found = reader.fixed(node, key)
    if found and not _DIGEST.fullmatch(found):
        reader.refuse("compose.image-without-digest", node, image=found)
    return found


def _depends(reader: Reader, node: Node, key: str) -> Mapping[str, Literal["started", "healthy"]]:
    if isinstance(node, document.Sequence):
        return dict.fromkeys(reader.fixed_texts(node, key), "started")
    return {name: _condition(reader, value, name) for name, value in reader.named(node, key)}


def _condition(reader: Reader, node: Node, name: str) -> Literal["started", "healthy"]:
    found = "service_started"
    for key, value in reader.entries(node, name, DEPENDS):
        found = reader.fixed(value, key)
        if found == "service_completed_successfully":
            reader.refuse("compose.waits-for-end", value, name=name)
        elif found not in ("service_started", "service_healthy"):
            choices = ("service_started", "service_healthy")
            reader.refuse("compose.not-a-choice", value, key=key, found=found, choices=choices)
    return "healthy" if found == "service_healthy" else "started"


_TEXT: Part = Reader.text
READERS: Mapping[str, Part] = {
    "image": _image,
    "command": container.read_words,
    "entrypoint": container.read_words,
    "environment": container.read_environment,
    "volumes": storage.read_mounts,
    "tmpfs": storage.read_tmpfs,
    "shm_size": storage.read_shared_memory,
    "secrets": storage.read_secret_files,
    "configs": storage.read_config_files,
    "ports": network.read_ports,
    "networks": network.read_networks,
    "network_mode": network.read_network_mode,
    "depends_on": _depends,
    "healthcheck": container.read_health,
    "deploy": deploy.read_deploy,
    "scale": Reader.integer,
    "mem_limit": Reader.size,
    "mem_reservation": Reader.size,
    "cpus": Reader.cores,
    "pids_limit": deploy.read_pids,
    "cap_add": container.read_capabilities,
    "cap_drop": container.read_capabilities,
    "sysctls": container.read_pairs,
    "ulimits": container.read_ulimits,
    "extra_hosts": container.read_hosts,
    "labels": container.read_labels,
    "group_add": Reader.texts,
    **dict.fromkeys(("user", "working_dir", "hostname", "stop_signal"), _TEXT),
    **dict.fromkeys(("read_only", "init", "tty", "stdin_open"), Reader.yes_no),
    "stop_grace_period": Reader.seconds,
}


def read_draft(reader: Reader, name: str, node: Node, line: int) -> Draft:
    """A service as read without variables."""
    parts: dict[str, Any] = {}
    open_parts: dict[str, Node] = {}
    for key, value in reader.entries(node, name, SERVICE):
        parts[key] = READERS[key](reader, value, key)
        if holds_variables(value):
            open_parts[key] = value
    if isinstance(node, document.Mapping) and "restart" in node.entries:
        _check_restart(reader, node.entries["restart"])
    return Draft(name, reader.where(line), parts, open_parts)


def _check_restart(reader: Reader, node: Node) -> None:
    found = reader.fixed(node, "restart")
    if found in ("no", "false"):
        reader.refuse("compose.runs-once", node)
    elif found.partition(":")[0] not in _RESTARTS:
        reader.refuse("compose.not-a-choice", node, key="restart", found=found, choices=_RESTARTS)


def fill_draft(reader: Reader, draft: Draft) -> Service:
    """The service with the variables of ``reader``."""
    filled = {key: READERS[key](reader, node, key) for key, node in draft.open.items()}
    return make_service(reader, Draft(draft.name, draft.where, {**draft.parts, **filled}))


def make_service(reader: Reader, draft: Draft) -> Service:
    """A ``Service`` of a draft's parts; says where two keys contradict each other."""
    get = draft.parts.get
    wish: deploy.Deploy = get("deploy") or deploy.Deploy()
    _check_hostname(reader, draft)
    limits = _limits(reader, draft, wish.limits, ("mem_limit", "cpus", "pids_limit"))
    return Service(
        name=draft.name,
        image=get("image", ""),
        command=get("command", ()),
        entrypoint=get("entrypoint", ()),
        environment=get("environment", {}),
        mounts=(*get("volumes", ()), *get("tmpfs", ()), *get("shm_size", ())),
        ports=get("ports", ()),
        secrets=get("secrets", ()),
        configs=get("configs", ()),
        networks=get("networks", {}),
        depends_on=get("depends_on", {}),
        health=get("healthcheck"),
        limits=limits,
        reservations=_limits(reader, draft, wish.reservations, ("mem_reservation", "", "")),
        replicas=_replicas(reader, draft, wish.replicas),
        mode=wish.mode,
        user=get("user", ""),
        working_dir=get("working_dir", ""),
        hostname=get("hostname", ""),
        read_only=get("read_only", False),
        init=get("init", True),
        stop_signal=get("stop_signal", ""),
        stop_grace=get("stop_grace_period", 0.0),
        cap_add=get("cap_add", ()),
        cap_drop=get("cap_drop", ()),
        sysctls=get("sysctls", {}),
        ulimits=get("ulimits", {}),
        extra_hosts=get("extra_hosts", ()),
        labels=get("labels", {}),
        constraints=wish.constraints,
        update_order=wish.order,
        tty=get("tty", False),
        where=draft.where,
        stdin_open=get("stdin_open", False),
        groups=get("group_add", ()),
        service_labels=wish.labels,
        host_network=get("network_mode", False),
    )


def _check_hostname(reader: Reader, draft: Draft) -> None:
    """Docker's DNS answers a container's hostname on every network it joins, the one it shares with the
    ingress too: called like another app, another app's database, or the ingress's own ``names``, a service
    would be asked in its place."""
    hostname = draft.parts.get("hostname", "")
    own = (reader.variables or {}).get("POLDER_DOMAIN")
    if hostname and hostname.lower() != own and not reader.waits(hostname):
        reader.problems.add("compose.hostname", draft.where, hostname=hostname)


def _limits(reader: Reader, draft: Draft, wish: Limits, keys: tuple[str, str, str]) -> Limits:
    """``deploy.resources`` and the older keys that say the same."""
    older = [draft.parts.get(key) or 0 for key in keys]
    for key, new, old in zip(keys, (wish.memory, wish.cpus, wish.pids), older, strict=True):
        if new and old and new != old:
            reader.problems.add("compose.said-twice", draft.where, key=key, name=draft.name)
    return Limits(wish.memory or older[0], wish.cpus or older[1], wish.pids or older[2])


def _replicas(reader: Reader, draft: Draft, wish: int | None) -> int:
    scale: int | None = draft.parts.get("scale")
    if scale is not None and wish is not None and scale != wish:
        reader.problems.add("compose.said-twice", draft.where, key="scale", name=draft.name)
    return next(n for n in (wish, scale, 1) if n is not None)
