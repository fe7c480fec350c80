"""The text of one look, cut into its sections. Pure.

>>> found = cut("m1 host\\nuid=0\\nm1 keys ana\\nssh-ed25519 AAAA\\nm1 end\\n", "m1")
>>> found.pairs("host")
{'uid': '0'}
>>> found.named("keys")
(('ana', ('ssh-ed25519 AAAA',)),)
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sections:
    """Sections in the order in which they came: name, what it is about (``""``: nothing special), lines.
    ``whole``: the look reached its end."""

    parts: tuple[tuple[str, str, tuple[str, ...]], ...]
    whole: bool

    def lines(self, name: str) -> tuple[str, ...]:
        return next((_full(lines) for one, _, lines in self.parts if one == name), ())

    def text(self, name: str) -> str:
        """As it came, with its empty lines; ends with a newline unless it is empty."""
        found = next((lines for one, _, lines in self.parts if one == name), ())
        return "\n".join(found).strip("\n") + "\n" if any(found) else ""

    def named(self, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Every section called ``name``, with what it is about."""
        return tuple((about, _full(lines)) for one, about, lines in self.parts if one == name)

    def pairs(self, name: str, between: str = "=") -> dict[str, str]:
        """Lines ``key=value``; what comes twice is the last one."""
        found = (line.partition(between) for line in self.lines(name))
        return {key.strip(): value.strip() for key, middle, value in found if middle}


def _full(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def cut(text: str, mark: str) -> Sections:
    parts: list[tuple[str, str, list[str]]] = []
    for line in text.split("\n"):
        if line.startswith(f"{mark} "):
            _, name, *about = line.split(" ", 2)
            parts.append((name, about[0] if about else "", []))
        elif parts:
            parts[-1][2].append(line)
    return Sections(
        tuple((n, a, tuple(lines)) for n, a, lines in parts), bool(parts) and parts[-1][0] == "end"
    )
