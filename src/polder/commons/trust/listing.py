"""Which files a provider's two parts list, and what neither may do.

1. The people's part delegates to nobody but ``robot``, terminating, for ``threats/*``, ``monitor/*`` and ``seen/*`` at most.
2. Whatever lies below those three names is the server's; the people's part provides none of it, the server's part nothing else.
   ``*`` does not cross ``/``.
3. A path is one that ``is_target_path`` lets through: it leads out of no folder and hides nothing. No folder on it has the name that
   another file is served under: no disk has both.
4. Every file has a length and a SHA-256, and there are at most 20,000 of them.

>>> of_robot("seen/state.json"), of_robot("seen/a/b.json"), of_robot("card.json"), below_robot("seen/a/b.json")
(True, False, False, True)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from polder.commons.trust.tuf import Targets
from polder.kernel.problem import Problem, Problems
from polder.kernel.published import is_target_path, served_name

ROBOT, ROBOT_PATHS = "robot", frozenset({"threats/*", "monitor/*", "seen/*"})
MOST_FILES, SHOWN = 20_000, 20
_HASH = re.compile(r"[0-9a-f]{64}")
_FOLDERS = frozenset(one.partition("/")[0] for one in ROBOT_PATHS)


class Listed(NamedTuple):
    """A file that was signed for: ``sha256`` in hex, ``length`` in bytes, ``role`` that lists it."""

    path: str
    sha256: str
    length: int
    role: str

    @property
    def name(self) -> str:
        """Where it is served, below ``targets/`` (consistent snapshots: the hash before the name)."""
        return served_name(self.path, self.sha256)


def of_robot(path: str) -> bool:
    """Whether the server's part may list ``path``."""
    return below_robot(path) and path.count("/") == 1


def below_robot(path: str) -> bool:
    return path.partition("/")[0] in _FOLDERS


def check_people(signed: Targets, where: str = "") -> None:
    """Rules 1 to 4 for the people's part, every fault at once (the first 20 paths)."""
    problems = Problems()
    _check_delegations(signed, where, problems)
    _check_paths(signed, where, problems, robot=False)
    problems.refuse_if_any()


def check_robot(signed: Targets, where: str = "") -> None:
    """Rules 2 to 4 for the server's part, which delegates to nobody."""
    problems = Problems()
    if signed.delegations is not None:
        problems.add("sync.delegates", where, role=ROBOT)
    _check_paths(signed, where, problems, robot=True)
    problems.refuse_if_any()


def delegates(signed: Targets) -> bool:
    """Whether the people's part has a server's part beside it."""
    return bool(signed.delegations and signed.delegations.roles and ROBOT in signed.delegations.roles)


def listed(people: Targets, robot: Targets | None = None) -> Mapping[str, Listed]:
    """Path to file, of both parts, after they were checked."""
    return {
        path: Listed(path, held.hashes["sha256"], int(held.length), role)
        for role, part in (("targets", people), (ROBOT, robot))
        if part is not None
        for path, held in part.targets.items()
    }


def _check_delegations(signed: Targets, where: str, problems: Problems) -> None:
    if signed.delegations is None:
        return
    roles = signed.delegations.roles
    if roles is None or set(roles) - {ROBOT}:  # a role of a stranger's, or hash bins that hide one
        problems.add("sync.delegates", where, role="targets")
    for role in (roles or {}).values():
        if not role.terminating or role.paths is None or set(role.paths) - ROBOT_PATHS:
            problems.add("sync.robot-reaches", where, paths=tuple(role.paths or ()))


def _check_paths(signed: Targets, where: str, problems: Problems, robot: bool) -> None:
    if len(signed.targets) > MOST_FILES:
        problems.add("sync.too-many-files", where, found=len(signed.targets), limit=MOST_FILES)
    served = {served_name(path, held.hashes.get("sha256", "")) for path, held in signed.targets.items()}
    for path, held in signed.targets.items():
        problem = _fault(path, held.hashes.get("sha256", ""), int(held.length), where, robot)
        if not problem and served.intersection(_folders(path)):
            problem = Problem("sync.bad-path", where, {"path": path})
        if problem and len(problems) < SHOWN:
            problems.items.append(problem)


def _folders(path: str) -> tuple[str, ...]:
    return tuple(path[:at] for at, letter in enumerate(path) if letter == "/")


def _fault(path: str, digest: str, length: int, where: str, robot: bool) -> Problem | None:
    if not is_target_path(path):  # ../../etc/passwd, a//b, .hidden
        return Problem("sync.bad-path", where, {"path": path[:200]})
    if robot != (of_robot(path) if robot else below_robot(path)):  # each part keeps to its own
        return Problem("sync.foreign-path", where, {"path": path, "role": ROBOT if robot else "targets"})
    if not _HASH.fullmatch(digest):
        return Problem("sync.no-hash", where, {"role": path})
    return None
