"""The example site on the real test engine, applied once for a module and removed after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.provider import Provider, provider_in


@pytest.fixture(scope="module")
def provider(
    tmp_path_factory: pytest.TempPathFactory, engine_address: str, published_address: str
) -> Iterator[Provider]:
    """The example site, applied once for the whole module; everything of it is removed at the end."""
    found = provider_in(tmp_path_factory.mktemp("e2e"), engine_address, published_address, "merles")
    try:
        found.run("apply", "--yes")
        yield found
    finally:
        found.stop()
        found.run("down", "--forget-data", "merles", "--yes")
