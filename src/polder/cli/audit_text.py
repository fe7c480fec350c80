"""What an audit found, as lines for people and as data for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from polder.kernel.sentences import hint, say, say_problem, translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.actions.audit_hosts import Audited
    from polder.platform.hosts.finding import Finding

LEVELS = {"high": N_("GRAVE"), "medium": N_("weak"), "low": N_("minor"), "info": N_("to know")}
COLOURS = {"high": "bold red", "medium": "yellow", "low": "", "info": "dim"}
SILENCED = N_("accepted: {reason}")
NOTHING = N_("Nothing was found.")
SUMMARY = N_("{host}: {high} grave, {medium} weak, {low} minor; {silenced} accepted.")


def audit_lines(found: Audited, language: str) -> Iterator[tuple[str, str]]:
    """One host: each finding with why it matters, how to mend it and what was seen; accepted ones in one line each."""
    yield found.host, "bold"
    if found.problem:
        yield "! " + say_problem(found.problem, language), "yellow"
        yield "    " + hint(found.problem.code, found.problem.values, language), ""
        return
    if not found.findings:
        yield "  " + translate(NOTHING, language), "green"
    for finding in found.findings:
        yield from _finding_lines(finding, language)
    counts = {level: _count(found, level) for level in LEVELS}
    silenced = sum(bool(one.silenced) for one in found.findings)
    yield translate(SUMMARY, language).format(host=found.host, silenced=silenced, **counts), "bold"
    yield "", ""


def _count(found: Audited, level: str) -> int:
    return sum(one.level == level and not one.silenced for one in found.findings)


def _finding_lines(finding: Finding, language: str) -> Iterator[tuple[str, str]]:
    said = say(finding.id, finding.values, language)
    level = translate(LEVELS[finding.level], language)
    if finding.silenced:
        reason = translate(SILENCED, language).format(reason=finding.silenced)
        yield f"  ({level}) {said} [{finding.key}] {reason}", "dim"
        return
    yield f"  {level}: {said} [{finding.key}]", COLOURS[finding.level]
    yield "      " + say(f"{finding.id}-why", finding.values, language), ""
    if advice := hint(finding.id, finding.values, language):
        yield "      " + advice, ""
    for seen in finding.evidence:
        yield "      | " + seen, "dim"


def audit_data(found: Audited, language: str) -> dict[str, Any]:
    """One host for machines; ``id`` stays the same from release to release."""
    data: dict[str, Any] = {"host": found.host, "findings": [_data(one, language) for one in found.findings]}
    if found.problem:
        data["problem"] = {
            "code": found.problem.code,
            "sentence": say_problem(found.problem, language),
            **{k: list(v) if isinstance(v, tuple) else v for k, v in found.problem.values.items()},
        }
    return data


def _data(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "id": finding.key,
        "level": finding.level,
        "sentence": say(finding.id, finding.values, language),
        "why": say(f"{finding.id}-why", finding.values, language),
        "mend": hint(finding.id, finding.values, language),
        "evidence": list(finding.evidence),
        "accepted": finding.silenced,
    }
