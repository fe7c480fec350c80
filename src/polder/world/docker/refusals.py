"""The engine's refusals as problems. Swarm's own errors come as status 500 or 400 too, so its words count.

>>> problem(500, "rpc error: code = Unknown desc = update out of sequence", "service", "wiki").code
'engine.changed-since'
"""

from __future__ import annotations

from polder.kernel.problem import Problem


def problem(status: int, message: str, word: str, name: str) -> Problem:
    """The engine's refusal as a problem. Swarm's own errors come as status 500 or 400, so its words count too."""
    values = {"kind": word, "name": name, "message": message}
    return Problem(_code(status, message), "", values)


def _code(status: int, message: str) -> str:
    said = message.lower()
    if "out of sequence" in said:
        return "engine.changed-since"
    if "not a swarm manager" in said or "not part of a swarm" in said:
        return "engine.no-swarm"
    if (
        "in use" in said
        or "active endpoints" in said
        or "can't be removed" in said
        or "must be demoted" in said
    ):
        return "engine.in-use"
    if "already exists" in said or "name conflicts" in said or "already part of a swarm" in said:
        return "engine.exists"
    if status == 404 or "not found" in said:
        return "engine.missing"
    return "engine.said"


def is_briefly_in_use(message: str) -> bool:
    """Used by a container or task that is going; use by a service would not end by waiting."""
    said = message.lower()
    in_use = "in use" in said or "active endpoints" in said
    return in_use and "in use by service" not in said


def is_lost_reference(message: str) -> bool:
    """The engine knows no secret or config of an id that we sent."""
    said = message.lower()
    return "not found" in said and ("secret" in said or "config" in said)
