"""How long ``polder`` takes to start, beside an empty Python and the ``docker`` command, all in one call.

Usage: ``.venv/bin/python bench/startup.py [--rounds 20] [--json]``. Prints the median and the fastest of
each, in milliseconds, and the ratio of medians to ``python -c pass``. The aim: ``polder --version`` and
``polder check`` in less than 200 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from _common import NOT_INHERITED, POLDER

BASE = "python -c pass"
AIM = 200.0


def commands(site: Path) -> dict[str, list[str]]:
    polder = POLDER
    found = {
        BASE: [str(Path(POLDER).with_name("python")), "-c", "pass"],
        "polder --version": [polder, "--version"],
        "polder --help": [polder, "--help"],
        "polder check": [polder, "--site", str(site), "check"],
    }
    if docker := shutil.which("docker"):
        found["docker --version"] = [docker, "--version"]
    return found


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    env = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
    done = subprocess.run(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    took = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {done.returncode}:\n{done.stderr}")
    return took


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds and ratios by name; the commands take turns, so that a busy moment falls on all."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        subprocess.run([POLDER, "init", str(site)], check=True, stdout=subprocess.DEVNULL)
        measured = commands(site)
        times: dict[str, list[float]] = {name: [] for name in measured}
        for turn in range(rounds + 1):
            for name, command in measured.items():
                took = seconds(command)
                if turn:  # the first turn warms the disk cache
                    times[name].append(took * 1000)
    base = statistics.median(times[BASE])
    return {
        name: {"median": statistics.median(t), "fastest": min(t), "ratio": statistics.median(t) / base}
        for name, t in times.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.rounds)
    if options.json:
        print(
            json.dumps({"cores": os.cpu_count(), "rounds": options.rounds, "milliseconds": figures}, indent=2)
        )
        return
    print(f"{options.rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds")
    for name, row in figures.items():
        over = name.startswith("polder") and row["median"] >= AIM
        print(
            f"{name:18} median {row['median']:5.0f}   fastest {row['fastest']:5.0f}   x{row['ratio']:.1f}"
            + (f"   over the aim of {AIM:.0f}" if over else "")
        )


if __name__ == "__main__":
    main()
