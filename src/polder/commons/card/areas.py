"""Shapes of areas: GeoJSON Polygons and MultiPolygons (RFC 7946, section 3.1), checked, and closed where somebody forgot to.

>>> ring = [[0.1, 47.9], [0.2, 48.0], [0.3, 47.9]]
>>> area_trouble({"type": "Polygon", "coordinates": [ring]})
'ring'
>>> closed({"type": "Polygon", "coordinates": [ring]})["coordinates"][0][-1]
[0.1, 47.9]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST_POINTS = 20_000


def area_trouble(shape: Mapping[str, Any]) -> str:
    """``""`` when ``shape`` is right, else what is wrong: ``type``, ``coordinates``, ``ring`` (not closed, or under four points)."""
    if shape.get("type") not in ("Polygon", "MultiPolygon"):
        return "type"
    rings = _rings(shape)
    if not rings or sum(map(len, rings)) > MOST_POINTS:
        return "coordinates"
    if not all(_is_point(point) for ring in rings for point in ring):
        return "coordinates"
    return "" if all(len(ring) >= 4 and _same(ring[0], ring[-1]) for ring in rings) else "ring"


def closed(shape: Mapping[str, Any]) -> dict[str, Any]:
    """``shape`` with every ring of three points or more ended where it began."""
    coordinates = shape.get("coordinates")
    if shape.get("type") == "Polygon":
        return {**shape, "coordinates": _closed_polygon(coordinates)}
    if shape.get("type") == "MultiPolygon" and isinstance(coordinates, list):
        return {**shape, "coordinates": [_closed_polygon(polygon) for polygon in coordinates]}
    return dict(shape)


def _closed_polygon(polygon: Any) -> Any:
    return [_closed_ring(ring) for ring in polygon] if isinstance(polygon, list) else polygon


def _closed_ring(ring: Any) -> Any:
    if not isinstance(ring, list) or len(ring) < 3 or _same(ring[0], ring[-1]):
        return ring
    return [*ring, ring[0]]


def _same(first: Any, last: Any) -> bool:
    return bool(first == last)


def _rings(shape: Mapping[str, Any]) -> list[list[Any]]:
    """Every ring; nothing when the nesting is not that of the type."""
    coordinates = shape.get("coordinates")
    polygons = [coordinates] if shape.get("type") == "Polygon" else coordinates
    if not isinstance(polygons, list | tuple):
        return []
    found = list(_listed(polygons))
    return found if all(isinstance(ring, list | tuple) for ring in found) else []


def _listed(polygons: Any) -> Iterator[Any]:
    for polygon in polygons:
        yield from polygon if isinstance(polygon, list | tuple) else [None]


def _is_point(point: Any) -> bool:
    """Longitude, latitude, and an altitude that nobody reads."""
    if not isinstance(point, list | tuple) or not 2 <= len(point) <= 3:
        return False
    numbers = all(isinstance(part, int | float) and not isinstance(part, bool) for part in point)
    return numbers and -180 <= point[0] <= 180 and -90 <= point[1] <= 90
