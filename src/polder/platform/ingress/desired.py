"""What the ingress of a site is configured with: the contents of its two configs."""

from __future__ import annotations

import json

from polder.kernel.engine import Json
from polder.platform.ingress.caddy import caddy_config, names_config
from polder.platform.site.model import Site


def ingress_configs(site: Site) -> dict[str, str]:
    """Contents by name. ``caddy.json`` depends on the provider's name and languages only; ``names.json`` on the apps' domains.

    The same site gives the same bytes: the engine's objects are named by their digests.
    """
    return {
        "caddy.json": _text(caddy_config(site.name, site.languages)),
        "names.json": _text(names_config(app.domain for app in site.apps)),
    }


def _text(data: Json) -> str:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
