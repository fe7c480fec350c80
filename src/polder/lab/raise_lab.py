"""``polder lab up``, as a story: a number, a network, services, hosts, sites; and all of it away again when one of them fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from polder.kernel.names import is_slug
from polder.kernel.problem import Problem, Refused
from polder.lab.authority import make_certificates
from polder.lab.boot import host_key, install
from polder.lab.machine import Tell, check_machine
from polder.lab.model import SUITES, new_lab, unknown
from polder.lab.power import power_on, wait_for
from polder.lab.remove import forget_abandoned, take_down
from polder.lab.root import provide_root
from polder.lab.services import start_services
from polder.lab.sites import check_folder, make_key, write_sites
from polder.lab.state import Kept, claim, keep, load, note, one_at_a_time, state_folder
from polder.lab.wires import NAMESPACES, make_router

BOOT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """``sites``: the folder to be made. ``owner``: the process without which the lab has no reason to be; 0: none."""

    name: str
    providers: int
    hosts: int
    suite: str
    sites: Path
    owner: int = 0


def raise_lab(wish: Wish, tell: Tell) -> Kept:
    """A lab whose hosts all answer. Refused (``lab.*``) before anything was made, or with everything taken away again."""
    check_wish(wish)
    check_machine()
    forget_abandoned(tell)
    kept = _begin(wish, tell)
    try:
        return _build(kept, tell)
    except BaseException:
        tell("lab.giving-up", {"name": kept.lab.name})
        take_down(kept)
        raise


def check_wish(wish: Wish) -> None:
    new_lab(wish.name, 0, wish.providers, wish.hosts, wish.suite)
    if not is_slug(wish.name):
        raise Refused(Problem("lab.not-a-name", "", {"name": wish.name}))
    if wish.suite not in SUITES:
        raise Refused(unknown("lab.unknown-suite", wish.suite, SUITES))
    check_folder(wish.sites)


def _begin(wish: Wish, tell: Tell) -> Kept:
    with one_at_a_time():
        there = load(state_folder() / wish.name)
        if there and ((NAMESPACES / there.lab.router).exists() or there.being_made):
            raise Refused(Problem("lab.exists", "", {"name": wish.name}))
        if there:
            take_down(there)
        return claim(wish.name, wish.providers, wish.hosts, wish.suite, wish.sites, wish.owner)


def _build(kept: Kept, tell: Tell) -> Kept:
    lab = kept.lab
    kept = replace(kept, root=provide_root(lab.suite, tell))
    keep(kept)
    remember_forwarding(kept)
    note(kept, "up")
    tell("lab.making-network", {"name": lab.name, "network": lab.network})
    make_router(lab)
    make_certificates(lab, kept.services)
    start_services(kept)
    operator = make_key(kept.sites)
    for node in lab.nodes:
        install(kept, node, operator)
        power_on(kept, node)
    tell("lab.booting", {"count": len(lab.nodes)})
    seconds = wait_for(lab.nodes, BOOT_SECONDS)
    write_sites(kept, {node.name: host_key(kept, node) for node in lab.nodes}, operator)
    kept = replace(kept, ready=True)
    keep(kept)
    tell("lab.up", {"name": lab.name, "seconds": round(seconds, 1), "folder": str(kept.sites)})
    return kept


def remember_forwarding(kept: Kept) -> None:
    """Whether the machine forwarded packets before: it is put back when the last lab goes."""
    now = Path("/proc/sys/net/ipv4/ip_forward").read_text()
    (kept.folder / "ip_forward").write_text(now)
