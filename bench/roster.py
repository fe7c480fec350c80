"""A roster of 50 and of 200 members: how long one change takes to verify, beside python-tuf and beside a plain loop over signatures.

Usage: python bench/roster.py [--members 50,200] [--history 10] [--rounds 9] [--json]

The change replaces an address and is signed by as many members as must. "verify" is everything a reader does with the bytes of
the new version: parse, look at every field, make the same version from the change that it names and compare, check the signatures of
the members before and after. The version before is there already, for both. "python-tuf" parses the same bytes and asks the library's
own verification of a new root by the one before (which does not look at our fields). "loop" only parses JSON and checks the same
signatures with `cryptography`. "merge, nothing new" is what a sync costs when as many peers as there are members (50 at most) publish
the whole chain that one has already, "merge, one version" when they all have one more.

"replay" verifies the whole history (``--history``) from the first version, "python-tuf, history" parses the same versions and asks the
library's verification of each by the one before. "who counts now" is what most commands ask of the history, from the bytes.
Milliseconds of processor time; all in one process, in turns. "memory" is the highest of a process that verifies one change (or replays the
whole history) and does nothing else.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from _common import in_turns, machine, measured, note, options, show
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tuf.api.metadata import Metadata, Root

from polder.commons.roster.approval import roster_path
from polder.commons.roster.chain import Chain, acting
from polder.commons.roster.changes import ChangeMember
from polder.commons.roster.document import Edition, read_edition
from polder.commons.roster.editions import Editions
from polder.commons.roster.merge import merge
from polder.commons.roster.propose import propose
from polder.commons.roster.replay import replay
from polder.commons.roster.verify import verify
from polder.kernel.published import Published

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from support.rosters import beginning, introduction, signed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)
REPEAT, ONCE = 5, ("replay", "python-tuf, history")


def changed(old: Edition, number: int, names: list[str]) -> Edition:
    """The next version, in which the first member publishes elsewhere, signed by exactly as many as must."""
    when = NOW + number * DAY
    change = ChangeMember(introduction(names[0], when, url=f"https://{names[0]}.example/{number}/"))
    return signed(propose(old, change, "", when), names[: old.roster.threshold])


def by_library(before: Metadata[Root], new: bytes) -> bool:
    after: Metadata[Root] = Metadata[Root].from_bytes(new)
    return bool(
        after.signed.get_root_verification_result(before.signed, after.signed_bytes, after.signatures)
    )


def history_by_library(contents: list[bytes]) -> bool:
    """Version 1 by itself, as the library does with a root that one was given."""
    before: Metadata[Root] = Metadata[Root].from_bytes(contents[0])
    good = bool(before.signed.get_root_verification_result(None, before.signed_bytes, before.signatures))
    for content in contents[1:]:
        after: Metadata[Root] = Metadata[Root].from_bytes(content)
        verified = after.signed.get_root_verification_result(
            before.signed, after.signed_bytes, after.signatures
        )
        good, before = good and bool(verified), after
    return good


def by_loop(new: bytes, payload: bytes) -> int:
    data = json.loads(new)
    keys = {name: held["keyval"]["public"] for name, held in data["signed"]["keys"].items()}
    for one in data["signatures"]:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[one["keyid"]])).verify(
            bytes.fromhex(one["sig"]), payload
        )
    return len(data["signatures"])


def timed(call: Callable[[], object], repeat: int = REPEAT) -> Callable[[], float]:
    def run() -> float:
        began = time.process_time()
        for _ in range(repeat):
            call()
        return time.process_time() - began

    return run


def measure(count: int, rounds: int, history: int) -> dict[str, Any]:
    names = [f"member-{number:03}" for number in range(count)]
    editions = [beginning(*names, now=NOW)]
    for number in range(1, history):
        editions.append(changed(editions[-1], number, names))
    contents = [one.document.content for one in editions]
    old, new, payload = editions[-2], contents[-1], editions[-1].document.payload
    before: Metadata[Root] = Metadata[Root].from_bytes(contents[-2])
    chain = Chain(tuple(editions))
    files = {roster_path(one.version): one.document.content for one in editions}
    peers = {
        name: Published(name, editions[0].digest, {}, NOW, NOW, files, "") for name in names[: min(50, count)]
    }
    when = NOW + (history + 20) * DAY
    assert history_by_library(contents)
    earlier = replace(chain, editions=chain.editions[:-1])
    found = in_turns(
        {
            "verify": timed(lambda: verify(old, read_edition(new))),
            "python-tuf": timed(lambda: by_library(before, new)),
            "loop": timed(lambda: by_loop(new, payload)),
            "merge, nothing new": timed(lambda: merge(chain, peers, when)),
            "merge, one version": timed(lambda: merge(earlier, peers, when)),
            "replay": timed(lambda: replay(contents), 1),
            "python-tuf, history": timed(lambda: history_by_library(contents), 1),
            "who counts now": timed(lambda: acting(Chain(Editions(contents)), when)),
        },
        rounds,
    )
    milliseconds = {name: exact(times, 1 if name in ONCE else REPEAT) for name, times in found.items()}
    return {
        "members": count,
        "history": history,
        "signatures": old.roster.threshold,
        "bytes": len(new),
        "digest": hashlib.sha256(payload).hexdigest()[:12],
        "ms": milliseconds,
        "memory MiB": memory(contents),
        "ratio to python-tuf": round(milliseconds["verify"] / milliseconds["python-tuf"], 2),
        "replay to python-tuf": round(milliseconds["replay"] / milliseconds["python-tuf, history"], 2),
    }


def exact(times: dict[str, float], repeat: int) -> float:
    return round(times["median"] * 1000 / repeat, 1)


VERIFY = """
from pathlib import Path
from polder.commons.roster.document import read_edition
from polder.commons.roster.verify import verify
before, after = (read_edition(Path(one).read_bytes()) for one in sys.argv[-2:])
verify(before, after)
"""
REPLAY = """
from pathlib import Path
from polder.commons.roster.replay import replay
replay([Path(one).read_bytes() for one in sys.argv[1:]])
"""
LIBRARY = """
from pathlib import Path
from tuf.api.metadata import Metadata, Root
before, after = (Metadata.from_bytes(Path(one).read_bytes()) for one in sys.argv[-2:])
assert after.signed.get_root_verification_result(before.signed, after.signed_bytes, after.signatures)
"""


def memory(contents: list[bytes]) -> dict[str, float]:
    """MiB, each in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name) / f"{number}.json" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        words = [str(path) for path in paths]
        runs = {"verify": VERIFY, "replay": REPLAY, "python-tuf": LIBRARY}
        return {what: measured(code, *words)[1]["memory MiB"] for what, code in runs.items()}


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--members", default="50,200")
    parser.add_argument("--history", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    figures = []
    for count in map(int, chosen.members.split(",")):
        note(f"{count} members")
        figures.append(measure(count, chosen.rounds, chosen.history))
    lines = []
    for one in figures:
        lines.append(
            f"{one['members']} members, {one['signatures']} signatures, {one['bytes']} bytes, {one['history']} versions"
        )
        lines += [f"  {name}: {value} ms" for name, value in one["ms"].items()]
        lines += [f"  memory, {name}: {value} MiB" for name, value in one["memory MiB"].items()]
        lines += [f"  {name}: {one[name]}" for name in ("ratio to python-tuf", "replay to python-tuf")]
    show("A roster", machine(), figures, lines, chosen.json)


if __name__ == "__main__":
    main()
