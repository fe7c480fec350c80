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


class Keeper:
    """One host's keeper. ``answering``: what is known of it, and noted."""

    def __init__(self, kept: Kept, node: Node) -> None:
        self.kept, self.node, self.answering = kept, node, False

    def keep(self) -> None:
        """Runs as long as the host has power."""
        threading.Thread(target=self.watch, daemon=True).start()
        while self.run_once() == REBOOT:
            self.note("reboots")
        wires.unplug(self.kept.lab, self.node)
        self.note("off")

    def run_once(self) -> int:
        """From power on until the host ends by itself; its status."""
        names = (self.kept.lab.router, self.node.name)
        wires.plug(self.kept.lab, self.node)
        self.answering = False
        self.note("starts")
        log = self.kept.host(self.node.name) / "log"
        status = spawn(make_group(*names), boot_argv(self.kept, self.node), log).wait()
        end_group(group(*names))
        return status

    def watch(self) -> None:
        """Notes each change between answering and silence, as seen from the operator's machine, about once a second."""
        while self.kept.folder.exists():
            seen = pings(self.node.address, 1.0) and (self.answering or says_ssh(self.node.address))
            if seen != self.answering:
                self.answering = seen
                self.note("answers" if seen else "silent")
            time.sleep(1.0 if self.answering else 0.1)

    def note(self, what: str) -> None:
        append_event(self.kept.folder, {"at": time.time(), "host": self.node.name, "what": what})


def main() -> None:
    folder, name = sys.argv[1:3]
    kept = load(Path(folder))
    if kept:
        Keeper(kept, kept.lab.node(name)).keep()


if __name__ == "__main__":
    main()
