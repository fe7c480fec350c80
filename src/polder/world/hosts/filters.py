"""Which nftables tables other than ours may drop what comes in to a host, read from ``nft list ruleset``. Pure.

>>> filters((
...     "table inet filter {", "chain input {", "type filter hook input priority filter; policy drop;", "}", "}",
...     "table ip nat {", "chain out {", "type nat hook postrouting priority srcnat; policy accept;", "drop", "}", "}"))
('inet filter',)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

OURS = "inet polder"


@dataclass(slots=True)
class _Chain:
    hooked: bool = False
    stops: bool = False
    leads: list[str] = field(default_factory=list)


def filters(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Tables in which a chain at the input hook, or one that it jumps to, drops or rejects."""
    return tuple(table for table, chains in _tables(lines).items() if table != OURS and _stops(chains))


def _tables(lines: tuple[str, ...]) -> dict[str, dict[str, _Chain]]:
    seen: dict[str, dict[str, _Chain]] = {}
    table, chain = "", _Chain()
    for line in (one.strip() for one in lines):
        if begun := re.match(r"table (\S+ \S+) \{", line):
            table, chain = begun[1], _Chain()
            seen[table] = {}
        elif (begun := re.match(r"chain (\S+) \{", line)) and table:
            chain = seen[table].setdefault(begun[1], _Chain())
        else:
            _note(chain, line)
    return seen


def _note(chain: _Chain, line: str) -> None:
    chain.hooked = chain.hooked or re.match(r"type filter hook (input|prerouting|ingress) ", line) is not None
    chain.stops = chain.stops or re.search(r"\b(drop|reject)\b", re.sub(r'"[^"]*"', "", line)) is not None
    chain.leads += re.findall(r"\b(?:jump|goto) (\S+)", line)


def _stops(chains: dict[str, _Chain]) -> bool:
    ways = [name for name, chain in chains.items() if chain.hooked]
    been: set[str] = set()
    while ways:
        name = ways.pop()
        if name in been or name not in chains:
            continue
        been.add(name)
        if chains[name].stops:
            return True
        ways += chains[name].leads
    return False
