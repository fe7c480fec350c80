"""Engines to hold to the contract: the twin always, a real one where there is one; and three tiny images."""

import hashlib
import io
import json
import os
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

from polder.kernel.engine import (
    CreateService,
    Engine,
    RemoveConfig,
    RemoveNetwork,
    RemoveSecret,
    RemoveService,
    RemoveVolume,
    Rollout,
    ServiceSeen,
)
from polder.kernel.problem import Refused
from polder.world.docker.http import open_engine
from polder.world.docker.memory import MemoryEngine

Json = dict[str, Any]
APPLETS = ("sh", "sleep", "echo", "cat", "true", "false", "httpd", "nc", "touch", "test", "id")


def busybox(folder: Path) -> Path:
    """A static busybox: the machine's, or the one in Debian's package."""
    if found := shutil.which("busybox"):
        return Path(found)
    subprocess.run(
        ["apt-get", "download", "-q", "busybox-static"], cwd=folder, check=True, capture_output=True
    )
    package = next(folder.glob("busybox-static_*.deb"))
    subprocess.run(["dpkg", "-x", package.name, "."], cwd=folder, check=True)
    return folder / "bin" / "busybox"


def layer(program: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as made:
        for name in ("bin", "tmp", "etc"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            made.addfile(folder)
        content = program.read_bytes()
        file = tarfile.TarInfo("bin/busybox")
        file.size, file.mode = len(content), 0o755
        made.addfile(file, io.BytesIO(content))
        for name in APPLETS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            made.addfile(link)
    return out.getvalue()


def archive(path: Path, content: bytes, config: Json, labels: dict[str, str]) -> Path:
    """A docker-archive of one layer."""
    found = {"Env": ["PATH=/bin"], "Labels": labels, **config}
    rootfs = {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(content).hexdigest()]}
    image = {"architecture": "amd64", "os": "linux", "created": "2025-10-09T08:53:20Z"}
    described = json.dumps(image | {"config": found, "rootfs": rootfs}, sort_keys=True).encode()
    name = hashlib.sha256(described).hexdigest() + ".json"
    manifest = json.dumps([{"Config": name, "RepoTags": None, "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(path, "w") as made:
        for member, data in ((name, described), ("layer.tar", content), ("manifest.json", manifest)):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            made.addfile(info, io.BytesIO(data))
    return path


@dataclass(frozen=True)
class Archives:
    """``good`` sleeps; ``unwell`` runs but never gets healthy; ``broken`` says why and ends."""

    good: Path
    better: Path
    unwell: Path
    broken: Path


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    folder = tmp_path_factory.mktemp("images")
    content = layer(busybox(folder))
    second = 1_000_000_000
    asleep = {"Cmd": ["sleep", "1000000"]}
    # A machine that is busy with other tests must not make a healthy container look ill.
    fine = {"Test": ["CMD", "true"], "Interval": second // 2, "Timeout": 60 * second, "Retries": 10}
    unfit = {**fine, "Test": ["CMD", "false"], "Retries": 1}
    dies = {"Cmd": ["sh", "-c", "echo the tide is too high; exit 3"]}
    return Archives(
        archive(folder / "good.tar", content, asleep | {"Healthcheck": fine}, {"polder.test": "good"}),
        archive(folder / "better.tar", content, asleep | {"Healthcheck": fine}, {"polder.test": "better"}),
        archive(
            folder / "unwell.tar", content, asleep | {"Healthcheck": unfit}, {"polder.test": "never-healthy"}
        ),
        archive(folder / "broken.tar", content, dies, {"polder.test": "crashes"}),
    )


@dataclass(frozen=True)
class Images:
    good: str
    better: str
    unwell: str
    broken: str


class Bench:
    """An engine with images loaded, names of its own, and everything of those names taken away afterwards."""

    def __init__(self, engine: Engine, images: Images) -> None:
        self.engine, self.images = engine, images
        self.mark = f"t{secrets.token_hex(4)}"

    def name(self, what: str = "web") -> str:
        return f"{self.mark}_{what}"

    def spec(self, image: str = "", **container: Any) -> Json:
        found = {"Image": image or self.images.good, "StopGracePeriod": 1_000_000, "Init": True, **container}
        update = {
            "Order": "start-first",
            "FailureAction": "rollback",
            "Monitor": 1_000_000_000,
            "Parallelism": 1,
        }
        return {
            "Labels": {"polder.site": self.mark},
            "TaskTemplate": {
                "ContainerSpec": found,
                "RestartPolicy": {"Condition": "any", "Delay": 100_000_000},
            },
            "Mode": {"Replicated": {"Replicas": 1}},
            "UpdateConfig": update,
            "RollbackConfig": {"Order": "start-first", "Parallelism": 1, "Monitor": 200_000_000},
            "EndpointSpec": {"Mode": "dnsrr"},
        }

    def create(self, spec: Json | None = None, what: str = "web") -> str:
        self.engine.run(CreateService(self.name(what), spec or self.spec()))
        return self.name(what)

    def service(self, name: str) -> ServiceSeen:
        return next(one for one in self.engine.look().services if one.name == name)

    def settled(self, name: str, limit: float = 180) -> Rollout:
        """The rollout once it is no longer converging."""
        return self.until(lambda: self.engine.rollout(name), lambda found: found.state != "converging", limit)

    def until(self, ask: Callable[[], Any], good: Callable[[Any], bool], limit: float = 180) -> Any:
        end = time.monotonic() + limit
        while True:
            found = ask()
            if good(found) or time.monotonic() > end:
                return found
            time.sleep(0.0 if isinstance(self.engine, MemoryEngine) else 0.15)

    def clean(self) -> None:
        seen = self.engine.look()
        mine = [one for one in seen.services if one.name.startswith(self.mark)]
        operations: list[Any] = [RemoveService(one.name, one.version) for one in mine]
        for objects, kind in (
            (seen.secrets, RemoveSecret),
            (seen.configs, RemoveConfig),
            (seen.networks, RemoveNetwork),
            (seen.volumes, RemoveVolume),
        ):
            operations += [kind(one.name) for one in objects if one.name.startswith(self.mark)]
        for operation in operations:
            self.engine.run(operation)


def code(call: Callable[[], object]) -> str:
    """The code of the one problem that ``call`` is refused for."""
    with pytest.raises(Refused) as refused:
        call()
    (problem,) = refused.value.problems
    return problem.code


@pytest.fixture
def refusal() -> Callable[[Callable[[], object]], str]:
    return code


def _load(engine: Engine, archives: Archives) -> Images:
    return Images(
        *(engine.load_image(a) for a in (archives.good, archives.better, archives.unwell, archives.broken))
    )


@pytest.fixture(scope="session")
def real_engine(engine_address: str, archives: Archives) -> Iterator[tuple[Engine, Images]]:
    with open_engine(engine_address) as engine:
        images = _load(engine, archives)
        yield engine, images
        for image in (images.good, images.better, images.unwell, images.broken):
            engine._wire.ask("DELETE", f"/images/{image}?force=1")


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.engine)])
def bench(request: pytest.FixtureRequest, archives: Archives) -> Iterator[Bench]:
    if request.param == "memory":
        twin = MemoryEngine()
        made = Bench(twin, _load(twin, archives))
    else:
        made = Bench(*request.getfixturevalue("real_engine"))
    yield made
    made.clean()


@pytest.fixture
def real_bench(real_engine: tuple[Engine, Images]) -> Iterator[Bench]:
    made = Bench(*real_engine)
    yield made
    made.clean()


START = """
ip link set lo up; mount --make-rprivate /; mkdir -p /run/docker; mount --bind "$1/run" /run/docker
exec dockerd --data-root "$1/data" --exec-root "$1/exec" -H "unix://$1/engine.sock" --pidfile "$1/pid"
"""


@dataclass
class Private:
    """``kill`` is a power cut: the engine and all it started are gone at once."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"unix://{self.folder}/engine.sock"

    @property
    def inside(self) -> list[str]:
        """What to put before a command so that it runs in the engine's own network."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return ["nsenter", "-t", children.read_text().split()[0], "-n"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Private]:
    """An engine of the test's own, outside any swarm, in a network of its own."""
    if os.geteuid() != 0 or not shutil.which("dockerd"):
        pytest.skip("starting an engine needs root and dockerd")
    for name in ("run", "data", "exec"):
        (tmp_path / name).mkdir()
    command = [
        "unshare",
        "-n",
        "-m",
        "--uts",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "sh",
        "-c",
        START,
    ]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*command, "sh", str(tmp_path)], stdout=log, stderr=log)
    made = Private(tmp_path, process)
    until = time.monotonic() + 30
    while not (tmp_path / "engine.sock").exists() and time.monotonic() < until:
        time.sleep(0.1)
    yield made
    made.kill()
