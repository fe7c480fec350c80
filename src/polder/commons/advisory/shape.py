"""The fields of an advisory: which software, which versions, how bad, what to do."""

from __future__ import annotations

from polder.commons.advisory.version import read_range
from polder.commons.statement.kinds import LINK
from polder.commons.statement.typed import Type
from polder.kernel.document import Scalar
from polder.kernel.kinds import TEXT, TEXTS, choice
from polder.kernel.shape import Key, Keys, ListOf, Value, Wrong

SEVERITIES = ("low", "medium", "high", "critical")


def _range(scalar: Scalar) -> str:
    """Read by the wider of the two orders' spellings; which order is meant is known only beside the other fields."""
    if len(scalar.text) > 300:
        raise Wrong
    try:
        read_range(scalar.text)
    except ValueError:
        read_range(scalar.text, "debian")
    return scalar.text


RANGE = Value("advisory.not-a-range", _range, {"type": "string"})
ADVISORY = Type(
    "advisory",
    1,
    Keys(
        {
            "software": Key(
                TEXT, "What the software is called, as recipes do.", required=True, example="DokuWiki"
            ),
            "also": Key(ListOf(TEXT), "Other names it goes by: its Debian package, a library in it."),
            "affected": Key(
                ListOf(RANGE, least=1), "Ranges of versions, each with its conditions.", required=True
            ),
            "order": Key(
                choice(("plain", "debian")),
                "How its versions are ordered: plain as projects number them, debian as dpkg does.",
                default="plain",
            ),
            "fixed-in": Key(ListOf(TEXT), "Versions in which it is mended."),
            "severity": Key(choice(SEVERITIES), "How bad it is.", required=True),
            "do": Key(TEXTS, "What to do about it."),
            "references": Key(ListOf(LINK), "Where there is more to read."),
        }
    ),
)
