"""What is asked of the image builder and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from polder.kernel.problem import Value

Say = Callable[[str, Mapping[str, Value]], None]
"""Progress: the code of a sentence (``image.*``) and its values."""

EPOCH = 1_760_000_000
"""Seconds since 1970: no file in an image is newer, so that the time of a build leaves no trace
(https://reproducible-builds.org/specs/source-date-epoch/)."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """``key`` is the caller's name for the image (what ``polder.lock`` maps to a digest). ``folder`` is the
    recipe's ``image/``.

    ``packages`` are Debian package names (``name-`` keeps one out). ``content`` is a folder of a group's
    files that goes to ``content_at``. ``refresh`` asks Debian for newer packages although an image for the
    same inputs is there.
    """

    key: str
    recipe: str
    kind: Literal["debian", "docker"]
    packages: tuple[str, ...]
    folder: Path
    content: Path | None = None
    content_at: str = ""
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """``archive`` is what ``docker load`` reads; ``id`` the image's digest; ``size`` in bytes, unpacked
    layers together; ``packages`` name to version (``pip:`` and ``npm:`` before names that are not
    Debian's)."""

    archive: Path
    id: str
    size: int
    packages: Mapping[str, str]
