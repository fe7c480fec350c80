"""Throw-away engines for benchmarks (``script/engine start --test``), a tiny image on them, and the docker command."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from _common import ROOT, note, output

from polder.world.docker.http import open_engine
from polder.world.images.archive import layer_of, new_image, write_archive

DOCKER = "/usr/bin/docker"
"""Debian's client, beside which Polder is measured; another one may come first in PATH."""
APPLETS = ("sh", "sleep", "true")


@dataclass(frozen=True)
class TestEngine:
    """``socket`` is where it answers, ``address`` the one its published ports answer at."""

    number: str
    socket: str
    address: str

    @property
    def host(self) -> str:
        return f"unix://{self.socket}"

    def docker(self, *words: str) -> list[str]:
        return [DOCKER, "--host", self.host, *words]


@contextmanager
def test_engine() -> Iterator[TestEngine]:
    """A swarm of one in its own network; taken away at the end, or by the next one when this process is killed."""
    if os.geteuid() != 0:
        raise SystemExit("This benchmark starts a throw-away engine: run it as root.")
    script = str(ROOT / "script" / "engine")
    told = output([script, "start", "--test", "--owner", str(os.getpid())])
    said = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    number = said["POLDER_TEST_INSTANCE"]
    engine = TestEngine(number, said["DOCKER_HOST"].removeprefix("unix://"), said["POLDER_TEST_ADDRESS"])
    try:
        _wide_networks(engine)
        yield engine
    finally:
        note(f"taking test engine {number} away")
        subprocess.run([script, "stop", "--test", number], check=False, capture_output=True, timeout=300)


def _wide_networks(engine: TestEngine) -> None:
    """Swarm gives a network 254 addresses unless told otherwise, and every app has one on the ingress's network."""
    output(engine.docker("swarm", "leave", "--force"))
    pool = ["--default-addr-pool", "10.128.0.0/9", "--default-addr-pool-mask-length", "20"]
    output(engine.docker("swarm", "init", "--advertise-addr", engine.address, *pool))


def load_tiny(engine: TestEngine) -> str:
    """An image of 2 MB that only sleeps; returns its id."""
    with tempfile.TemporaryDirectory() as name, open_engine(engine.host) as opened:
        folder = Path(name)
        _layer(_busybox(folder), folder / "layer.tar")
        runs = {"Env": ["PATH=/bin"], "Cmd": ["sleep", "1000000"]}
        image = new_image((layer_of(folder / "layer.tar"),), runs, ("busybox",))
        write_archive(image, "tiny", folder / "tiny.tar")
        return opened.load_image(folder / "tiny.tar")


def wait_running(engine: TestEngine, count: int, limit: float = 600) -> None:
    """Until ``count`` tasks run."""
    until = time.monotonic() + limit
    with open_engine(engine.host) as opened:
        while True:
            tasks = opened.look(storage=False).tasks
            up = sum(t.state == "running" and t.desired == "running" for t in tasks)
            if up >= count:
                return
            if time.monotonic() > until:
                raise SystemExit(f"Only {up} of {count} containers run after {limit:.0f} seconds.")
            time.sleep(1)


def _busybox(folder: Path) -> Path:
    """A static busybox: the machine's, or the one in Debian's package."""
    if found := shutil.which("busybox"):
        return Path(found)
    command = ["apt-get", "download", "-q", "busybox-static"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    package = next(folder.glob("busybox-static_*.deb"))
    subprocess.run(["dpkg", "-x", package.name, "."], cwd=folder, check=True)
    return next(path for path in (folder / "usr/bin/busybox", folder / "bin/busybox") if path.is_file())


def _layer(program: Path, out: Path) -> None:
    content = program.read_bytes()
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as made:
        file = tarfile.TarInfo("bin/busybox")
        file.size, file.mode = len(content), 0o755
        made.addfile(file, BytesIO(content))
        for name in APPLETS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            made.addfile(link)
