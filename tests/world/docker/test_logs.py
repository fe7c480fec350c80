"""The engine's log stream: whole, bare, cut short; and whose lines are worth reading."""

import struct
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from polder.kernel.engine import Rollout, TaskSeen
from polder.world.docker.logs import demultiplex, merge, read_lines, worth_reading

TASK = TaskSeen("t1", "s", "n", 1, "running", "running", "", "", None, "c", "", {}, "2026-03-01T10:00:00Z")
FAILED = replace(TASK, id="t2", state="failed", desired="shutdown", created="2026-03-01T11:00:00Z")


def frame(content: bytes, kind: int = 1) -> bytes:
    return struct.pack(">B3xI", kind, len(content)) + content


@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=50)), min_size=1))
def test_frames_put_together_come_apart_again(parts):
    assert demultiplex(b"".join(frame(content, kind) for kind, content in parts)) == b"".join(
        c for _, c in parts
    )


@given(st.binary(max_size=200))
def test_whatever_comes_nothing_breaks(stream):
    assert isinstance(read_lines(stream), list)


def test_a_stream_cut_in_the_middle_of_a_frame_gives_what_it_has():
    assert demultiplex(frame(b"whole\n") + frame(b"half of it")[:12]) == b"whole\nhalf"


def test_a_terminals_stream_has_no_frames():
    assert read_lines(b"2026-03-01T10:00:00Z hello\r\n") == [("2026-03-01T10:00:00Z", "hello")]


def test_lines_of_several_containers_are_told_in_the_order_of_time():
    one = read_lines(frame(b"2026-03-01T10:00:01Z first\n") + frame(b"2026-03-01T10:00:03Z third\n", 2))
    two = read_lines(frame(b"2026-03-01T10:00:02Z second\n"))
    assert merge([one, two], 2) == ("second", "third")


def test_when_it_goes_badly_the_failed_container_speaks_alone():
    assert worth_reading([TASK, FAILED], Rollout("rolled-back", 1, 1)) == [FAILED]


def test_when_all_is_well_the_running_ones_speak():
    assert worth_reading([TASK, FAILED], Rollout("done", 1, 1)) == [TASK]
