"""What a provider says of recipes that others offer: approvals (“we read it”, “we run it”) and adoptions (“we took it”).

Both are believed because the provider's own published folder is signed by its people; they carry no signature of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from polder.commons.catalogue.fields import Fields, fields_of, moment_text
from polder.kernel.digest import Digest, short
from polder.kernel.names import is_slug
from polder.kernel.plain import write_plain
from polder.kernel.problem import Problems

APPROVAL, ADOPTIONS = "polder-recipe-approval-1", "polder-recipe-adoptions-1"
APPROVALS_AT, ADOPTIONS_AT = "recipes/approvals/", "recipes/adoptions.json"


@dataclass(frozen=True, slots=True)
class Approval:
    """Of one recipe, by the digest of its folder. ``runs``: not only read, but run."""

    name: str
    digest: Digest
    runs: bool
    date: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """A recipe in a provider's site, and the provider (its id) it was taken from."""

    digest: Digest
    taken_from: str


def approval_path(digest: Digest) -> str:
    """Where the approval stands among a provider's targets."""
    return f"{APPROVALS_AT}{short(digest, 16)}.json"


def approval_bytes(approval: Approval) -> bytes:
    """The file, as it is given to the network."""
    return write_plain(
        {
            "format": APPROVAL,
            "name": approval.name,
            "digest": approval.digest,
            "runs": approval.runs,
            "date": moment_text(approval.date),
            "note": approval.note,
        }
    )


def read_approval(path: str, content: bytes, where: str) -> Approval:
    """The approval at the target ``path``. Refused with every problem, placed at ``where``."""
    problems = Problems()
    fields = fields_of(content, APPROVAL, where, problems)
    found = Approval(
        fields.text("name"),
        fields.digest("digest"),
        fields.yes_no("runs"),
        fields.moment("date"),
        fields.text("note", needed=False),
    )
    if not is_slug(found.name):
        fields.wrong("name")
    if approval_path(found.digest) != path:
        problems.add("catalogue.other-name", where, name=short(found.digest, 16))
    problems.refuse_if_any()
    return found


def adoptions_bytes(adoptions: Mapping[str, Adoption]) -> bytes:
    """The file, as it is given to the network. ``adoptions``: by the recipe's name."""
    told = {name: {"digest": one.digest, "from": one.taken_from} for name, one in adoptions.items()}
    return write_plain({"format": ADOPTIONS, "adoptions": told})


def read_adoptions(content: bytes, where: str) -> dict[str, Adoption]:
    """By the recipe's name. Refused with every problem, placed at ``where``."""
    problems = Problems()
    fields = fields_of(content, ADOPTIONS, where, problems)
    found = {}
    for name, held in fields.below("adoptions").items():
        one = Fields(held if isinstance(held, dict) else {}, where, problems)
        if not is_slug(name):
            fields.wrong("adoptions")
        found[name] = Adoption(one.digest("digest"), one.text("from"))
    problems.refuse_if_any()
    return found
