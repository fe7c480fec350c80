"""Every key of the Compose Specification and what happens to it here; the reader and the reference page share
this table.

Treatments: ``honoured`` (does what Compose says), ``permission`` (honoured once the provider's policy allows
it), ``reported`` (understood, has no effect, and the reader says so), ``refused`` (cannot be honoured, so the
file is not accepted). A refused key whose value asks for nothing (``privileged: false``, ``devices: []``) is
no problem. Reported and refused keys carry the code of the sentence that says why.

>>> SERVICE["image"].treatment, SERVICE["build"].code
('honoured', 'compose.build')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Treatment = Literal["honoured", "permission", "reported", "refused"]


@dataclass(frozen=True, slots=True)
class Key:
    """``code`` is the sentence of a reported or refused key; ``remark`` adds, for the reference page, what to
    know."""

    treatment: Treatment
    code: str = ""
    remark: str = ""


Section = Mapping[str, Key]

_HONOURED = Key("honoured")
_DECIDES = Key("reported", "compose.polder-decides")
_NO_EFFECT = Key("reported", "compose.no-effect")
_SWARM = Key("refused", "compose.swarm-cannot")
_LATER = Key("refused", "compose.not-supported")


def _yes(remark: str) -> Key:
    return Key("honoured", remark=remark)


def _all(key: Key, names: str) -> dict[str, Key]:
    return dict.fromkeys(names.split(), key)


TOP: Section = {
    "services": _HONOURED,
    "volumes": _HONOURED,
    "networks": _HONOURED,
    "secrets": _yes("names only: the values come from the site's secrets/ folder"),
    "configs": _yes("content written inline, or a file beside compose.yml"),
    "version": Key("reported", "compose.version"),
    "name": Key("reported", "compose.name"),
    "include": Key("refused", "compose.include"),
    "models": _LATER,
}

SERVICE: Section = {
    "image": _yes("by digest (name@sha256:...); left out for the image that the recipe builds"),
    "command": _yes("list, or text split into words first: a variable's value is always one word"),
    "entrypoint": _yes("as command"),
    "environment": _yes("map or list; every variable needs a value"),
    "volumes": _yes("short and long form: named volumes, tmpfs; host paths need the permission host-paths"),
    "tmpfs": _yes("options size and mode"),
    "ports": Key("permission", remark="permission ports; always published in host mode, on every address"),
    "networks": _yes("list, or map with aliases"),
    "depends_on": _yes("list, or map with the conditions service_started and service_healthy"),
    "healthcheck": _HONOURED,
    "deploy": _HONOURED,
    "scale": _yes("as deploy.replicas"),
    "mem_limit": _yes("as deploy.resources.limits.memory"),
    "mem_reservation": _yes("as deploy.resources.reservations.memory"),
    "cpus": _yes("as deploy.resources.limits.cpus"),
    "pids_limit": _yes("as deploy.resources.limits.pids"),
    "shm_size": _yes("a tmpfs of that size at /dev/shm"),
    "secrets": _yes("short and long form"),
    "configs": _yes("short and long form"),
    "cap_add": Key("permission", remark="permission capabilities; those that amount to root need privileged"),
    "network_mode": Key("permission", remark="host only, with the permission host-network"),
    "hostname": _yes("${POLDER_DOMAIN} only: Docker's DNS answers it on every network of the service"),
    "init": _yes("true unless the file says false"),
    **_all(
        _HONOURED,
        "user group_add working_dir read_only stop_signal stop_grace_period cap_drop sysctls ulimits"
        " extra_hosts labels tty stdin_open",
    ),
    "restart": Key("reported", "compose.restart"),
    "container_name": Key("reported", "compose.container-name"),
    "expose": Key("reported", "compose.expose"),
    "logging": _DECIDES,
    "pull_policy": _DECIDES,
    "attach": _NO_EFFECT,
    "platform": Key("reported", "compose.platform"),
    "build": Key("refused", "compose.build"),
    "env_file": Key("refused", "compose.env-file"),
    "label_file": Key("refused", "compose.env-file"),
    "extends": Key("refused", "compose.extends"),
    "profiles": Key("refused", "compose.profiles"),
    "links": Key("refused", "compose.links"),
    "external_links": Key("refused", "compose.links"),
    "privileged": Key("refused", "compose.privileged"),
    "devices": Key("refused", "compose.devices"),
    **_all(
        _SWARM,
        "annotations blkio_config cgroup cgroup_parent cpu_count cpu_percent cpu_period cpu_quota"
        " cpu_rt_period cpu_rt_runtime cpu_shares cpuset device_cgroup_rules domainname gpus ipc mac_address"
        " mem_swappiness memswap_limit oom_kill_disable oom_score_adj pid runtime security_opt storage_opt"
        " userns_mode uts volumes_from",
    ),
    **_all(
        _LATER,
        "credential_spec develop dns dns_opt dns_search driver_opts isolation models post_start pre_stop"
        " provider use_api_socket",
    ),
}

HEALTHCHECK: Section = {
    **_all(_HONOURED, "test interval timeout retries start_period disable"),
    "start_interval": _NO_EFFECT,
}

DEPLOY: Section = {
    "mode": _yes("replicated or global"),
    **_all(_HONOURED, "replicas resources labels placement update_config"),
    "endpoint_mode": _DECIDES,
    "restart_policy": _DECIDES,
    "rollback_config": _DECIDES,
}
RESOURCES: Section = {"limits": _HONOURED, "reservations": _HONOURED}
LIMITS: Section = _all(_HONOURED, "cpus memory pids")
RESERVATIONS: Section = {
    **_all(_HONOURED, "cpus memory"),
    "devices": _SWARM,
    "generic_resources": _LATER,
}
UPDATE: Section = {
    "order": _HONOURED,
    **_all(_DECIDES, "parallelism delay failure_action monitor max_failure_ratio"),
}
PLACEMENT: Section = {"constraints": _HONOURED, "preferences": _LATER, "max_replicas_per_node": _LATER}

PORT: Section = {
    **_all(_HONOURED, "target published protocol"),
    "mode": _yes("host only: the routing mesh is never used"),
    "host_ip": _yes("0.0.0.0 only: Swarm publishes on every address"),
    "name": _NO_EFFECT,
    "app_protocol": _NO_EFFECT,
}
MOUNT: Section = {
    "type": _yes("volume, bind or tmpfs"),
    **_all(_HONOURED, "source target read_only bind volume tmpfs"),
    "consistency": _NO_EFFECT,
    "image": _LATER,
}
MOUNT_BIND: Section = {
    "create_host_path": Key("reported", "compose.create-host-path"),
    "propagation": _LATER,
    "selinux": _NO_EFFECT,
    "recursive": _LATER,
}
MOUNT_VOLUME: Section = {"nocopy": _HONOURED, "subpath": _SWARM, "labels": _NO_EFFECT}
MOUNT_TMPFS: Section = _all(_HONOURED, "size mode")
DEPENDS: Section = {
    "condition": _yes("service_started or service_healthy"),
    "restart": _NO_EFFECT,
    "required": _NO_EFFECT,
}
ATTACHMENT: Section = {
    "aliases": _HONOURED,
    **_all(_NO_EFFECT, "priority gw_priority interface_name"),
    **_all(_SWARM, "ipv4_address ipv6_address link_local_ips mac_address driver_opts"),
}
REFERENCE: Section = _all(_HONOURED, "source target uid gid mode")
ULIMIT: Section = _all(_HONOURED, "soft hard")

VOLUME: Section = {
    "driver": _yes("local only"),
    "name": Key("reported", "compose.name"),
    "labels": _DECIDES,
    "external": Key("refused", "compose.external"),
    "driver_opts": Key("refused", "compose.driver-opts"),
}
NETWORK: Section = {
    "internal": _HONOURED,
    "driver": Key("reported", "compose.polder-decides", "bridge and overlay; other drivers are refused"),
    "name": Key("reported", "compose.name"),
    **_all(_DECIDES, "labels attachable"),
    "external": Key("refused", "compose.external"),
    "driver_opts": Key("refused", "compose.driver-opts"),
    **_all(_LATER, "ipam enable_ipv4 enable_ipv6"),
}
SECRET: Section = {
    **_all(Key("reported", "compose.secret-value"), "file environment name"),
    "external": _yes("the natural way to declare one: every secret's value comes from the site"),
    "labels": _DECIDES,
    **_all(_LATER, "driver driver_opts template_driver content"),
}
CONFIG: Section = {
    "content": _HONOURED,
    "file": _yes("a file beside compose.yml, at most 500 kB of text; its dollar signs are left alone"),
    "name": Key("reported", "compose.name"),
    "labels": _DECIDES,
    "environment": Key("refused", "compose.config-elsewhere"),
    "external": _yes("only for the configs that Polder itself writes (the ingress)"),
    "template_driver": _LATER,
}

SECTIONS: Mapping[str, Section] = {
    "the file": TOP,
    "services": SERVICE,
    "services: healthcheck": HEALTHCHECK,
    "services: deploy": DEPLOY,
    "services: deploy.resources": RESOURCES,
    "services: deploy.resources.limits": LIMITS,
    "services: deploy.resources.reservations": RESERVATIONS,
    "services: deploy.update_config": UPDATE,
    "services: deploy.placement": PLACEMENT,
    "services: ports (long form)": PORT,
    "services: volumes (long form)": MOUNT,
    "services: volumes, bind": MOUNT_BIND,
    "services: volumes, volume": MOUNT_VOLUME,
    "services: volumes, tmpfs": MOUNT_TMPFS,
    "services: depends_on": DEPENDS,
    "services: networks": ATTACHMENT,
    "services: secrets and configs (long form)": REFERENCE,
    "services: ulimits": ULIMIT,
    "volumes": VOLUME,
    "networks": NETWORK,
    "secrets": SECRET,
    "configs": CONFIG,
}
