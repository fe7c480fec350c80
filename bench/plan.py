"""``polder plan`` with nothing to do, beside an unchanged ``docker stack deploy`` of the same services.

Usage: python bench/plan.py [--services 20,100,300] [--rounds 7] [--json]

Whole processes, started as a person would. Two throw-away engines of the same kind, so that each command meets exactly
its own services: networks, configs, secrets and the ingress's two services included. Docker's command is spared asking
a registry for each image (--resolve-image never). The aim: 0.3 of its time or less at 100 services.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from _common import POLDER, in_turns, machine, note, options, output, seconds, show
from _engine import TestEngine, load_tiny, test_engine, wait_running
from _site import BenchSite, new_site, tiny_recipes, write_apps, write_stack

AIM = 0.3
OWN = 2
"""Services of the ingress."""


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--services", default="20,100,300", help="how many, separated by commas")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name, test_engine() as ours, test_engine() as theirs:
        image = load_tiny(ours)
        load_tiny(theirs)
        site = new_site(Path(name), ours.host, tiny_recipes(image))
        for count in sorted(int(word) for word in asked.services.split(",")):
            figures[str(count)] = measure(site, Path(name), ours, theirs, image, count, asked.rounds)
    show("polder plan with nothing to do", machine(), figures, lines(figures), asked.json)


def measure(
    site: BenchSite, parent: Path, ours: TestEngine, theirs: TestEngine, image: str, count: int, rounds: int
) -> dict[str, Any]:
    """Bring both engines to ``count`` services, then let the two commands take turns."""
    note(f"bringing {count} services up on both engines")
    write_apps(site, count)
    stack = write_stack(parent, image, count)
    deploy = theirs.docker(
        "stack", "deploy", "--resolve-image", "never", "--compose-file", str(stack), "bench"
    )
    seconds([POLDER, "apply", "--yes", "--detach"], site.env)
    seconds(deploy, site.env)
    wait_running(ours, count + OWN)
    wait_running(theirs, count + OWN)
    if '"changes": 0' not in output([POLDER, "plan", "--json"], site.env):
        raise SystemExit("The plan is not empty: " + output([POLDER, "plan"], site.env))
    note(f"measuring with {count}")
    plan = [POLDER, "plan"]
    found: dict[str, Any] = dict(
        in_turns(
            {"plan": lambda: seconds(plan, site.env), "deploy": lambda: seconds(deploy, site.env)}, rounds
        )
    )
    return {**found, "ratio": round(found["plan"]["median"] / found["deploy"]["median"], 2)}


def lines(figures: dict[str, Any]) -> list[str]:
    found = ["services   polder plan   docker stack deploy   ratio (medians, seconds)"]
    for count, row in figures.items():
        over = f"   over the aim of {AIM}" if count == "100" and row["ratio"] > AIM else ""
        plan, deploy = row["plan"]["median"], row["deploy"]["median"]
        found.append(f"{count:>8}   {plan:11.3f}   {deploy:19.3f}   {row['ratio']:5.2f}{over}")
    return found


if __name__ == "__main__":
    main()
