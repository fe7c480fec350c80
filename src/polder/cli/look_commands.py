"""``polder status``, ``explain``, ``journal`` and ``export``: looking, and the way out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import guarded, language, show_json, site_path
from polder.cli.host_lines import host_lines
from polder.cli.lines import print_lines
from polder.kernel.sentences import fill, say, say_problem, translate
from polder.kernel.sentences.mark import N_, NP_

if TYPE_CHECKING:
    from polder.actions.site_status import AppStatus, SiteStatus

HEADERS = (N_("app"), N_("state"), N_("version"), N_("up for"), N_("certificate"), N_("address"))
HOST_HEADER = N_("runs on")
STATES = {"running": N_("healthy"), "starting": N_("starting"), "down": N_("DOWN"), "absent": N_("not there")}
COLOURS = {"running": "green", "starting": "yellow", "down": "bold red", "absent": "yellow"}
DAYS = NP_("{days} day", "{days} days", by="days")
AGES = {"d": N_("{number} d"), "h": N_("{number} h"), "min": N_("{number} min"), "s": N_("{number} s")}
NO_CERTIFICATE = N_("none seen")
PENDING = NP_(
    "{number} step is waiting for polder apply.", "{number} steps are waiting for polder apply.", by="number"
)
UP_TO_DATE = N_("The engine holds what the site says.")
LAST = N_("Last journal lines:")
ENGINE = N_("{site} on {engine}")


@click.command(epilog="Example: polder status --json | jq '.apps[] | select(.state != \"running\")'")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--hosts", "over_ssh", is_flag=True, help="Also look at the machines over SSH: updates, reboots."
)
@guarded
def status(as_json: bool, over_ssh: bool) -> None:
    """Show apps, their health, versions, days left of certificates, hosts, and the last journal lines."""
    from polder.actions.site_status import site_status

    found = site_status(site_path(), over_ssh=over_ssh)
    if as_json:
        show_json(_status_data(found))
    else:
        _status_table(found, language())


def _status_data(found: SiteStatus) -> dict[str, Any]:
    from dataclasses import asdict

    data = asdict(found)
    data["findings"] = [{"code": f.code, **dict(f.values)} for f in found.findings]
    return data


def _status_table(found: SiteStatus, words: str) -> None:
    from polder.cli.table import table_lines

    now = datetime.now(UTC)
    rows = [_row(app, now, words) for app in found.apps]
    headers = [translate(h, words) for h in HEADERS]
    if len(found.hosts) > 1:
        headers.append(translate(HOST_HEADER, words))
        rows = [[*row, ", ".join(app.hosts)] for row, app in zip(rows, found.apps, strict=True)]
    print_lines([(translate(ENGINE, words).format(site=found.site, engine=found.engine), "bold"), ("", "")])
    print_lines(table_lines(headers, rows, [COLOURS[app.state] for app in found.apps]))
    if len(found.hosts) > 1 or any(host.reached is not None for host in found.hosts):
        print_lines([("", "")])
        print_lines(host_lines(found.hosts, words))
    print_lines([("", ""), *((f"! {say_problem(f, words)}", "yellow") for f in found.findings)])
    print_lines(
        [
            (fill(PENDING, {"number": found.changes}, words), "yellow")
            if found.changes
            else (translate(UP_TO_DATE, words), "green")
        ]
    )
    if found.journal:
        print_lines([("", ""), (translate(LAST, words), "bold")])
        from polder.cli.journal_text import journal_line

        print_lines((journal_line(line, words), "dim") for line in found.journal)


def _row(app: AppStatus, now: datetime, words: str) -> list[str]:
    from polder.actions.site_status import age_of

    state = translate(STATES[app.state], words) + (f" {app.running}/{app.wanted}" if app.wanted > 1 else "")
    certificate = "" if not app.domain else translate(NO_CERTIFICATE, words)
    if app.days is not None:
        certificate = fill(DAYS, {"days": app.days}, words)
    address = f"https://{app.domain}/" if app.domain else ""
    number, unit = age_of(app.since, now)
    age = translate(AGES[unit], words).format(number=number) if unit else ""
    return [app.app, state, app.version, age, certificate, address]


@click.command(epilog="Example: polder journal --host saule --since 2030-01-01")
@click.option("--last", default=20, show_default=True, help="How many of the newest lines; 0 for all.")
@click.option(
    "--host", default="", metavar="HOST", help="Only what was done on this host, or to what runs there."
)
@click.option("--operator", default="", metavar="NAME", help="Only what this operator did.")
@click.option(
    "--since",
    default="",
    metavar="DATE",
    help="Only from this day on (2030-01-31) or time (2030-01-31T12:00).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the lines as JSON.")
@guarded
def journal(last: int, host: str, operator: str, since: str, as_json: bool) -> None:
    """Show who did what, when, and with what result."""
    from polder.actions.read_journal import Asked, read_journal
    from polder.cli.journal_text import journal_line

    lines = read_journal(site_path(), Asked(last, host, operator, since))
    if as_json:
        show_json(lines)
    else:
        print_lines((journal_line(line, language()), "") for line in lines)


@click.command(epilog="Example: polder explain lilas/wiki")
@click.argument("app", metavar="GROUP/APP")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
@guarded
def explain(app: str, as_json: bool) -> None:
    """Say in plain words what runs where, which data it keeps, its names, its secrets, and how to do it all by hand."""
    from polder.actions.explain_app import explain_app

    words = language()
    chapters = explain_app(site_path(), app, words)
    if as_json:
        show_json(
            [
                {
                    "heading": say(c.heading, {}, words),
                    "lines": [{"says": say(s.code, s.values, words), "command": s.command} for s in c.lines],
                }
                for c in chapters
            ]
        )
        return
    for chapter in chapters:
        print_lines([(say(chapter.heading, {}, words), "bold")])
        for said in chapter.lines:
            text = say(said.code, said.values, words)
            print_lines(
                [(f"  {said.command}", "cyan"), (f"      # {text}", "dim")]
                if said.command
                else [(f"  {text}", "")]
            )
        print_lines([("", "")])


EXPORTED = N_("Wrote {files} files to {folder}. Read {readme} first.")


@click.command(epilog="Example: polder export lilas/wiki ./wiki-by-hand --with-secrets")
@click.argument("app", metavar="GROUP/APP")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--with-secrets", is_flag=True, help="Also write the secrets' values, readable by you only.")
@guarded
def export(app: str, folder: Path, with_secrets: bool) -> None:
    """Write APP as a plain Compose project that docker runs without Polder: the way out."""
    from polder.actions.export_app import export_app

    words = language()
    written = export_app(site_path(), app, folder, words, with_secrets=with_secrets)
    readme = str(folder / "README.md")
    click.echo(translate(EXPORTED, words).format(files=len(written), folder=folder, readme=readme))
