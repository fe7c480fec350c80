"""A provider's rule for adopting, on every kind of approval."""

import pytest

from polder.commons.catalogue.policy import Verdict, judge
from polder.commons.catalogue.view import make_catalogue
from polder.commons.network.model import AdoptRule
from polder.kernel.folder import Folder
from support.peers import NOW, approving, offering, published

WIKI = Folder({"compose.yml": b"services: {}\n", "recipe.yml": b"recipe: wiki\n"})
GROUPS = {"alder": "alder", "beech": "beech", "cedar": "cedar", "dogwood": "dogwood", "elm": "cedar"}
NAMED = ("cedar", "dogwood", "elm")


def verdict(rule: AdoptRule, approve: str, stale: str = "", groups: dict[str, str] = GROUPS) -> Verdict:
    """Beech offers; each provider in ``approve`` approves; those in ``stale`` were not heard of in time."""
    peers = {"beech": offering("wiki", WIKI)}
    for one in approve.split():
        peers[one] = {**peers.get(one, {}), **approving("wiki", WIKI.digest)}
    made = {one: published(one, files, stale=one in stale.split()) for one, files in peers.items()}
    return judge(rule, make_catalogue(made, NOW).variants["wiki"][0], "beech", groups, groups)


@pytest.mark.parametrize(
    ("rule", "approve", "stale", "counted"),
    [
        (AdoptRule(), "", "", ()),
        (AdoptRule(1), "cedar", "", ("cedar",)),
        (AdoptRule(2, NAMED), "cedar dogwood", "", ("cedar", "dogwood")),
        (
            AdoptRule(3, ("alder", "cedar", "dogwood")),
            "alder cedar dogwood",
            "",
            ("alder", "cedar", "dogwood"),
        ),
        (AdoptRule(2), "alder cedar dogwood elm", "", ("alder", "cedar", "dogwood")),
    ],
)
def test_a_rule_is_met(rule: AdoptRule, approve: str, stale: str, counted: tuple[str, ...]) -> None:
    found = verdict(rule, approve, stale)

    assert (found.met, found.problem, found.counted) == (True, None, counted)


@pytest.mark.parametrize(
    ("rule", "approve", "stale", "left_out"),
    [
        (AdoptRule(1), "", "", {}),
        (AdoptRule(2, NAMED), "cedar", "", {}),
        (AdoptRule(2, NAMED), "cedar elm", "", {"elm": "catalogue.same-group"}),
        (AdoptRule(2, NAMED), "cedar alder", "", {"alder": "catalogue.does-not-count"}),
        (AdoptRule(2, NAMED), "cedar dogwood", "dogwood", {"dogwood": "catalogue.word-is-old"}),
        (AdoptRule(1), "beech", "", {"beech": "catalogue.offers-it-itself"}),
        (AdoptRule(1, ("beech",)), "beech", "", {"beech": "catalogue.offers-it-itself"}),
        (AdoptRule(1), "fir", "", {"fir": "catalogue.does-not-count"}),
        (AdoptRule(1, ("fir",)), "fir", "", {"fir": "catalogue.does-not-count"}),
    ],
)
def test_a_rule_is_not_met_and_it_is_said_why(
    rule: AdoptRule, approve: str, stale: str, left_out: dict[str, str]
) -> None:
    found = verdict(rule, approve, stale)

    assert not found.met and found.left_out == left_out
    assert found.problem and found.problem.values["wanted"] == rule.approvals


def test_a_group_cannot_vouch_for_what_its_own_member_offers() -> None:
    found = verdict(AdoptRule(1), "cedar", groups={**GROUPS, "beech": "cedar"})

    assert found.left_out == {"cedar": "catalogue.offers-it-itself"}
