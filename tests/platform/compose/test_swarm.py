from __future__ import annotations

from typing import Any

import pytest

from polder.kernel.engine import CreateConfig, CreateNetwork, CreateSecret, CreateService, Json
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.kernel.spec import normalise
from polder.platform.compose.interpolate import interpolate
from polder.platform.compose.model import Project
from polder.platform.compose.read import read_project
from polder.platform.compose.swarm import service_spec
from polder.world.docker.http import open_engine

RICH = b"""
services:
  web:
    entrypoint: [sh, -c]
    command: [exec sleep 1000000]
    environment: {GREETING: "costs $$5", DOMAIN: "${POLDER_DOMAIN}"}
    user: "1234:5678"
    group_add: ["4321"]
    working_dir: /tmp
    hostname: "${POLDER_DOMAIN}"
    read_only: true
    stop_signal: SIGUSR1
    stop_grace_period: 1s
    cap_add: [net_admin]
    cap_drop: [CHOWN, net_raw]
    sysctls: {net.ipv4.ip_unprivileged_port_start: 80}
    ulimits: {nofile: {soft: 512, hard: 1024}, nproc: 77}
    extra_hosts: ["sea.lilas.test:192.0.2.7", "dike.lilas.test=2001:db8::7"]
    labels: {colour: blue}
    mem_limit: 64m
    pids_limit: 50
    shm_size: 8m
    tmpfs: /cache:size=1m,mode=1770
    volumes:
      - data:/data
      - {type: tmpfs, target: /tmp, tmpfs: {size: 2m, mode: 01777}}
    secrets: [{source: key, target: server.key, uid: "1234", gid: "5678", mode: 0400}]
    configs: [{source: motd, target: /etc/motd}]
    ports: ["18341:8080", "18342:8081/udp"]
    networks: {default: {aliases: [wiki.lilas.test]}}
    healthcheck: {test: "true", interval: 500ms, timeout: 2s, retries: 2, start_period: 1s}
    deploy:
      labels: {about: service}
      update_config: {order: start-first}
      placement: {constraints: ["node.role == manager"]}
volumes: {data: {}}
secrets: {key: {external: true}}
configs: {motd: {content: "welcome to ${POLDER_DOMAIN}"}}
"""


def rich() -> Project:
    return interpolate(read_project(RICH, "compose.yml"), {"POLDER_DOMAIN": "wiki.lilas.test"})


def spec(project: Project, prefix: str, image: str, **more: Any) -> Json:
    service = project.services["web"]
    return service_spec(
        service,
        name=f"{prefix}_web",
        image=image,
        labels={"polder.site": prefix},
        networks=[(f"{prefix}_net", service.networks.get("default", ()))],
        volume_name=lambda name: f"{prefix}_{name}",
        volume_labels={"polder.site": prefix},
        secret_name=lambda name: f"{prefix}_{name}_0123456789ab",
        config_name=lambda name: f"{prefix}_{name}_0123456789ab",
        **more,
    )


def plain(text: bytes) -> Json:
    return spec(read_project(text, "compose.yml"), "s", "image:x")


