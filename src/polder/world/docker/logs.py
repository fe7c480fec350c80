"""What containers wrote, read from the engine's framed stream.

A stream without a terminal comes in frames: one byte of kind (1 output, 2 errors), three of nothing, four of length (big
endian), then the bytes (Engine API, "Stream format"). With a terminal it comes bare. Each line begins with its time.

>>> demultiplex(b"\\x01\\0\\0\\0\\0\\0\\0\\x03hi\\n" + b"\\x02\\0\\0\\0\\0\\0\\0\\x04oh\\n!")
b'hi\\noh\\n!'
>>> demultiplex(b"bare")
b'bare'
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from polder.kernel.engine import Json, Rollout, TaskSeen
from polder.world.docker.rollout import moment

NEWEST_TASKS = 3
HEALTH_LINES = 5
FAILED = ("failed", "rejected", "complete", "orphaned")


def demultiplex(stream: bytes) -> bytes:
    """The bytes of all frames in order; a stream that has no frames as it is. A frame cut short gives what it has."""
    parts, at = [], 0
    while at + 8 <= len(stream):
        kind, length = struct.unpack_from(">B3xI", stream, at)
        if kind > 3 or stream[at + 1 : at + 4] != b"\0\0\0":
            return stream
        parts.append(stream[at + 8 : at + 8 + length])
        at += 8 + length
    return b"".join(parts) if parts else stream


def read_lines(stream: bytes) -> list[tuple[str, str]]:
    """``(time, line)`` for each line, of a stream asked for with timestamps."""
    text = demultiplex(stream).decode(errors="replace")
    pairs = (line.rstrip("\r").partition(" ") for line in text.split("\n") if line)
    return [(time, line) for time, _, line in pairs]


def worth_reading(tasks: Sequence[TaskSeen], rollout: Rollout) -> list[TaskSeen]:
    """The tasks whose lines tell how the newest change goes: the failed ones first when it goes badly."""
    newest = sorted(tasks, key=lambda task: moment(task.created), reverse=True)
    failed = [task for task in newest if task.state in FAILED]
    if failed and rollout.state != "done":
        return failed[:1]
    return [task for task in newest if task.desired == "running"][:NEWEST_TASKS] or newest[:1]


def merge(streams: Iterable[list[tuple[str, str]]], lines: int) -> tuple[str, ...]:
    """The newest ``lines`` of all, oldest first."""
    everything = sorted((pair for stream in streams for pair in stream), key=lambda pair: pair[0])
    return tuple(line for _, line in everything[-lines:])


def of_a_task_without_lines(task: TaskSeen) -> list[tuple[str, str]]:
    """A container that never started wrote nothing; the engine's reason stands for its lines."""
    return [(task.updated, task.error)] if task.error else []


def of_health(container: Json) -> list[tuple[str, str]]:
    """The lines of the newest failed health check, each marked as such, later than all that the container wrote.

    >>> of_health({"State": {"Health": {"Log": [{"End": "2026-01-01T00:00:01Z", "ExitCode": 1, "Output": "no dike\\n"}]}}})
    [('9', '(health check) no dike')]
    """
    log = ((container.get("State") or {}).get("Health") or {}).get("Log") or []
    failed = [entry for entry in log if entry.get("ExitCode")]
    said = str(failed[-1].get("Output") or "").strip() if failed else ""
    return [("9", f"(health check) {line}") for line in said.splitlines()[-HEALTH_LINES:]]
