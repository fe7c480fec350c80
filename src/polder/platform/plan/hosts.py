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
    """The node that is ``host``: by our label, else by address, else by host name; ``local`` is the node we talk to."""
    by_label = [n for n in seen.nodes if (n.spec.get("Labels") or {}).get(HOST_LABEL) == host.name]
    if by_label:
        return by_label[0]
    if host.address == "local" or (len(site.hosts) == 1 and len(seen.nodes) == 1):
        return next((n for n in seen.nodes if n.id == seen.node_id), None)
    return next((n for n in seen.nodes if host.address == n.address or host.name == n.hostname), None)


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
