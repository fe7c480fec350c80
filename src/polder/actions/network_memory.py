"""What this machine published last (``state/published.json``), and what peers say they saw of us: held against what would be signed next.

Losing the file costs nothing but the warning.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from polder.commons.network.model import Network
from polder.commons.trust.gossip import PATH, read_word
from polder.commons.trust.memory import Known, heard_of, known_of, older_than_heard, older_than_known
from polder.commons.trust.present import Present
from polder.commons.trust.publication import Decision
from polder.kernel.digest import digest_of_bytes
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.world.files import write_atomically
from polder.world.network_store import load_published

FILE, FORMAT = "published.json", "polder-memory-1"


def refuse_older(
    folder: Path, network: Network, present: Present, decision: Decision, now: datetime
) -> tuple[Problem, ...]:
    """Refused (``trust.older-copy``) when this machine published newer numbers than what would be signed. What peers say is a note, however
    many say it (``trust.perhaps-older``, ``trust.older-than-seen``): words of others must not keep a provider from speaking."""
    state = folder / network.state
    if problem := older_than_known(load_known(state), present, decision):
        raise Refused(problem)
    found = older_than_heard(_heard(folder, network, present, now), present, decision)
    if found is None:
        return ()
    problem, several = found
    return (problem if several else Problem("trust.perhaps-older", "", problem.values),)


def load_known(state: Path) -> Known | None:
    """What was published here last; ``None`` when that is not known."""
    try:
        data = read_plain((state / FILE).read_bytes(), FILE)
        versions = {str(role): int(version) for role, version in dict(data["versions"]).items()}
        return Known(str(data["first"]), int(data["root"]), versions, str(data["timestamp"]))
    except (OSError, Refused, KeyError, TypeError, ValueError):
        return None


def remember(state: Path, present: Present) -> None:
    """Keep what readers see now, when it is another than what is kept."""
    known = known_of(present)
    if known is None or known == load_known(state):
        return
    data = {
        "first": known.first,
        "root": known.root,
        "versions": dict(known.versions),
        "timestamp": known.digest,
    }
    write_atomically(state / FILE, write_plain({"format": FORMAT, **data}))


def _heard(folder: Path, network: Network, present: Present, now: datetime) -> tuple[Known, ...]:
    """What every peer says it saw of us. A roster that cannot be read leaves each peer a voice of its own."""
    from polder.actions.network_peers import find_peers

    published = load_published(folder / network.state)
    if not present.roots or not published:
        return ()
    try:
        groups = {name: one.group or name for name, one in find_peers(folder, network, now).items()}
    except Refused:
        groups = {name: name for name in published}
    told = {name: one.files[PATH] for name, one in published.items() if name in groups and PATH in one.files}
    words = {name: word for name, content in told.items() if (word := read_word(content))}
    return heard_of(network.provider, words, groups, digest_of_bytes(present.roots[0].content))
