from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.kernel.document import read_document, to_data
from polder.platform.compose.interpolate import interpolate
from polder.platform.compose.model import Project, Service
from polder.platform.compose.read import read_project
from polder.platform.compose.write import yaml_text
from polder.platform.export import Exported, export_project, secret_paths

APP = b"""
services:
  web:
    command: [sh, -c, "cat /etc/site > /data/index.html; exec httpd -f -p 8080 -h /data"]
    environment: {PRICE: "$$5 in $$EUR", DOMAIN: "${POLDER_DOMAIN}", YES: "yes", EMPTY: ""}
    stop_grace_period: 100ms
    mem_limit: 64m
    cap_drop: [NET_RAW]
    volumes: [data:/data, {type: tmpfs, target: /tmp, tmpfs: {size: 1m}}]
    secrets: [{source: key, target: server.key, mode: 0440}]
    configs: [{source: site, target: /etc/site}]
    depends_on: [db]
    healthcheck: {test: [CMD, "true"], interval: 500ms, retries: 2}
    networks: {default: , back: {aliases: [front]}}
  db:
    command: [sleep, "1000000"]
    stop_grace_period: 1s
    ulimits: {nofile: 512}
    networks: [back]
volumes: {data: {}}
networks: {back: {internal: true}}
secrets: {key: {external: true}}
configs: {site: {content: "hello from ${POLDER_DOMAIN}, $$5\\n"}}
"""


def exported(image: str = "sha256:" + "a" * 64, volume: str = "s_g_wiki_data", port: int = 8080) -> Exported:
    project = interpolate(read_project(APP, "compose.yml"), {"POLDER_DOMAIN": "wiki.lilas.test"})
    images = dict.fromkeys(project.services, image)
    return Exported("g-wiki", "The wiki", "wiki.lilas.test", project, images, {"data": volume}, "web", port)


def read_back(files: Mapping[str, str]) -> Project:
    beside = {path: text.encode() for path, text in files.items()}
    return interpolate(read_project(beside["compose.yml"], "compose.yml", beside), {})


def meaning(project: Project) -> tuple[Any, ...]:
    """All that an export can say: see the module of ``write`` for what it cannot."""
    services = {name: _comparable(service) for name, service in project.services.items()}
    return services, project.volumes, project.networks, project.secrets, project.configs


def _comparable(service: Service) -> Service:
    mounts = tuple(replace(mount, mode=0) for mount in service.mounts)
    return replace(
        service, where="", image="", mounts=mounts, depends_on=dict.fromkeys(service.depends_on, "started")
    )


def test_an_export_read_back_means_the_same_but_for_the_published_port() -> None:
    app = exported()
    back = read_back(export_project(app))
    ports = back.services["web"].ports
    web = replace(back.services["web"], ports=())
    assert [(p.target, p.published) for p in ports] == [(8080, 8080)]
    assert meaning(replace(back, services={**back.services, "web": web})) == meaning(app.project)


def test_values_of_secrets_are_listed_and_never_included() -> None:
    files = export_project(exported())
    assert set(files) == {"compose.yml", "README.md", "configs/site"}
    assert secret_paths(exported()) == {"key": "secrets/key"}
    assert "`secrets/key`" in files["README.md"]


def test_the_readme_names_the_data_the_images_and_the_port() -> None:
    readme = export_project(exported(port=8123))["README.md"]
    for part in (
        "s_g_wiki_data",
        "sha256:" + "a" * 64,
        "http://127.0.0.1:8123/",
        "docker stack deploy",
        "wiki.lilas.test",
    ):
        assert part in readme
    assert "{" not in readme.replace("{{.Mountpoint}}", "")


def test_an_app_without_data_images_or_secrets_does_not_speak_of_them() -> None:
    project = read_project(b"services: {web: {}}", "compose.yml")
    readme = export_project(Exported("g-a", "A", "a.test", project, {}, {}, "web"))["README.md"]
    assert "keeps no data" in readme and "Secrets" not in readme and "Images" not in readme


def test_what_an_older_compose_file_cannot_say_is_left_out_and_told() -> None:
    text = (
        b"services: {db: {}, web: {group_add: [7], tmpfs: '/t:mode=0700',"
        b" depends_on: {db: {condition: service_healthy}}}}"
    )
    files = export_project(Exported("g-a", "A", "a.test", read_project(text, "compose.yml"), {}, {}, "web"))
    assert "group_add" not in files["compose.yml"] and "condition" not in files["compose.yml"]
    for line in ("web: group_add", "web: tmpfs mode", "web: depends_on condition service_healthy"):
        assert f"- `{line}`" in files["README.md"]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
SEEN = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Zl", "Zp"]), max_size=20)
"""Text that may stand in YAML as it is."""
SLUG = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


