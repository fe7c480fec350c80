"""Where the ingress of a site answers, as seen from here."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from polder.platform.site.model import Site


def ingress_address(site: Site) -> str:
    """``IP:443`` or ``host:443``. ``POLDER_INGRESS`` (``host`` or ``host:port``) overrides it, for an engine behind a
    forwarded port."""
    given = os.environ.get("POLDER_INGRESS", "")
    if given:
        return given if ":" in given else f"{given}:443"
    edges = [h for h in site.hosts.values() if "ingress" in h.roles] or list(site.hosts.values())
    address = edges[0].address if edges else "local"
    if address == "local":
        address = urlsplit(site.engine).hostname or "127.0.0.1" if "://" in site.engine else "127.0.0.1"
    return f"{address}:443"
