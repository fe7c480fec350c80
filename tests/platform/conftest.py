"""A real engine driven by Docker's own client, with one tiny image, for what Polder's specs and exports must mean to it."""

from __future__ import annotations

import io
import json
import secrets
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")

APPLETS = (
    "sh",
    "sleep",
    "echo",
    "cat",
    "true",
    "httpd",
    "id",
    "ls",
    "stat",
    "df",
    "nslookup",
    "kill",
    "ps",
    "touch",
)


@dataclass(frozen=True)
class Client:
    """``docker`` on the test engine. ``image`` is the id of an image with busybox only; ``prefix`` begins every name."""

    address: str
    image: str
    prefix: str

    def docker(self, *words: str, text: str | None = None) -> str:
        done = subprocess.run(
            [_program(), "--host", self.address, *words],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def inspect(self, *words: str) -> Any:
        return json.loads(self.docker(*words))[0]

    def container_of(self, service: str, limit: float = 60) -> str:
        """The id of the service's container, once one runs."""
        words = ("ps", "--no-trunc", "-q", "--filter", f"label=com.docker.swarm.service.name={service}")
        found = self.until(lambda: self.docker(*words).split(), limit)
        return found[0]

    def until(self, ask: Callable[[], Any], limit: float = 60) -> Any:
        """The first true answer; fails after ``limit`` seconds."""
        end = time.monotonic() + limit
        while not (found := ask()):
            assert time.monotonic() < end, "the engine did not get there"
            time.sleep(0.2)
        return found


def _program() -> str:
    """Debian's client where there is one: its ``stack deploy`` needs no plugins."""
    return "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"


@pytest.fixture(scope="session")
def busybox_tar(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("busybox")
    program = Path(shutil.which("busybox") or _debian_busybox(folder))
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        tar.add(program, "bin/busybox")
        for applet in APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    return made.getvalue()


def _debian_busybox(folder: Path) -> Path:
    subprocess.run(
        ["apt-get", "download", "-q", "busybox-static"], cwd=folder, check=True, capture_output=True
    )
    subprocess.run(["dpkg", "-x", next(folder.glob("*.deb")).name, "."], cwd=folder, check=True)
    return folder / "bin" / "busybox"


@pytest.fixture
def client(engine_address: str, busybox_tar: bytes) -> Iterator[Client]:
    words = [_program(), "--host", engine_address, "import", "--change", "ENV PATH=/bin", "-"]
    done = subprocess.run(words, input=busybox_tar, capture_output=True, check=True)
    made = Client(engine_address, done.stdout.decode().strip(), f"polder-p{secrets.token_hex(3)}")
    yield made
    _clean(made)


def _clean(client: Client) -> None:
    """Takes away everything that has the client's prefix; volumes once their last container is gone."""
    for kind in ("service", "secret", "config", "network"):
        names = client.docker(kind, "ls", "--format", "{{.Name}}").split()
        for name in (name for name in names if name.startswith(client.prefix)):
            client.docker(kind, "rm", name)
    for name in client.docker("volume", "ls", "-q", "--filter", f"name={client.prefix}").split():
        client.until(lambda name=name: _tried(client, "volume", "rm", name))  # type: ignore[misc]
    client.until(lambda: _tried(client, "image", "rm", client.image))


def _tried(client: Client, *words: str) -> bool:
    try:
        client.docker(*words)
    except AssertionError:
        return False
    return True
