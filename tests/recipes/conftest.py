"""Runs a built-in recipe's image on the test engine as its compose file says, one container, reached without the ingress."""

from __future__ import annotations

import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from polder.kernel.secret import Secret
from polder.platform.recipe.check import captures, judge, request_of
from polder.platform.recipe.model import Recipe
from polder.platform.recipe.read import read_recipe
from polder.world.files import read_recipe_folder
from polder.world.images import BuildRequest, build_image, cache_folder

DOCKER = "/usr/bin/docker"


@dataclass
class Running:
    """One container of a recipe: where it answers, and what a check of it is filled in with."""

    recipe: Recipe
    name: str
    address: str
    docker: Callable[..., str]
    values: dict[str, str | Secret] = field(default_factory=dict)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, trust_env=False, timeout=20)

    def check(self, *phases: str) -> list[str]:
        """Runs the recipe's check; returns what went wrong, in words."""
        wrong = []
        with self.client() as client:
            for step in self.recipe.check:
                if phases and step.phase not in phases:
                    continue
                asked = request_of(step, self.values)
                auth = tuple(part.reveal() if isinstance(part, Secret) else part for part in asked.auth)
                answer = client.request(
                    asked.method,
                    asked.path,
                    headers=dict(asked.headers),
                    data=dict(asked.form) or None,
                    content=asked.body.encode() if asked.body else None,
                    auth=httpx.BasicAuth(*auth) if auth[0] else None,
                    follow_redirects=step.follow,
                )
                problem = judge(step, answer.status_code, answer.text, self.values)
                if problem:
                    wrong.append(f"{step.say.read('en')}: {problem}")
                else:
                    self.values |= captures(step, answer.text)
        return wrong


@pytest.fixture(scope="module")
def start(
    repository: Path, engine_address: str, published_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Running]]:
    """Starts ``recipe`` with a secret for each one it wants; all containers and volumes go at the end."""
    made: list[str] = []
    volumes: set[str] = set()

    def docker(*words: str) -> str:
        done = subprocess.run(
            [DOCKER, "-H", engine_address, *words], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def run(
        name: str, password: str, volume: str = "", content: Path | None = None, **environment: str
    ) -> Running:
        folder = repository / "recipes" / name
        recipe = read_recipe(name, read_recipe_folder(folder), builtin=True)
        service, image = recipe.project.services[recipe.front_service], recipe.image
        assert image is not None
        built = build_image(
            BuildRequest(
                name, name, image.build, image.packages, folder / "image", content, image.content_at
            ),
            cache_folder(),
        )
        docker("load", "-i", str(built.archive))
        words = [
            "--read-only",
            "--cap-drop",
            "ALL",
            "--memory",
            str(next(iter(recipe.sizes.values())).memory),
        ]
        for mount in service.mounts:
            if mount.kind == "tmpfs":
                words += ["--tmpfs", f"{mount.target}:size={mount.size}"]
            else:
                words += ["--volume", f"{volume}:{mount.target}"]
                volumes.add(volume)
        secret = tmp_path_factory.mktemp("secret") / "value"
        secret.write_text(password)
        secret.chmod(0o444)
        for reference in service.secrets:
            words += ["--volume", f"{secret}:/run/secrets/{reference.target}:ro"]
        for key, value in environment.items():
            words += ["--env", f"{key}={value}"]
        container = docker("run", "--detach", "--init", "--publish", "8080", *words, built.id)
        made.append(container)
        port = docker("port", container, "8080/tcp").splitlines()[0].rsplit(":", 1)[1]
        values: dict[str, str | Secret] = {"random": secrets.token_hex(8), "domain": "app.test"}
        values |= {f"secret.{one}": Secret(password) for one in recipe.secrets}
        values |= {f"setting.{one}": str(wish.default) for one, wish in recipe.settings.items()}
        found = Running(recipe, container, f"http://{published_address}:{port}", docker, values)
        _wait_healthy(found)
        return found

    try:
        yield run
    finally:
        for container in made:
            subprocess.run([DOCKER, "-H", engine_address, "rm", "-f", container], capture_output=True)
        for volume in volumes:
            subprocess.run([DOCKER, "-H", engine_address, "volume", "rm", volume], capture_output=True)


def _wait_healthy(running: Running, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while running.docker("inspect", "-f", "{{.State.Health.Status}}", running.name) != "healthy":
        assert time.monotonic() < end, running.docker("logs", running.name)
        time.sleep(0.3)
