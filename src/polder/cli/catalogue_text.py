"""The catalogue as lines for people: the list, and one recipe with what it asks, what changed, who stands for it.

What peers wrote is shown by ``print_lines``, which takes everything out that would steer a terminal; a line of a diff is one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from polder.cli.table import table_lines
from polder.kernel.digest import short
from polder.kernel.problem import Value
from polder.kernel.sentences import say, say_problem, translate
from polder.kernel.sentences.mark import N_
from polder.kernel.text import one_line

if TYPE_CHECKING:
    from polder.actions.catalogue import Here, Page, Shelf
    from polder.commons.catalogue.view import Offered, Variant
    from polder.platform.recipe.difference import FileChange
    from polder.platform.recipe.findings import Finding

Line = tuple[str, str]
HEADERS = (
    N_("recipe"),
    N_("version"),
    N_("digest"),
    N_("offered by"),
    N_("approved by"),
    N_("adopted by"),
    N_("here"),
)
STYLES = {"plain": "", "yellow": "yellow", "red": "red"}
OLD, SAME, OTHER = N_("old"), N_("the same"), N_("another")


def list_lines(shelf: Shelf, variants: list[Variant], language: str) -> Iterator[Line]:
    """The table, and below it what is wrong with what peers publish."""
    from polder.actions.catalogue import find_here

    if not variants:
        yield say("catalogue.empty", {}, language), ""
    else:
        here = {name: find_here(shelf, name) for name in dict.fromkeys(one.name for one in variants)}
        rows = [_row(one, here[one.name], language) for one in variants]
        styles = ["" if one.fresh else "dim" for one in variants]
        yield from table_lines([translate(header, language) for header in HEADERS], rows, styles)
    for problem in shelf.all.problems:
        yield " ".join(say_problem(problem, language).split()), "yellow"


def _row(variant: Variant, here: Here | None, language: str) -> list[str]:
    known = "-"
    if here:
        known = translate(SAME if here.folder.digest == variant.digest else OTHER, language)
    return [
        variant.name,
        variant.offer.version,
        short(variant.digest),
        ", ".join(_who(one, language) for one in variant.offered),
        ", ".join(one.provider for one in variant.approved) or "-",
        ", ".join(variant.adopters) or "-",
        known,
    ]


def _who(offered: Offered, language: str) -> str:
    return f"{offered.provider} ({translate(OLD, language)})" if offered.stale else offered.provider


def page_lines(page: Page, language: str, *, diff: bool = True) -> Iterator[Line]:
    """One recipe in full, what matters most last: that is what stands above a question."""
    recipe = page.recipe
    titled = {"name": recipe.names.read(language), "recipe": recipe.name, "version": recipe.version}
    yield say("catalogue.title", titled, language), "bold"
    yield one_line(recipe.summary.read(language)), ""
    facts = {"upstream": recipe.upstream, "licence": recipe.licence, "source": recipe.source}
    yield say("catalogue.facts", facts, language), "dim"
    yield say("catalogue.digest", {"digest": recipe.digest}, language), "dim"
    yield "", ""
    yield from _words(page, language)
    yield from _images(page, language)
    yield "", ""
    if diff:
        yield from _changes(page, language)
    yield from _asked(page, language)
    for note in page.notes:
        yield say(note.code, note.values, language), STYLES[note.level]


def _words(page: Page, language: str) -> Iterator[Line]:
    """Who offers it, who stands for it, and what one's own rule makes of that."""
    for offered in page.variant.offered:
        yield _offered(offered, language)
    for one in page.variant.approved:
        code = "catalogue.run-by" if one.approval.runs else "catalogue.read-by"
        values: dict[str, Value] = {"provider": one.provider, "date": _day(one.approval.date)}
        told = {**values, "note": one.approval.note}
        yield say(f"{code}-note" if one.approval.note else code, told, language), "green"
    if not page.variant.approved:
        yield say("catalogue.nobody-approved", {}, language), ""
    for provider, reason in page.verdict.left_out.items():
        why = {"provider": provider, "reason": say(reason, {}, language)}
        yield say("catalogue.approval-left-out", why, language), "yellow"
    if page.variant.adopters:
        yield say("catalogue.adopted-by", {"providers": page.variant.adopters}, language), ""
    yield _rule(page, language)


def _offered(offered: Offered, language: str) -> Line:
    code = "catalogue.by-note" if offered.offer.note else "catalogue.by"
    values: dict[str, Value] = {"provider": offered.provider, "date": _day(offered.offer.date)}
    values |= {"seen": _minute(offered.seen), "note": offered.offer.note}
    return say("catalogue.by-old" if offered.stale else code, values, language), (
        "yellow" if offered.stale else ""
    )


def _rule(page: Page, language: str) -> Line:
    verdict = page.verdict
    if not verdict.wanted:
        return say("catalogue.no-rule", {}, language), ""
    if problem := verdict.problem:
        return say(problem.code, problem.values, language), "red"
    values: dict[str, Value] = {"wanted": verdict.wanted, "counted": verdict.counted}
    return say("catalogue.rule-met", values, language), "green"


def _images(page: Page, language: str) -> Iterator[Line]:
    """Images that several built alike need trust in no single builder."""
    for key, by in page.images.items():
        named = [(built, providers) for built, providers in by.items()]
        if len(named) == 1:
            providers = named[0][1]
            code = "catalogue.image-same" if len(providers) > 1 else "catalogue.image-once"
            yield say(code, {"providers": providers, "key": key}, language), ""
            continue
        for built, providers in named:
            values: dict[str, Value] = {"providers": providers, "key": key, "digest": short(built.digest)}
            yield say("catalogue.image-other", values, language), "yellow"


def _asked(page: Page, language: str) -> Iterator[Line]:
    for finding in page.findings:
        yield _finding(finding, language, new=finding in page.fresh_asks)


def _finding(finding: Finding, language: str, *, new: bool) -> Line:
    """What is asked newly and is more than good to know is red."""
    sentence = say(finding.code, finding.values, language)
    if not new:
        return sentence, STYLES[finding.level]
    style = "" if finding.level == "plain" else "bold red"
    return say("catalogue.new-word", {"sentence": sentence}, language), style


def _changes(page: Page, language: str) -> Iterator[Line]:
    if page.here is None:
        yield say("catalogue.not-here", {}, language), ""
    elif not page.changes:
        yield say("catalogue.changes-none", {}, language), ""
    for change in page.changes:
        yield say(f"catalogue.file-{change.kind}", {"file": change.path}, language), "bold"
        yield from _diff(change, language)
    yield "", ""


def _diff(change: FileChange, language: str) -> Iterator[Line]:
    """Without the two lines of names that a unified diff begins with."""
    for line in change.lines[2:]:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        yield "    " + line.replace("\t", "    ").replace("\r", "").replace("\n", " "), style
    if change.unread:
        yield "    " + say("catalogue.lines-unread", {}, language), "red"
    if change.more:
        yield "    " + say("catalogue.lines-left-out", {"count": change.more}, language), "dim"


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
