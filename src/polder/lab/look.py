"""``polder lab status``: what each host shows, asked of all side by side with a limit of a few seconds."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from polder.kernel.problem import Problem, Refused
from polder.lab import groups
from polder.lab.machine import PATH
from polder.lab.model import Node
from polder.lab.power import has_power
from polder.lab.probe import pings
from polder.lab.state import Kept, read_data

SECONDS = 5
_CONSOLE = ("HOME=/root", "TERM=linux", "LC_ALL=C.UTF-8", f"PATH={PATH}")
_DOCKER = "{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}"


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """``ssh``: ``yes`` a login worked, ``no-entry`` the server answered but took no key of ours, ``no`` nothing answered.
    ``docker``: swarm's word for the node (``inactive``, ``active`` ...), ``""`` without Docker. ``memory``: bytes."""

    name: str
    address: str
    power: bool
    answers: bool
    ssh: Literal["yes", "no-entry", "no"]
    docker: str
    manager: bool
    memory: int
    delay: str
    rate: str


@dataclass(frozen=True, slots=True)
class LabSeen:
    """The whole lab at one moment. ``cuts``: pairs of words as they were given."""

    name: str
    number: int
    suite: str
    sites: str
    ready: bool
    acme: str
    dns: str
    nodes: tuple[NodeSeen, ...]
    cuts: tuple[tuple[str, str], ...]


def look_at_lab(kept: Kept) -> LabSeen:
    """Takes about a second, or ``SECONDS`` when a host hangs."""
    lab = kept.lab
    slowed = read_data(kept.folder / "slow.json", {})
    look: Callable[[Node], NodeSeen] = lambda node: look_at_host(kept, node, slowed.get(node.name, {}))  # noqa: E731
    with ThreadPoolExecutor(max_workers=16) as pool:
        nodes = tuple(pool.map(look, lab.nodes))
    cuts = tuple((a, b) for a, b in read_data(kept.folder / "cuts.json", []))
    return LabSeen(
        lab.name, lab.number, lab.suite, str(kept.sites), kept.ready, lab.acme_directory, lab.dns, nodes, cuts
    )


def look_at_host(kept: Kept, node: Node, slowed: dict[str, str]) -> NodeSeen:
    power = has_power(kept, node)
    answers = power and pings(node.address, 2.0)
    docker, manager = docker_state(kept, node) if power else ("", False)
    return NodeSeen(
        name=node.name,
        address=node.address,
        power=power,
        answers=answers,
        ssh=try_login(kept, node) if power else "no",
        docker=docker,
        manager=manager,
        memory=groups.memory(groups.group(kept.lab.router, node.name)) if power else 0,
        delay=slowed.get("delay", ""),
        rate=slowed.get("rate", ""),
    )


def ssh_argv(kept: Kept, node: Node, *command: str) -> tuple[str, ...]:
    """``ssh`` to the host as root with the lab's key."""
    return ("ssh", "-F", str(kept.ssh_config), "-o", f"ConnectTimeout={SECONDS}", node.name, *command)


def console_argv(kept: Kept, node: Node, *command: str) -> tuple[str, ...]:
    """A shell within the host, without a network; ``command`` is read by one, as ssh does. Refused with ``lab.no-power``
    when nothing runs there.
    """
    pid = first_process(kept, node)
    if not pid:
        raise Refused(Problem("lab.no-power", "", {"host": node.name}))
    said = ("sh", "-c", " ".join(command)) if command else ("bash", "-l")
    return ("nsenter", "-t", str(pid), "-a", "env", "-i", *_CONSOLE, *said)


def try_login(kept: Kept, node: Node) -> Literal["yes", "no-entry", "no"]:
    argv = ssh_argv(kept, node, "true")
    try:
        done = subprocess.run(
            [argv[0], "-o", "BatchMode=yes", *argv[1:]], capture_output=True, timeout=SECONDS + 5
        )
    except subprocess.TimeoutExpired:
        return "no"
    if done.returncode == 0:
        return "yes"
    return "no-entry" if b"Permission denied" in done.stderr else "no"


def docker_state(kept: Kept, node: Node) -> tuple[str, bool]:
    """What the host's own Docker says, asked from within: also when no network leads there."""
    pid = first_process(kept, node)
    if not pid or not Path("/proc", str(pid), "root", "usr/bin/docker").exists():
        return "", False
    argv = ("nsenter", "-t", str(pid), "-a", "timeout", "4", "docker", "info", "--format", _DOCKER)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS + 5)
    words = done.stdout.split()
    return (words[0], words[1] == "true") if len(words) == 2 else ("off", False)


def first_process(kept: Kept, node: Node) -> int:
    """The host's process 1 as the machine knows it; 0 when there is none."""
    place = groups.group(kept.lab.router, node.name)
    for file in place.rglob("init.scope/cgroup.procs"):
        for word in file.read_text().split():
            status = Path(f"/proc/{word}/status")
            if status.exists() and "\t1\n" in _line(status, "NSpid:"):
                return int(word)
    return 0


def _line(file: Path, start: str) -> str:
    return next((f"{line}\n" for line in file.read_text().splitlines() if line.startswith(start)), "")
