"""What the lab asks of the machine it stands on: programs, root, running commands.

``tell`` is given progress as a code of a sentence with its values; the door translates.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from polder.kernel.problem import Problem, Problems, Refused

Tell = Callable[[str, Mapping[str, str | int | float]], None]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NEEDED = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
    "nft": "nftables",
    "iptables": "iptables",
    "dnsmasq": "dnsmasq-base",
    "pebble": "pebble",
    "docker-registry": "docker-registry",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "unshare": "util-linux",
}
"""Each program with its Debian package."""


def check_machine() -> None:
    """Refused with every reason why no lab can stand here: ``lab.not-linux``, ``lab.needs-root``, ``lab.missing-programs`` ..."""
    problems = Problems()
    if platform.system() != "Linux":
        problems.add("lab.not-linux")
        problems.refuse_if_any()
    if os.geteuid() != 0:
        problems.add("lab.needs-root")
    missing = missing_programs()
    if missing:
        packages = sorted({NEEDED[name] for name in missing})
        problems.add("lab.missing-programs", programs=missing, packages=" ".join(packages))
    if not control_groups():
        problems.add("lab.no-control-groups")
    if not Path("/dev/net/tun").exists():
        problems.add("lab.no-tun")
    problems.refuse_if_any()


def missing_programs() -> tuple[str, ...]:
    return tuple(name for name in NEEDED if not shutil.which(name, path=PATH))


def control_groups() -> Path | None:
    """Where the second version of control groups is mounted; its ``cgroup.kill`` is how hosts lose their power."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(place)
    return None


def run(argv: Sequence[str], text: str | None = None, *, check: bool = True, seconds: float = 60) -> str:
    """What ``argv`` writes, ``text`` being its input. Refused with ``lab.command-failed`` when it fails and ``check`` is set."""
    done = subprocess.run(
        argv,
        input=text,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        env={**os.environ, "PATH": PATH, "LC_ALL": "C.UTF-8"},
    )
    if check and done.returncode != 0:
        lines = "\n".join(f"    {line}" for line in (done.stderr or done.stdout).splitlines()[-15:])
        raise Refused(Problem("lab.command-failed", "", {"command": " ".join(argv), "lines": lines}))
    return done.stdout
