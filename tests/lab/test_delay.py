"""When a slowed host's packets go on."""

import pytest

from polder.lab.delay import LONGEST_QUEUE, Line, Slowness, read_delay, read_rate

A, B, C = "198.18.1.1", "198.18.2.1", "198.18.3.1"


def test_a_packet_is_late_by_the_delays_of_both_ends() -> None:
    line = Line({A: Slowness(0.1), B: Slowness(0.05)})

    assert line.leaves(A, B, 100, now=1.0) == pytest.approx(1.15)
    assert line.leaves(B, A, 100, now=1.0) == pytest.approx(1.15)
    assert line.leaves(A, C, 100, now=1.0) == pytest.approx(1.1)


def test_packets_of_hosts_that_are_not_slowed_go_on_at_once() -> None:
    assert Line({A: Slowness(0.1)}).leaves(B, C, 100, now=1.0) == 1.0


def test_a_narrow_wire_passes_its_rate_and_no_more() -> None:
    line = Line({A: Slowness(rate=80_000)})
    left = [line.leaves(A, B, 1000, now=0.0) for _ in range(5)]

    assert left == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])


def test_each_direction_has_a_rate_of_its_own() -> None:
    line = Line({A: Slowness(rate=80_000)})
    line.leaves(A, B, 1000, now=0.0)

    assert line.leaves(B, A, 1000, now=0.0) == pytest.approx(0.1)


def test_what_would_wait_too_long_is_lost_and_the_wire_gets_free_again() -> None:
    line = Line({A: Slowness(rate=80_000)})
    left = [line.leaves(A, B, 1000, now=0.0) for _ in range(30)]

    assert left.count(None) == 30 - round(LONGEST_QUEUE / 0.1)
    assert line.leaves(A, B, 1000, now=2.0) == pytest.approx(2.1)


def test_packets_of_one_connection_stay_in_order() -> None:
    line = Line({A: Slowness(0.05, 1_000_000), B: Slowness(0.01)})
    left = [
        line.leaves(A, B, size, now=number / 1000) for number, size in enumerate((1400, 40, 1400, 40, 40))
    ]

    assert left == sorted(left, key=lambda at: at or 0)


@pytest.mark.parametrize("word", ["", "100", "-1s", "1h", "fast", "61s", "1e3ms"])
def test_what_is_no_delay_is_not_read_as_one(word: str) -> None:
    assert read_delay(word) is None


@pytest.mark.parametrize("word", ["", "100", "1MB", "0kbit", "999bit", "mbit"])
def test_what_is_no_rate_is_not_read_as_one(word: str) -> None:
    assert read_rate(word) is None
