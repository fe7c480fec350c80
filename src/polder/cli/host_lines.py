"""The machines of a site as a table: what the swarm says of each, and what it says itself where somebody asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.actions.host_status import HostStatus

HEADERS = (N_("host"), N_("node"), N_("role"))
MORE = (N_("over SSH"), N_("Debian"), N_("updates"), N_("reboot"))
STATES = {
    "ready": N_("ready"),
    "down": N_("DOWN"),
    "unknown": N_("not known"),
    "disconnected": N_("away"),
    "absent": N_("not in the swarm"),
}
USES = {"drain": N_("drained"), "pause": N_("takes nothing new")}
ROLES = {"manager": N_("manager"), "worker": N_("worker"), "": "-"}
LEADS = N_("manager, leads")
ANSWERS, SILENT = N_("answers"), N_("does not answer")
NEEDED = N_("needed")
SECURITY = N_("{updates}, {security} of them for security")


def host_lines(hosts: Sequence[HostStatus], language: str) -> Iterator[tuple[str, str]]:
    """Lines with their style."""
    from polder.cli.table import table_lines

    asked = any(host.reached is not None for host in hosts)
    headers = [translate(header, language) for header in (*HEADERS, *(MORE if asked else ()))]
    rows = [[*_row(host, language), *(_more(host, language) if asked else [])] for host in hosts]
    yield from table_lines(headers, rows, [_colour(host) for host in hosts])


def _row(host: HostStatus, language: str) -> list[str]:
    state = translate(STATES.get(host.state, host.state), language)
    if host.availability in USES:
        state = f"{state}, {translate(USES[host.availability], language)}"
    return [host.host, state, translate(LEADS if host.leader else ROLES.get(host.role, host.role), language)]


def _more(host: HostStatus, language: str) -> list[str]:
    if not host.reached:
        return [translate(SILENT, language) if host.reached is False else "-", "-", "-", "-"]
    updates = str(host.updates)
    if host.security:
        updates = translate(SECURITY, language).format(updates=host.updates, security=host.security)
    reboot = translate(NEEDED, language) if host.reboot else "-"
    return [translate(ANSWERS, language), host.release, updates, reboot]


def _colour(host: HostStatus) -> str:
    if host.state != "ready" or host.reached is False:
        return "red"
    return "yellow" if host.availability != "active" or host.reboot or host.security else "green"
