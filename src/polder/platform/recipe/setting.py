"""The kinds of setting a recipe may ask for, as shapes: the same for a recipe's default and for a group's answer."""

from __future__ import annotations

from polder.kernel.kinds import LINE, NUMBER, PROSE, YES_NO, choice, matching
from polder.kernel.shape import ListOf, Shape

FOLDER = matching(
    "site.not-a-folder", r"(?!.*(?:^|/)\.\.?(?:/|$))[A-Za-z0-9._][A-Za-z0-9._ -]*(?:/[A-Za-z0-9._ -]+)*/?"
)
"""A path inside the site: relative, no ``.`` or ``..``."""


def setting_shape(kind: str, choices: tuple[str, ...] = ()) -> Shape:
    """What an answer of ``kind`` must look like."""
    shapes: dict[str, Shape] = {
        "text": PROSE,
        "number": NUMBER,
        "yes-no": YES_NO,
        "choice": choice(choices),
        "list": ListOf(LINE),
        "folder": FOLDER,
    }
    return shapes[kind]
