"""Hosts over SSH: ``open_hosts`` gives what ``kernel.host.Hosts`` asks for, ``memory`` is its twin, ``known`` writes host keys.

pyinfra carries it, in one process of its own (``worker``), which ends when we do. Everything that can be read on its own is
pure: ``ask`` makes the look's script (``look.sh``), ``read`` and its parts give the answer a meaning, ``wire`` puts works into
JSON. In the worker: ``session`` is one host's connection, ``do`` one operation, ``guard`` the way back.
"""

from polder.world.hosts.client import open_hosts
from polder.world.hosts.known import known_hosts

__all__ = ["known_hosts", "open_hosts"]
