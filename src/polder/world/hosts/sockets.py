"""What waits for others on a host, read from the kernel's own tables (``/proc/net/tcp`` and its sisters). Pure.

Addresses there are hexadecimal, each group of four bytes in the machine's own order (little end first on all that Debian
runs on but s390x): https://docs.kernel.org/networking/proc_net_tcp.html

>>> address("0100007F"), address("00000000000000000000000001000000"), address("0000000000000000FFFF00000100007F")
('127.0.0.1', '::1', '127.0.0.1')
"""

from __future__ import annotations

import ipaddress
from typing import Literal

from polder.kernel.host import Listener
from polder.world.hosts.sections import Sections


def address(word: str) -> str:
    """The address that the kernel writes as ``word``."""
    raw = b"".join(bytes.fromhex(word[i : i + 8])[::-1] for i in range(0, len(word), 8))
    found = ipaddress.ip_address(raw)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def listeners(found: Sections) -> tuple[Listener, ...]:
    """TCP sockets that listen and UDP sockets that are bound and talk to nobody in particular, sorted."""
    programs = dict(line.partition(" ")[::2] for line in found.lines("owners"))
    seen: set[Listener] = set()
    for about, lines in found.named("sockets"):
        state = "0A" if about.startswith("tcp") else "07"
        protocol: Literal["tcp", "udp"] = "tcp" if about.startswith("tcp") else "udp"
        for words in (line.split() for line in lines):
            if len(words) == 3 and words[1] == state:
                where, _, port = words[0].partition(":")
                program = programs.get(f"socket:[{words[2]}]", "")
                seen.add(Listener(protocol, address(where), int(port, 16), program))
    return tuple(sorted(seen, key=lambda one: (one.port, one.protocol, one.address, one.program)))
