"""``dataclass`` as everybody knows it, made in a tenth of the time: what a class can do is written when it is first done.

For: starting quickly. A command imports more than a hundred frozen, slotted dataclasses and makes objects of a third of them, but the
standard library writes and compiles up to nine functions for each while it is imported: a quarter of what ``polder plan`` took
(decision 0016).

Rules: whoever uses the class sees no difference (``fields``, ``asdict``, ``match``, ``repr``, ``==``, ``hash``, pickling, errors); type
checkers are shown the standard library's; what is not a plain ``@dataclass(slots=True)``, frozen or not, is left to the standard library.

>>> @dataclass(frozen=True, slots=True)
... class Place:
...     street: str
...     number: int = 1
>>> replace(Place("Quay"), number=2)
Place(street='Quay', number=2)
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError
from inspect import get_annotations
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace


class _Unset:
    """In place of an argument whose value is made anew for each object."""

    def __repr__(self) -> str:
        return "<factory>"


Class = type[Any]
_UNSET = _Unset()
_LEFT_ALONE = ("ClassVar", "InitVar", "KW_ONLY")


class _Shape:
    """What a class was written with: annotations by field, the defaults of some, whether it is frozen."""

    __slots__ = ("annotations", "defaults", "frozen")

    def __init__(self, annotations: Mapping[str, Any], defaults: Mapping[str, Any], frozen: bool) -> None:
        self.annotations, self.defaults, self.frozen = annotations, defaults, frozen

    def named(self, what: str) -> tuple[str, ...]:
        """The fields that are part of ``what``: ``compare`` or ``repr``."""
        return tuple(name for name in self.annotations if getattr(self.defaults.get(name), what, True))


class _Later:
    """A function or fact of a class, made by ``maker`` when it is first wanted and put in place of this."""

    __slots__ = ("maker", "name")

    def __init__(self, name: str, maker: Callable[[Class], Any]) -> None:
        self.name, self.maker = name, maker

    def __get__(self, one: Any, owner: Class) -> Any:
        own = next((base for base in owner.__mro__ if base.__dict__.get(self.name) is self), None)
        if own is None:  # another thread made it just now
            return getattr(owner if one is None else one, self.name)
        made = self.maker(own)
        setattr(own, self.name, made)
        return made.__get__(one, owner) if callable(made) else made


def _init(own: Class) -> Any:
    """As the standard library writes it: ``def __init__(self, a, b=default)``."""
    shape: _Shape = own.__polder_shape__
    given: dict[str, Any] = {"_set": object.__setattr__, "_unset": _UNSET}
    words, lines = ["self"], []
    for name in shape.annotations:
        word, value = _argument(name, shape.defaults.get(name, MISSING), given)
        words.append(word)
        lines.append(f"_set(self, {name!r}, {value})" if shape.frozen else f"self.{name} = {value}")
    lines += ["self.__post_init__()"] if hasattr(own, "__post_init__") else []
    body = "\n  ".join(lines or ["pass"])
    text = f"def make({', '.join(given)}):\n def __init__({', '.join(words)}):\n  {body}\n return __init__"
    space: dict[str, Any] = {}
    exec(text, vars(sys.modules[own.__module__]), space)  # noqa: S102 - as the standard library does
    found = space["make"](**given)
    found.__qualname__ = f"{own.__qualname__}.__init__"
    found.__annotations__ = {**shape.annotations, "return": None}
    return found


def _argument(name: str, default: Any, given: dict[str, Any]) -> tuple[str, str]:
    """The argument for a field and what the field is set to; what both speak of is added to ``given``."""
    if isinstance(default, Field):
        if default.default_factory is not MISSING:
            given[f"_make_{name}"] = default.default_factory
            return f"{name}=_unset", f"_make_{name}() if {name} is _unset else {name}"
        default = default.default
    if default is MISSING:
        return name, name
    given[f"_default_{name}"] = default
    return f"{name}=_default_{name}", name


def _values(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Of one object, the values of these fields."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)


def _eq(own: Class) -> Any:
    values = _values(own.__polder_shape__.named("compare"))

    def __eq__(self: Any, other: Any) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(own: Class) -> Any:
    values = _values(own.__polder_shape__.named("compare"))
    return lambda self: hash(values(self))


def _repr(own: Class) -> Any:
    names = own.__polder_shape__.named("repr")

    def __repr__(self: Any) -> str:
        shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        return f"{self.__class__.__qualname__}({shown})"

    return recursive_repr()(__repr__)


def _plain(own: Class) -> Class:
    """The same made by the standard library, for what only it can tell."""
    shape: _Shape = own.__polder_shape__
    space = {"__annotations__": dict(shape.annotations), "__module__": own.__module__, **shape.defaults}
    return dataclasses.dataclass(frozen=shape.frozen)(type(own.__name__, (), space))


def _no_set(self: Any, name: str, value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__polder_shape__.annotations]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__polder_shape__.annotations, state, strict=True):
        object.__setattr__(self, name, value)


_ALWAYS: dict[str, Any] = {
    "__init__": _Later("__init__", _init),
    "__eq__": _Later("__eq__", _eq),
    "__repr__": _Later("__repr__", _repr),
    "__dataclass_fields__": _Later("__dataclass_fields__", lambda own: _plain(own).__dataclass_fields__),
    "__dataclass_params__": _Later("__dataclass_params__", lambda own: _plain(own).__dataclass_params__),
}
_LOOSE: dict[str, Any] = {**_ALWAYS, "__hash__": None}
_FROZEN: dict[str, Any] = {
    **_ALWAYS,
    "__hash__": _Later("__hash__", _hash),
    "__setattr__": _no_set,
    "__delattr__": _no_delete,
    "__getstate__": _get_state,
    "__setstate__": _set_state,
}
_OF_THE_OLD = ("__dict__", "__weakref__")


def _dataclass(cls: Class | None = None, /, **how: bool) -> Any:
    if cls is None:
        return lambda found: _dataclass(found, **how)
    names = get_annotations(cls)
    if not _is_plain(cls, how, names):
        return dataclasses.dataclass(cls, **how)
    frozen = how.get("frozen", False)
    written = {key: value for key, value in cls.__dict__.items() if key not in _OF_THE_OLD}
    defaults = {name: written.pop(name) for name in names if name in written}
    own = {"__slots__": tuple(names), "__match_args__": tuple(names)}
    own["__polder_shape__"] = _Shape(names, defaults, frozen)  # type: ignore[assignment]
    made = type(cls.__name__, (), {**(_FROZEN if frozen else _LOOSE), **written, **own})
    made.__qualname__ = cls.__qualname__
    return made


def _is_plain(cls: Class, how: Mapping[str, bool], names: Mapping[str, object]) -> bool:
    """Slots, nothing inherited, no special fields."""
    if (
        not how.get("slots")
        or how.keys() - {"slots", "frozen"}
        or (type(cls), *cls.__bases__) != (type, object)
    ):
        return False
    fields = [one for one in cls.__dict__.values() if isinstance(one, Field)]
    if any(not one.init or one.hash is not None or one.kw_only is True for one in fields):
        return False
    return all(_is_ordinary(annotation) for annotation in names.values())


def _is_ordinary(annotation: object) -> bool:
    """Of a field that every object has and that is given by its name or place. Where annotations are no text, only plain types."""
    if isinstance(annotation, str):
        return not any(word in annotation for word in _LEFT_ALONE)
    return isinstance(annotation, type) and annotation is not dataclasses.InitVar


def _replace(one: Any, /, **changes: Any) -> Any:
    shape: _Shape | None = getattr(one.__class__, "__polder_shape__", None)
    if shape is None:
        return dataclasses.replace(one, **changes)
    for name in shape.annotations:
        if name not in changes:
            changes[name] = getattr(one, name)
    return one.__class__(**changes)


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, dataclasses.field, _replace

__all__ = ["dataclass", "field", "replace"]
