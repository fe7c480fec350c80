"""``polder lab down``: every trace of a lab away, also of one that was never finished or whose processes died.

Rules: nothing is asked of what is left; names follow from the lab's number alone. What is not there is no failure, so it may be done
twice. The order is: processes, network, mounts, what systemd-nspawn keeps, files; the state's folder last, so that an interrupted
removal can be done again.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from polder.lab.groups import end_group, group
from polder.lab.machine import Tell
from polder.lab.sites import remove_sites
from polder.lab.state import Kept, every_lab, load, one_at_a_time, state_folder
from polder.lab.wires import remove_router

NSPAWN = Path("/run/systemd/nspawn")
_OURS = (
    "sh",
    "python",
    "systemd-nspawn",
    "unshare",
    "nsenter",
    "dnsmasq",
    "pebble",
    "docker-registry",
    "env",
)


def take_down(kept: Kept, *, sites: bool = True) -> None:
    """Take the lab away; ``sites``: its folder with the sites, too."""
    with suppress(OSError):
        signal_maker(kept)
    end_group(group(kept.lab.router))
    end_strays(kept)
    remove_router(kept.lab)
    unmount_below(kept.folder)
    for node in kept.lab.nodes:
        forget_machine(node.machine)
    if sites:
        remove_sites(kept)
    restore_forwarding(kept)
    shutil.rmtree(kept.folder, ignore_errors=False)
    remove_state_folder()


def signal_maker(kept: Kept) -> None:
    """A maker that is still at work must not make more."""
    if not kept.ready and kept.maker.alive and kept.maker.pid != os.getpid():
        os.kill(kept.maker.pid, signal.SIGKILL)


def end_strays(kept: Kept) -> None:
    """Processes that were just being started when their maker died: they name the lab's folder or its control group."""
    words = (f"{kept.folder}/", f"{group(kept.lab.router)}/")
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError, ValueError):
            argv = file.read_bytes().decode(errors="replace").split("\0")
            if _is_ours(argv) and any(word in f"{given}/" for given in argv for word in words):
                os.kill(int(file.parent.name), signal.SIGKILL)


def _is_ours(argv: list[str]) -> bool:
    return Path(argv[0]).name in _OURS or any(word.startswith("polder.lab.") for word in argv)


def unmount_below(folder: Path) -> None:
    """Deepest first."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for place in sorted((m for m in mounted if m.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "-l", place], capture_output=True, timeout=60)


def forget_machine(machine: str) -> None:
    """What systemd-nspawn leaves of a container that was ended hard."""
    for folder in ("propagate", "unix-export"):
        place = NSPAWN / folder / machine
        subprocess.run(["umount", "-l", str(place)], capture_output=True, timeout=60)
        shutil.rmtree(place, ignore_errors=True)


def restore_forwarding(kept: Kept) -> None:
    file = kept.folder / "ip_forward"
    if file.exists() and file.read_text().strip() == "0" and len(every_lab()) == 1:
        Path("/proc/sys/net/ipv4/ip_forward").write_text("0")


def remove_state_folder() -> None:
    """When no lab is left; its lock goes with it."""
    folder = state_folder()
    if [path.name for path in folder.glob("*")] == ["lock"]:
        shutil.rmtree(folder, ignore_errors=True)


def forget_abandoned(tell: Tell) -> None:
    """Take away labs whose owner or maker died, and what is left of a removal that was broken off."""
    with one_at_a_time():
        for kept in every_lab():
            if kept.abandoned:
                tell("lab.taking-away", {"name": kept.lab.name})
                take_down(kept)
        for folder in state_folder().glob("*"):
            if folder.is_dir() and not load(folder):
                shutil.rmtree(folder)
        remove_state_folder()
