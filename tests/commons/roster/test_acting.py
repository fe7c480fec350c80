"""When a reader begins to act on what was accepted: never sooner for a date that was put back."""

from datetime import timedelta

from polder.commons.roster.chain import Chain, acted_on_from, acting
from polder.commons.roster.changes import Expel
from support.rosters import NAMES, NOW, beginning, following

DAY = timedelta(days=1)


def test_a_change_that_was_dated_back_and_comes_signed_is_waited_for_from_the_day_it_was_seen():
    first = beginning(now=NOW - 90 * DAY)
    dated_back = following(first, Expel("elm"), ["alder", "beech", "cedar"], NOW - 60 * DAY)
    prompt = Chain((first, dated_back), {2: NOW - 46 * DAY})
    late = Chain((first,)).followed_by(dated_back, NOW)

    assert (
        late.head.digest == prompt.head.digest
    )  # the same version for everybody, acted on when each has waited
    assert acted_on_from(late, 2) == NOW + 7 * DAY
    assert {one.id for one in acting(late, NOW + 7 * DAY - timedelta(seconds=1))} == set(NAMES)
    assert {one.id for one in acting(late, NOW + 7 * DAY)} == set(NAMES) - {"elm"}
    assert {one.id for one in acting(prompt, NOW)} == set(NAMES) - {"elm"}
