"""What every benchmark shares: options, taking turns, medians, the machine's facts, printing.

Rule: what is compared runs in the same call, in turns, so that a busy moment falls on both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
POLDER = os.environ.get("BENCH_POLDER") or str(Path(sys.executable).with_name("polder"))
"""The command that is measured: of another environment when ``BENCH_POLDER`` says so. Tools for developing that lie beside it may
make Python itself start slower (their ``.pth`` files are run at every start)."""
NOT_INHERITED = ("POLDER_", "DOCKER_", "PYTHON")
"""A person's Python keeps what it compiled; where it must not (``PYTHONDONTWRITEBYTECODE``), every start compiles everything."""
Run = Callable[[], float]


def options(about: str) -> argparse.ArgumentParser:
    """A parser with ``--json``; ``about`` is the script's docstring."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON only")
    return parser


def seconds(command: Sequence[str], env: Mapping[str, str] | None = None, limit: float = 600) -> float:
    """How long ``command`` takes as a whole process; a failure ends the benchmark with what it wrote."""
    began = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=limit, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with status {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return took


def output(command: Sequence[str], env: Mapping[str, str] | None = None, limit: float = 600) -> str:
    """What ``command`` prints."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=limit, check=False)
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with status {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


PEAK = "import atexit; atexit.register(lambda: print([one for one in open('/proc/self/status') if 'VmHWM' in one][0], file=sys.stderr))"


def measured(code: str, *words: str, limit: float = 600) -> tuple[str, dict[str, float]]:
    """What ``code`` prints in a Python of its own with the arguments ``words``, and what that took: wall, processor, its highest memory.
    (What the system says of a child that ended, ``ru_maxrss``, begins with the memory of whoever started it.)"""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", f"import sys; {PEAK}; {code}", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    if done.returncode:
        raise SystemExit(f"{code} {words} ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = next(int(line.split()[1]) for line in done.stderr.splitlines() if line.startswith("VmHWM"))
    return done.stdout, {
        "wall s": round(wall, 2),
        "processor s": round(used, 2),
        "memory MiB": round(peak / 1024, 1),
    }


def in_turns(runs: Mapping[str, Run], rounds: int, warm: int = 1) -> dict[str, dict[str, float]]:
    """Median and fastest of each run, in seconds; the first ``warm`` rounds are not counted."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + warm):
        for name, run in runs.items():
            took = run()
            if turn >= warm:
                times[name].append(took)
    return {name: summary(found) for name, found in times.items()}


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median and fastest of ``times``, rounded to a millisecond."""
    return {"median": round(statistics.median(times), 3), "fastest": round(min(times), 3)}


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def note(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def show(title: str, facts: Mapping[str, Any], figures: Any, lines: Sequence[str], as_json: bool) -> None:
    """Print the figures for people, or everything as JSON."""
    if as_json:
        print(json.dumps({"benchmark": title, "machine": facts, "figures": figures}, indent=2))
        return
    known = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in facts.items())
    print(f"{title}\n{known}")
    print("\n".join(lines))
