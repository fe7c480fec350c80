"""Another provider, as far as reaching and believing it goes."""

from __future__ import annotations

from dataclasses import dataclass

from polder.kernel.digest import Digest
from polder.kernel.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Peer:
    """``id``: a slug. ``root``: digest of its first root file, pinned. ``urls``: where its folder is served, the origin first; each ends
    with ``/``. ``mirrors``: addresses of folders in which others serve a copy. ``recipients``: who reads what is encrypted to it.
    ``group``: its independence group (providers of one group count as one voice), its own id when it has none. ``private``: its
    addresses may be private or loopback ones, but not those of ``strangers``: mirrors kept by somebody who is not private. ``proxy``: what
    all its addresses, mirrors among them, are reached through; ``None`` for directly."""

    id: str
    root: Digest
    urls: tuple[str, ...]
    mirrors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    group: str = ""
    private: bool = False
    strangers: frozenset[str] = frozenset()
    proxy: Proxy | None = None
