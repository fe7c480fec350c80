"""Hosts of ``hosts.yml`` matched with the swarm's nodes, and the labels that nodes carry."""

from __future__ import annotations

from polder.kernel.engine import Json, NodeSeen, Seen
from polder.platform.plan.desired import HOST_LABEL, INGRESS_LABEL
from polder.platform.site.model import Host, Site

PINNED = f"node.labels.{HOST_LABEL}=="
DRAINED_LABEL = "polder.drained"
"""On a node that Polder drained, with the reason (``site``, ``reboot``): only such a one is opened again by a plan."""
PROFILE_LABEL = "polder.profile"
"""On a node that Polder made: only such a one is taken away when its host is taken out of the site."""
ADDRESS_LABEL, MESH_LABEL = "polder.address", "polder.mesh"
"""How the others reach it, remembered for as long as it is in the swarm, though hosts.yml no longer names it."""
REACH_LABEL = "polder.reach"
"""How Polder itself reaches it (``root 22 ssh-ed25519 AAAA``: who, where, the one key that it may show), remembered likewise."""


def node_of(host: str) -> str:
    """In place of a node's id: the node that ``host`` becomes in the plan itself."""
    return f"{{node:{host}}}"


def find_node(host: Host, site: Site, seen: Seen) -> NodeSeen | None:
    """The node that is ``host``: by our label, else by address, else by host name; ``local`` is the node we talk to.

    A machine that joined anew leaves its former node behind, labelled and down: one of its address that is ready comes first.
    """
    own = {host.address, host.mesh} - {""}
    by_label = [n for n in seen.nodes if (n.spec.get("Labels") or {}).get(HOST_LABEL) == host.name]
    by_address = [n for n in seen.nodes if n.address in own]
    ready = [n for n in (*by_label, *by_address) if n.state == "ready"]
    if ready or by_label:
        return (ready or by_label)[0]
    if host.address == "local" or (len(site.hosts) == 1 and len(seen.nodes) == 1):
        return next((n for n in seen.nodes if n.id == seen.node_id), None)
    return next((n for n in seen.nodes if n.address in own or host.name == n.hostname), None)


def host_of(node: NodeSeen) -> str:
    """The name that the site gives a node; its own host name when the site has none for it."""
    return str((node.spec.get("Labels") or {}).get(HOST_LABEL) or node.hostname)


def host_remembered(node: NodeSeen) -> Host:
    """The host that a node's labels remember: what ``wanted_labels`` wrote there of it.

    >>> labels = {"polder.host": "ada", "polder.address": "192.0.2.7", "polder.reach": "ops 2222 ssh-ed25519 AAAA"}
    >>> ada = host_remembered(NodeSeen("n1", 1, "ada", "", "ready", "active", "worker", False, {"Labels": labels}))
    >>> (ada.address, ada.user, ada.port, ada.host_key)
    ('192.0.2.7', 'ops', 2222, 'ssh-ed25519 AAAA')
    """
    labels = node.spec.get("Labels") or {}
    user, port, key = (*str(labels.get(REACH_LABEL, "")).split(" ", 2), "", "", "")[:3]
    return Host(
        host_of(node),
        str(labels.get(ADDRESS_LABEL, "")),
        frozenset({node.role}),
        {},
        "",
        labels.get(PROFILE_LABEL, "none"),
        user=user or "root",
        port=int(port) if port.isdigit() else 22,
        host_key=key,
        mesh=str(labels.get(MESH_LABEL, "")),
    )


def condition(node: NodeSeen) -> str:
    """``ready``, or why it can run nothing new: ``down``, ``unknown``, ``disconnected``, and by hand ``drain`` or ``pause``."""
    return node.availability if node.state == "ready" and node.availability != "active" else node.state


def pinned_to(spec: Json) -> str:
    """The host that a service must run on, ``""`` for none."""
    placement = spec["TaskTemplate"].get("Placement") or {}
    rules = (rule for rule in placement.get("Constraints") or () if rule.startswith(PINNED))
    return next((rule.removeprefix(PINNED) for rule in rules), "")


def wanted_labels(host: Host) -> dict[str, str]:
    """``polder.host``, ``polder.ingress``, what Polder must remember of the node, and the host's own words (``polder.region`` ...)."""
    labels = {HOST_LABEL: host.name}
    if "ingress" in host.roles:
        labels[INGRESS_LABEL] = "true"
    if host.profile != "none":
        reach = f"{host.user} {host.port} {host.host_key}".strip()
        labels |= {PROFILE_LABEL: host.profile, ADDRESS_LABEL: host.address, REACH_LABEL: reach}
        labels |= {MESH_LABEL: host.mesh} if host.mesh else {}
    if not host.open:
        labels[DRAINED_LABEL] = "site"
    return labels | {f"polder.{key}": value for key, value in host.labels.items()}


def node_spec(host: Host, node: NodeSeen, *, reached: bool = True) -> Json:
    """The node's spec as the site wants it. Other people's labels stay; a node that somebody closed by hand stays closed. ``reached``: the
    host showed itself as the site says; only then that way is remembered."""
    old = dict(node.spec.get("Labels") or {})
    wanted = wanted_labels(host)
    if not reached:
        wanted.pop(REACH_LABEL, None)
        wanted |= {REACH_LABEL: old[REACH_LABEL]} if REACH_LABEL in old else {}
    labels = {k: v for k, v in old.items() if not k.startswith("polder.")} | wanted
    spec = {**node.spec, "Labels": labels}
    if not host.open:
        return {**spec, "Availability": "drain"}
    return {**spec, "Availability": "active"} if DRAINED_LABEL in old else spec
