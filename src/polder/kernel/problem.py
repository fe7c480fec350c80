"""What can go wrong, as values.

The tree: ``Refused`` (the input or the state of things is not acceptable; carries *every* problem found) and
``Unreachable`` (something outside did not answer; trying again may help). Anything else raised is our own bug.

A ``Problem`` holds a code and values, never a sentence: doors translate (see ``kernel.sentences``).

>>> Problem("site.unknown-recipe", "groups/lilas.yml:12", {"recipe": "dokuwikki"}).code
'site.unknown-recipe'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Value = str | int | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not acceptable.

    ``where`` is ``file:line`` relative to the site, ``""`` when the problem has no place in a file.
    ``values`` fill the sentence of ``code``; they never hold a secret.
    """

    code: str
    where: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


class Refused(Exception):
    """The one error that carries problems; all of them, not the first.

    Doors print every problem and leave with exit status 2.
    """

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(f"{p.where}: {p.code} {dict(p.values)}" for p in self.problems))


class Unreachable(Exception):
    """Something outside (engine, registry, app) did not answer in time; asking again may succeed.

    ``what`` names it in plain words or as an address; ``why`` is the underlying reason. Exit status 3 at doors.
    """

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"{what}: {why}")


def file_trouble(error: OSError) -> Problem:
    """What the system said about a file (no room, no permission, read only) as a problem at that file."""
    return Problem("kernel.file-trouble", str(error.filename or ""), {"reason": error.strerror or str(error)})


class Problems:
    """Collects problems while reading goes on, then refuses once.

    >>> found = Problems()
    >>> found.add("site.missing-key", "site.yml:1", key="provider")
    >>> len(found)
    1
    """

    def __init__(self) -> None:
        self.items: list[Problem] = []

    def add(self, code: str, where: str = "", **values: Value) -> None:
        self.items.append(Problem(code, where, values))

    def __len__(self) -> int:
        return len(self.items)

    def sort(self) -> None:
        """By file, then by line; problems of one line stay as they were found."""
        self.items.sort(key=_place)

    def refuse_if_any(self) -> None:
        if self.items:
            raise Refused(self.items)


def _place(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (problem.where, 0)
