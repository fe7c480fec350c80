"""A few questions at the same time; the answers in the order of the questions.

Whoever is interrupted meanwhile does not wait for the answers. A process that ends does: each question has a deadline, and an engine
that is closed ends those that are still asked of it.

>>> together([lambda: "a", lambda: "b"])
['a', 'b']
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")


def begin(question: Callable[[], T]) -> Future[T]:
    """The question, under way."""
    pool = _pool(1)
    asked = pool.submit(question)
    pool.shutdown(wait=False)
    return asked


def together(questions: Sequence[Callable[[], T]]) -> list[T]:
    """Every answer, once all are there; of those that fail, the first is raised."""
    from concurrent.futures import wait

    pool = _pool(len(questions) or 1)
    try:
        asked = [pool.submit(question) for question in questions]
        wait(asked)
        return [one.result() for one in asked]
    finally:
        pool.shutdown(wait=False)


def _pool(size: int) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(size, "polder-asked")
