"""Disasters and their mending: what ``polder lab cut``, ``join``, ``slow``, ``kill`` and ``revive`` do to a running lab.

Each is remembered (so that ``status`` shows it and it outlasts reboots) and noted for the timeline. Doing one twice does no harm.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

from polder.kernel.problem import Problem, Problems, Refused, Unreachable
from polder.lab import wires
from polder.lab.boot import install
from polder.lab.delay import read_delay, read_rate
from polder.lab.groups import end_group, group, make_group, members
from polder.lab.model import ALL, OUTSIDE, Node
from polder.lab.network import SLOW, TABLE, slow_rules
from polder.lab.power import has_power, power_off, power_on, wait_for
from polder.lab.raise_lab import BOOT_SECONDS
from polder.lab.spawn import spawn, within
from polder.lab.state import Kept, append_event, note, one_at_a_time, read_data
from polder.world.images.cache import write_json


def cut(kept: Kept, one: str, other: str) -> None:
    """From now on no packet passes between the two; words as in ``Lab.end``."""
    pair = _pair(kept, one, other)
    with one_at_a_time():
        _set_cuts(kept, (*(c for c in cuts(kept) if c != pair), pair))
    note(kept, "cut", one, other)


def join(kept: Kept, one: str, other: str) -> None:
    """Mend that cut. A host (or provider) joined to ``ALL`` has none of its cuts left; ``ALL ALL`` mends every cut.

    Refused with ``lab.not-cut`` when there is nothing to mend.
    """
    pair = _pair(kept, one, other)
    with one_at_a_time():
        left = tuple(c for c in cuts(kept) if not mends(pair, c))
        if left == cuts(kept):
            raise Refused(Problem("lab.not-cut", "", {"one": one, "other": other}))
        _set_cuts(kept, left)
    note(kept, "join", one, other)


def mends(joined: tuple[str, str], one: tuple[str, str]) -> bool:
    """Whether joining that pair mends the cut ``one``.

    >>> mends(("ALL", "alder-1"), ("alder-1", "birch")), mends(("alder-1", "birch"), ("ALL", "alder-1"))
    (True, False)
    """
    named = {word for word in joined if word != ALL}
    return joined == one or (ALL in joined and named <= set(one))


def cuts(kept: Kept) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in read_data(kept.folder / "cuts.json", []))


def _pair(kept: Kept, one: str, other: str) -> tuple[str, str]:
    """In one order, whatever order they were said in. Refused when they are the same, or unknown."""
    problems, ends = Problems(), []
    for word in (one, other):
        try:
            ends.append(kept.lab.end(word))
        except Refused as refused:
            problems.items.extend(refused.problems)
    problems.refuse_if_any()
    if ends[0] == ends[1] != ALL:
        raise Refused(Problem("lab.same-end", "", {"name": one}))
    first, second = sorted(ends)
    return first, second


def _set_cuts(kept: Kept, pairs: tuple[tuple[str, str], ...]) -> None:
    wires.set_cuts(kept.lab, pairs)
    write_json(kept.folder / "cuts.json", pairs)


def slow(kept: Kept, host: str, delay: str, rate: str) -> None:
    """Slow the host's every packet; nothing given: as fast as ever. Refused: ``lab.not-a-delay``, ``lab.not-a-rate``."""
    node, problems = kept.lab.node(host), Problems()
    if delay and read_delay(delay) is None:
        problems.add("lab.not-a-delay", delay=delay)
    if rate and read_rate(rate) is None:
        problems.add("lab.not-a-rate", rate=rate)
    problems.refuse_if_any()
    with one_at_a_time():
        slowed = read_data(kept.folder / "slow.json", {})
        slowed.pop(node.name, None)
        if delay or rate:
            slowed[node.name] = {"delay": delay, "rate": rate}
        write_json(kept.folder / "slow.json", slowed)
        _set_relay(kept, tuple(n for n in kept.lab.nodes if n.name in slowed))
    said = [f"--{option} {value}" for option, value in (("delay", delay), ("rate", rate)) if value]
    note(kept, "slow", host, *(said or ["--off"]))


def _set_relay(kept: Kept, slowed: tuple[Node, ...]) -> None:
    """The relay runs while somebody is slowed, and the router's rules lead to it."""
    lab = kept.lab
    while wires.try_inside(lab.router, "ip", "rule", "del", "priority", "200"):
        pass
    wires.try_inside(lab.router, "ip", "rule", "del", "priority", "100")
    if not slowed:
        end_group(group(lab.router, "relay"))
        return
    running = members(group(lab.router, "relay"))
    for pid in running:
        os.kill(pid, signal.SIGHUP)
    if not running:
        _start_relay(kept)
    for rule in slow_rules(slowed):
        wires.inside(lab.router, "ip", "rule", "add", *rule.split())


def _start_relay(kept: Kept) -> None:
    lab = kept.lab
    place = make_group(lab.router, "relay")
    argv = within(lab.router, sys.executable, "-m", "polder.lab.relay", str(kept.folder))
    spawn(place, argv, kept.folder / "relay.log")
    until = time.monotonic() + 10
    while not wires.try_inside(lab.router, "ip", "link", "set", SLOW, "up", "txqueuelen", "5000"):
        if time.monotonic() > until:
            raise Unreachable("the relay", f"see {kept.folder / 'relay.log'}")
        time.sleep(0.05)
    wires.inside(lab.router, "ip", "route", "replace", "default", "dev", SLOW, "table", str(TABLE))


def kill(kept: Kept, host: str) -> None:
    """The host's power fails."""
    node = kept.lab.node(host)
    note(kept, "kill", host)
    power_off(kept, node)
    append_event(kept.folder, {"at": time.time(), "host": host, "what": "off"})


def revive(kept: Kept, host: str, *, anew: bool = False) -> float:
    """Its power is back; seconds until its SSH server answered. Refused with ``lab.has-power`` when it never failed.

    ``anew``: another machine stands in its place, empty and with another SSH host key, which nobody was told. A host that is cut off
    from this machine is not waited for.
    """
    node = kept.lab.node(host)
    if has_power(kept, node):
        raise Refused(Problem("lab.has-power", "", {"host": host}))
    note(kept, "revive", host, *(["--anew"] if anew else []))
    if anew:
        shutil.rmtree(kept.host(host))
        install(kept, node, (kept.sites / "operator.pub").read_text().strip())
    power_on(kept, node)
    return 0.0 if hidden(kept, node) else wait_for((node,), BOOT_SECONDS)


def hidden(kept: Kept, node: Node) -> bool:
    """Whether a cut stands between the host and this machine."""
    ways, ends = {ALL, OUTSIDE}, {ALL, node.name, node.provider}
    return any(
        (one in ways and other in ends) or (other in ways and one in ends) for one, other in cuts(kept)
    )
