"""A provider's own rule for adopting: so many approvals of so many providers. Pure.

Rules:

1. Providers of one independence group are one voice.
2. Who offers it is no witness of it: the approval of the provider it is taken from, or of its group, does not count.
3. A word of a provider that was not heard of in time does not count: it may have been taken back.
4. Without names in the rule, every member counts; with names, only they do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from polder.commons.catalogue.view import Variant
from polder.commons.network.model import AdoptRule
from polder.kernel.problem import Problem, Value


@dataclass(frozen=True, slots=True)
class Verdict:
    """``counted``: providers whose approvals count, one for each group; ``left_out``: the others who approved, with the reason
    (a code)."""

    wanted: int
    of: tuple[str, ...]
    counted: tuple[str, ...]
    left_out: Mapping[str, str]

    @property
    def met(self) -> bool:
        return len(self.counted) >= self.wanted

    @property
    def problem(self) -> Problem | None:
        """Why it may not be adopted; ``None`` when it may."""
        if self.met:
            return None
        values: dict[str, Value] = {"found": len(self.counted), "wanted": self.wanted, "of": self.of}
        return Problem("catalogue.too-few-approvals" if self.of else "catalogue.too-few-of-all", "", values)


def judge(
    rule: AdoptRule, variant: Variant, source: str, groups: Mapping[str, str], members: Collection[str]
) -> Verdict:
    """Whether ``rule`` lets ``variant`` be taken from ``source``. ``groups``: everybody known, to their independence group."""
    asked = rule.of or members
    own_group = groups.get(source, source)
    counted: dict[str, str] = {}
    left_out: dict[str, str] = {}
    for one in sorted(variant.approved, key=lambda one: one.provider):
        group = groups.get(one.provider, one.provider)
        if one.provider not in asked or one.provider not in groups:
            left_out[one.provider] = "catalogue.does-not-count"
        elif one.stale:
            left_out[one.provider] = "catalogue.word-is-old"
        elif group == own_group:
            left_out[one.provider] = "catalogue.offers-it-itself"
        elif group in counted:
            left_out[one.provider] = "catalogue.same-group"
        else:
            counted[group] = one.provider
    return Verdict(rule.approvals, rule.of, tuple(counted.values()), left_out)
