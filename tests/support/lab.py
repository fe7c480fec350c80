"""Real Debian hosts for tests: a lab that belongs to the test's process, so that a test run that dies leaves none behind.

    lab = start_lab(1, 3)                       # alder-1, alder-2, alder-3
    lab.ssh("alder-1", "cat /etc/hostname")     # what it writes; fails the test when the command fails
    lab.site("alder")                           # the folder of alder's site
    stop_lab(lab)

Everything of a host's goes away with ``stop_lab``. ``lab.environment`` is what Polder needs to work on the lab's sites.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from polder.lab.model import Lab as Model
from polder.lab.model import Node
from polder.lab.state import find_lab, state_folder

_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Lab:
    """``folder``: sites, keys, settings. ``model``: every name and address."""

    name: str
    folder: Path
    model: Model

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.model.nodes

    @property
    def ssh_config(self) -> Path:
        return self.folder / "ssh_config"

    @property
    def environment(self) -> dict[str, str]:
        """Polder's settings for the lab's sites: how to reach hosts, and the operator's key for secrets."""
        return {"POLDER_SSH_CONFIG": str(self.ssh_config), "POLDER_IDENTITY": str(self.folder / "operator")}

    def site(self, provider: str) -> Path:
        return self.folder / provider

    def address(self, host: str) -> str:
        return self.model.node(host).address

    def ssh(self, host: str, command: str, *, seconds: float = 60) -> str:
        """What ``command`` writes when root runs it on the host; fails when it fails."""
        done = self.try_ssh(host, command, seconds=seconds)
        assert done.returncode == 0, f"{host}: {command}: {done.stdout}{done.stderr}"
        return done.stdout

    def try_ssh(self, host: str, command: str, *, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        options = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=5")
        argv = ["ssh", "-F", str(self.ssh_config), *options, host, command]
        return subprocess.run(argv, capture_output=True, text=True, timeout=seconds)

    def reaches(self, host: str, other: str, seconds: int = 1) -> bool:
        """Whether an echo request from ``host`` to ``other`` (a host, or an address) is answered."""
        address = next((node.address for node in self.nodes if node.name == other), other)
        return self.try_ssh(host, f"ping -c 1 -W {seconds} {address}").returncode == 0

    def kill(self, host: str) -> None:
        """Its power fails."""
        polder_lab("kill", host, "--name", self.name)

    def revive(self, host: str, *options: str) -> None:
        """Its power is back; returns when it answers. ``--anew``: an empty machine in its place, with another host key."""
        polder_lab("revive", host, *options, "--name", self.name)

    def cut(self, one: str, other: str) -> None:
        """Hosts, providers, ``ALL`` or ``OUTSIDE``."""
        polder_lab("cut", one, other, "--name", self.name)

    def join(self, one: str, other: str) -> None:
        polder_lab("join", one, other, "--name", self.name)

    def slow(self, host: str, *options: str) -> None:
        """``--delay 100ms``, ``--rate 1mbit``, ``--off``."""
        polder_lab("slow", host, *options, "--name", self.name)


def start_lab(providers: int, hosts: int, *, suite: str = "trixie", owner: int | None = None) -> Lab:
    """A lab whose hosts all answer. It is taken away by ``stop_lab``, or by the next lab's start when ``owner`` (this process)
    has ended."""
    name = f"t{os.getpid()}-{next(_NUMBERS)}"
    folder = state_folder() / name / "sites"
    wanted = ("--providers", str(providers), "--hosts", str(hosts), "--suite", suite)
    whose = ("--name", name, "--owner", str(owner or os.getpid()), "--yes")
    polder_lab("up", str(folder), *wanted, *whose, seconds=600)
    return Lab(name, folder, find_lab(name).lab)


def stop_lab(lab: Lab) -> None:
    polder_lab("down", "--name", lab.name, "--yes")


def polder_lab(*words: str, seconds: float = 180) -> str:
    """Run ``polder lab``; what it writes. Fails when it fails."""
    argv = [sys.executable, "-m", "polder", "lab", *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, f"polder lab {' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout


def until(true: Callable[[], bool], within: float) -> float:
    """Wait until ``true()``; how many seconds that took. Fails after ``within`` seconds."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, f"still not so after {within} s"
        time.sleep(0.2)
    return time.monotonic() - began
