"""``N_`` marks a sentence for the catalogues without translating it; ``NP_`` marks one that counts something.

A sentence that counts has two English forms, for 1 and for every other number, and as many in another language as that
language has. Both name the same values; the value called ``by`` chooses between them.

>>> NP_("{count} host", "{count} hosts", by="count").many
'{count} hosts'
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence for 1 and for other numbers of what the value ``by`` counts."""

    one: str
    many: str
    by: str


Template = str | Plural


def N_(text: str) -> str:
    """Return ``text`` as it is; extraction finds the call."""
    return text


def NP_(one: str, many: str, by: str = "count") -> Plural:
    """The two English forms as one template; extraction finds the call."""
    return Plural(one, many, by)


def forms(template: Template) -> tuple[str, ...]:
    """The English forms of ``template``: one, or the one for 1 and the one for other numbers."""
    return (template,) if isinstance(template, str) else (template.one, template.many)
