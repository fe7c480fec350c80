"""The timeline of a rehearsal."""

import json

from polder.lab.timeline import answering_since, timeline


def lines(*events: tuple[float, str, str]) -> list[str]:
    """Events as (at, host or "", what or command)."""
    return [
        json.dumps({"at": at, "host": host, "what": what} if host else {"at": at, "command": what})
        for at, host, what in events
    ]


EVENTS = lines(
    (100.0, "", "up"), (101.5, "alder-1", "answers"), (101.7, "alder-2", "answers"),
    (110.0, "", "kill alder-1"), (110.1, "alder-1", "off"), (120.0, "", "revive alder-1"),
    (120.1, "alder-1", "starts"), (121.0, "alder-1", "answers"),
)  # fmt: skip


def test_each_moment_says_how_long_after_the_last_command_it_was() -> None:
    assert [moment.since for moment in timeline(EVENTS)] == [-1, 1.5, 1.7, 10.0, 0.1, 10.0, 0.1, 1.0]


def test_a_host_answers_since_it_came_back_not_since_it_was_first_there() -> None:
    assert answering_since(timeline(EVENTS)) == {"alder-1": 121.0, "alder-2": 101.7}


def test_a_host_without_power_does_not_answer() -> None:
    assert answering_since(timeline(EVENTS[:5]))["alder-1"] == 0


def test_lines_written_out_of_order_or_broken_off_do_no_harm() -> None:
    assert timeline([*reversed(EVENTS), '{"at": 130.0, "comm']) == timeline(EVENTS)
