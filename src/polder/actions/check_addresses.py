"""One's own addresses, asked as a reader would: whether what is served there is what lies in the published folder.

1. The same rules as for every peer (``world.fetch``): no redirects, TLS valid for the name, bytes as they are, the proxy of
   network.yml.
2. What is compared may be published anew meanwhile: what lies there before asking is as right as what lies there afterwards.
3. A list of keys that is not there yet must be missing: readers stop at anything else.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.source_trouble import troubles_of
from polder.actions.visit_source import ROOT_LIMIT, TIMESTAMP_LIMIT
from polder.commons.network.model import Network
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.world.fetch import Source

TIMESTAMP, PATIENCE = "metadata/timestamp.json", 60.0
"""Seconds for one address."""
AWAY = frozenset({"network.no-answer", "sync.proxy-failed"})


@dataclass(frozen=True, slots=True)
class Address:
    """``url`` as it was asked, through ``proxy`` (``""``: directly). ``findings``: what readers would stumble over, each with its place."""

    url: str
    proxy: str
    findings: tuple[Problem, ...]

    @property
    def away(self) -> bool:
        """Whether nothing at all came from it."""
        return any(one.code in AWAY for one in self.findings)


def check_addresses(folder: Path) -> tuple[Address, ...]:
    """Every address of network.yml. Refused (``network.unpublished``) when nothing was published yet."""
    network = load_network(folder)
    public = folder / network.publish
    if not (public / TIMESTAMP).is_file():
        raise Refused(Problem("network.unpublished", "", {"folder": network.publish}))
    return tuple(_address(network, public, url) for url in network.urls)


def _address(network: Network, public: Path, url: str) -> Address:
    private, until = network.provider in network.private, time.monotonic() + PATIENCE
    found: list[Problem] = []
    try:
        with Source(url, private, until, network.proxy) as source:
            found += _same(source, public, TIMESTAMP, TIMESTAMP_LIMIT)
            newest = _newest_root(public)
            found += _same(source, public, f"metadata/{newest}.root.json", ROOT_LIMIT)
            found += _missing(source, public, f"metadata/{newest + 1}.root.json")
    except (Refused, Unreachable) as error:
        found += [_said(trouble.problem, url) for trouble in troubles_of(error, url, True)]
    return Address(url, str(network.proxy or ""), tuple(found))


def _said(problem: Problem, url: str) -> Problem:
    """What a reader calls an unreachable peer is said to its provider in other words; the rest is the same for both."""
    if problem.code == "sync.unreachable":
        where, why = str(problem.values["source"]), str(problem.values["why"])
        code = "network.answers-otherwise" if why.startswith("HTTP ") else "network.no-answer"
        return Problem(code, where, {"why": why})
    return Problem(problem.code, problem.where or url, problem.values)


def _newest_root(public: Path) -> int:
    numbers = (path.name.split(".")[0] for path in (public / "metadata").glob("*.root.json"))
    return max((int(one) for one in numbers if one.isdigit()), default=0)


def _same(source: Source, public: Path, name: str, limit: int) -> Iterator[Problem]:
    """Whether ``name`` is there as it lies in ``public``. What is not asked properly is raised, as asking goes on nowhere then."""
    before = (public / name).read_bytes()
    content = source.get(name, limit).content
    where = source.url + name
    if content is None:
        yield Problem("network.not-served", where)
    elif content.lstrip()[:1] == b"<":
        yield Problem("network.page-served", where)
    elif content not in (before, (public / name).read_bytes()):
        yield Problem("network.served-otherwise", where)


def _missing(source: Source, public: Path, name: str) -> Iterator[Problem]:
    where = source.url + name
    try:
        content = source.get(name, ROOT_LIMIT).content
    except Unreachable as lost:
        if not lost.why.startswith("HTTP "):
            raise
        yield Problem("network.missing-otherwise", where, {"why": lost.why})
        return
    if content is not None and not (public / name).is_file():
        yield Problem("network.missing-served", where)
