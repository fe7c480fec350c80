"""The main job on a real engine with real images: what a provider does in its first weeks, and what goes wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from polder.kernel.engine import UpdateService
from polder.world.docker.http import open_engine
from support.provider import Provider, Relay, Visits, page

pytestmark = [pytest.mark.engine, pytest.mark.builder]

BROKEN = """services:
  web:
    entrypoint: [sh, -c, "echo the dike is leaking; sleep 60"]
    healthcheck: {test: [CMD, "false"], interval: 1s, retries: 1}
    volumes: ["data:/data"]
volumes: {data: {}}
"""


def test_every_app_works_as_its_people_use_it(provider: Provider) -> None:
    checked = provider.json("app", "check", "--all")
    assert {one["app"] for one in checked} == {"jardin/site", "jardin/wiki", "velo/site", "velo/agenda"}
    assert all(one["passed"] and one["results"] for one in checked), checked


def test_a_second_apply_changes_nothing(provider: Provider) -> None:
    assert provider.json("plan")["steps"] == []
    assert "Nothing has to change." in provider.run("apply", "--yes")


def test_status_sees_health_versions_and_certificates(provider: Provider) -> None:
    status = provider.json("status")
    assert {app["state"] for app in status["apps"]} == {"running"}
    assert status["changes"] == 0
    days = {app["days"] for app in status["apps"] if app["domain"]}
    assert days and all(0 < day < 30 for day in days)


def test_a_stranger_name_is_refused_and_http_leads_to_https(
    provider: Provider, published_address: str
) -> None:
    with pytest.raises(OSError):
        page(provider.folder, published_address, "stranger.test")
    asked = ["curl", "-sI", "-H", "Host: trois-merles.test", f"http://{published_address}/a?b=c"]
    head = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True).stdout
    assert head.startswith("HTTP/1.1 308") and "https://trois-merles.test/a?b=c" in head


def test_a_change_by_hand_is_shown_and_set_right(provider: Provider, engine_address: str) -> None:
    name = "merles_velo_site_web"
    engine = open_engine(engine_address)
    live = next(s for s in engine.look().services if s.name == name)
    spec = {**live.spec, "Mode": {"Replicated": {"Replicas": 2}}}
    engine.run(UpdateService(name, live.version, spec))
    engine.close()
    plan = provider.json("plan")
    (step,) = plan["steps"]
    assert step["by_hand"] and step["changes"] == [{"path": "replicas", "before": "2", "after": "1"}]
    provider.run("apply", "--yes")
    assert provider.json("plan")["steps"] == []


def test_new_files_of_a_group_are_served_without_a_failed_visit(
    provider: Provider, published_address: str
) -> None:
    front = provider.folder / "content/jardin/index.html"
    front.write_text(front.read_text().replace("</body>", "<p>Une nouvelle haie.</p></body>"))
    with Visits(provider.folder, published_address, "trois-merles.test") as visits:
        provider.run("apply", "--yes")
    assert "Une nouvelle haie." in page(provider.folder, published_address, "trois-merles.test")[1]
    assert visits.failed == [] and visits.good > 5


def test_a_rotated_secret_is_the_one_that_opens_the_wiki(provider: Provider) -> None:
    before = provider.run("secret", "show", "jardin.wiki.admin-password", "--yes").strip()
    provider.run("secret", "rotate", "jardin.wiki.admin-password")
    kinds = {step["kind"] for step in provider.json("plan")["steps"]}
    assert kinds == {"rotate"}
    provider.run("apply", "--yes")
    after = provider.run("secret", "show", "jardin.wiki.admin-password", "--yes").strip()
    assert before != after
    assert provider.json("app", "check", "jardin/wiki")[0]["passed"]


def test_a_removed_app_keeps_its_data_and_finds_it_again(provider: Provider, published_address: str) -> None:
    provider.run("app", "remove", "jardin/wiki", "--yes")
    shown = provider.run("apply", "--yes")
    assert "Keep the data of jardin/wiki" in shown
    assert any(step["kind"] == "keep" for step in provider.json("plan")["steps"])
    assert _gone(provider, published_address, "wiki.trois-merles.test")
    provider.run("app", "add", "jardin/wiki", "--recipe", "dokuwiki", "--domain", "wiki.trois-merles.test")
    provider.run("apply", "--yes")
    assert provider.json("app", "check", "jardin/wiki")[0]["passed"]


def _gone(provider: Provider, address: str, domain: str) -> bool:
    """Refused at the handshake, or told that nothing is there (while the ingress still has its certificate)."""
    try:
        return page(provider.folder, address, domain)[0] in (404, 502, 503)
    except OSError:
        return True


def test_an_app_that_never_gets_healthy_is_taken_back_and_the_others_stay(
    provider: Provider, published_address: str
) -> None:
    recipe = provider.folder / "recipes/broken"
    recipe.mkdir(parents=True)
    static = Path(__file__).parents[2] / "recipes/static"
    described = (static / "recipe.yml").read_text().replace("recipe: static", "recipe: broken")
    (recipe / "recipe.yml").write_text(described)
    (recipe / "compose.yml").write_text(BROKEN)
    subprocess.run(["cp", "-r", str(static / "image"), str(recipe)], check=True)
    add = (
        "app",
        "add",
        "velo/broken",
        "--recipe",
        "broken",
        "--domain",
        "broken.test",
        "--set",
        "files=content/velo",
    )
    provider.run(*add)
    with Visits(provider.folder, published_address, "canard-bleu.test") as visits:
        shown = provider.run("apply", "--yes", status=1)
    assert "the dike is leaking" in shown
    assert visits.failed == []
    state = {app["app"]: app["state"] for app in provider.json("status")["apps"]}
    assert state["velo/broken"] == "absent" and state["velo/site"] == "running"
    provider.run("app", "remove", "velo/broken", "--forget-data", "velo/broken", "--yes")
    provider.run("apply", "--yes")


def test_a_bad_change_is_rolled_back_while_the_former_one_goes_on(
    provider: Provider, published_address: str
) -> None:
    recipe = provider.folder / "recipes/static"
    shutil.copytree(Path(__file__).parents[2] / "recipes/static", recipe)
    provider.edit("recipes/static/image/image.yml", "polder-http-ok", "polder-http-bad")
    try:
        with Visits(provider.folder, published_address, "canard-bleu.test") as visits:
            shown = provider.run("apply", "--yes", status=1)
        assert "the former one was put back" in shown
        assert visits.failed == []
    finally:
        shutil.rmtree(recipe)
    provider.run("apply", "--yes")
    assert provider.json("plan")["steps"] == []


@pytest.mark.parametrize("lines", [1, 4, 8])
def test_killed_half_way_the_next_apply_completes(provider: Provider, lines: int) -> None:
    name = f"news{lines}"
    add = ("app", "add", f"velo/{name}", "--recipe", "radicale", "--domain", f"{name}.canard-bleu.test")
    provider.run(*add)
    process = provider.begin("apply", "--yes")
    assert process.stdout
    seen = 0
    while seen < lines and (line := process.stdout.readline()):
        seen += line.startswith("ok ")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    provider.run("apply", "--yes")
    assert provider.json("plan")["steps"] == []
    provider.run("app", "remove", f"velo/{name}", "--forget-data", f"velo/{name}", "--yes")
    provider.run("apply", "--yes")


def test_the_second_of_two_operators_is_told_and_not_mixed_in(provider: Provider) -> None:
    provider.run("app", "set", "velo/agenda", "size=large")
    first = provider.begin("apply", "--yes")
    assert first.stdout
    while (line := first.stdout.readline()) and not line.startswith(("...", "ok ")):
        pass
    provider.run("app", "set", "jardin/wiki", "settings.title=Cahier")
    try:
        shown = provider.run("apply", "--yes", status=2)
    finally:
        assert first.wait(300) == 0
    assert "ana" in shown and "is applying changes" in shown
    provider.run("app", "set", "velo/agenda", "size=small")
    provider.run("apply", "--yes")
    assert provider.json("plan")["steps"] == []


@pytest.mark.parametrize("operations", [0, 2])
def test_an_engine_that_goes_away_half_way_is_reported_and_completed_later(
    provider: Provider, engine_address: str, tmp_path: Path, operations: int
) -> None:
    relay = Relay(tmp_path / "engine.sock", engine_address, operations)
    name = f"leaves{operations}"
    provider.run("app", "add", f"velo/{name}", "--recipe", "radicale", "--domain", f"{name}.canard-bleu.test")
    provider.edit("site.yml", f"engine: {engine_address}", f"engine: {relay.address}")
    began = time.monotonic()
    try:
        process = provider.begin("apply", "--yes")
        out, _ = process.communicate(timeout=300)
    finally:
        provider.edit("site.yml", f"engine: {relay.address}", f"engine: {engine_address}")
    assert process.returncode in (1, 3), out
    assert time.monotonic() - began < 120
    assert "No answer from" in out and "Traceback" not in out
    provider.run("apply", "--yes")
    assert provider.json("app", "check", f"velo/{name}")[0]["passed"]
    provider.run("app", "remove", f"velo/{name}", "--forget-data", f"velo/{name}", "--yes")
    provider.run("apply", "--yes")


def test_an_engine_that_is_away_is_said_so(provider: Provider, engine_address: str, tmp_path: Path) -> None:
    provider.edit("site.yml", f"engine: {engine_address}", f"engine: unix://{tmp_path}/nothing.sock")
    try:
        assert "nothing.sock" in provider.run("plan", status=3)
    finally:
        provider.edit("site.yml", f"engine: unix://{tmp_path}/nothing.sock", f"engine: {engine_address}")


def test_an_exported_app_runs_without_polder(
    provider: Provider, engine_address: str, published_address: str, tmp_path: Path
) -> None:
    provider.run("export", "velo/agenda", str(tmp_path / "out"), "--with-secrets")
    docker = ["/usr/bin/docker", "-H", engine_address]
    deploy = ["stack", "deploy", "--resolve-image", "never", "-c", "compose.yml", "byhand"]
    provider.run("app", "remove", "velo/agenda", "--yes")
    provider.run("apply", "--yes")
    try:
        subprocess.run([*docker, *deploy], cwd=tmp_path / "out", check=True, capture_output=True, timeout=60)
        asked = [
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            f"http://{published_address}:8080/.web/",
        ]
        status, limit = "", time.monotonic() + 90
        while status != "200" and time.monotonic() < limit:
            status = subprocess.run(asked, capture_output=True, text=True, timeout=30).stdout
            time.sleep(1)
        assert status == "200"
    finally:
        subprocess.run([*docker, "stack", "rm", "byhand"], check=True, capture_output=True, timeout=60)


def test_going_down_and_up_again_keeps_the_data(provider: Provider, engine_address: str) -> None:
    provider.run("down", "--yes")
    engine = open_engine(engine_address)
    seen = engine.look()
    engine.close()
    assert not [s for s in seen.services if s.name.startswith("merles_")]
    assert [v for v in seen.volumes if v.name.startswith("merles_jardin_wiki")]
    provider.run("apply", "--yes")
    assert provider.json("app", "check", "--all")


def test_no_secret_is_in_what_polder_wrote_or_the_engine_shows(
    provider: Provider, engine_address: str
) -> None:
    value = provider.run("secret", "show", "jardin.wiki.admin-password", "--yes").strip()
    assert len(value) >= 20
    for path in provider.folder.rglob("*"):
        if path.is_file():
            assert value.encode() not in path.read_bytes(), path
    plan = (
        provider.run("plan", "--verbose") + provider.run("explain", "jardin/wiki") + provider.run("journal")
    )
    assert value not in plan
    inspected = subprocess.run(
        ["/usr/bin/docker", "-H", engine_address, "service", "inspect", "merles_jardin_wiki_web"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout
    assert value not in inspected