def test_a_plain_service_says_only_what_must_be_said() -> None:
    assert plain(b"services: {web: {}}") == {
        "Name": "s_web",
        "Labels": {"polder.site": "s"},
        "TaskTemplate": {
            "ContainerSpec": {"Image": "image:x", "Init": True},
            "Resources": {},
            "RestartPolicy": {"Condition": "any", "Delay": 2_000_000_000},
            "Placement": {},
            "LogDriver": {"Name": "json-file", "Options": {"max-file": "3", "max-size": "10m"}},
            "Networks": [{"Target": "s_net"}],
        },
        "Mode": {"Replicated": {"Replicas": 1}},
        "UpdateConfig": {
            "Parallelism": 1,
            "Order": "stop-first",
            "Monitor": 5_000_000_000,
            "MaxFailureRatio": 0,
            "FailureAction": "rollback",
        },
        "RollbackConfig": {
            "Parallelism": 1,
            "Order": "stop-first",
            "Monitor": 5_000_000_000,
            "MaxFailureRatio": 0,
            "FailureAction": "pause",
        },
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def test_no_ports_virtual_addresses_or_processor_limits_appear_unasked() -> None:
    text = str(plain(b"services: {web: {deploy: {resources: {limits: {memory: 64M}}}}}"))
    assert "NanoCPUs" not in text and "vip" not in text and "Ports" not in text and "MaxAttempts" not in text


def test_a_published_port_is_always_one_of_the_host() -> None:
    ports = plain(b"services: {web: {ports: ['53:5353/udp', '80-81:8080-8081']}}")["EndpointSpec"]["Ports"]
    assert {port["PublishMode"] for port in ports} == {"host"}
    assert [(p["PublishedPort"], p["TargetPort"], p["Protocol"]) for p in ports] == [
        (53, 5353, "udp"),
        (80, 8080, "tcp"),
        (81, 8081, "tcp"),
    ]


def test_a_service_on_its_hosts_network_joins_no_other() -> None:
    assert plain(b"services: {web: {network_mode: host}}")["TaskTemplate"]["Networks"] == [{"Target": "host"}]


def test_constraints_of_the_file_and_of_the_site_both_hold() -> None:
    made = spec(rich(), "s", "image:x", constraints=("node.labels.polder.host==lilas",))
    assert made["TaskTemplate"]["Placement"] == {
        "Constraints": ["node.role == manager", "node.labels.polder.host==lilas"]
    }


@pytest.mark.engine
def test_a_real_engine_runs_a_rich_service_as_the_file_says(client: Any) -> None:
    project, name = rich(), client.prefix
    wanted = spec(project, name, client.image)
    with open_engine(client.address) as engine:
        engine.run(CreateNetwork(f"{name}_net", {"Driver": "overlay", "Labels": {}}))
        engine.run(CreateSecret(f"{name}_key_0123456789ab", {}, "key"), {"key": Secret("tide")})
        engine.run(CreateConfig(f"{name}_motd_0123456789ab", {}, project.configs["motd"]))
        engine.run(CreateService(f"{name}_web", wanted))
        container = client.container_of(f"{name}_web")
        client.until(lambda: engine.rollout(f"{name}_web").state == "done")
        live = next(found for found in engine.look().services if found.name == f"{name}_web")
    assert normalise(live.spec) == normalise(wanted), "asking again would plan a change"
    check_container(client, client.inspect("inspect", container), name)
    check_inside(client, container)


@pytest.mark.engine
def test_a_hostname_is_a_name_on_every_network_which_is_why_a_recipe_cannot_choose_it(client: Any) -> None:
    name, victim = client.prefix, "wiki.victim.test"
    refused = b"services: {web: {command: [sleep, '1000'], hostname: wiki.victim.test}}"
    with pytest.raises(Refused, match=r"compose\.hostname"):
        read_project(refused, "compose.yml")
    project = read_project(refused.replace(b", hostname: " + victim.encode(), b""), "compose.yml")
    wanted = spec(project, name, client.image)
    wanted["TaskTemplate"]["ContainerSpec"]["Hostname"] = victim
    with open_engine(client.address) as engine:
        engine.run(CreateNetwork(f"{name}_net", {"Driver": "overlay", "Labels": {}}))
        engine.run(CreateService(f"{name}_web", wanted))
        container = client.container_of(f"{name}_web")
    assert f"Name:\t{victim}" in client.docker("exec", container, "nslookup", victim)


def check_container(client: Any, found: Json, name: str) -> None:
    """What the engine says it gave the container."""
    host, config = found["HostConfig"], found["Config"]
    assert (host["Memory"], host["PidsLimit"], host["ReadonlyRootfs"], host["Init"]) == (
        64 * 2**20,
        50,
        True,
        True,
    )
    assert host["CapAdd"] == ["CAP_NET_ADMIN"] and host["CapDrop"] == ["CAP_CHOWN", "CAP_NET_RAW"]
    assert {(u["Name"], u["Soft"], u["Hard"]) for u in host["Ulimits"]} == {
        ("nofile", 512, 1024),
        ("nproc", 77, 77),
    }
    assert host["Sysctls"] == {"net.ipv4.ip_unprivileged_port_start": "80"}
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-file": "3", "max-size": "10m"}}
    assert set(host["ExtraHosts"]) == {"sea.lilas.test:192.0.2.7", "dike.lilas.test:2001:db8::7"}
    assert (config["User"], config["WorkingDir"], config["StopSignal"]) == ("1234:5678", "/tmp", "SIGUSR1")
    assert config["Healthcheck"]["Test"] == ["CMD-SHELL", "true"] and config["Labels"]["colour"] == "blue"
    assert {key.split("/")[0] for key in host["PortBindings"] or {}} <= {"8080", "8081"}
    published = found["NetworkSettings"]["Ports"]
    assert published["8080/tcp"][0]["HostPort"] == "18341" and published["8081/udp"][0]["HostPort"] == "18342"
    volume = client.inspect("volume", "inspect", f"{name}_data")
    assert volume["Labels"] == {"polder.site": name}


def check_inside(client: Any, container: str) -> None:
    """What a process in the container finds."""

    def ask(*words: str) -> str:
        found: str = client.docker("exec", container, *words)
        return found.strip()

    assert ask("id", "-G") == "5678 4321"
    assert ask("sh", "-c", "echo $GREETING $DOMAIN") == "costs $5 wiki.lilas.test"
    assert ask("cat", "/run/secrets/server.key") == "tide"
    assert ask("stat", "-c", "%a %u %g", "/run/secrets/server.key") == "400 1234 5678"
    assert ask("cat", "/etc/motd") == "welcome to wiki.lilas.test"
    assert ask("stat", "-c", "%a", "/cache") == "1770"
    sizes = [ask("df", "-k", place).split()[8] for place in ("/tmp", "/cache", "/dev/shm")]
    assert sizes == ["2048", "1024", "8192"]
    assert ask("cat", "/proc/1/comm") == "docker-init"
    assert ask("nslookup", "wiki.lilas.test").count("Address") >= 2
    assert ask("cat", "/etc/hostname") == "wiki.lilas.test"
