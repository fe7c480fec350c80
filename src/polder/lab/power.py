"""Giving hosts power and taking it away."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from polder.kernel.problem import Unreachable
from polder.lab import wires
from polder.lab.groups import end_group, group, make_group, members
from polder.lab.model import Node
from polder.lab.probe import pings, says_ssh
from polder.lab.spawn import spawn
from polder.lab.state import Kept


def power_on(kept: Kept, node: Node) -> None:
    """Start the host's keeper, which starts the host; does not wait until it answers."""
    place = make_group(kept.lab.router, f"keeper-{node.name}")
    argv = (sys.executable, "-m", "polder.lab.keeper", str(kept.folder), node.name)
    spawn(place, argv, kept.host(node.name) / "keeper.log")


def power_off(kept: Kept, node: Node) -> None:
    """At once, without a word to the host: its keeper, all its processes, then its network."""
    end_group(group(kept.lab.router, f"keeper-{node.name}"))
    end_group(group(kept.lab.router, node.name))
    wires.unplug(kept.lab, node)


def has_power(kept: Kept, node: Node) -> bool:
    """Whether its keeper runs: also in the moment in which it starts anew."""
    return bool(members(group(kept.lab.router, f"keeper-{node.name}")))


def wait_for(nodes: Iterable[Node], seconds: float) -> float:
    """Wait until each host's SSH server answers; how many seconds that took. ``Unreachable`` when one does not in time."""
    began = time.monotonic()
    for node in nodes:
        while not (pings(node.address, 0.5) and says_ssh(node.address)):
            if time.monotonic() - began > seconds:
                raise Unreachable(f"{node.name} ({node.address})", "its SSH server does not answer")
            time.sleep(0.1)
    return time.monotonic() - began
