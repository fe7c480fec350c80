"""Read a network folder from disk."""

from __future__ import annotations

from pathlib import Path

from polder.commons.network.model import FILE, Network
from polder.commons.network.read import read_network
from polder.kernel.problem import Problem, Refused


def load_network(path: Path) -> Network:
    """The network folder in ``path``. ``Refused`` with every problem of its file; ``network.not-here`` when there is none."""
    try:
        content = (path / FILE).read_bytes()
    except FileNotFoundError:
        raise Refused(Problem("network.not-here", "", {"folder": str(path)})) from None
    return read_network(content)
