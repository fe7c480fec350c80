"""What is remembered of each lab, so that it can be asked for, changed and taken away by any later process.

``/var/lib/polder-lab/NAME/`` (or below ``POLDER_LAB_STATE``) holds ``lab.json`` (written before anything else is made: from its number
follows every name that the lab may have on the machine), ``cuts.json``, ``slow.json``, ``events.jsonl``, ``hosts/``, ``services/``.
One lock file for all: numbers are given out under it.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from polder.kernel.problem import Problem, Refused
from polder.lab.model import LABS, Lab, new_lab, trace, unknown
from polder.world.images.cache import read_json, write_json


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be mistaken for a later one with the same number. ``since``: clock ticks since the machine started."""

    pid: int
    since: int

    @property
    def alive(self) -> bool:
        return self.pid > 0 and started_at(self.pid) == self.since


@dataclass(frozen=True, slots=True)
class Kept:
    """One lab as ``lab.json`` has it. ``folder``: its state. ``sites``: where its sites are. ``ready``: it was wholly made once.
    ``owner``: the lab has no reason to be after that process; pid 0: it belongs to people. ``root``: the hosts' common tree."""

    lab: Lab
    folder: Path
    sites: Path
    root: Path
    maker: Process
    owner: Process
    ready: bool

    @property
    def abandoned(self) -> bool:
        """Its owner ended, or its maker did before it was made."""
        return bool(self.owner.pid and not self.owner.alive) or not (self.ready or self.being_made)

    @property
    def being_made(self) -> bool:
        return not self.ready and self.maker.alive

    def host(self, name: str) -> Path:
        return self.folder / "hosts" / name

    @property
    def services(self) -> Path:
        return self.folder / "services"

    @property
    def ssh_config(self) -> Path:
        return self.sites / "ssh_config"


def state_folder() -> Path:
    return Path(os.environ.get("POLDER_LAB_STATE") or "/var/lib/polder-lab")


def started_at(pid: int) -> int:
    """When process ``pid`` began, in clock ticks since the machine did; -1 when there is none, or only its remains."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return -1
    return -1 if words[0] in "ZX" else int(words[19])


def process(pid: int) -> Process:
    return Process(pid, started_at(pid) if pid else 0)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Held while a lab is begun, changed or ended; freed by the kernel when the process ends."""
    while not (handle := _lock(state_folder() / "lock")):
        pass
    with handle:
        yield


def _lock(file: Path) -> IO[str] | None:
    """The lock, held; ``None`` when who held it before took the last lab away, and the lock's file with it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.open("a")
    except FileNotFoundError:
        return None
    fcntl.flock(handle, fcntl.LOCK_EX)
    if file.exists() and os.fstat(handle.fileno()).st_ino == file.stat().st_ino:
        return handle
    handle.close()
    return None


def claim(name: str, providers: int, hosts: int, suite: str, sites: Path, owner: int) -> Kept:
    """A new lab with the lowest free number, remembered. Call within ``one_at_a_time``."""
    taken = {kept.lab.number for kept in every_lab()}
    number = next((n for n in range(LABS) if n not in taken and not _in_use(n)), -1)
    if number < 0:
        raise Refused(Problem("lab.no-number", "", {"most": LABS}))
    lab = new_lab(name, number, providers, hosts, suite)
    kept = Kept(lab, state_folder() / name, sites, Path(), process(os.getpid()), process(owner), False)
    keep(kept)
    return kept


def _in_use(number: int) -> bool:
    """Somebody else has that network, or something of a lab whose state is lost is still there."""
    lab = new_lab("any", number, 1, 1, "trixie")
    routes = subprocess.run(
        ["ip", "-4", "route", "show", "root", lab.network], capture_output=True, text=True, check=True
    ).stdout
    return bool(routes.strip()) or Path("/run/netns", trace(number)).exists()


def keep(kept: Kept) -> None:
    data = {
        "name": kept.lab.name,
        "number": kept.lab.number,
        "providers": len(kept.lab.providers),
        "hosts": len(kept.lab.providers[0].nodes),
        "suite": kept.lab.suite,
        "sites": str(kept.sites),
        "root": str(kept.root),
        "maker": asdict(kept.maker),
        "owner": asdict(kept.owner),
        "ready": kept.ready,
    }
    write_json(kept.folder / "lab.json", data)


def load(folder: Path) -> Kept | None:
    """The lab kept in ``folder``; ``None`` when there is none, or not more than its folder."""
    data: Any = read_json(folder / "lab.json")
    if not data:
        return None
    lab = new_lab(data["name"], data["number"], data["providers"], data["hosts"], data["suite"])
    maker, owner = Process(**data["maker"]), Process(**data["owner"])
    return Kept(lab, folder, Path(data["sites"]), Path(data["root"]), maker, owner, data["ready"])


def every_lab() -> tuple[Kept, ...]:
    folders = sorted(path for path in state_folder().glob("*") if path.is_dir())
    return tuple(kept for folder in folders if (kept := load(folder)))


def find_lab(name: str) -> Kept:
    """The lab called ``name``, or the only one when no name is given. Refused: ``lab.none``, ``lab.which``, ``lab.unknown-lab``."""
    labs = {kept.lab.name: kept for kept in every_lab()}
    if not labs:
        raise Refused(Problem("lab.none"))
    if not name and len(labs) > 1:
        raise Refused(Problem("lab.which", "", {"known": tuple(labs)}))
    if name and name not in labs:
        raise Refused(unknown("lab.unknown-lab", name, labs))
    return labs[name or next(iter(labs))]


def read_data(path: Path, otherwise: Any) -> Any:
    """A small JSON file of the lab's."""
    data = read_json(path)
    return otherwise if data is None else data


def append_event(folder: Path, event: dict[str, str | float]) -> None:
    """One line at the end of ``events.jsonl``, short enough to be written whole; nothing when the lab was just taken away."""
    with suppress(FileNotFoundError), (folder / "events.jsonl").open("a") as file:
        file.write(json.dumps(event) + "\n")


def note(kept: Kept, *words: str) -> None:
    """A command, for the timeline."""
    append_event(kept.folder, {"at": time.time(), "command": " ".join(words)})