@st.composite
def services(draw: st.DrawFn, name: str, others: list[str]) -> dict[str, Any]:
    """Keys of a service in plain data; texts may hold anything, dollar signs doubled."""

    def text() -> str:
        return draw(SEEN).replace("$", "$$")

    def sometimes(key: str, value: Any) -> dict[str, Any]:
        return {key: value} if draw(st.booleans()) else {}

    return {
        **sometimes("command", ["run", text(), text()]),
        **sometimes("entrypoint", ["sh", text()]),
        **sometimes("environment", {draw(SLUG).upper(): text() for _ in range(2)}),
        **sometimes("labels", {draw(SLUG): text()}),
        **sometimes(
            "volumes",
            [
                "data:/data:ro",
                {"type": "tmpfs", "target": "/t", "tmpfs": {"size": draw(st.integers(0, 2**40))}},
            ],
        ),
        **sometimes(
            "secrets",
            [
                {
                    "source": "key",
                    "target": draw(SLUG),
                    "uid": "7",
                    "mode": draw(st.sampled_from(["0400", "0444"])),
                }
            ],
        ),
        **sometimes("configs", ["site"]),
        **sometimes("networks", {"back": {"aliases": [draw(SLUG)]}}),
        **sometimes("depends_on", draw(st.lists(st.sampled_from(others), unique=True)) if others else []),
        **sometimes(
            "healthcheck",
            {"test": ["CMD", text()], "interval": f"{draw(st.integers(1, 10**6))}ms", "retries": 3},
        ),
        **sometimes("mem_limit", draw(st.integers(1, 2**45))),
        **sometimes("cpus", draw(st.integers(1, 64_000)) / 1000),
        **sometimes("ulimits", {"nofile": {"soft": draw(st.integers(-1, 99)), "hard": 99}}),
        **sometimes("stop_grace_period", f"{draw(st.integers(1, 10**9))}us"),
        **sometimes("cap_drop", ["ALL"]),
        **sometimes("init", draw(st.booleans())),
        **sometimes("read_only", draw(st.booleans())),
        **sometimes("user", draw(SLUG)),
        **sometimes("deploy", {"replicas": draw(st.integers(0, 5)), "labels": {draw(SLUG): text()}}),
    }


@st.composite
def projects(draw: st.DrawFn) -> Project:
    names = draw(st.lists(SLUG, min_size=1, max_size=3, unique=True))
    data = {
        "services": {name: draw(services(name, names[:at])) for at, name in enumerate(names)},
        "volumes": {"data": {}},
        "networks": {"back": {"internal": draw(st.booleans())}},
        "secrets": {"key": {"external": True}},
        "configs": {"site": {"content": draw(SEEN).replace("$", "$$")}},
    }
    text = json.dumps(data, ensure_ascii=False).encode()
    return interpolate(read_project(text, "compose.yml"), {})


@given(projects())
def test_exporting_and_reading_back_keeps_what_a_project_means(project: Project) -> None:
    front = next(iter(project.services))
    files = export_project(Exported("g-a", "A", "a.test", project, {}, {"data": "v"}, front))
    back = read_back(files)
    cleared = replace(back.services[front], ports=())
    assert meaning(replace(back, services={**back.services, front: cleared})) == meaning(project)


LEAF = TEXT | st.integers(-(10**12), 10**12) | st.booleans()
TREE = st.recursive(
    LEAF, lambda t: st.lists(t, max_size=3) | st.dictionaries(TEXT, t, max_size=3), max_leaves=12
)


@given(st.dictionaries(TEXT, TREE, max_size=4))
def test_what_is_written_as_yaml_reads_back_with_doubled_dollar_signs(data: dict[str, Any]) -> None:
    found = to_data(read_document(yaml_text(data).encode(), "a.yml").root) if data else {}
    assert found == _doubled(data)


def _doubled(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, list):
        return [_doubled(item) for item in value]
    if isinstance(value, dict):
        return {key: _doubled(below) for key, below in value.items()}
    return value


def write(app: Exported, folder: Path, secret: str = "tide") -> Path:
    """The export as a person has it once the secrets are there."""
    for path, text in export_project(app).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for path in secret_paths(app).values():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(secret)
    return folder / "compose.yml"


def compose_client() -> list[str]:
    """``docker compose`` or ``docker-compose``; none: empty."""
    plugin = (
        subprocess.run(["docker", "compose", "version"], capture_output=True)
        if shutil.which("docker")
        else None
    )
    if plugin and plugin.returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else []


def test_docker_compose_accepts_the_export_and_changes_no_value(tmp_path: Path) -> None:
    client = compose_client()
    if not client:
        pytest.skip("no docker compose and no docker-compose here")
    file = write(exported(), tmp_path)
    done = subprocess.run([*client, "-f", str(file), "config"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Ignoring" not in done.stderr
    found = to_data(read_document(done.stdout.encode(), "config").root)
    web = found["services"]["web"]
    assert web["environment"]["PRICE"] == "$$5 in $$EUR" and web["environment"]["YES"] == "yes"
    assert found["volumes"]["data"]["name"] == "s_g_wiki_data"


@pytest.mark.engine
def test_docker_stack_deploy_runs_the_export(client: Any, tmp_path: Path) -> None:
    file = write(exported(client.image, f"{client.prefix}_site_data", 18345), tmp_path)
    stack = f"{client.prefix}-stack"
    client.docker("stack", "deploy", "--resolve-image", "never", "-c", str(file), stack)
    web = client.container_of(f"{stack}_web")
    client.container_of(f"{stack}_db")
    client.until(lambda: client.inspect("inspect", web)["State"].get("Health", {}).get("Status") == "healthy")
    found = client.inspect("inspect", web)
    assert client.docker("exec", web, "cat", "/data/index.html") == "hello from wiki.lilas.test, $5\n"
    assert client.docker("exec", web, "cat", "/run/secrets/server.key") == "tide"
    assert "PRICE=$5 in $EUR" in found["Config"]["Env"]
    assert found["HostConfig"]["Memory"] == 64 * 2**20 and found["HostConfig"]["CapDrop"] == ["CAP_NET_RAW"]
    assert found["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostPort"] == "18345"
    assert {m["Type"]: m.get("Name") for m in found["Mounts"]}["volume"] == f"{client.prefix}_site_data"
