"""``polder capacity``: what the hosts still have room for, and what the loss of one would mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.cli.table import table_lines
from polder.kernel.sentences import hint, say, say_problem, translate
from polder.kernel.sentences.mark import N_
from polder.kernel.size import show_bytes

if TYPE_CHECKING:
    from polder.kernel.problem import Problem, Value
    from polder.platform.placement.capacity import Capacity, Fit, HostCapacity
    from polder.platform.placement.loss import Loss
    from polder.platform.placement.model import Amount

HEADERS = (
    N_("host"),
    N_("memory"),
    N_("free"),
    N_("disk"),
    N_("free"),
    N_("disk used now"),
    N_("cores"),
    N_("apps"),
    N_("people"),
    N_("power"),
)
FIT_HEADERS = (N_("one more"), N_("memory"), N_("disk"), N_("people"), N_("fits"))
OF = N_("{promised} of {offered}")
OF_UNKNOWN = N_("{promised} of ?")
SHOWN = 20
"""Names of apps in one line at most."""

Line = tuple[str, str]


@click.command(epilog="Example: polder capacity --offline --json | jq '.fits[] | {recipe, size, together}'")
@click.option("--offline", is_flag=True, help="Ask neither engine nor hosts: what the files alone say.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@guarded
def capacity(offline: bool, as_json: bool) -> None:
    """Show what hosts offer, what apps were promised, how many more fit, and what could not run if the biggest host were lost.

    Promised is the most that apps may use; they mostly use less.
    """
    from polder.actions.site_capacity import site_capacity

    found = site_capacity(site_path(), offline=offline)
    if as_json:
        show_json(capacity_data(found))
    else:
        print_lines(capacity_lines(found, language()))


def capacity_data(found: Capacity) -> dict[str, Any]:
    """For machines; described in docs/how-to/capacity.md. Memory and disk in bytes, 0 offered: not known."""
    return {
        "looked": found.looked,
        "hosts": [_host_data(host) for host in found.hosts],
        "fits": [_fit_data(fit) for fit in found.fits],
        "loss": _loss_data(found.loss) if found.loss else None,
        "power": [
            {"power": p.power, "hosts": list(p.hosts), "apps": p.apps, "people": p.people}
            for p in found.power
        ],
        "only_one_host": [
            {"app": app, "needs": list(needs), "host": host} for app, needs, host in found.lone_needs
        ],
        "unplaced": [_problem_data(one) for one in found.unplaced],
        "findings": [_problem_data(one) for one in found.findings],
    }


def _host_data(host: HostCapacity) -> dict[str, Any]:
    amounts = {"offered": host.offered, "promised": host.promised, "free": host.free}
    return {
        "host": host.name,
        **{name: _amount_data(amount) for name, amount in amounts.items()},
        "disk_used": None if host.disk_used < 0 else host.disk_used,
        "apps": list(host.apps),
        "people": host.people,
        "power": host.power,
        "open": host.open,
    }


def _amount_data(amount: Amount) -> dict[str, float]:
    return {"memory": amount.memory, "disk": amount.disk, "cpus": round(amount.cpus, 2)}


def _fit_data(fit: Fit) -> dict[str, Any]:
    counts = {host: None if count < 0 else count for host, count in fit.by_host.items()}
    return {
        "recipe": fit.recipe,
        "size": fit.size,
        **_amount_data(fit.load),
        "people": fit.people,
        "by_host": counts,
        "together": fit.together,
    }


def _loss_data(loss: Loss) -> dict[str, Any]:
    return {
        "host": loss.host,
        "data": list(loss.data),
        "moved": list(loss.moved),
        "homeless": {app: _problem_data(why) for app, why in loss.homeless.items()},
        "roles": list(loss.roles),
    }


def _problem_data(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "where": problem.where, "values": dict(problem.values)}


def capacity_lines(found: Capacity, words: str) -> Iterator[Line]:
    """For people."""
    headers = [translate(header, words) for header in HEADERS]
    rows = [_host_row(host, words) for host in found.hosts]
    yield from table_lines(headers, rows, ["" if host.open else "dim" for host in found.hosts])
    if not found.looked:
        yield say("capacity.offline", {}, words), "dim"
    yield "", ""
    yield from _fit_lines(found, words)
    if found.loss:
        yield "", ""
        yield from _loss_lines(found.loss, words)
    yield "", ""
    for power in found.power:
        values: dict[str, Value] = {
            "hosts": power.hosts,
            "apps": power.apps,
            "people": power.people,
            "power": power.power,
        }
        yield say("capacity.power" if power.power else "capacity.no-power", values, words), ""
    for app, needs, host in found.lone_needs:
        yield say("capacity.lone", {"app": app, "needs": needs, "host": host}, words), "yellow"
    for problem in (*found.unplaced, *found.findings):
        yield "! " + say_problem(problem, words), "yellow"
        if advice := hint(problem.code, problem.values, words):
            yield "    " + advice, ""


def _host_row(host: HostCapacity, words: str) -> list[str]:
    offered, promised, free = host.offered, host.promised, host.free
    return [
        host.name,
        _of(promised.memory, offered.memory, words),
        _left(free.memory, offered.memory),
        _of(promised.disk, offered.disk, words),
        _left(free.disk, offered.disk),
        show_bytes(host.disk_used) if host.disk_used >= 0 else "-",
        f"{promised.cpus:g} / {offered.cpus:g}" if offered.cpus else f"{promised.cpus:g} / ?",
        str(len(host.apps)),
        str(host.people),
        host.power or "-",
    ]


def _of(promised: int, offered: int, words: str) -> str:
    text = translate(OF if offered else OF_UNKNOWN, words)
    return text.format(promised=show_bytes(promised), offered=show_bytes(offered))


def _left(free: int, offered: int) -> str:
    return (f"-{show_bytes(-free)}" if free < 0 else show_bytes(free)) if offered else "?"


def _fit_lines(found: Capacity, words: str) -> Iterator[Line]:
    hosts = [host.name for host in found.hosts]
    headers = [translate(header, words) for header in FIT_HEADERS] + (hosts if len(hosts) > 1 else [])
    rows = []
    for fit in found.fits:
        counts = [str(fit.by_host[host]) if fit.by_host[host] >= 0 else "?" for host in hosts]
        known = any(count >= 0 for count in fit.by_host.values())
        rows.append(
            [
                f"{fit.recipe} {fit.size}",
                show_bytes(fit.load.memory),
                show_bytes(fit.load.disk),
                str(fit.people),
                str(fit.together) if known else "?",
                *(counts if len(hosts) > 1 else []),
            ]
        )
    yield from table_lines(headers, rows)


def _loss_lines(loss: Loss, words: str) -> Iterator[Line]:
    yield say("capacity.loss", {"host": loss.host}, words), "bold"
    for role in loss.roles:
        yield "  " + say(f"capacity.lost-{role}", {"host": loss.host}, words), "red"
    if loss.data:
        yield "  " + say("capacity.lost-data", _some(loss.data), words), "yellow"
    for app, why in loss.homeless.items():
        yield "  " + say("capacity.homeless", {"app": app}, words), "red"
        yield "    " + say(why.code, why.values, words), ""
    if not loss.homeless:
        yield "  " + say("capacity.all-fit", {"count": len(loss.moved)}, words), "green"


def _some(apps: tuple[str, ...]) -> dict[str, tuple[str, ...] | int]:
    shown = apps[:SHOWN] + (("…",) if len(apps) > SHOWN else ())
    return {"apps": shown, "count": len(apps)}
