"""Locked managers (``policy: {autolock: true}``): what the swarm keeps on disk, secrets among it, opens only with a key of the site.

Rules:
1. The key is a secret file of the site, ``polder.unlock-key``, made when the swarm is told to lock. Where the file is missing, another key
   is made: nobody has the former one.
2. A manager that started anew is unlocked before anything else is planned for it, and after each of our own restarts of it.
3. A swarm that people locked by hand is left as it is; only what Polder locked, Polder opens again for good.

Source: Docker's documentation, "Lock your swarm to protect its encryption key".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from polder.kernel.engine import Seen, SetAutolock, UnlockSwarm
from polder.kernel.problem import Problem
from polder.platform.plan.machines import Machine
from polder.platform.plan.model import AtHost, KeepUnlockKey, Step, Work
from polder.platform.site.model import Site

UNLOCK_FILE = "polder.unlock-key"


def unlock_steps(site: Site, found: Mapping[str, Machine]) -> tuple[list[Step], list[Problem]]:
    """A step for each locked manager; without the key, a finding for each."""
    waiting = [machine for machine in found.values() if machine.locked]
    if UNLOCK_FILE in site.secrets:
        return [unlock_step(machine.host.name, f"unlock:{machine.host.name}") for machine in waiting], []
    return [], [Problem("plan.no-unlock-key", m.host.where, {"host": m.host.name}) for m in waiting]


def unlock_step(host: str, key: str, after: tuple[str, ...] = ()) -> Step:
    return _step(
        key, f"host/{host}", "step.unlock-host", AtHost(host, (UnlockSwarm(),)), {"host": host}, after
    )


def unlock_engine(site: Site) -> tuple[list[Step], list[Problem]]:
    """The engine that we talk to is locked, and no machine of the site is known to be it."""
    if UNLOCK_FILE not in site.secrets:
        return [], [Problem("plan.no-unlock-key", "", {"host": "-"})]
    return [_step("unlock", "site", "step.unlock-engine", UnlockSwarm(), {}, ())], []


def lock_steps(site: Site, seen: Seen, before: Iterable[str]) -> list[Step]:
    """What makes the swarm lock as the site says. ``before``: keys of the steps that make and join nodes."""
    kept, after = UNLOCK_FILE in site.secrets, tuple(before)
    if not site.autolock:
        off = [_step("autolock", "site", "step.autolock-off", SetAutolock(False), {}, after)]
        return off if seen.autolock and kept else []
    steps = []
    if not seen.autolock:
        steps.append(_step("autolock", "site", "step.autolock-on", SetAutolock(True), {}, after))
        after = ("autolock",)
    if not kept or not seen.autolock:
        recipients = tuple(operator.recipient for operator in site.operators)
        work = KeepUnlockKey(UNLOCK_FILE, recipients, rotate=seen.autolock)
        values = {"secret": UNLOCK_FILE}
        steps.append(_step("unlock-key", "site", "step.keep-unlock-key", work, values, after))
    return steps


def _step(
    key: str, subject: str, code: str, work: Work, values: Mapping[str, str], after: tuple[str, ...]
) -> Step:
    return Step(key, "prepare", subject, code, values, work, after, secrets=(UNLOCK_FILE,))
