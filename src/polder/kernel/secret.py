"""A secret's value, wrapped so that no log, plan, traceback or ``repr`` can show it.

>>> Secret("hunter2")
Secret(***)
>>> f"{Secret('hunter2')}"
'***'
"""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Holds bytes or text; ``reveal()`` and ``reveal_bytes()`` are the only ways out, called where a secret is used."""

    __slots__ = ("_value",)

    def __init__(self, value: str | bytes) -> None:
        self._value = value.encode() if isinstance(value, str) else value

    def reveal(self) -> str:
        return self._value.decode()

    def reveal_bytes(self) -> bytes:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
