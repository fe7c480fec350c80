"""Run a build step where nothing can outlive it: own mount, process, host-name and IPC namespaces.

``unshare --kill-child`` kills the first process of the namespace when ``unshare`` ends, ``setpriv
--pdeathsig`` kills ``unshare`` when we end (even by ``kill -9``), and the kernel then ends every process in
the namespace and drops its mounts. Nothing of our own environment gets in, except proxies.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from polder.kernel.problem import Problem, Refused
from polder.world.images.cache import disk_full
from polder.world.images.model import EPOCH

WRAPPER = (
    *("setpriv", "--pdeathsig", "KILL"),
    *(
        "unshare",
        "--mount",
        "--uts",
        "--ipc",
        "--pid",
        "--fork",
        "--kill-child",
        "--propagation",
        "private",
        "--mount-proc",
    ),
)
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")
_NAMED = re.compile(r"Unable to locate package (\S+)|Package '?([^' ]+)'? has no installation candidate")
_UNFETCHED = re.compile(r"Failed to fetch|Temporary failure resolving|Could not connect|Unable to fetch")
_FULL = ("No space left on device", "Disk quota exceeded", "enough free space in")


def run(
    argv: tuple[str, ...], given: Mapping[str, str], step: Callable[[str], None]
) -> tuple[int, tuple[str, ...]]:
    """Run ``argv`` in the namespaces; lines ``@name`` it prints become ``step("name")``. Returns status and
    its last lines."""
    lines: deque[str] = deque(maxlen=400)
    with subprocess.Popen(
        WRAPPER + argv,
        env=_environment(given),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                if line.startswith("@"):
                    step(line[1:].strip())
                else:
                    lines.append(line.rstrip())
        except BaseException:
            process.kill()
            raise
    return process.returncode, tuple(lines)


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    proxies = {name: os.environ[name] for name in _PROXIES if name in os.environ}
    fixed = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": "/root",
        "SOURCE_DATE_EPOCH": str(EPOCH),
        "PYTHONHASHSEED": "0",
        "DEBIAN_FRONTEND": "noninteractive",
        "TZ": "UTC",
    }
    return fixed | proxies | dict(given)


def failure(what: str, step: str, lines: tuple[str, ...], cache: Path, needed: int) -> Refused:
    """The problem that the last lines of a failed build step tell of."""
    text = "\n".join(lines)
    if any(sign in text for sign in _FULL):
        return disk_full(cache, needed)
    if unknown := tuple(sorted({a or b for a, b in _NAMED.findall(text)})):
        return Refused(Problem("image.unknown-package", values={"recipe": what, "packages": unknown}))
    if _UNFETCHED.search(text):
        return Refused(Problem("image.unfetched", values={"recipe": what, "lines": _tail(lines, 6)}))
    return Refused(
        Problem("image.build-failed", values={"recipe": what, "step": step, "lines": _tail(lines, 15)})
    )


def looks_stale(lines: tuple[str, ...]) -> bool:
    """Whether packages were asked for that the archive no longer has: its lists were too old."""
    return any(("404" in line and "Not Found" in line) or "Hash Sum mismatch" in line for line in lines)


def _tail(lines: tuple[str, ...], count: int) -> str:
    return "\n".join(f"    {line}" for line in lines[-count:])
