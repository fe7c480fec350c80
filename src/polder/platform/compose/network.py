"""Which doors a service opens: ports, networks and the names it has on them.

Swarm publishes on every address of a host. A file that asks for ``127.0.0.1:8000:80`` means "not public", so
it is refused: honouring half of it would open the port to everybody.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Literal, cast

from polder.kernel import document
from polder.kernel.document import Node
from polder.platform.compose.keys import ATTACHMENT, PORT
from polder.platform.compose.model import Port
from polder.platform.compose.reader import Reader, is_null

_SHORT = re.compile(
    r"(?:(?P<address>\[[^\]]*\]|[^:\[\]]+):(?=[^/]*:))?"
    r"(?:(?P<published>\d+(?:-\d+)?)?:)?(?P<target>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?"
)
_PROTOCOLS = ("tcp", "udp", "sctp")
_MOST = 200


def read_ports(reader: Reader, node: Node, key: str) -> tuple[Port, ...]:
    """Short form (``[address:][published:]target[/protocol]``, ranges too) and long form."""
    found: list[Port] = []
    for item in reader.items(node, key):
        if isinstance(item, document.Mapping):
            found.extend(_long(reader, item))
        else:
            found.extend(_short(reader, item, key))
    return tuple(found)


def _short(reader: Reader, node: Node, key: str) -> list[Port]:
    text = reader.fixed(node, key)
    match = _SHORT.fullmatch(text)
    if not match:
        if text:
            reader.refuse("compose.bad-port", node, found=text)
        return []
    return _ports(
        reader,
        node,
        match["address"] or "",
        match["published"] or "",
        match["target"],
        match["protocol"] or "tcp",
    )


def _long(reader: Reader, node: Node) -> list[Port]:
    words = {k: reader.fixed(v, k) for k, v in reader.entries(node, "ports", PORT) if not is_null(v)}
    if words.get("mode", "host") == "ingress":
        reader.refuse("compose.ingress-port", node)
    elif words.get("mode", "host") != "host":
        reader.refuse("compose.not-a-choice", node, key="mode", found=words["mode"], choices=("host",))
    address, published = words.get("host_ip", ""), words.get("published", "")
    return _ports(reader, node, address, published, words.get("target", ""), words.get("protocol", "tcp"))


def _ports(
    reader: Reader, node: Node, address: str, published: str, target: str, protocol: str
) -> list[Port]:
    before = len(reader.problems)
    _check_address(reader, node, address.strip("[]"))
    if protocol not in _PROTOCOLS:
        reader.refuse("compose.not-a-choice", node, key="protocol", found=protocol, choices=_PROTOCOLS)
    if not published:
        reader.refuse("compose.random-port", node, target=target)
    outer, inner = _range(published or target), _range(target)
    if len(outer) != len(inner) or not 0 < len(inner) <= _MOST:
        reader.refuse("compose.bad-port", node, found=f"{published}:{target}")
    if len(reader.problems) > before:
        return []
    kind = cast(Literal["tcp", "udp", "sctp"], protocol)
    return [Port(inside, outside, kind) for inside, outside in zip(inner, outer, strict=True)]


def _range(text: str) -> range:
    """Ports of ``80`` or ``80-90``; empty when they are none."""
    first, _, last = text.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal()) or len(first) > 5 or len(last) > 5:
        return range(0)
    begin, end = int(first), int(last or first)
    return range(begin, end + 1) if 1 <= begin <= end <= 65535 else range(0)


def _check_address(reader: Reader, node: Node, address: str) -> None:
    if address in ("", "0.0.0.0"):  # noqa: S104 - what the file says
        return
    if address == "localhost" or _is_loopback(address):
        reader.refuse("compose.loopback-port", node, address=address)
    else:
        reader.refuse("compose.host-address-port", node, address=address)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def read_networks(reader: Reader, node: Node, key: str) -> Mapping[str, tuple[str, ...]]:
    """Names to aliases, from a list or a map."""
    if isinstance(node, document.Sequence):
        return dict.fromkeys(reader.fixed_texts(node, key), ())
    return {name: _aliases(reader, value, name) for name, value in reader.named(node, key)}


def _aliases(reader: Reader, node: Node, name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for key, value in reader.entries(node, name, ATTACHMENT):
        found = reader.texts(value, key)
    return found


def read_network_mode(reader: Reader, node: Node, key: str) -> bool:
    """Whether the service uses its host's own network."""
    found = reader.fixed(node, key)
    if found in ("bridge", "default", ""):
        reader.report("compose.no-effect", node, key=key)
    elif found != "host":
        reader.refuse("compose.network-mode", node, found=found)
    return found == "host"
