"""Hosts over SSH: ``open_hosts`` gives what ``kernel.host.Hosts`` asks for, ``memory`` is its twin, ``known`` writes host keys.

pyinfra carries it, in one process of its own (``worker``), which ends when we do. Everything that can be read on its own is
pure: ``ask`` makes the look's script (``look.sh``), ``read`` and its parts give the answer a meaning, ``wire`` puts works into
JSON. In the worker: ``session`` is one host's connection, ``do`` one operation, ``guard`` the way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from polder.kernel.host import Reach
from polder.world.hosts.known import known_hosts

if TYPE_CHECKING:
    from polder.world.hosts.client import SshHosts

__all__ = ["known_hosts", "open_hosts"]


def open_hosts(reaches: Mapping[str, Reach], deadline: float = 20.0) -> SshHosts:
    """The hosts of ``reaches`` (name to how it is reached). ``deadline``: seconds that connecting to one host or looking at it may
    take, and that a host may stay silent while something runs there. Nothing is started before the first request; ``close`` ends it.
    """
    from polder.world.hosts.client import SshHosts  # takes long, and reading addresses needs only ``known``

    return SshHosts(reaches, deadline)
