"""What a host says about its Docker, read from a look's section. Pure.

>>> docker(("version=26.1.5", "server=26.1.5", "swarm=active", "manager=true")).swarm
'active'
>>> docker(("version=26.1.5",)).running
False
"""

from __future__ import annotations

from polder.kernel.host import DockerSeen


def docker(lines: tuple[str, ...]) -> DockerSeen:
    found = {key: value for key, _, value in (line.partition("=") for line in lines)}
    containers = found.get("containers", "")
    return DockerSeen(
        version=found.get("server") or found.get("version", ""),
        running=bool(found.get("server")),
        swarm=found.get("swarm") or "inactive",
        node_id=found.get("node", ""),
        manager=found.get("manager") == "true",
        live_restore=found.get("live") == "true",
        containers=int(containers) if containers.isdigit() else 0,
        address=found.get("address", ""),
        log_limited=_limited(lines),
    )


def _limited(lines: tuple[str, ...]) -> bool:
    """``daemon.json``'s lines come as they stand there, without spaces: ``"log-driver":"local"``, ``"max-size":"10m"``."""
    driver = next((line for line in lines if line.startswith('"log-driver"')), "")
    other = bool(driver) and driver != '"log-driver":"json-file"'
    return other or any(line.startswith('"max-size"') for line in lines)
