"""Reading peers: nothing new, everything new, a peer with many files; beside python-tuf's own client on the same repositories.

Usage: python bench/network.py [--peers 50] [--rounds 9] [--json]

Peers are real repositories, served over HTTP by another process on loopback that waits before each answer where that is said. Both
clients get the same repository in turns, and both fetch the same two files of it, one of the people's and one of the server's: the small
repository has no others. The aim for one peer: 1.2 of its time or less. "timestamp renewed" is what the others' daily signature costs:
one document of four is new, and no file. Memory is the highest of a process that does nothing else.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from _common import ROOT, in_turns, machine, measured, note, options, show

sys.path.insert(0, str(ROOT / "tests"))
from polder.actions.sync_network import sync_network
from polder.actions.sync_peer import sync_peer
from polder.kernel.digest import digest_of_bytes
from polder.kernel.peer import Peer
from support.publisher import Publisher
from support.web import Web

AIM, LATENCY, FILES, SERVERS = 1.2, 0.1, 12, "seen/state.json"
TIMESTAMP, PATH = "metadata/timestamp.json", "statements/0/0.json"
NOW = datetime.now(UTC).replace(microsecond=0)
ROWS = ("first", "nothing new", "timestamp renewed")
COMMAND = "from polder.cli import main; main()"
UPDATER = """
from tuf.ngclient import Updater, UpdaterConfig
base, place, path = sys.argv[1:]
root = open(place + '/1.root.json', 'rb').read()
config = UpdaterConfig(targets_max_length=10_000_000)
updater = Updater(place, base + 'metadata/', place, base + 'targets/', config=config, bootstrap=root)
updater.refresh()
updater.download_target(updater.get_targetinfo(path))
"""
"""python-tuf's client in a process of its own."""


def repository(name: str, count: int) -> Publisher:
    """A provider with ``count`` files."""
    publisher = Publisher(name, NOW)
    publisher.given = {f"statements/{n % 50}/{n}.json": b'{"n":%d}\n' % n for n in range(count)}
    publisher.robot_files = {SERVERS: b"{}"}
    publisher.publish(NOW)
    return publisher


def serve(pipe: Connection, files: dict[str, bytes], latency: float) -> None:
    with Web(files, latency) as web:
        pipe.send(web.url)
        while told := pipe.recv():
            files.update(told)
            pipe.send(True)


class Server:
    """Repositories below ``NAME/``, and again below ``copies/NAME/``, served by a process of its own."""

    def __init__(self, publishers: dict[str, Publisher], latency: float) -> None:
        self.publishers, repositories = publishers, {name: one.files for name, one in publishers.items()}
        files = {f"{name}/{path}": c for name, held in repositories.items() for path, c in held.items()}
        files |= {f"copies/{path}": content for path, content in files.items()}
        self.repositories = repositories
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=serve, args=(other, files, latency), daemon=True)

    def __enter__(self) -> Server:
        self.process.start()
        self.base = str(self.pipe.recv())
        return self

    def __exit__(self, *_: object) -> None:
        self.pipe.send(None)
        self.process.join(5)
        self.process.kill()

    def renew(self, name: str) -> None:
        """Sign the timestamp of ``name`` anew, as each provider does daily."""
        self.publishers[name].publish(NOW, ["timestamp"])
        self.pipe.send({f"{name}/{TIMESTAMP}": self.publishers[name].files[TIMESTAMP]})
        self.pipe.recv()

    def peer(self, name: str) -> Peer:
        root = digest_of_bytes(self.repositories[name]["metadata/1.root.json"])
        return Peer(name, root, (f"{self.base}{name}/",), private=True)


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def polder_once(server: Server, name: str, state: Path, quota: int = 2**30) -> None:
    news = sync_peer(state, server.peer(name), datetime.now(UTC), quota, Random(1), insist=True)
    assert news.state in ("new", "same"), news.troubles


def tuf_once(server: Server, name: str, folder: Path, path: str) -> None:
    from tuf.ngclient import Updater, UpdaterConfig

    (folder / "targets").mkdir(parents=True, exist_ok=True)
    base, root = f"{server.base}{name}/", server.repositories[name]["metadata/1.root.json"]
    config = UpdaterConfig(targets_max_length=10_000_000)
    places = (str(folder / "metadata"), f"{base}metadata/", str(folder / "targets"), f"{base}targets/")
    updater = Updater(*places, config=config, bootstrap=root)
    updater.refresh()
    for wanted in (path, SERVERS):
        info = updater.get_targetinfo(wanted)
        assert info
        if not updater.find_cached_target(info):
            updater.download_target(info)


def beside_tuf(
    server: Server, name: str, scratch: Path, rounds: int, quota: int = 2**30, rows: tuple[str, ...] = ROWS
) -> dict[str, Any]:
    """First visit, nothing new, and a timestamp that was only signed anew, both clients in turns."""
    path = PATH
    scratch.mkdir()

    def first(once: Callable[[Path], None]) -> float:
        folder = Path(tempfile.mkdtemp(dir=scratch))
        took = timed(lambda: once(folder))
        shutil.rmtree(folder)
        return took

    def ours(folder: Path) -> None:
        polder_once(server, name, folder, quota)

    def theirs(folder: Path) -> None:
        tuf_once(server, name, folder, path)

    def renewed() -> float:
        server.renew(name)
        return timed(lambda: ours(scratch / "ours"))

    ours(scratch / "ours")
    theirs(scratch / "theirs")
    runs: dict[str, dict[str, Callable[[], float]]] = {
        "first": {"polder": lambda: first(ours), "python-tuf": lambda: first(theirs)},
        "nothing new": {
            "polder": lambda: timed(lambda: ours(scratch / "ours")),
            "python-tuf": lambda: timed(lambda: theirs(scratch / "theirs")),
        },
        "timestamp renewed": {
            "polder": renewed,
            "python-tuf": lambda: timed(lambda: theirs(scratch / "theirs")),
        },
    }
    found: dict[str, Any] = {row: in_turns(runs[row], rounds) for row in rows}
    for row in found.values():
        row["ratio"] = round(row["polder"]["median"] / row["python-tuf"]["median"], 2)
    return found


