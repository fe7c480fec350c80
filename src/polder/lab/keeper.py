"""The program that keeps one host: gives it power and a network, starts it again when it reboots, notes when it answers.

``python -m polder.lab.keeper STATE HOST``. It ends when the host is switched off from within; ``lab kill`` ends it first, so that a
host that lost its power stays dark.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from polder.lab import wires
from polder.lab.boot import REBOOT, boot_argv
from polder.lab.groups import end_group, group, make_group
from polder.lab.model import Node
from polder.lab.probe import pings, says_ssh
from polder.lab.spawn import spawn
from polder.lab.state import Kept, append_event, load


def keep_host(kept: Kept, node: Node) -> None:
    """Runs as long as the host has power."""
    threading.Thread(target=watch, args=(kept, node), daemon=True).start()
    while _run_once(kept, node) == REBOOT:
        note(kept, node, "reboots")
    wires.unplug(kept.lab, node)
    note(kept, node, "off")


def _run_once(kept: Kept, node: Node) -> int:
    wires.plug(kept.lab, node)
    place = make_group(kept.lab.router, node.name)
    note(kept, node, "starts")
    status = spawn(place, boot_argv(kept, node), kept.host(node.name) / "log").wait()
    end_group(group(kept.lab.router, node.name))
    return status


def watch(kept: Kept, node: Node) -> None:
    """Notes each change between answering and silence, as seen from the operator's machine, about once a second."""
    answering = False
    while kept.folder.exists():
        seen = pings(node.address, 1.0) and (answering or says_ssh(node.address))
        if seen != answering:
            answering = seen
            note(kept, node, "answers" if seen else "silent")
        time.sleep(1.0 if answering else 0.1)


def note(kept: Kept, node: Node, what: str) -> None:
    append_event(kept.folder, {"at": time.time(), "host": node.name, "what": what})


def main() -> None:
    folder, name = sys.argv[1:3]
    kept = load(Path(folder))
    if kept:
        keep_host(kept, kept.lab.node(name))


if __name__ == "__main__":
    main()
