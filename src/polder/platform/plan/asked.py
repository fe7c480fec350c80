"""What may be asked of a plan beside the usual; apart from what makes plans, so that a door can ask before all of that is imported."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostsAsked:
    """``only``: the hosts' half alone; ``reboot``: hosts that wait for one."""

    only: bool = False
    reboot: bool = False


USUAL = HostsAsked()
