"""JSON Schemas (draft 2020-12) of the files that people write in a network folder, from the same shapes that read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polder.commons.advisory.model import SOFTWARE
from polder.commons.card.shape import CARD_YML
from polder.commons.network.shape import NETWORK
from polder.commons.statement.source import shape_of
from polder.commons.statement.types import TYPES
from polder.kernel.shape import Keys, MapOf, schema_of

SHAPES: Mapping[str, Keys | MapOf] = {
    "network": NETWORK,
    "card": CARD_YML,
    **{known.name: shape_of(known) for known in TYPES.values()},
    "software": SOFTWARE,
}
FILES: Mapping[str, str] = {
    "network": "network.yml",
    "card": "card.yml",
    "software": "software.yml",
    **{known.name: f"statements/{known.name}/ID.yml" for known in TYPES.values()},
}
"""Where each lies."""


def network_schema(name: str) -> dict[str, Any]:
    """The schema of one kind of file; ``name`` must be one of ``SHAPES``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema_of(SHAPES[name])}
