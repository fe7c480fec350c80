"""Cuts as the router's nftables rules, and the rules that let a lab reach out through the machine.

Rules: a cut works both ways, at once, also on connections that stand, and without a word to either side: packets vanish.
A provider that is cut off from ``ALL`` still has its own hosts; a host that is cut off from ``ALL`` has nobody. The router's own
services (DNS, ACME, registries) count as everybody's neighbours: only a cut from ``ALL`` takes them away. Labs never meet.

>>> from polder.lab.model import new_lab
>>> lab = new_lab("lab", 0, 2, 1, "trixie")
>>> print(cut_rules(lab, [("alder-1", "birch")]))
table inet polder_cuts
delete table inet polder_cuts
table inet polder_cuts {
  chain cuts {
    ip saddr 198.18.1.1/32 ip daddr 198.18.2.0/24 drop
    ip saddr 198.18.2.0/24 ip daddr 198.18.1.1/32 drop
    oifname "wan" ip daddr 198.18.0.0/15 ip daddr != 198.18.0.1 drop
    ip daddr 198.18.1.254 tcp dport 5000 ip saddr != { 198.18.1.0/24, 198.18.0.1 } drop
    ip daddr 198.18.2.254 tcp dport 5000 ip saddr != { 198.18.2.0/24, 198.18.0.1 } drop
  }
  chain shorten {
    type filter hook forward priority -10;
    oifname "wan" tcp flags syn tcp option maxseg size set rt mtu
  }
  chain forward { type filter hook forward priority 0; jump cuts; }
  chain input { type filter hook input priority 0; jump cuts; }
  chain output { type filter hook output priority 0; jump cuts; }
}
<BLANKLINE>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from polder.lab.model import ALL, EVERY_LAB, OUTSIDE, Lab

TAG = "polder_cuts"
SHORTENED = (
    "chain shorten {",
    "  type filter hook forward priority -10;",
    '  oifname "wan" tcp flags syn tcp option maxseg size set rt mtu',
    "}",
)
"""Outside, connections agree on packets that fit the way out (its own and, by the answer, the other side's)."""


def cut_rules(lab: Lab, cuts: Iterable[tuple[str, str]]) -> str:
    """The router's whole table, replaced in one go by ``nft -f``. ``cuts`` hold words as ``Lab.end`` gives them."""
    lines = [line for one, other in cuts for line in _cut(lab, one, other)]
    return "\n".join(
        (
            f"table inet {TAG}",
            f"delete table inet {TAG}",
            f"table inet {TAG} {{",
            "  chain cuts {",
            *(f"    {line} drop" for line in (*lines, *_borders(lab))),
            "  }",
            *(f"  {line}" for line in SHORTENED),
            *(
                f"  chain {hook} {{ type filter hook {hook} priority 0; jump cuts; }}"
                for hook in ("forward", "input", "output")
            ),
            "}\n",
        )
    )


def _cut(lab: Lab, one: str, other: str) -> tuple[str, ...]:
    if ALL in (one, other):
        end = other if one == ALL else one
        return _from_all(lab, end)
    if OUTSIDE in (one, other):
        end = _prefix(lab, other if one == OUTSIDE else one)
        return (f'ip saddr {end} oifname "wan"', f'ip daddr {end} iifname "wan"')
    first, second = _prefix(lab, one), _prefix(lab, other)
    return (f"ip saddr {first} ip daddr {second}", f"ip saddr {second} ip daddr {first}")


def _from_all(lab: Lab, end: str) -> tuple[str, ...]:
    if end in (ALL, OUTSIDE):
        return _cut(lab, "", OUTSIDE) if end == OUTSIDE else ("ip saddr 0.0.0.0/0",)
    prefix = _prefix(lab, end)
    return (f"ip saddr {prefix} ip daddr != {prefix}", f"ip daddr {prefix} ip saddr != {prefix}")


def _prefix(lab: Lab, end: str) -> str:
    """A host's address, a provider's network, or the whole lab's for no word at all."""
    if not end:
        return lab.network
    providers = {provider.name: provider.network for provider in lab.providers}
    return providers.get(end) or lab.node(end).address + "/32"


def _borders(lab: Lab) -> Iterator[str]:
    """What never passes: packets to other labs, and to a provider's registry from any but its own hosts and the operator."""
    yield f'oifname "wan" ip daddr {EVERY_LAB} ip daddr != {lab.operator}'
    for one in lab.providers:
        yield f"ip daddr {one.gateway} tcp dport 5000 ip saddr != {{ {one.network}, {lab.operator} }}"


def way_out(lab: Lab) -> tuple[tuple[str, ...], ...]:
    """Rules of the machine's own iptables (table, chain, rule), each marked with the lab's name: the lab may send out and be answered."""
    mark = ("-m", "comment", "--comment", lab.router)
    masked = ("-s", lab.network, "!", "-o", lab.uplink, *mark, "-j", "MASQUERADE")
    return (
        ("nat", "POSTROUTING", *masked),
        ("filter", "FORWARD", "-i", lab.uplink, *mark, "-j", "ACCEPT"),
        ("filter", "FORWARD", "-o", lab.uplink, *mark, "-j", "ACCEPT"),
    )
