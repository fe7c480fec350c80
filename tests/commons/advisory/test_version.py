"""The two orders of versions, each against the program that defines it."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.version import Version

from polder.commons.advisory.version import compare, inside, is_version, read_range

SIGNS = {-1: "lt", 0: "eq", 1: "gt"}
upstream = st.from_regex(r"[0-9][0-9a-z.+~]{0,8}", fullmatch=True)
debian = st.builds(
    lambda epoch, text, revision: epoch + text + revision,
    st.sampled_from(("", "0:", "1:")),
    upstream,
    st.sampled_from(("", "-1", "-1~bpo12+1", "-0.1", "-1+deb12u3", "-10")),
)
pre = st.sampled_from(("", "-alpha.1", "-beta.2", "-rc.1", "-rc.10", "rc1", ".dev3"))
plain = st.builds(
    lambda numbers, end: ".".join(map(str, numbers)) + end,
    st.lists(st.integers(0, 30), min_size=1, max_size=4),
    pre,
)


@pytest.mark.skipif(not shutil.which("dpkg"), reason="no dpkg here")
@settings(max_examples=150, deadline=None)
@given(debian, debian)
@example("1.0~rc1-1", "1.0-1")
@example("1.0a", "1.0")
@example("1.0+b1", "1.0-1")
@example("0:1.0", "1.0-0")
def test_debian_versions_are_in_the_order_of_dpkg(one: str, other: str) -> None:
    sign = SIGNS[compare(one, other, "debian")]
    assert subprocess.run(["dpkg", "--compare-versions", one, sign, other], check=False).returncode == 0


@given(plain, plain)
def test_numbers_and_early_versions_are_in_the_order_of_packaging(one: str, other: str) -> None:
    if "dev" in one + other and ("rc" in one + other or "a" in one + other):
        return  # PEP 440 puts .dev before every other early version; here it is a word like them
    first, second = Version(one), Version(other)
    assert compare(one, other) == (first > second) - (first < second)


@given(plain, plain, plain)
def test_an_order_is_an_order(one: str, two: str, three: str) -> None:
    assert compare(one, two) == -compare(two, one)
    if compare(one, two) <= 0 and compare(two, three) <= 0:
        assert compare(one, three) <= 0


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2024-02-06a", "2024-02-06b"),
        ("2024-02-06", "2024-02-06a"),
        ("1.1.1", "1.1.1w"),
        ("1.1.1w", "3.0.0"),
        ("1.0-rc.2", "1.0-rc.10"),
        ("2.0.0-beta", "2.0.0"),
        ("9", "10"),
        ("v1.9", "v1.10"),
    ],
)
def test_what_projects_write_is_in_the_order_they_mean(earlier: str, later: str) -> None:
    assert compare(earlier, later) == -1


@pytest.mark.parametrize(
    ("version", "held", "expected"),
    [
        ("1.2.2", "< 1.2.3", True),
        ("1.2.3", "< 1.2.3", False),
        ("1.2.3-rc.1", "< 1.2.3", True),
        ("1.5", ">= 1, < 2", True),
        ("2.0", ">= 1, < 2", False),
        ("1.4.0", "= 1.4", True),
        ("7", "*", True),
        ("1.4", "<=1.4", True),
    ],
)
def test_ranges_hold_what_they_say(version: str, held: str, expected: bool) -> None:
    assert inside(version, read_range(held)) is expected


@pytest.mark.parametrize("text", ["", "1.2", "~> 1", "< ", ">= 1 < 2", "< 1;2", "< $(id)", "<< 1"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_range(text)


@given(st.text(max_size=30))
def test_any_text_is_a_version_or_is_not(text: str) -> None:
    for order in ("plain", "debian"):
        if is_version(text, order):  # type: ignore[arg-type]
            assert compare(text, text, order) == 0  # type: ignore[arg-type]
