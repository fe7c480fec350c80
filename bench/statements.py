"""Listing what peers said to few: the first time and later, beside opening the same files one after the other and nothing else.

Usage: python bench/statements.py [--peers 1,50] [--each 196] [--recipients 64,16] [--rounds 3] [--json]

Each of the peers has said ``--each`` things, encrypted to ``--recipients`` keys with ours among them; a fifth is not for us. "first" is
everything that ``polder network said`` does with nothing remembered: read the files, try our key on each, read and check what is inside,
decide what may be seen, remember it on disk. "later" is the same with what was remembered. "pyrage.decrypt" and "pyrage.decrypt_io" are
the library's two ways to open a file, in a loop over the same files in memory. Seconds of processor time; all in one process, in turns.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from _common import in_turns, machine, note, options, show

from polder.actions.read_statements import OPENED, listen
from polder.actions.read_statements import show as shown
from polder.commons.statement.access import NETWORK
from polder.commons.statement.model import Statement
from polder.commons.statement.sealed import write_envelope
from polder.commons.statement.wire import write_statement
from polder.kernel.text import Text
from polder.world.age import load_identities, new_identity, nobodys_recipient
from polder.world.network_store import Current, PeerStore, load_published, write_time
from polder.world.sealing import seal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FAR = NOW + timedelta(days=30)
WORDS = Text({"en": "The rack in the second room has a new lock, and the key is with ana. " * 4})


def files_of(provider: str, count: int, recipients: Sequence[str], ours: str) -> dict[str, bytes]:
    """What ``provider`` says, four of five to us as well."""
    found = {}
    for number in range(count):
        title, date = Text({"en": f"Number {number}"}), NOW - timedelta(minutes=number)
        said = Statement("note", 1, f"number-{number}", provider, date, NETWORK, title, WORDS)
        envelope = write_envelope(provider, "sha256:00", [write_statement(said).decode()])
        readers = recipients if number % 5 == 0 else [*recipients[1:], ours]
        content = seal(envelope, readers, 0)
        found[f"statements/sealed/{sha256(content).hexdigest()[:32]}.age"] = content
    return found


def keep(state: Path, provider: str, files: dict[str, bytes]) -> str:
    """As if it had been fetched and verified; gives what its first root file's digest is."""
    store, root = PeerStore(state, provider), provider.encode()
    store.keep_roots([root])
    hashes = {path: sha256(content).hexdigest() for path, content in files.items()}
    store.targets.mkdir()
    for path, content in files.items():
        (store.targets / hashes[path]).write_bytes(content)
    index = store.keep_index(hashes)
    parts = {"timestamp": store.keep("timestamp", 1, b"{}")}
    store.commit(Current(1, parts, parts, {"root": 1, "timestamp": 1}, write_time(FAR), index))
    store.keep_facts({"seen": write_time(NOW)})
    return sha256(root).hexdigest()


def write_folder(folder: Path, peers: int, each: int, recipients: int) -> None:
    ours, lines = new_identity(folder / "key.txt"), []
    others = [nobodys_recipient() for _ in range(recipients)]
    for number in range(peers):
        name = f"peer-{number:02}"
        root = keep(folder / "state", name, files_of(name, each, others, ours))
        lines.append(f'  {name}: {{url: "https://{name}.example/net/", root: "sha256:{root}"}}\n')
    text = (
        f"provider: alder\nurls: [https://alder.example/net/]\npeople: {{ana: {{}}}}\nrecipients: [{ours}]\n"
    )
    (folder / "network.yml").write_text(f"{text}follow:\n{''.join(lines)}")
    os.environ["POLDER_IDENTITY"] = str(folder / "key.txt")


def timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return run


def by_library(contents: Sequence[bytes], io: bool) -> int:
    """How many of ``contents`` one of our keys opens."""
    import pyrage

    keys, opened = load_identities().keys(), 0
    for content in contents:
        try:
            pyrage.decrypt_io(BytesIO(content), BytesIO(), keys) if io else pyrage.decrypt(content, keys)
            opened += 1
        except pyrage.DecryptError:
            continue
    return opened


def listed(folder: Path) -> int:
    return len(shown(listen(folder, NOW)).heard)


def measure(folder: Path, peers: int, each: int, recipients: int, rounds: int) -> dict[str, Any]:
    write_folder(folder, peers, each, recipients)
    published = load_published(folder / "state")
    contents = [one.files[path] for one in published.values() for path in one.files]
    assert listed(folder) == by_library(contents, io=True)

    def first() -> None:
        shutil.rmtree(folder / "state" / OPENED)
        listed(folder)

    runs = {
        "first": timed(first),
        "later": timed(lambda: listed(folder)),
        "pyrage.decrypt_io": timed(lambda: by_library(contents, io=True)),
    }
    if peers * each <= 500:  # a minute and more for a thousand
        runs["pyrage.decrypt"] = timed(lambda: by_library(contents, io=False))
    times = {name: one["median"] for name, one in in_turns(runs, rounds, warm=0).items()}
    ratios = {f"first / {name}": times["first"] / times[name] for name in times if name.startswith("pyrage")}
    ratios["later / pyrage.decrypt_io"] = times["later"] / times["pyrage.decrypt_io"]
    found = {name: round(ratio, 2) for name, ratio in ratios.items()}
    return {"peers": peers, "each": each, "recipients": recipients, "seconds": times, "ratios": found}


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--peers", default="1,50")
    parser.add_argument("--each", type=int, default=196)
    parser.add_argument("--recipients", default="64,16", help="for each number of peers")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    figures, lines = [], []
    pairs = zip(asked.peers.split(","), asked.recipients.split(","), strict=False)
    for peers, recipients in ((int(one), int(other)) for one, other in pairs):
        note(f"{peers} peers")
        with tempfile.TemporaryDirectory() as place:
            figures.append(measure(Path(place), peers, asked.each, recipients, asked.rounds))
        lines.append(f"{peers} peers, {asked.each} each, to {recipients} keys")
        lines += [f"  {name}: {value} s" for name, value in figures[-1]["seconds"].items()]
        lines += [f"  {name}: {value}" for name, value in figures[-1]["ratios"].items()]
    show("Listing statements", machine(), figures, lines, asked.json)


if __name__ == "__main__":
    sys.exit(main())
