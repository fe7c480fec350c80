"""Names in hosts.yml that must be names of something: lines of the profile (``without``) and findings (``silence``)."""

from __future__ import annotations

from collections.abc import Iterable

from polder.kernel.names import nearest
from polder.kernel.problem import Problems
from polder.platform.hosts.finding import AREA, KINDS
from polder.platform.hosts.lines import IDS
from polder.platform.site.model import Host


def check_refusals(hosts: Iterable[Host], problems: Problems) -> None:
    """Adds ``profile.unknown-line`` and ``profile.unknown-finding``, with the nearest right word where there is one."""
    for host in hosts:
        for name in host.without:
            if name not in IDS:
                _unknown(problems, "profile.unknown-line", host, name, IDS)
        for name in host.silence:
            id = name.removeprefix(AREA)
            if id not in KINDS and id.partition(".")[0] not in KINDS:
                _unknown(problems, "profile.unknown-finding", host, id, tuple(KINDS))


def _unknown(problems: Problems, code: str, host: Host, name: str, known: tuple[str, ...]) -> None:
    if near := nearest(name.partition(".")[0], known):
        problems.add(f"{code}-near", host.where, name=name, nearest=near)
    else:
        problems.add(code, host.where, name=name, known=known)
