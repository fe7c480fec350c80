"""Operators who left, and hosts that could not be asked since: where somebody may still come in.

Rules:
1. A host that shows itself says what is there: the plan holds what goes from it. This is about the others.
2. The journal says who was taken out, on which hosts that has to be carried out, and what was done there since. Without proof that account
   and keys are gone, they may be there.
3. Nobody is locked out from here: a host that does not answer cannot be changed. People can cut it off where it stands.

>>> left = {"what": "operator-removed", "operator": "ben", "hosts": ["ada", "bela"]}
>>> done = {"what": "step", "subject": "host/ada", "result": "done"}
>>> found = remains([left, done | {"step": "step.host-entry"}])
>>> {host: sorted(held["ben"]) for host, held in found.items()}
{'ada': ['account'], 'bela': ['account', 'entry']}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from polder.actions.look_hosts import Looks, machines_of
from polder.kernel.problem import Problem
from polder.platform.site.model import Host, Site

LINE = "accounts"
"""The line of the profile that keeps accounts and keys; a host that refuses it has none of ours."""
Remains = dict[str, dict[str, set[str]]]
"""Host to operator to what may be left: ``account`` (their own), ``entry`` (their keys to the account that everybody shares)."""


def kept_on(site: Site) -> tuple[str, ...]:
    """The hosts that hold operators' accounts and keys."""
    return tuple(
        name for name, host in site.hosts.items() if host.profile != "none" and LINE not in host.without
    )


def unasked(site: Site) -> tuple[Problem, ...]:
    """Knock at every host that holds operators' keys: why those cannot be asked that cannot."""
    with machines_of(site) as machines:
        found = machines.knock(kept_on(site)) if machines else {}
    return tuple(one for one in found.values() if isinstance(one, Problem))


def may_let_in(folder: Path, site: Site, looks: Looks) -> Iterator[Problem]:
    """A finding for each host that does not show itself and may still let somebody in who is no operator any more."""
    silent = [name for name in kept_on(site) if isinstance(looks.get(name), Problem)]
    if not silent:
        return
    from polder.world.journal import Journal

    found, now = remains(Journal(folder, "").read()), {operator.name for operator in site.operators}
    for host in (site.hosts[name] for name in silent):
        left = (
            name
            for name, what in found.get(host.name, {}).items()
            if name not in now and _any(host, name, what)
        )
        if names := tuple(sorted(left)):
            yield Problem("plan.may-let-in", host.where, {"host": host.name, "operators": names})


def remains(lines: Iterable[Mapping[str, Any]]) -> Remains:
    """What the journal's ``lines`` (oldest first) do not show to be gone."""
    found: Remains = {}
    for line in lines:
        if line.get("what") == "operator-removed":
            for host in line.get("hosts") or ():
                found.setdefault(host, {})[str(line.get("operator"))] = {"account", "entry"}
        elif line.get("what") == "step" and line.get("result") == "done":
            _take_away(found.get(str(line.get("subject")).removeprefix("host/"), {}), line)
    return found


def _take_away(held: Mapping[str, set[str]], line: Mapping[str, Any]) -> None:
    if line.get("step") == "step.host-entry":
        for what in held.values():
            what.discard("entry")
    elif line.get("step") == "step.host-account-gone":
        held.get(str((line.get("values") or {}).get("operator")), set()).discard("account")


def _any(host: Host, name: str, what: set[str]) -> bool:
    """Who has the name of the account that everybody shares has none of their own."""
    return bool(what - {"account"} if name == host.user else what)
