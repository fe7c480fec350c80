"""Advisories that this provider can read, matched with what it runs. What comes out stays in the state folder: it is never published.

What runs here is what the site's apps say (when the folder is a site too) and what ``software.yml`` lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from polder.actions.load_network import load_network
from polder.actions.read_statements import Members, find, listen, show
from polder.actions.say_statement import due
from polder.commons.advisory.match import Match, Verdict
from polder.commons.advisory.match import match as match_all
from polder.commons.advisory.model import FILE, Advisory, Running, advisory_of, read_software
from polder.commons.statement.model import write_moment
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.world.files import write_atomically

STORE, FORMAT = "advisories.json", "polder-advisories-1"


@dataclass(frozen=True, slots=True)
class Finding:
    """One advisory at one place where its software runs (``where`` empty: nowhere). ``ack``: the reason why it needs nothing more;
    ``new``: it was not among the findings before."""

    name: str
    digest: str
    title: Mapping[str, str]
    severity: str
    verdict: Verdict
    software: str
    version: str
    where: str
    fixed_in: tuple[str, ...]
    do: Mapping[str, str]
    references: tuple[str, ...]
    until: str = ""
    ack: str = ""
    new: bool = False

    @property
    def urgent(self) -> bool:
        """Whether an operator should look: it may concern what runs here, and nobody has said that it needs nothing."""
        return self.verdict in ("affected", "unknown") and not self.ack

    @property
    def values(self) -> dict[str, str]:
        """For its sentence."""
        held = {"severity": self.severity, "software": self.software, "version": self.version}
        return {**held, "where": self.where or "—", "name": self.name}


@dataclass(frozen=True, slots=True)
class Found:
    """The findings, the worst first, and what people should know about how they came about."""

    findings: tuple[Finding, ...]
    news: tuple[Problem, ...] = ()


def match(
    folder: Path,
    published: Mapping[str, Published] | None,
    now: datetime,
    members: Members | None = None,
    keep: bool = True,
) -> Found:
    """Match what can be read of ``published`` (``None``: what the folder holds) with what runs here. ``keep``: write the findings down,
    which are no news from then on; whoever only looks does not."""
    listening = listen(folder, now, published, members)
    advisories = [one for one in map(advisory_of, show(listening).heard) if one]
    store = folder / listening.network.state / STORE
    held = _load(store)
    before = {(one["name"], one["digest"], one["where"]) for one in held["findings"]}
    matches = match_all(advisories, running(folder))
    findings = tuple(_finding(one, held["acks"], before) for one in matches)
    if keep:
        _save(store, {**held, "findings": [asdict(one) for one in findings]})
    return Found(findings, listening.news)


def due_warnings(folder: Path, now: datetime) -> tuple[Problem, ...]:
    """For the steward: what operators should hear of that was not there the last time, and whether statements of ours are to be given."""
    found = match(folder, None, now).findings
    warnings = [Problem(f"advisory.{one.verdict}", "", one.values) for one in found if one.urgent and one.new]
    try:
        return (*warnings, *due(folder, now))
    except Refused as refused:
        return (*warnings, *refused.problems)


def running(folder: Path) -> tuple[Running, ...]:
    """What runs here, as far as files say. Refused with every problem of them."""
    path = folder / FILE
    listed = read_software(path.read_bytes()) if path.is_file() else ()
    return (*listed, *(_of_site(folder) if (folder / "site.yml").is_file() else ()))


def acknowledge(
    folder: Path,
    written: str,
    reason: str,
    now: datetime,
    published: Mapping[str, Published] | None = None,
    members: Members | None = None,
) -> str:
    """Write down that the advisory ``written`` needs nothing more here, and why; it holds until the advisory changes. Its name."""
    listening = listen(folder, now, published, members)
    found = [one for one in find(show(listening), written) if advisory_of(one)]
    if not found:
        raise Refused(Problem("advisory.none-such", "", {"advisory": written}))
    store = folder / load_network(folder).state / STORE
    held = _load(store)
    for one in found:
        said = {"digest": one.digest, "reason": reason, "date": write_moment(now)}
        held["acks"][one.statement.name] = said
    _save(store, held)
    return found[0].statement.name


def _of_site(folder: Path) -> tuple[Running, ...]:
    from polder.actions.check_site import load_site

    site = load_site(folder)
    found = []
    for app in site.apps:
        recipe = site.recipes[app.recipe]
        name, version = _upstream(recipe.upstream)
        found.append(Running((recipe.name, name), version, app.id))
        packages = recipe.image.packages if recipe.image else ()
        found += [Running((package,), "", app.id, "debian") for package in packages]
    return tuple(found)


def _upstream(text: str) -> tuple[str, str]:
    """Name and version as recipes write them beside each other.

    >>> _upstream("DokuWiki 2024-02-06b"), _upstream("Uptime Kuma")
    (('DokuWiki', '2024-02-06b'), ('Uptime Kuma', ''))
    """
    name, _, last = text.rpartition(" ")
    return (name, last) if name and any(letter.isdigit() for letter in last) else (text, "")


def _finding(one: Match, acks: Mapping[str, Any], before: set[tuple[str, str, str]]) -> Finding:
    advisory: Advisory = one.advisory
    ack = acks.get(advisory.name, {})
    where = one.running.where if one.running else ""
    return Finding(
        name=advisory.name,
        digest=advisory.digest,
        title=dict(advisory.title.by_language),
        severity=advisory.severity,
        verdict=one.verdict,
        software=advisory.software[0],
        version=one.running.version if one.running else "",
        where=where,
        fixed_in=advisory.fixed_in,
        do=dict(advisory.do.by_language),
        references=advisory.references,
        until=write_moment(advisory.until) if advisory.until else "",
        ack=ack["reason"] if ack.get("digest") == advisory.digest else "",
        new=(advisory.name, advisory.digest, where) not in before,
    )


def _load(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {"acks": {}, "findings": []}
    held = read_plain(path.read_bytes(), STORE, 100_000_000)
    return {"acks": held.get("acks", {}), "findings": held.get("findings", [])}


def _save(path: Path, held: dict[str, Any]) -> None:
    """For operators only."""
    write_atomically(path, write_plain({"format": FORMAT, **held}), mode=0o600)
