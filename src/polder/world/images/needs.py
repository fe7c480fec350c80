"""What building images needs of this machine, and what of it is missing."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from polder.kernel.problem import Problem
from polder.world.images.cache import cache_folder
from polder.world.images.sandbox import WRAPPER

_TOOLS = {
    "mmdebstrap": "mmdebstrap", "unshare": "util-linux", "setpriv": "util-linux", "mount": "mount",
    "chroot": "coreutils", "tar": "tar", "apt-get": "apt",
}  # fmt: skip
_KEYRING = "debian-archive-trixie-stable.gpg"
_KEYRING_FOLDERS = ("/usr/share/keyrings", "/etc/apt/trusted.gpg.d")
_ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "riscv64": "riscv64",
    "ppc64le": "ppc64le",
}


def architecture() -> str:
    """This machine's architecture in the words of image configurations (Go's)."""
    return _ARCHITECTURES.get(platform.machine(), platform.machine())


def can_build(cache: Path | None = None) -> tuple[Problem, ...]:
    """Everything that stands between this machine and a built image; empty when images can be built here."""
    if sys.platform != "linux":
        return (Problem("image.not-linux", values={"system": sys.platform}),)
    problems = [
        Problem("image.no-tool", values={"tool": t, "package": p})
        for t, p in _TOOLS.items()
        if not shutil.which(t)
    ]
    if not any(_has_keyring(Path(folder)) for folder in _KEYRING_FOLDERS):
        problems.append(Problem("image.no-keyring"))
    if os.geteuid() != 0:
        problems.append(Problem("image.not-root"))
    elif not problems and (why := _cannot_mount(cache or cache_folder())):
        problems.append(
            Problem("image.no-overlay", values={"folder": str(cache or cache_folder()), "why": why})
        )
    return tuple(problems)


def _has_keyring(folder: Path) -> bool:
    return (folder / _KEYRING).exists() or (folder / _KEYRING.replace(".gpg", ".asc")).exists()


def _cannot_mount(cache: Path) -> str:
    """Why an overlay on the cache's disk cannot be mounted; ``""`` when it can (tried, in its own
    namespaces)."""
    overlay = "mount -t overlay overlay -o lowerdir=low,upperdir=up,workdir=work all"
    script = f"mkdir low up work all && {overlay} && mknod up/x c 0 0"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="try-") as folder:
            argv = (*WRAPPER, "sh", "-c", f"set -e; cd '{folder}'; {script}")
            done = subprocess.run(argv, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
