"""The engine's answers, read into what the kernel knows as ``Seen``. Pure: JSON in, values out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Literal

from polder.kernel.engine import ImageSeen, NodeSeen, ObjectSeen, ServiceSeen, TaskSeen
from polder.world.docker.ids import task_with_names, with_names

Json = dict[str, Any]


def swarm_state(info: Json) -> Literal["none", "manager", "worker", "locked"]:
    """What this engine is in its swarm."""
    swarm = info.get("Swarm") or {}
    if swarm.get("LocalNodeState") == "locked":
        return "locked"
    if swarm.get("LocalNodeState") != "active":
        return "none"
    return "manager" if swarm.get("ControlAvailable") else "worker"


def locks_itself(info: Json) -> bool:
    """Whether managers wait for a key when they start; only managers say so."""
    cluster = (info.get("Swarm") or {}).get("Cluster") or {}
    settings = (cluster.get("Spec") or {}).get("EncryptionConfig") or {}
    return bool(settings.get("AutoLockManagers"))


def network_names(networks: list[Json]) -> Mapping[str, str]:
    """Id to name."""
    return {one["Id"]: one["Name"] for one in networks}


def read_service(found: Json, networks: Mapping[str, str]) -> ServiceSeen:
    status = found.get("UpdateStatus") or {}
    return ServiceSeen(
        id=found["ID"],
        name=found["Spec"]["Name"],
        version=found["Version"]["Index"],
        spec=with_names(found["Spec"], networks),
        update_state=status.get("State", ""),
        update_message=status.get("Message", ""),
        created=found.get("CreatedAt", ""),
        updated=found.get("UpdatedAt", ""),
    )


def read_task(found: Json, networks: Mapping[str, str]) -> TaskSeen:
    status = found.get("Status") or {}
    container = status.get("ContainerStatus") or {}
    ended = status.get("State") not in ("running", "starting", "preparing")
    return TaskSeen(
        id=found["ID"],
        service_id=found.get("ServiceID", ""),
        node_id=found.get("NodeID", ""),
        slot=found.get("Slot", 0),
        state=status.get("State", ""),
        desired=found.get("DesiredState", ""),
        message=status.get("Message", ""),
        error=status.get("Err", ""),
        exit_code=container.get("ExitCode") if ended else None,
        container_id=container.get("ContainerID", ""),
        updated=status.get("Timestamp", ""),
        spec=task_with_names(found.get("Spec") or {}, networks),
        created=found.get("CreatedAt", ""),
        ports=_ports(status),
    )


def _ports(status: Json) -> tuple[tuple[int, int, str], ...]:
    """Each port once: the engine tells it for IPv4 and again for IPv6."""
    held = (status.get("PortStatus") or {}).get("Ports") or []
    ports = ((p.get("PublishedPort", 0), p.get("TargetPort", 0), p.get("Protocol", "tcp")) for p in held)
    return tuple(dict.fromkeys(ports))


def read_node(found: Json) -> NodeSeen:
    spec, status = found.get("Spec") or {}, found.get("Status") or {}
    description = found.get("Description") or {}
    resources = description.get("Resources") or {}
    return NodeSeen(
        id=found["ID"],
        version=found["Version"]["Index"],
        hostname=description.get("Hostname", ""),
        address=status.get("Addr", ""),
        state=status.get("State", ""),
        availability=spec.get("Availability", ""),
        role=spec.get("Role", ""),
        leader=bool((found.get("ManagerStatus") or {}).get("Leader")),
        reachable=(found.get("ManagerStatus") or {}).get("Reachability", "reachable") == "reachable",
        spec=spec,
        nano_cpus=resources.get("NanoCPUs", 0),
        memory=resources.get("MemoryBytes", 0),
    )


def read_network(found: Json) -> ObjectSeen:
    detail = {
        key: found.get(key) for key in ("Driver", "Scope", "Internal", "Attachable", "Options", "Ingress")
    }
    return ObjectSeen(
        found["Id"], found["Name"], 0, found.get("Labels") or {}, found.get("Created", ""), detail
    )


def read_secret(found: Json) -> ObjectSeen:
    spec = found["Spec"]
    version = found["Version"]["Index"]
    return ObjectSeen(
        found["ID"], spec["Name"], version, spec.get("Labels") or {}, found.get("CreatedAt", "")
    )


def read_config(found: Json) -> ObjectSeen:
    """As a secret, with the content: a config is public."""
    spec = found["Spec"]
    content = base64.b64decode(spec.get("Data") or "").decode(errors="replace")
    version, labels = found["Version"]["Index"], spec.get("Labels") or {}
    return ObjectSeen(
        found["ID"], spec["Name"], version, labels, found.get("CreatedAt", ""), {"content": content}
    )


def read_volume(found: Json) -> ObjectSeen:
    detail = {"Driver": found.get("Driver"), "Mountpoint": found.get("Mountpoint")}
    return ObjectSeen(
        found["Name"], found["Name"], 0, found.get("Labels") or {}, found.get("CreatedAt", ""), detail
    )


def read_image(found: Json) -> ImageSeen:
    tags = tuple(tag for tag in found.get("RepoTags") or () if tag != "<none>:<none>")
    digests = tuple(one for one in found.get("RepoDigests") or () if not one.startswith("<none>"))
    return ImageSeen(found["Id"], (*tags, *digests), found.get("Labels") or {}, found.get("Size", 0))
