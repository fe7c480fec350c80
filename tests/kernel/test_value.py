"""Our quick ``dataclass`` is held to the standard one: the same classes made by both behave the same."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from polder.kernel import value


def made_by(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Shelf:
        name: str
        books: tuple[str, ...] = ()
        labels: dict[str, str] = dataclasses.field(default_factory=dict)
        weight: int = dataclasses.field(default=0, compare=False)
        secret: str = dataclasses.field(default="", repr=False)

    return Shelf


QUICK, STANDARD = made_by(value.dataclass), made_by(dataclasses.dataclass)


@pytest.mark.parametrize(
    "look",
    [
        lambda shelf: repr(shelf("a", ("b",), weight=3, secret="s")),
        lambda shelf: shelf("a") == shelf("a", weight=9),
        lambda shelf: shelf("a") == shelf("b"),
        lambda shelf: shelf("a") == "a",
        lambda shelf: dataclasses.asdict(shelf("a", labels={"k": "v"})),
        lambda shelf: repr(dataclasses.replace(shelf("a", weight=1), name="z")),
        lambda shelf: [field.name for field in dataclasses.fields(shelf)],
        lambda shelf: shelf.__match_args__,
        lambda shelf: dataclasses.is_dataclass(shelf),
        lambda shelf: shelf("a").labels is shelf("a").labels,
        lambda shelf: hasattr(shelf("a"), "__dict__"),
        lambda shelf: raises(lambda: shelf()),
        lambda shelf: raises(lambda: setattr(shelf("a"), "name", "b")),
        lambda shelf: raises(lambda: delattr(shelf("a"), "name")),
        lambda shelf: raises(lambda: shelf("a", colour="red")),
        lambda shelf: raises(lambda: hash(shelf("a"))),
    ],
)
def test_both_kinds_behave_the_same(look: Callable[[Any], object]) -> None:
    assert look(QUICK) == look(STANDARD)


def raises(run: Callable[[], object]) -> type[BaseException] | None:
    try:
        run()
    except Exception as error:
        return type(error)
    return None


def test_equal_frozen_values_are_one_in_a_set() -> None:
    @value.dataclass(frozen=True, slots=True)
    class Pair:
        left: int
        right: int

    assert {Pair(1, 2), Pair(1, 2), Pair(2, 1)} == {Pair(1, 2), Pair(2, 1)}


def test_what_is_not_frozen_changes_has_no_hash_and_runs_its_last_word() -> None:
    @value.dataclass(slots=True)
    class Count:
        items: list[int]
        total: int = 0

        def __post_init__(self) -> None:
            self.total = sum(self.items)

    count = Count([1, 2])
    count.items.append(3)
    count.total += 3
    assert count == Count([1, 2, 3])
    assert raises(lambda: hash(count)) is TypeError
