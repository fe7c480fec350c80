"""The signposts that a provider can show: to itself, for those who would follow it, and to its network, for those who come in."""

from __future__ import annotations

from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_keys import identity
from polder.actions.roster_join import fingerprint
from polder.commons.network.signpost import PROVIDER, ROSTER, Signpost
from polder.kernel.problem import Problem, Refused


def provider_signpost(folder: Path) -> Signpost:
    """Where this provider publishes, and its fingerprint. Refused: ``network.no-fingerprint-yet``."""
    network, digest = load_network(folder), identity(folder)
    if digest is None:
        raise Refused(Problem("network.no-fingerprint-yet"))
    return Signpost(PROVIDER, network.provider, network.urls[0], digest)


def roster_signpost(folder: Path) -> Signpost:
    """Where this provider hands out the network's roster, and the network's fingerprint. Refused: ``roster.none``."""
    network = load_network(folder)
    return Signpost(ROSTER, network.provider, network.urls[0], fingerprint(folder))
