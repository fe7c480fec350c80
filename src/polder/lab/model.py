"""A lab as data: which providers and hosts it has, and every name and address that follows from its number.

Rules: lab N (0 to 31) has 198.18.0.0/15's Nth /20 (the range kept for benchmarks, RFC 2544), so that labs never meet. In it, /24
number 0 is the lab's own (operator's machine, router, DNS, ACME); 1 to 14 are the providers, each its own network: host H is .H,
the router .254. Whatever the lab makes on the machine is called ``polder-labN`` or begins with it (interfaces: ``plabN``), so
what was left can be found by its name alone.

>>> lab = new_lab("lab", 1, 2, 2, "trixie")
>>> [node.name for node in lab.nodes], lab.node("birch-2").address, lab.router
(['alder-1', 'alder-2', 'birch-1', 'birch-2'], '198.18.18.2', 'polder-lab1')
>>> lab.provider("alder").domain, lab.provider("alder").registry, lab.dns
('alder.test', '198.18.17.254:5000', '198.18.16.53')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused

TREES = (
    "alder", "birch", "cedar", "elm", "fir", "hazel", "linden", "maple", "oak", "pine", "rowan", "spruce", "willow", "yew",
)  # fmt: skip
"""Plainly made up, so that nobody takes a lab for a real provider."""
LABS, MOST_PROVIDERS, MOST_HOSTS = 32, len(TREES), 20
ALL, OUTSIDE = "ALL", "OUTSIDE"
"""In ``cut`` and ``join``: everybody, and whatever is not a host of the lab (the operator's machine and the Internet)."""
EVERY_LAB = "198.18.0.0/15"
SUITES = ("trixie", "bookworm")


@dataclass(frozen=True, slots=True)
class Node:
    """One host. ``address``: its only one. ``mesh``: the one for its provider's WireGuard mesh, not set up by the lab."""

    name: str
    provider: str
    address: str
    mesh: str
    gateway: str
    namespace: str
    link: str

    @property
    def machine(self) -> str:
        """What the container is called on the machine; the host itself knows only its ``name``."""
        return self.namespace.removeprefix("polder-")


@dataclass(frozen=True, slots=True)
class Provider:
    """``network``: its /24. ``gateway``: the router's address in it, where its ``registry`` answers, too."""

    name: str
    network: str
    gateway: str
    nodes: tuple[Node, ...]

    @property
    def domain(self) -> str:
        return f"{self.name}.test"

    @property
    def registry(self) -> str:
        return f"{self.gateway}:5000"


@dataclass(frozen=True, slots=True)
class Lab:
    """``number`` decides every address; see the rules above."""

    name: str
    number: int
    suite: str
    providers: tuple[Provider, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(node for provider in self.providers for node in provider.nodes)

    @property
    def router(self) -> str:
        return trace(self.number)

    @property
    def uplink(self) -> str:
        """The interface on the machine's side; ``wan`` is its peer in the router."""
        return f"plab{self.number}"

    @property
    def network(self) -> str:
        return _address(self.number, 0, 0) + "/20"

    @property
    def operator(self) -> str:
        """This machine, as hosts see it."""
        return _address(self.number, 0, 1)

    @property
    def router_address(self) -> str:
        return _address(self.number, 0, 2)

    @property
    def dns(self) -> str:
        return _address(self.number, 0, 53)

    @property
    def acme(self) -> str:
        return _address(self.number, 0, 14)

    @property
    def acme_directory(self) -> str:
        return "https://acme.lab.test:14000/dir"

    def node(self, name: str) -> Node:
        """Refused with ``lab.unknown-host`` when there is none."""
        return _one(self.nodes, name, "lab.unknown-host")

    def provider(self, name: str) -> Provider:
        """Refused with ``lab.unknown-provider`` when there is none."""
        return _one(self.providers, name, "lab.unknown-provider")

    def end(self, word: str) -> str:
        """A word for one end of a cut as it is kept: a host, a provider, ``ALL`` or ``OUTSIDE``.

        Refused with ``lab.unknown-end``, which names the nearest right word.
        """
        known = [ALL, OUTSIDE, *(p.name for p in self.providers), *(n.name for n in self.nodes)]
        found = {name.lower(): name for name in known}.get(word.lower())
        if not found:
            raise Refused(unknown("lab.unknown-end", word, known))
        return found


Named = TypeVar("Named", Node, Provider)


def _one(items: tuple[Named, ...], name: str, code: str) -> Named:
    found = {item.name: item for item in items}
    if name not in found:
        raise Refused(unknown(code, name, found))
    return found[name]


def unknown(code: str, word: str, known: Iterable[str]) -> Problem:
    """``CODE-near`` with the nearest right word, or ``CODE`` with all there are."""
    words = tuple(known)
    near = nearest(word, words)
    return (
        Problem(f"{code}-near", "", {"name": word, "nearest": near}) if near else _unlike(code, word, words)
    )


def _unlike(code: str, word: str, words: tuple[str, ...]) -> Problem:
    return Problem(code, "", {"name": word, "known": words})


def new_lab(name: str, number: int, providers: int, hosts: int, suite: str) -> Lab:
    """``providers`` (1 to 14) with ``hosts`` (1 to 20) each; refused with ``lab.too-many`` otherwise."""
    if not (1 <= providers <= MOST_PROVIDERS and 1 <= hosts <= MOST_HOSTS):
        values = {
            "providers": providers,
            "hosts": hosts,
            "most_providers": MOST_PROVIDERS,
            "most": MOST_HOSTS,
        }
        raise Refused(Problem("lab.too-many", "", values))
    return Lab(name, number, suite, tuple(_provider(number, slot + 1, hosts) for slot in range(providers)))


def _provider(number: int, slot: int, hosts: int) -> Provider:
    slug = TREES[slot - 1]
    nodes = tuple(_node(number, slot, host + 1) for host in range(hosts))
    return Provider(slug, _address(number, slot, 0) + "/24", _address(number, slot, 254), nodes)


def _node(number: int, slot: int, host: int) -> Node:
    slug = TREES[slot - 1]
    return Node(
        name=f"{slug}-{host}",
        provider=slug,
        address=_address(number, slot, host),
        mesh=f"10.44.{slot}.{host}",
        gateway=_address(number, slot, 254),
        namespace=f"{trace(number)}-{slug}-{host}",
        link=f"p{slot}h{host}",
    )


def _address(number: int, slot: int, last: int) -> str:
    """The second number is 18 for labs 0 to 15 and 19 for the others."""
    return f"198.{18 + number // 16}.{number % 16 * 16 + slot}.{last}"


def trace(number: int) -> str:
    """How everything of lab ``number`` is called, or begins, on the machine."""
    return f"polder-lab{number}"
