"""``polder.lock`` as text: written by Polder only, so written whole, sorted, one digest a line."""

from __future__ import annotations

from polder.platform.site.model import Lock

HEADER = "# Recipes and images in force, and where apps' data is. Written by polder apply; kept in git; not edited by hand.\n"


def lock_text(lock: Lock) -> str:
    """The file's text.

    >>> print(lock_text(Lock({}, {"wiki-0a": "sha256:b0"})).splitlines()[-1])
      wiki-0a: sha256:b0
    """
    written = HEADER + _section("recipes", dict(lock.recipes)) + _section("images", dict(lock.images))
    placed = _section("placements", dict(lock.placements)) if lock.placements else ""
    return written + placed + (_section("adopted", dict(lock.adopted)) if lock.adopted else "")


def _section(name: str, entries: dict[str, str]) -> str:
    if not entries:
        return f"{name}: {{}}\n"
    return f"{name}:\n" + "".join(f"  {key}: {entries[key]}\n" for key in sorted(entries))
