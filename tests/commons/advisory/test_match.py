"""Which advisories concern what runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from polder.commons.advisory.match import Match, match, verdict
from polder.commons.advisory.model import Advisory, Running, advisory_of, read_software
from polder.commons.statement.access import PUBLIC
from polder.commons.statement.model import Heard, Part, Statement
from polder.kernel.digest import Digest
from polder.kernel.problem import Refused
from polder.kernel.text import Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def advisory(**more: Any) -> Advisory:
    data = {"software": "DokuWiki", "affected": ["< 2024-02-06c"], "severity": "high", **more.pop("data", {})}
    said = Statement(
        "advisory", 1, "wiki-hole", "beech", NOW, PUBLIC, Text({"en": "A hole"}), data=data, **more
    )
    found = advisory_of(Heard(said, Digest("sha256:00"), "statements/advisory/wiki-hole.json"))
    assert found
    return found


def only(advisory: Advisory, *running: Running) -> list[tuple[str, str]]:
    return [(one.verdict, one.running.where if one.running else "") for one in match([advisory], running)]


def test_an_old_version_is_affected_a_new_one_is_not_another_program_is_absent() -> None:
    old, new = (
        Running(("dokuwiki",), "2024-02-06b", "lilas/wiki"),
        Running(("DokuWiki",), "2025-05-14", "velo/wiki"),
    )
    assert only(advisory(), old, new, Running(("Radicale",), "3.1", "velo/agenda")) == [
        ("affected", "lilas/wiki"),
        ("clear", "velo/wiki"),
    ]
    assert only(advisory(), Running(("Radicale",), "3.1", "velo/agenda")) == [("absent", "")]


def test_a_version_that_nobody_knows_or_that_reads_as_none_is_for_a_person() -> None:
    assert only(advisory(), Running(("dokuwiki",), "", "a"), Running(("dokuwiki",), "main branch", "b")) == [
        ("unknown", "a"),
        ("unknown", "b"),
    ]


def test_versions_of_different_orders_are_not_compared() -> None:
    debian = advisory(data={"order": "debian", "affected": ["< 1:3.0-1"]})
    assert only(debian, Running(("dokuwiki",), "2.0", "a")) == [("unknown", "a")]
    assert only(debian, Running(("dokuwiki",), "1:2.9-4+deb12u1", "a", "debian")) == [("affected", "a")]


def test_a_version_in_which_it_is_mended_is_clear_although_a_range_holds_it() -> None:
    found = advisory(data={"order": "debian", "affected": ["< 3"], "fixed-in": ["2.9-4+deb12u2"]})
    assert only(found, Running(("dokuwiki",), "2.9-4+deb12u2", "a", "debian")) == [("clear", "a")]


def test_other_names_count_as_the_program() -> None:
    assert only(advisory(data={"also": ["php-doku"]}), Running(("php-doku",), "2020", "a")) == [
        ("affected", "a")
    ]


def test_the_worst_comes_first() -> None:
    low, high = advisory(data={"severity": "low"}), advisory(data={"severity": "critical"})
    here = [Running(("dokuwiki",), "2020", "a"), Running(("dokuwiki",), "2030", "b")]
    found: tuple[Match, ...] = match([low, high], here)
    assert [(one.verdict, one.advisory.severity) for one in found] == [
        ("affected", "critical"),
        ("affected", "low"),
        ("clear", "critical"),
        ("clear", "low"),
    ]


def test_a_range_of_the_other_order_is_unknown_not_clear() -> None:
    assert verdict(["< 1:3.0-1"], "plain", (), "2.0") == "unknown"


def test_fields_for_some_only_are_read_by_those_who_have_them() -> None:
    whole = advisory(parts=(Part(PUBLIC, Text({}), {"do": {"en": "Update."}}),))
    assert whole.do.read("en") == "Update."


def test_what_is_taken_back_warns_of_nothing() -> None:
    said = Statement("advisory", 1, "x", "beech", NOW, PUBLIC, Text({}), withdrawn=True)
    assert advisory_of(Heard(said, Digest("sha256:00"), "")) is None


def test_problems_in_software_yml_have_lines() -> None:
    with pytest.raises(Refused) as refused:
        read_software(b"software:\n- {nam: DokuWiki}\n- {name: A, order: deb}\n")
    assert {(one.code, one.where) for one in refused.value.problems} == {
        ("kernel.unknown-key-near", "software.yml:2"),
        ("kernel.missing-key", "software.yml:2"),
        ("kernel.not-a-choice-near", "software.yml:3"),
    }


def test_of_many_places_those_with_the_name_are_found_in_their_order() -> None:
    places = [Running((f"Program {number % 500}",), "1", f"{number:04}") for number in range(2000)]
    every = [advisory(data={"software": f"program-{number}", "affected": ["< 2"]}) for number in range(1000)]
    found = match(every, places)
    assert len(found) == 4 * 500 + 500
    seen = [one.running.where for one in found if one.running and one.advisory.software == ("program-7",)]
    assert seen == ["0007", "0507", "1007", "1507"]