def write_network(server: Server, folder: Path) -> None:
    peers = {name: server.peer(name) for name in server.repositories}
    follow = {
        name: {
            "url": one.urls[0],
            "root": one.root,
            "private": True,
            "mirrors": [f"{server.base}copies/{name}/"],
        }
        for name, one in peers.items()
    }
    text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
    folder.mkdir(exist_ok=True)
    (folder / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")


def many(server: Server, scratch: Path, rounds: int) -> dict[str, Any]:
    """Rounds over every peer: the first, then nothing new, sixteen at a time and one at a time."""
    found: dict[str, Any] = {}
    for label, at_once in (("16 at a time", 16), ("one at a time", 1)):
        folder = scratch / label.replace(" ", "-")
        write_network(server, folder)
        note(f"first visits, {label}")
        found[f"first, {label}"] = round(timed(lambda f=folder, a=at_once: _all(f, a)), 2)  # type: ignore[misc]
        note(f"nothing new, {label}")
        times = [timed(lambda f=folder, a=at_once: _all(f, a)) for _ in range(rounds)]  # type: ignore[misc]
        found[f"nothing new, {label}"] = round(sorted(times)[len(times) // 2], 2)
    return found


def _all(folder: Path, at_once: int) -> None:
    done = sync_network(folder, datetime.now(UTC), at_once=at_once)
    assert len(done.reached) == len(done.news), [one.troubles for one in done.failed]


def command(folder: Path, *words: str) -> dict[str, float]:
    """``polder network sync`` as a process of its own: wall, processor, memory, traffic."""
    told, took = measured(COMMAND, "--site", str(folder), "network", "sync", "--json", *words)
    peers = json.loads(told)["peers"]
    assert all(one["state"] in ("new", "same") for one in peers), peers
    traffic = {"requests": "requests", "bytes received": "received"}
    return {**took, **{label: sum(one[name] for one in peers) for label, name in traffic.items()}}


def memory(server: Server, scratch: Path) -> dict[str, Any]:
    """What one visit to the peer with 10,000 files takes, each in a process of its own."""
    theirs, found = scratch / "memory-theirs", {}
    write_network(server, scratch / "memory")
    theirs.mkdir()
    (theirs / "1.root.json").write_bytes(server.repositories["large"]["metadata/1.root.json"])
    label = "one peer, 10,000 files"
    found[f"{label}: polder network sync, first, every file"] = command(scratch / "memory", "large")
    server.renew("large")
    found[f"{label}: polder network sync, timestamp renewed"] = command(scratch / "memory", "large")
    found[f"{label}: polder network sync, nothing new"] = command(scratch / "memory", "large")
    _, took = measured(UPDATER, f"{server.base}large/", str(theirs), PATH)
    found[f"{label}: python-tuf's client, first, one file"] = took
    return found


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--peers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        single = {"one": repository("one", 1), "large": repository("large", 10_000)}
        with Server(single, 0) as server:
            note("one peer, one file")
            figures["one peer, 1 file"] = beside_tuf(server, "one", scratch / "one", asked.rounds)
            note("one peer, 10,000 files: the documents alone")
            large = beside_tuf(server, "large", scratch / "large", max(3, asked.rounds // 3), quota=0)
            figures["one peer, 10,000 files, documents only"] = large
            note("one peer, 10,000 files: every file")
            took = timed(lambda: polder_once(server, "large", scratch / "whole"))
            every = beside_tuf(
                server, "large", scratch / "every", max(3, asked.rounds // 3), rows=("timestamp renewed",)
            )
            figures["one peer, 10,000 files, every file"] = {"first": round(took, 2), **every}
            note("memory")
            figures |= memory(server, scratch)
        peers = {f"p{number}": repository(f"p{number}", FILES) for number in range(asked.peers)}
        for latency in (0.0, LATENCY):
            label = f"{asked.peers} peers, {FILES} files, {latency * 1000:.0f} ms"
            with Server(peers, latency) as server:
                place = scratch / f"many-{latency}"
                place.mkdir()
                note(label)
                write_network(server, place / "memory")
                figures[f"{label}: polder network sync, first"] = command(place / "memory")
                figures[label] = many(server, place, 3)
                for words in ((), ("--freshest",)):
                    command_line = " ".join(("polder network sync", *words))
                    figures[f"{label}: {command_line}"] = command(place / "16-at-a-time", *words)
    show("reading peers", machine(), figures, lines(figures), asked.json)


def lines(figures: dict[str, Any]) -> list[str]:
    found = []
    for label, rows in figures.items():
        found.append(label)
        for name, row in rows.items():
            if isinstance(row, dict):
                ours, theirs = (row[one]["median"] * 1000 for one in ("polder", "python-tuf"))
                over = f"   over the aim of {AIM}" if row["ratio"] > AIM else ""
                found.append(
                    f"    {name:<28} {ours:8.1f} ms, python-tuf {theirs:8.1f} ms: {row['ratio']}{over}"
                )
            else:
                found.append(f"    {name:<28} {row}")
    return found


if __name__ == "__main__":
    os.environ.setdefault("POLDER_LANGUAGE", "en")
    main()
