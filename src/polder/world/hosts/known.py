"""The one key that each host may show, as a ``known_hosts`` file (sshd(8)), and the options that make ``ssh`` keep to it.

A host whose key the site names is believed with this key alone; one without is believed as the operator's own
``known_hosts`` says, which must know it. Nothing is ever learnt by itself.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from polder.kernel.host import Reach

CONFIG_VARIABLE = "POLDER_SSH_CONFIG"
"""Names an ``ssh_config`` file used instead of the operator's own, for hosts and for ``ssh://`` engines."""


def lines(reaches: Mapping[str, Reach]) -> list[str]:
    """
    >>> lines({"ada": Reach("ada", "192.0.2.7", 2222, host_key="ssh-ed25519 AAAA")})
    ['[192.0.2.7]:2222 ssh-ed25519 AAAA']
    """
    return sorted({f"{_named(one)} {_key(one)}" for one in reaches.values() if one.host_key})


def _named(reach: Reach) -> str:
    return reach.address if reach.port == 22 else f"[{reach.address}]:{reach.port}"


def _key(reach: Reach) -> str:
    """Kind and key, without the comment that people paste along."""
    return " ".join(reach.host_key.split()[:2])


def known_hosts(reaches: Mapping[str, Reach], folder: Path | None = None) -> Path:
    """A file with the keys of ``reaches``, named by its content; in ``folder``, else in the cache. Made again if it was taken away."""
    content = "".join(f"{line}\n" for line in lines(reaches)).encode()
    place = (folder or _cache()) / f"known_hosts-{hashlib.sha256(content).hexdigest()[:16]}"
    if not place.is_file() or place.read_bytes() != content:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{place.name}.{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(place)
    return place


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "polder"


def ssh_options(reach: Reach | None = None, folder: Path | None = None) -> list[str]:
    """What to put behind ``ssh`` so that it uses the operator's settings and, for a ``reach`` with a key, that key alone.

    For ``ssh://`` engines: ``["ssh", *ssh_options(reach), ...]``; without a reach only ``POLDER_SSH_CONFIG`` is followed.
    """
    config = os.environ.get(CONFIG_VARIABLE, "")
    options = ["-F", config] if config else []
    if reach is None or not reach.host_key:
        return [*options, "-o", "StrictHostKeyChecking=yes"] if reach else options
    file = known_hosts({reach.name: reach}, folder)
    keys = ["-o", f'UserKnownHostsFile="{file}"', "-o", "GlobalKnownHostsFile=/dev/null"]
    return [*options, *keys, "-o", "StrictHostKeyChecking=yes", "-o", "CheckHostIP=no"]
