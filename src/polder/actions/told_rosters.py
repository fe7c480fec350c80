"""Accepted rosters in the server's part: newcomers and those who were away find them with every member.

``roster/`` is in the history, and what the server reports (``state/robot``) is not: where that was lost, what is published is made up from
``roster/``, after the whole of it was verified from the pinned beginning. What cannot be verified is not told anew, and takes nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from polder.actions.load_network import load_network
from polder.commons.network.model import ROBOT
from polder.commons.roster.approval import ROSTERS, roster_path
from polder.commons.roster.replay import replay
from polder.kernel.digest import Digest
from polder.kernel.problem import Refused
from polder.world.given import read_given, remove_given, write_given
from polder.world.roster_files import RosterFiles, read_lock

UNPINNED = "sha256:-"
"""No roster has it: where nothing was pinned, none is told anew."""


def tell_rosters(folder: Path) -> None:
    """Have exactly the accepted versions, which were verified when they were accepted, in the server's part."""
    place = folder / load_network(folder).state / ROBOT
    wanted = _accepted(folder)
    told = read_given(place) if place.is_dir() else {}
    for path in told.keys() - wanted.keys():
        if path.startswith(ROSTERS):
            remove_given(place, path)
    for path, content in wanted.items():
        if told.get(path) != content:
            write_given(place, path, content)


def with_rosters(folder: Path, told: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """``told`` (the server's part, target path to content) with exactly the accepted versions in it; as it is where it has them all, and
    where those in the folder do not hold. Nothing is written."""
    try:
        wanted = _accepted(folder)
        if wanted.items() <= told.items():
            return told
        replay(RosterFiles(folder), Digest(read_lock(folder).get("first", UNPINNED)))
    except (Refused, OSError):
        return told
    return {**{path: told[path] for path in told if not path.startswith(ROSTERS)}, **wanted}


def _accepted(folder: Path) -> dict[str, bytes]:
    return {roster_path(number): content for number, content in enumerate(RosterFiles(folder), start=1)}
