"""Every type of statement that this program knows. A type of its own is one more ``Type`` in this list."""

from __future__ import annotations

from collections.abc import Mapping

from polder.commons.advisory.shape import ADVISORY
from polder.commons.statement.typed import CIRCLE, EVENT, NEWS, NOTE, Type

TYPES: Mapping[str, Type] = {one.name: one for one in (NEWS, EVENT, NOTE, CIRCLE, ADVISORY)}
