"""The lab's network as commands for ``ip``: a router in a namespace of its own, and a link from it to each host.

Rules: no two hosts share a wire. Each has a /32 and sends everything to the router, as at many hosting companies, so that every
pair can be cut and slowed at one place. A host's namespace and link are made anew whenever it starts (nothing of its former
firewall is left) and gone when it is off: packets to it vanish in a blackhole, as they do when a machine has no power.
Their links take 1500 bytes, as is usual; the way out may be narrower (see ``rules``, which then shortens what TCP sends there).
Functions return text for ``ip -batch``: what is run is what tests read.
"""

from __future__ import annotations

from polder.lab.model import Lab, Node

SLOW = "slow"
"""The interface through which packets of slowed hosts are led, and the number of its table of routes."""
TABLE = 100
MTU = 1500


def machine_batch(lab: Lab, mtu: int) -> str:
    """On the machine: the router's namespace is there already; a link to it, and the way to the hosts."""
    return _lines(
        f"link add {lab.uplink} mtu {mtu} type veth peer name wan mtu {mtu} netns {lab.router}",
        f"addr add {lab.operator}/32 peer {lab.router_address} dev {lab.uplink}",
        f"link set {lab.uplink} up",
        f"route add {lab.network} via {lab.router_address} dev {lab.uplink}",
    )


def router_batch(lab: Lab) -> str:
    """In the router: its own addresses, the way out, and a blackhole where hosts without power would be."""
    services = (lab.dns, lab.acme, *(provider.gateway for provider in lab.providers))
    return _lines(
        "link set lo up",
        f"addr add {lab.router_address}/32 peer {lab.operator} dev wan",
        "link set wan up",
        f"route add default via {lab.operator} dev wan",
        *(f"addr add {address}/32 dev lo" for address in services),
        f"route add blackhole {lab.network} metric 9000",
    )


def plug_batch(node: Node) -> str:
    """In the router: a link to the host's namespace, which is there already."""
    return _lines(
        f"link add {node.link} mtu {MTU} type veth peer name eth0 mtu {MTU} netns {node.namespace}",
        f"link set {node.link} up",
        f"route add {node.address}/32 dev {node.link}",
    )


def host_batch(node: Node) -> str:
    """In the host's namespace: what a hosting company's installer would have set."""
    return _lines(
        "link set lo up",
        f"addr add {node.address}/32 dev eth0",
        "link set eth0 up",
        f"route add default via {node.gateway} dev eth0 onlink",
    )


def slow_rules(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    """What ``ip rule`` is told in the router: packets from and to slowed hosts take the long way, once."""
    if not nodes:
        return ()
    back = f"priority 100 iif {SLOW} lookup main"
    ends = (f"priority 200 {way} {node.address} lookup {TABLE}" for node in nodes for way in ("from", "to"))
    return (back, *ends)


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
