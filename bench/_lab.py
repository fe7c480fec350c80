"""A lab of bare hosts of one provider for a benchmark, gone when the block ends or its process does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROVIDER = "alder"


@dataclass(frozen=True)
class BenchLab:
    """``folder``: keys and settings; ``site``: the provider's folder; ``env``: what Polder needs to work on it."""

    name: str
    folder: Path

    @property
    def site(self) -> Path:
        return self.folder / PROVIDER

    @property
    def env(self) -> dict[str, str]:
        own = {
            "POLDER_SSH_CONFIG": str(self.folder / "ssh_config"),
            "POLDER_IDENTITY": str(self.folder / "operator"),
            "POLDER_SITE": str(self.site),
        }
        return {**os.environ, **own}


@contextmanager
def bench_lab(folder: Path, hosts: int) -> Iterator[BenchLab]:
    """``hosts`` bare Debian hosts, each answering over SSH."""
    name = f"bench{os.getpid()}-{folder.name}"
    wanted = ("--providers", "1", "--hosts", str(hosts), "--owner", str(os.getpid()))
    try:
        lab("up", str(folder), "--name", name, "--yes", *wanted)
        yield BenchLab(name, folder)
    finally:
        lab("down", "--name", name, "--yes")


def lab(*words: str) -> str:
    """Run ``polder lab``."""
    command = [sys.executable, "-m", "polder", "lab", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode:
        raise SystemExit(f"polder lab {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout
