"""The first apply of many tiny services until the engine accepted them, beside ``docker stack deploy`` of the same.

Usage: python bench/first_apply.py [--services 100] [--rounds 3] [--json]

Two throw-away engines, emptied before each round. "whole": ``polder apply --yes --detach`` as a person would start it; "engine":
its part between the approved plan and the last accepted service, as the journal times it. Both sides make the same objects:
the services, the ingress's two, two networks, two configs, two secrets; Polder's also labels the host, makes an authority,
encrypts its keys, holds a lock, looks twice and writes a journal. Docker's is spared asking a registry (--resolve-image
never). The aim: 0.8 of its time or less at 100 services.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from _common import POLDER, machine, note, options, output, seconds, show, summary
from _engine import TestEngine, load_tiny, test_engine
from _site import BenchSite, new_site, tiny_recipes, write_apps, write_stack

from polder.world.docker.http import open_engine

AIM = 0.8


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, test_engine() as ours, test_engine() as theirs:
        image = load_tiny(ours)
        load_tiny(theirs)
        times: dict[str, list[float]] = {"whole": [], "engine": [], "deploy": []}
        for turn in range(asked.rounds):
            note(f"round {turn + 1}")
            parent = Path(name) / str(turn)
            site = make_site(parent, ours, image, asked.services)
            times["whole"].append(seconds([POLDER, "apply", "--yes", "--detach"], site.env))
            times["engine"].append(engine_part(site.folder))
            empty_ours(site, ours)
            times["deploy"].append(deploy(parent, theirs, image, asked.services))
            empty_theirs(theirs)
    figures: dict[str, Any] = {what: summary(found) for what, found in times.items()}
    for what in ("whole", "engine"):
        figures[f"{what}_ratio"] = round(figures[what]["median"] / figures["deploy"]["median"], 2)
    title = f"first apply of {asked.services} services"
    show(title, machine(), figures, lines(figures), asked.json)


def make_site(parent: Path, engine: TestEngine, image: str, count: int) -> BenchSite:
    parent.mkdir()
    site = new_site(parent, engine.host, tiny_recipes(image))
    write_apps(site, count)
    return site


def engine_part(folder: Path) -> float:
    """Seconds during which the plan's steps ran."""
    lines_ = [line for path in (folder / "journal").glob("*.jsonl") for line in path.read_text().splitlines()]
    ended = [fact for fact in map(json.loads, lines_) if fact["what"] == "apply-ended"]
    return float(ended[-1]["seconds"])


def deploy(parent: Path, engine: TestEngine, image: str, count: int) -> float:
    stack = write_stack(parent, image, count)
    words = ["stack", "deploy", "--resolve-image", "never", "--compose-file", str(stack), "bench"]
    return seconds(engine.docker(*words))


def empty_ours(site: BenchSite, engine: TestEngine) -> None:
    seconds([POLDER, "down", "--yes"], site.env)
    wait_empty(engine)
    shutil.rmtree(site.folder)


def empty_theirs(engine: TestEngine) -> None:
    output(engine.docker("stack", "rm", "bench"))
    wait_empty(engine)


def wait_empty(engine: TestEngine, limit: float = 300) -> None:
    """Until no service, container or network of the last round is left."""
    until = time.monotonic() + limit
    with open_engine(engine.host) as opened:
        while time.monotonic() < until:
            seen = opened.look()
            running = [task for task in seen.tasks if task.state == "running"]
            left = [one for one in seen.networks if one.name.startswith("bench_")]
            if not (seen.services or running or left):
                return
            time.sleep(1)
    raise SystemExit(f"The engine was not empty after {limit:.0f} seconds.")


def lines(figures: dict[str, Any]) -> list[str]:
    found = ["                        median   fastest   ratio to docker stack deploy"]
    names = {
        "whole": "polder apply --detach",
        "engine": "  of it the steps",
        "deploy": "docker stack deploy",
    }
    for what, name in names.items():
        ratio = figures.get(f"{what}_ratio", 1.0)
        over = f"   over the aim of {AIM}" if what == "whole" and ratio > AIM else ""
        row = figures[what]
        found.append(f"{name:22} {row['median']:7.2f}   {row['fastest']:7.2f}   {ratio:5.2f}{over}")
    return found


if __name__ == "__main__":
    main()
