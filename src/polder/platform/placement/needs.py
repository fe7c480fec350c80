"""``needs``: labels that an app's host must have, held against the labels that hosts have.

As Swarm does (its constraints ignore case), a need is met by the same word in any case.
"""

from __future__ import annotations

from collections.abc import Mapping

from polder.kernel.names import nearest
from polder.kernel.problem import Problems
from polder.kernel.shape import Record
from polder.platform.site.model import App, Host

USUAL = ("region", "jurisdiction", "power")
SHOWN = 10
"""Hosts named in one sentence at most."""


def unmet(host: Host, needs: Mapping[str, str]) -> tuple[str, ...]:
    """The labels in ``needs`` that ``host`` lacks or has another word for."""
    return tuple(key for key, wanted in needs.items() if host.labels.get(key, "").lower() != wanted.lower())


def constraints(needs: Mapping[str, str]) -> tuple[str, ...]:
    """The same as Swarm's placement constraints.

    >>> constraints({"jurisdiction": "EU"})
    ('node.labels.polder.jurisdiction==EU',)
    """
    return tuple(f"node.labels.polder.{key}=={value}" for key, value in sorted(needs.items()))


def show_needs(needs: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{key}: {value}" for key, value in needs.items())


def known_labels(hosts: Mapping[str, Host]) -> tuple[str, ...]:
    """Every word that ``needs`` may use: the usual three, and those that hosts have of their own."""
    return tuple(dict.fromkeys((*USUAL, *(label for host in hosts.values() for label in host.labels))))


def check_needs(
    app: App, record: Record, hosts: Mapping[str, Host], known: tuple[str, ...], problems: Problems
) -> None:
    """Adds what can be said of ``needs`` from the files alone: unknown labels, a written host that lacks one, needs that no host
    meets."""
    strange = [key for key in app.needs if key not in known]
    for key in strange:
        near = nearest(key, known)
        values = {"name": key, "nearest": near} if near else {"name": key, "known": known}
        problems.add(
            "site.unknown-label-near" if near else "site.unknown-label",
            record["needs"].where(key),
            **values,
        )
    if strange or not hosts:
        return
    if record.has("host") and app.host in hosts:
        _written(app, record, hosts[str(app.host)], problems)
    elif app.needs and all(unmet(host, app.needs) for host in hosts.values()):
        near_by = sorted(hosts.values(), key=lambda host: (len(unmet(host, app.needs)), host.name))
        found = tuple(_lacks(host, app.needs) for host in near_by[:SHOWN])
        needs = show_needs(app.needs)
        problems.add("site.needs-unmet", record.where("needs"), app=app.id, needs=needs, hosts=found)


def _written(app: App, record: Record, host: Host, problems: Problems) -> None:
    for key in unmet(host, app.needs):
        found = host.labels.get(key, "-")
        values = {"app": app.id, "host": host.name, "label": key, "wanted_label": app.needs[key]}
        problems.add("site.host-lacks", record.where("host"), **values, found=found, place=host.where)


def _lacks(host: Host, needs: Mapping[str, str]) -> str:
    lacking = (f"{key}: {host.labels.get(key, '-')}" for key in unmet(host, needs))
    return f"{host.name} ({', '.join(lacking)})"
