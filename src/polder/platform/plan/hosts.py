"""Hosts of ``hosts.yml`` matched with the swarm's nodes; labels that placement needs are set on them.

What is needed to make and join machines comes with host provisioning; here a node must exist already.
"""

from __future__ import annotations

from polder.kernel.engine import Json, NodeSeen, Seen, UpdateNode
from polder.kernel.problem import Problem, Refused
from polder.platform.plan.desired import HOST_LABEL, INGRESS_LABEL
from polder.platform.plan.difference import differences
from polder.platform.plan.model import Step
from polder.platform.site.model import Host, Site

PINNED = f"node.labels.{HOST_LABEL}=="
SELF = "{self}"
"""In place of a node id: the node of a swarm that the plan itself makes."""


def host_steps(site: Site, seen: Seen) -> list[Step]:
    """One step for each node whose labels differ. Refused when a host has no node (``plan.no-node``)."""
    problems: list[Problem] = []
    steps: list[Step] = []
    for host in site.hosts.values():
        node = find_node(host, site, seen)
        if node is None and seen.swarm == "none" and len(site.hosts) == 1:
            spec: Json = {"Role": "manager", "Availability": "active", "Labels": wanted_labels(host)}
            steps.append(_step(host, SELF, 0, {}, spec))
        elif node is None:
            problems.append(Problem("plan.no-node", host.where, {"host": host.name, "address": host.address}))
        else:
            old = dict(node.spec.get("Labels") or {})
            new = {k: v for k, v in old.items() if not k.startswith("polder.")} | wanted_labels(host)
            if old != new:
                steps.append(_step(host, node.id, node.version, node.spec, {**node.spec, "Labels": new}))
    if problems:
        raise Refused(problems)
    return steps


def find_node(host: Host, site: Site, seen: Seen) -> NodeSeen | None:
    """The node that is ``host``: by our label, else by address, else by host name; ``local`` is the node we talk to.

    A machine that joined anew leaves its former node behind, labelled and down: one of its address that is ready comes first.
    """
    by_label = [n for n in seen.nodes if (n.spec.get("Labels") or {}).get(HOST_LABEL) == host.name]
    by_address = [n for n in seen.nodes if n.address == host.address]
    ready = [n for n in (*by_label, *by_address) if n.state == "ready"]
    if ready or by_label:
        return (ready or by_label)[0]
    if host.address == "local" or (len(site.hosts) == 1 and len(seen.nodes) == 1):
        return next((n for n in seen.nodes if n.id == seen.node_id), None)
    return next((n for n in seen.nodes if host.address == n.address or host.name == n.hostname), None)


def host_of(node: NodeSeen) -> str:
    """The name that the site gives a node; its own host name when the site has none for it."""
    return str((node.spec.get("Labels") or {}).get(HOST_LABEL) or node.hostname)


def condition(node: NodeSeen) -> str:
    """``ready``, or why it can run nothing new: ``down``, ``unknown``, ``disconnected``, and by hand ``drain`` or ``pause``."""
    return node.availability if node.state == "ready" and node.availability != "active" else node.state


def away_hosts(site: Site, seen: Seen) -> frozenset[str]:
    """The hosts that can run nothing new now."""
    nodes = {host.name: find_node(host, site, seen) for host in site.hosts.values()}
    return frozenset(name for name, node in nodes.items() if node and condition(node) != "ready")


def pinned_to(spec: Json) -> str:
    """The host that a service must run on, ``""`` for none."""
    placement = spec["TaskTemplate"].get("Placement") or {}
    rules = (rule for rule in placement.get("Constraints") or () if rule.startswith(PINNED))
    return next((rule.removeprefix(PINNED) for rule in rules), "")


def wanted_labels(host: Host) -> dict[str, str]:
    """``polder.host``, ``polder.ingress`` and the host's own words (``polder.region`` ...)."""
    labels = {HOST_LABEL: host.name}
    if "ingress" in host.roles:
        labels[INGRESS_LABEL] = "true"
    return labels | {f"polder.{key}": value for key, value in host.labels.items()}


def _step(host: Host, node: str, version: int, before: Json, spec: Json) -> Step:
    return Step(
        key=f"host:{host.name}",
        kind="prepare",
        subject="site",
        code="step.label-host",
        values={"host": host.name},
        work=UpdateNode(node, version, spec),
        after=("swarm",) if node == SELF else (),
        changes=differences({"Labels": before.get("Labels") or {}}, {"Labels": spec["Labels"]}),
    )
