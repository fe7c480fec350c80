"""Making and removing what ``network`` and ``rules`` describe: namespaces, links, routes, rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

from polder.lab import network, rules
from polder.lab.machine import run
from polder.lab.model import Lab, Node

NAMESPACES = Path("/run/netns")


def make_router(lab: Lab) -> None:
    run(["ip", "netns", "add", lab.router])
    settings = ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0")
    inside(lab.router, "sysctl", "-q", "-w", *settings, "net.ipv6.conf.all.disable_ipv6=1")
    _batch("", network.machine_batch(lab, outside_mtu()))
    _batch(lab.router, network.router_batch(lab))
    set_cuts(lab, ())
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    for table, chain, *rule in rules.way_out(lab):
        run(["iptables", "-w", "-t", table, "-I", chain, *rule])


def set_cuts(lab: Lab, cuts: tuple[tuple[str, str], ...]) -> None:
    inside(lab.router, "nft", "-f", "-", text=rules.cut_rules(lab, cuts))


def remove_router(lab: Lab) -> None:
    """What is not there is no failure."""
    for table, chain, *rule in rules.way_out(lab):
        while _quietly("iptables", "-w", "-t", table, "-D", chain, *rule):
            pass
    _quietly("ip", "link", "del", lab.uplink)
    for space in [*sorted(NAMESPACES.glob(f"{lab.router}-*")), NAMESPACES / lab.router]:
        _quietly("ip", "netns", "del", space.name)


def plug(lab: Lab, node: Node) -> None:
    """A new namespace and link for the host, as new as a machine's memory after it was off."""
    unplug(lab, node)
    run(["ip", "netns", "add", node.namespace])
    _batch(lab.router, network.plug_batch(node))
    _batch(node.namespace, network.host_batch(node))


def unplug(lab: Lab, node: Node) -> None:
    """From now on packets to the host vanish."""
    _quietly("ip", "-n", lab.router, "link", "del", node.link)
    _quietly("ip", "netns", "del", node.namespace)


def outside_mtu() -> int:
    """The longest packet that the machine's way out takes; 1500 when there is none."""
    words = run(["ip", "-4", "route", "show", "default"], check=False).split()
    if "dev" not in words:
        return 1500
    file = Path("/sys/class/net", words[words.index("dev") + 1], "mtu")
    return min(1500, int(file.read_text())) if file.exists() else 1500


def inside(namespace: str, *argv: str, text: str | None = None, check: bool = True) -> str:
    """Run a command in a namespace of the lab."""
    return run(["ip", "netns", "exec", namespace, *argv], text, check=check)


def try_inside(namespace: str, *argv: str) -> bool:
    """Whether the command succeeded there."""
    return _quietly("ip", "netns", "exec", namespace, *argv)


def _batch(namespace: str, commands: str) -> None:
    run(["ip", *(["-n", namespace] if namespace else []), "-batch", "-"], commands)


def _quietly(*argv: str) -> bool:
    return subprocess.run(argv, capture_output=True, timeout=60).returncode == 0
