"""``polder network card``: what a provider says of itself, in our form and in those of directories."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say, say_problem
from polder.kernel.text import Text, one_line

if TYPE_CHECKING:
    from polder.actions.network_card import Shown
    from polder.commons.card.columns import Exported
    from polder.commons.card.merge import Change

NAMES = ("chatonsinfos", "librehost", "isp", "freifunk")
_JSON = click.option("--json", "as_json", is_flag=True, help="For machines.")


@click.group(epilog="Example: polder network card check")
def card() -> None:
    """What you say of yourselves (card.yml): services, languages, places, whom you serve. It is published; keep private things out."""


@card.command(epilog="Example: polder network card show beech")
@click.argument("provider", default="")
@click.option("--all-languages", is_flag=True, help="Every text in every language it is given in.")
@_JSON
@guarded
def show(provider: str, all_languages: bool, as_json: bool) -> None:
    """Show the card of PROVIDER as it was last published, or your own as others will see it."""
    from polder.actions.network_card import show_card

    shown = show_card(network_path(), provider, datetime.now(UTC))
    if as_json:
        return show_json(_shown_data(shown))
    print_lines((line, "") for line in _card_lines(shown, all_languages))
    return None


@card.command(epilog="Example: polder network card check")
@_JSON
@guarded
def check(as_json: bool) -> None:
    """Check card.yml: every mistake with its line, and advice about what is better kept out or put in."""
    from polder.actions.network_card import check_card

    found, advice = check_card(network_path(), datetime.now(UTC))
    if as_json:
        return show_json({"advice": _problems(advice), "services": len(found.services)})
    click.echo(say("card.checked", {"services": len(found.services)}, language()))
    _tell(advice)
    return None


@card.command(name="import", epilog="Example: polder network card import isp.json --dry-run")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "format_", type=click.Choice(NAMES), help="What it is (default: as it looks).")
@click.option(
    "--texts-in", default="und", metavar="LANG", help="The language of its texts (en, fr), when you know it."
)
@click.option("--replace", is_flag=True, help="Where both say something, the file counts, not the card.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@_JSON
@guarded
def import_(
    files: tuple[str, ...], format_: str | None, texts_in: str, replace: bool, dry_run: bool, as_json: bool
) -> None:
    """Fill card.yml from a FILE that you gave to a directory (ChatonsInfos, librehost.json, isp.json, Freifunk API).

    What the card says already stays. Several files of ChatonsInfos (your own and your services') go in together; “-” reads standard
    input.
    """
    from polder.actions.network_card import read_import, write_import

    folder = network_path()
    taken = read_import(
        folder, {name: _read(name) for name in files}, format_ or "", _primary(texts_in), replace
    )
    changed = not dry_run and write_import(folder, taken)
    if as_json:
        return show_json(
            {
                "changes": [_change_data(change) for change in taken.changes],
                "format": taken.imported.format,
                "warnings": _problems(taken.imported.warnings),
                "written": changed,
            }
        )
    _tell(taken.imported.warnings)
    print_lines((_change_line(change), "") for change in taken.changes)
    code = "card.would-change" if dry_run else "card.imported" if changed else "card.nothing-new"
    click.echo(say(code, {"fields": sum(change.taken for change in taken.changes)}, language()))
    return None


@card.command(epilog="Example: polder network card export librehost /var/www/html")
@click.argument("format_", metavar="FORMAT", type=click.Choice((*NAMES, "all")))
@click.argument("folder", metavar="[DIR]", default=".")
@click.option(
    "--texts-in", default="", metavar="LANG", help="The language of texts (default: yours, then English)."
)
@click.option("--base", default="", metavar="URL", help="Where ChatonsInfos files will be served.")
@_JSON
@guarded
def export(format_: str, folder: str, texts_in: str, base: str, as_json: bool) -> None:
    """Write your card as a file of FORMAT (chatonsinfos, librehost, isp, freifunk or all) into DIR (default: here).

    Says which fields of your card the format has no place for, and what it wants that your card does not say.
    """
    from polder.actions.network_card import export_card, write_export

    formats = () if format_ == "all" else (format_,)
    made = export_card(network_path(), formats, _primary(texts_in or language()), base, datetime.now(UTC))
    written = write_export(Path(folder), made)
    if as_json:
        return show_json({"files": list(written), "formats": {one.format: _exported(one) for one in made}})
    for name in written:
        click.echo(say("network.written", {"file": name}, language()))
    for one in made:
        _tell_export(one)
    return None


@card.command(epilog="Example: polder network card give && polder network publish --as ana")
@guarded
def give() -> None:
    """Give the card to the network: written where polder network publish --as NAME finds it. What is hidden or private stays here."""
    from polder.actions.network_card import give_card

    changed = give_card(network_path(), datetime.now(UTC))
    click.echo(say("card.given" if changed else "card.given-already", {}, language()))


def _primary(tag: str) -> str:
    """``fr`` of ``fr-BE``."""
    short = tag.replace("_", "-").split("-")[0].lower()
    if not (2 <= len(short) <= 3 and short.isascii() and short.isalpha()):
        raise Refused(Problem("kernel.not-a-language", "", {"key": "--texts-in", "value": tag[:60]}))
    return short


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _tell(problems: tuple[Problem, ...]) -> None:
    print_lines((say_problem(problem, language()), "yellow") for problem in problems)


def _tell_export(one: Exported) -> None:
    if one.dropped:
        fields = tuple(dict.fromkeys(".".join(path.split(".")[:3]) for path in one.dropped))
        click.echo(say("card.dropped", {"format": one.format, "fields": fields}, language()))
    if one.wants:
        keys = tuple(str(problem.values["key"]) for problem in one.wants)
        click.echo(say("card.wants", {"format": one.format, "keys": keys}, language()))


def _exported(one: Exported) -> dict[str, Any]:
    return {"dropped": list(one.dropped), "files": sorted(one.files), "wants": _problems(one.wants)}


def _problems(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    return [{"code": one.code, "text": say_problem(one, language()), "where": one.where} for one in problems]


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "after": change.after,
        "before": change.before,
        "key": ".".join(change.path),
        "taken": change.taken,
    }


def _change_line(change: Change) -> str:
    code = "card.stays" if not change.taken else "card.comes" if change.before is None else "card.replaces"
    values = {"key": ".".join(change.path), "before": _short(change.before), "after": _short(change.after)}
    return say(code, values, language())


def _short(value: Any) -> str:
    """A value on one line; of texts and other parts, each with its name: ``en: Alder; fr: Aulne``."""
    from polder.commons.card.write import flat

    parts = ((path, _line(held)) for path, held in flat(value))
    text = "; ".join(f"{path}: {held}" if path else held for path, held in parts)
    return text if len(text) <= 120 else text[:119] + "…"


def _shown_data(shown: Shown) -> dict[str, Any]:
    from polder.commons.card.audience import for_everybody
    from polder.commons.card.write import card_data

    data = card_data(for_everybody(shown.card))
    age = {"days": shown.age.days, "level": shown.age.level} if shown.age else None
    return {
        "age": age,
        "card": data,
        "notes": _problems(shown.notes),
    }


def _card_lines(shown: Shown, all_languages: bool) -> list[str]:
    """How old it is, and every field under the reader's words for it."""
    from polder.cli.card_words import label
    from polder.commons.card.audience import for_everybody
    from polder.commons.card.write import card_data, flat

    words = language()
    data = card_data(for_everybody(shown.card))
    fields = flat(data if all_languages else _in_one_language(data, words))
    rows = [(label(path, words), _line(held)) for path, held in fields]
    width = max((len(path) for path, _ in rows), default=0)
    age = [say(f"card.age-{shown.age.level}", {"days": shown.age.days}, words)] if shown.age else []
    notes = (say_problem(note, words) for note in shown.notes)
    return [*age, *(one_line(f"{path.ljust(width)}  {held}") for path, held in rows), *notes]


def _line(held: Any) -> str:
    """A value on one line; a border of an area, which is long, by its beginning."""
    text = ", ".join(map(str, held)) if isinstance(held, list) else str(held)
    text = one_line(" ".join(text[:2000].split()))
    return text if len(text) <= 300 else text[:299] + "…"


def _in_one_language(data: Any, wanted: str) -> Any:
    """``data`` with each text of several languages as the one the reader reads best."""
    if isinstance(data, list):
        return [_in_one_language(item, wanted) for item in data]
    if not isinstance(data, dict):
        return data
    texts = ("name", "summary", "description", "words", "price")
    return {
        key: Text(held).read(wanted)
        if key in texts and isinstance(held, dict)
        else _in_one_language(held, wanted)
        for key, held in data.items()
    }
