"""Which services wait for which: order and cycles.

>>> order({"web": ["db"], "db": []})
('db', 'web')
>>> cycle({"a": ["b"], "b": ["a"]})
('a', 'b', 'a')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def order(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Every service after those it needs; otherwise as written. Without cycles only."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in done:
            for needed in needs[name]:
                visit(needed)
            done[name] = None

    for name in needs:
        visit(name)
    return tuple(done)


def cycle(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The first cycle, its first service repeated at the end; ``()`` when there is none. Unknown names are
    skipped."""
    clear: set[str] = set()
    for start in needs:
        found = _walk(start, needs, (), clear)
        if found:
            return found
    return ()


def _walk(
    name: str, needs: Mapping[str, Iterable[str]], path: tuple[str, ...], clear: set[str]
) -> tuple[str, ...]:
    if name in path:
        return (*path[path.index(name) :], name)
    if name in clear:
        return ()
    for needed in needs.get(name, ()):
        found = _walk(needed, needs, (*path, name), clear)
        if found:
            return found
    clear.add(name)
    return ()
