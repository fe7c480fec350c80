"""The program through which packets of slowed hosts go: it takes them from an interface of its own (TUN), and gives them back later.

``python -m polder.lab.relay STATE`` in the router's namespace. It is in user space because many kernels come without netem. What is
slowed stands in ``slow.json``; it is read again when SIGHUP comes. Nothing but whole IPv4 packets passes through here.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import select
import signal
import struct
import sys
import time
from pathlib import Path

from polder.lab.delay import Line, Slowness, addresses_of, read_delay, read_rate
from polder.lab.network import SLOW
from polder.lab.state import load, read_data

_TUNSETIFF = 0x400454CA
_TUN, _NO_PACKET_INFO = 0x0001, 0x1000
_LARGEST = 65535
_MOST = 20_000
"""Packets that wait at once; more are lost."""


def open_tun(name: str) -> int:
    """The interface ``name``, made if it is not there; it goes when the file is closed (Linux, tuntap.txt)."""
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    request = struct.pack("16sH22x", name.encode(), _TUN | _NO_PACKET_INFO)
    fcntl.ioctl(handle, _TUNSETIFF, request)
    return handle


def read_slowed(folder: Path) -> dict[str, Slowness]:
    """Address to slowness, from ``slow.json``."""
    kept = load(folder)
    said = read_data(folder / "slow.json", {})
    if not kept:
        return {}
    return {
        kept.lab.node(name).address: Slowness(
            read_delay(one["delay"] or "0") or 0, read_rate(one["rate"]) or 0
        )
        for name, one in said.items()
    }


def relay(tun: int, folder: Path) -> None:
    """Runs until it is ended."""
    line, waiting, count = Line(read_slowed(folder)), list[tuple[float, int, bytes]](), 0
    changed: list[int] = []
    signal.signal(signal.SIGHUP, lambda number, frame: changed.append(number))
    while True:
        if changed:
            changed.clear()
            line = Line(read_slowed(folder))
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 1.0
        if select.select([tun], [], [], min(pause, 1.0))[0]:
            count = take(tun, line, waiting, count)
        give_back(tun, waiting)


def take(tun: int, line: Line, waiting: list[tuple[float, int, bytes]], count: int) -> int:
    """All packets that are there go into the queue ``waiting``; ``count`` keeps those of one moment in their order."""
    while len(waiting) < _MOST:
        try:
            packet = os.read(tun, _LARGEST)
        except BlockingIOError:
            return count
        if packet[0] >> 4 != 4:
            continue
        leaves = line.leaves(*addresses_of(packet), len(packet), time.monotonic())
        if leaves is not None:
            heapq.heappush(waiting, (leaves, count, packet))
            count += 1
    return count


def give_back(tun: int, waiting: list[tuple[float, int, bytes]]) -> None:
    while waiting and waiting[0][0] <= time.monotonic():
        try:
            os.write(tun, heapq.heappop(waiting)[2])
        except OSError:  # the packet is lost, as packets may be
            continue


def main() -> None:
    relay(open_tun(SLOW), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
