"""A few questions at the same time, each on a thread of its own; the answers in the order of the questions.

For: starting quickly. A pool of the standard library brings logging along, and a look needs nothing that a pool is good for.

>>> together([lambda: "a", lambda: "b"])
['a', 'b']
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Asked(Generic[T]):
    """A question under way since this was made."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._answer: T | BaseException | None = None
        self._failed = False
        self._thread = Thread(target=self._ask, name="polder-asked", daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._answer = self._question()
        except BaseException as error:
            self._answer, self._failed = error, True

    def wait(self) -> None:
        """Until the answer is there."""
        self._thread.join()

    def answer(self) -> T:
        """Waits; raises what the question raised."""
        self.wait()
        found, self._answer = self._answer, None
        if self._failed:
            raise found  # type: ignore[misc]
        return found  # type: ignore[return-value]


def together(questions: Sequence[Callable[[], T]]) -> list[T]:
    """Every answer, once all are there; of those that fail, the first is raised."""
    asked = [Asked(question) for question in questions]
    for one in asked:
        one.wait()
    return [one.answer() for one in asked]
