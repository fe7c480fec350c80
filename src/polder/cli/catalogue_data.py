"""The catalogue as data for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from polder.commons.catalogue.fields import moment_text
from polder.kernel.sentences import say, say_problem
from polder.kernel.text import harmless

if TYPE_CHECKING:
    from polder.actions.catalogue import Page, Shelf
    from polder.commons.catalogue.view import Variant
    from polder.platform.recipe.findings import Finding


def list_data(shelf: Shelf, variants: list[Variant], language: str) -> dict[str, Any]:
    """Everything offered, and what is wrong with what peers publish."""
    problems = [
        {"code": one.code, "where": one.where, "sentence": say_problem(one, language)}
        for one in shelf.all.problems
    ]
    return {"recipes": [variant_data(one, language) for one in variants], "problems": problems}


def variant_data(variant: Variant, language: str) -> dict[str, Any]:
    """One recipe as those who offer it speak of it."""
    offer = variant.offer
    return {
        "recipe": variant.name,
        "digest": variant.digest,
        "version": offer.version,
        "name": offer.names.read(language),
        "summary": offer.summary.read(language),
        "licence": offer.licence,
        "upstream": offer.upstream,
        "offered": [
            {
                "provider": one.provider,
                "date": moment_text(one.offer.date),
                "seen": moment_text(one.seen),
                "stale": one.stale,
                "note": one.offer.note,
            }
            for one in variant.offered
        ],
        "approved": [
            {
                "provider": one.provider,
                "runs": one.approval.runs,
                "date": moment_text(one.approval.date),
                "note": one.approval.note,
                "stale": one.stale,
            }
            for one in variant.approved
        ],
        "adopters": list(variant.adopters),
    }


def page_data(page: Page, language: str) -> dict[str, Any]:
    """One recipe in full."""
    verdict = page.verdict
    return {
        **variant_data(page.variant, language),
        "source": page.source.provider,
        "findings": [_finding(one, language, new=one in page.fresh_asks) for one in page.findings],
        "notes": [_finding(one, language) for one in page.notes],
        "here": page.here.kind if page.here else "",
        "changes": [
            {
                "file": one.path,
                "kind": one.kind,
                "diff": [harmless(line) for line in one.lines],
                "more": one.more,
                "unread": one.unread,
            }
            for one in page.changes
        ],
        "images": {
            key: [{"digest": built.digest, "kind": built.kind, "by": list(by)} for built, by in held.items()]
            for key, held in page.images.items()
        },
        "rule": {
            "wanted": verdict.wanted,
            "of": list(verdict.of),
            "counted": list(verdict.counted),
            "left_out": dict(verdict.left_out),
            "met": verdict.met,
        },
    }


def _finding(finding: Finding, language: str, *, new: bool = False) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level,
        "new": new,
        "values": dict(finding.values),
        "sentence": say(finding.code, finding.values, language),
    }
