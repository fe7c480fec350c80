"""Two hosts of a provider and its registry, made and taken away by ``script/hosts``."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "script" / "hosts"


@dataclass(frozen=True)
class Hosts:
    """``one`` is manager and ingress, ``two`` the worker: their addresses. ``state``: the folder with their sockets."""

    number: str
    state: Path
    registry: str
    one: str
    two: str

    @property
    def engine(self) -> str:
        """The manager's engine, as site.yml's ``engine`` takes it."""
        return f"unix://{self.state}/one/docker.sock"

    def docker(self, host: str, *words: str) -> str:
        """What Docker's own client says on host ``one`` or ``two``."""
        client = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"
        command = [client, "--host", f"unix://{self.state}/{host}/docker.sock", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    def power(self, host: str, state: str) -> None:
        """``off`` pulls the plug, ``on`` starts the engine again."""
        script("power", self.number, host, state)

    @contextmanager
    def no_registry(self) -> Iterator[None]:
        """The registry is away while the block runs."""
        script("registry", self.number, "off")
        yield
        script("registry", self.number, "on")

    def ssh(self) -> Path:
        """Start an SSH server on host one; the folder with ``ssh_config``, ``known_hosts`` and keys."""
        return Path(script("ssh", self.number)["POLDER_HOSTS_SSH"])


def start_hosts() -> Hosts:
    """Two engines joined as manager and worker, and a registry; ``stop_hosts`` takes them away."""
    made = script("start", "--owner", str(os.getpid()))
    words = ("INSTANCE", "STATE", "REGISTRY", "ONE", "TWO")
    number, state, *rest = (made[f"POLDER_HOSTS_{word}"] for word in words)
    return Hosts(number, Path(state), *rest)


def stop_hosts(hosts: Hosts) -> None:
    script("stop", hosts.number)


def script(*words: str) -> dict[str, str]:
    """Run ``script/hosts``; the settings that it printed."""
    done = subprocess.run([SCRIPT, *words], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def until(true: Callable[[], bool], within: float) -> float:
    """Wait until ``true()``; how many seconds that took. Fails after ``within`` seconds."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, f"still not so after {within} s"
        time.sleep(1)
    return time.monotonic() - began
