"""A dataclass made by ``kernel.value`` is one in everything that can be seen of it; only its making is put off."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import threading
import typing
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest

from polder.kernel import value

FEATURES = ("__init__", "__eq__", "__repr__", "__hash__", "__dataclass_fields__")


@value.dataclass(frozen=True, slots=True)
class Shelf:
    """Kept by its room."""

    room: str
    books: tuple[str, ...] = ()
    width: int = 80
    seen: str = value.field(default="", compare=False, repr=False)
    notes: list[str] = value.field(default_factory=list)

    @property
    def full(self) -> bool:
        return len(self.books) * 4 > self.width


@value.dataclass(slots=True)
class Cart:
    load: int
    stops: list[str] = value.field(default_factory=list)

    def __post_init__(self) -> None:
        self.load += 1


@value.dataclass(frozen=True, slots=True)
class Empty:
    pass


@value.dataclass(frozen=True, slots=True)
class Told:
    words: str

    def __repr__(self) -> str:
        return "Told(...)"


def by_the_standard_library(kind: type) -> type:
    """The same class, made the usual way."""
    shape = kind.__polder_shape__
    own = {key: item for key, item in vars(kind).items() if key in ("__post_init__", "full")}
    space = {"__annotations__": dict(shape.annotations), "__module__": __name__, **own, **shape.defaults}
    return dataclasses.dataclass(frozen=shape.frozen)(type(kind.__name__, (), space))


@pytest.mark.parametrize("kind", [Shelf, Cart, Empty], ids=lambda kind: kind.__name__)
def test_it_looks_like_one_made_the_usual_way(kind):
    usual = by_the_standard_library(kind)

    assert str(inspect.signature(kind)) == str(inspect.signature(usual))
    assert typing.get_type_hints(kind) == typing.get_type_hints(usual)
    assert kind.__match_args__ == usual.__match_args__
    assert [repr(one) for one in dataclasses.fields(kind)] == [repr(one) for one in dataclasses.fields(usual)]
    assert dataclasses.is_dataclass(kind)
    assert not hasattr(kind, "__dict__") or "__dict__" not in dir(kind)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Shelf, {"room": "blue"}),
        (Shelf, {"room": "it's", "books": ("a", 'b"')}),
        (Cart, {"load": 3}),
        (Empty, {}),
    ],
)
def test_it_says_itself_and_becomes_data_like_one_made_the_usual_way(kind, given):
    one, usual = kind(**given), by_the_standard_library(kind)(**given)

    assert repr(one) == repr(usual)
    assert dataclasses.asdict(one) == dataclasses.asdict(usual)
    assert dataclasses.astuple(one) == dataclasses.astuple(usual)


def test_equality_and_hashes_go_by_the_fields_that_compare():
    one, other = Told("a"), Told("a")
    assert (one, hash(one)) == (other, hash(other))
    assert Shelf("blue", seen="ana") == Shelf("blue", seen="ben") != Shelf("red")
    assert Empty() == Empty() != Told("a")
    assert len({Told("a"), Told("a"), Told("b")}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Cart(1))


def test_what_is_frozen_stays_and_what_is_not_changes():
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'room'"):
        Shelf("blue").room = "red"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'room'"):
        del Shelf("blue").room
    cart = Cart(1)
    cart.load = 9
    assert cart == Cart(8)
    with pytest.raises(AttributeError):
        cart.bell = True


def test_each_object_has_a_list_of_its_own():
    Shelf("blue").notes.append("dusty")
    assert Shelf("blue").notes == []


@pytest.mark.parametrize("change", [value.replace, dataclasses.replace])
def test_one_is_made_from_another_with_changes(change):
    assert change(Shelf("blue", ("a",)), width=3) == Shelf("blue", ("a",), 3)
    with pytest.raises(TypeError, match="colour"):
        change(Shelf("blue"), colour="red")


def test_copies_and_pickles_are_equal():
    for one in (Shelf("blue", ("a",)), Cart(4), Empty()):
        assert pickle.loads(pickle.dumps(one)) == copy.copy(one) == copy.deepcopy(one) == one


def test_what_the_author_wrote_is_kept():
    assert repr(Told("secret")) == "Told(...)"
    assert Shelf("blue", ("a",) * 99).full
    assert inspect.getdoc(Shelf) == "Kept by its room."
    assert Shelf.__qualname__ == "Shelf"
    assert Shelf.__module__ == __name__


def test_it_matches_by_place():
    match Shelf("blue", ("a",)):
        case Shelf(room, (book,)):
            assert (room, book) == ("blue", "a")


def test_an_argument_that_is_missing_or_unknown_is_refused_in_the_usual_words():
    with pytest.raises(
        TypeError, match=r"Shelf\.__init__\(\) missing 1 required positional argument: 'room'"
    ):
        Shelf()
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        Shelf("blue", colour="red")


def test_whatever_is_not_plain_is_the_standard_librarys():
    @value.dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        number: int

    @value.dataclass(frozen=True, slots=True)
    class Counted:
        made: typing.ClassVar[int] = 3
        name: str = ""

    @value.dataclass(frozen=True, slots=True)
    class Wider(Told):
        more: int = 0

    assert Ordered(1) < Ordered(2)
    assert [one.name for one in dataclasses.fields(Counted)] == ["name"]
    assert value.replace(Wider("a"), more=2) == Wider("a", 2)
    assert not any("__polder_shape__" in vars(kind) for kind in (Ordered, Counted, Wider))


def test_annotations_may_be_types_where_a_module_does_not_put_them_off():
    space: dict = {"value": value, "__name__": __name__}
    text = "class Plain:\n name: str\n size: int = 3\n"
    exec(compile(f"@value.dataclass(slots=True)\n{text}", "plain", "exec", dont_inherit=True), space)
    plain = space["Plain"]

    assert "__polder_shape__" in vars(plain)
    assert repr(plain("a")).endswith("Plain(name='a', size=3)")
    assert typing.get_type_hints(plain) == {"name": str, "size": int}


def test_many_threads_may_be_the_first_to_make_one():
    for _ in range(50):

        @value.dataclass(frozen=True, slots=True)
        class Fresh:
            name: str

        start = threading.Barrier(4)

        def make(kind: type = Fresh, start: threading.Barrier = start) -> str:
            start.wait(5)
            return repr(kind("a"))

        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda _, make=make: make(), range(4)))
        assert {one.rpartition(".")[2] for one in made} == {"Fresh(name='a')"}


def test_nothing_is_written_before_it_is_wanted():
    @value.dataclass(frozen=True, slots=True)
    class Fresh:
        name: str

    assert {type(vars(Fresh)[one]).__name__ for one in FEATURES} == {"_Later"}
    Fresh("a")
    assert inspect.isfunction(vars(Fresh)["__init__"])
    assert type(vars(Fresh)["__repr__"]).__name__ == "_Later"
