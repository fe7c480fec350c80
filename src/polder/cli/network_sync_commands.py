"""``polder network sync``, ``status`` and ``steward``: read the peers, and see what is believed of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import FAILED, UNREACHABLE, console, guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.cli.network_key_lines import change_lines, fingerprint_lines, last_line, recent_lines
from polder.cli.network_sync_data import problems_data, round_data, status_data, steward_data
from polder.kernel.problem import Value
from polder.kernel.sentences import hint, say, say_loosely, say_problem, translate
from polder.kernel.sentences.mark import N_
from polder.kernel.text import harmless, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from polder.actions.network_status import PeerStatus
    from polder.actions.network_steward import Stewarded
    from polder.actions.sync_network import Round
    from polder.actions.sync_peer import PeerNews
    from polder.world.network_alarms import Alarm

Line = tuple[str, str]
HEADERS = (N_("peer"), N_("state"), N_("version"), N_("seen"), N_("files"), N_("copy here"), N_("source"))
STATES = {"fresh": N_("fresh"), "never": N_("never seen"), "damaged": N_("our copy is damaged")}
TROUBLES = {
    "unreachable": N_("it did not answer"),
    "proxy": N_("the proxy did not get through"),
    "not allowed": N_("its address is none of the public Internet and was not asked"),
    "older": N_("it shows an older state"),
    "expired": N_("what it shows has expired"),
    "mixed": N_("old and new files are mixed"),
    "two versions": N_("one version was signed twice with different contents"),
    "incomplete": N_("files are missing"),
    "altered": N_("files are not as they were signed"),
}
TROUBLED = N_("{state}, last round failed")
COMPARE = "sync.fingerprint-to-compare"
CLOSE = N_("When it is settled: polder network alarms close {alarm} --reason …")
STALE = N_("stale since {date}")
STYLES = {"fresh": "", "stale": "yellow", "old": "red", "never": "yellow", "damaged": "red"}


@click.command(epilog="Example: polder network sync beech")
@click.argument("peers", nargs=-1)
@click.option("--freshest", is_flag=True, help="Ask two sources of each first which shows the newer state.")
@click.option(
    "--from",
    "shelf",
    type=click.Path(exists=True, file_okay=False),
    metavar="FOLDER",
    help="Read peers' folders from FOLDER (a USB stick), one for each, in the place of the net.",
)
@click.option("--json", "as_json", is_flag=True, help="What became of each peer, as JSON.")
@guarded
def sync(peers: tuple[str, ...], freshest: bool, shelf: str | None, as_json: bool) -> None:
    """Read what PEERS published (default: every peer that is due), verify it, and bring the copies up to date that are served here.

    Exit status 1 when a peer could not be read or an alarm was raised, 3 when nobody answered.
    """
    from datetime import UTC, datetime
    from pathlib import Path

    from polder.actions.sync_network import sync_network

    folder, now = network_path(), datetime.now(UTC)
    place = Path(shelf) if shelf else None
    with _Telling(as_json) as telling:
        found = sync_network(folder, now, peers, telling.told, freshest=freshest, shelf=place)
    if as_json:
        show_json(round_data(found))
    else:
        print_lines(round_lines(found))
    sys.exit(exit_status(found))


@click.command(epilog="Example: polder network status beech")
@click.argument("peers", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@guarded
def status(peers: tuple[str, ...], as_json: bool) -> None:
    """What is believed of each peer, how fresh it is, and which copies are served here. Asks nobody.

    With PEERS, of these alone, and every change of their keys that was seen.
    """
    from datetime import UTC, datetime

    from polder.actions.load_network import load_network
    from polder.actions.network_peers import called_otherwise, misnamed
    from polder.actions.network_status import network_status
    from polder.world.network_alarms import read_alarms

    folder, now = network_path(), datetime.now(UTC)
    network = load_network(folder)
    found = network_status(folder, now, peers)
    wrong = misnamed(folder, network, now) + called_otherwise(folder, network, [one.peer for one in found])
    alarms = [one for one in read_alarms(folder / network.state) if not one.closed]
    alarms = [one for one in alarms if not peers or one.peer in peers]
    if as_json:
        data = {"peers": [status_data(one) for one in found], "alarms": [one.id for one in alarms]}
        show_json({**data, "findings": problems_data(wrong)})
        return
    print_lines(status_lines(found))
    print_lines(_key_lines(found, now, bool(peers)))
    print_lines((say_problem(one, language()), "yellow") for one in wrong)
    print_lines(line for one in alarms for line in alarm_lines(one))


@click.command(epilog="Example: polder network steward  # from a timer, every hour")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
@guarded
def steward(as_json: bool) -> None:
    """Do what is due, once: read the peers, bring in the roster, tell others what was seen, warn of advisories, sign anew.

    For a timer. News goes to people by the command that notify in network.yml names. Exit status 1 when a step failed, an alarm was
    raised or people could not be told, 3 when no peer answered.
    """
    from datetime import UTC, datetime

    from polder.actions.load_network import load_network
    from polder.actions.network_steward import steward as do
    from polder.actions.notify_people import notify_people
    from polder.cli.network_notices import letter, notified_lines

    folder, now = network_path(), datetime.now(UTC)
    provider = load_network(folder).provider
    with _Telling(as_json) as telling:
        done = do(folder, now, telling.told)
    told = notify_people(folder, done, now, lambda problems: letter(provider, problems))
    if as_json:
        failed = problems_data([told.failed] if told.failed else [])
        show_json({**steward_data(done), "notified": len(told.said), "notify_failed": failed})
    else:
        print_lines(steward_lines(done))
        print_lines(notified_lines(told))
    sys.exit(
        FAILED if done.failed or done.alarms or told.failed else exit_status(done.round) if done.round else 0
    )


class _Telling:
    """A line for each peer as it is done; on a terminal with a bar below."""

    def __init__(self, quiet: bool) -> None:
        self.quiet, self.bar = quiet, None if quiet or not sys.stdout.isatty() else self._begin()

    def __enter__(self) -> _Telling:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar:
            self.bar.stop()

    def told(self, news: PeerNews) -> None:
        if self.bar:
            self.bar.advance(self.row)
            for text, style in news_lines(news):
                self.bar.console.print(harmless(text), style=style, markup=False, highlight=False)
        elif not self.quiet:
            print_lines(news_lines(news))

    def _begin(self) -> Any:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.completed}"), TimeElapsedColumn())
        bar = Progress(*columns, console=console(), transient=True)
        self.row = bar.add_task("", total=None)
        bar.start()
        return bar


def exit_status(found: Round) -> int:
    """0 when all is well, 3 when everybody was away, else 1."""
    kinds = {trouble.kind for one in found.failed for trouble in one.troubles}
    if found.failed and not found.reached and kinds <= {"unreachable", "proxy"}:
        return UNREACHABLE
    return FAILED if found.failed or found.alarms else 0


def news_lines(news: PeerNews) -> Iterator[Line]:
    """What became of one peer, and why."""
    words = language()
    version = f"{news.versions.get('root', 0)}/{news.versions.get('timestamp', 0)}"
    values: dict[str, Value] = {"peer": news.peer, "version": version, "source": news.source}
    values |= {"strikes": news.strikes, "until": news.until[:16].replace("T", " ")}
    after_trouble = news.state == "waiting" and news.trouble not in ("", "unreachable")
    style = {"new": "green", "failed": "red", "same": "", "waiting": "dim", "busy": "dim"}[news.state]
    yield say("sync.waiting-after-trouble" if after_trouble else f"sync.{news.state}", values, words), style
    for trouble in news.troubles:
        yield "    " + say_problem(trouble.problem, words), "yellow"
        if advice := hint(trouble.problem.code, trouble.problem.values, words):
            yield "    " + advice, "dim"
    yield from change_lines(news.peer, news.keys)
    if news.renumbered:
        again: dict[str, Value] = {"peer": news.peer, "roles": news.renumbered}
        yield "    " + say("sync.numbers-again", again, words), "yellow"
        yield "    " + hint("sync.numbers-again", again, words), "dim"
    if news.left_out:
        left: dict[str, Value] = {"peer": news.peer, "count": len(news.left_out)}
        yield "    " + say("sync.left-out", left, words), "yellow"
    if news.asleep and news.state == "failed":
        yield "    " + say("sync.asleep", values, words), "yellow"
        yield "    " + hint("sync.asleep", values, words), "dim"


def round_lines(found: Round) -> Iterator[Line]:
    if not found.news:
        yield say("sync.nobody", {}, language()), "yellow"
    if found.mirrored:
        yield say("sync.mirrored", {"peers": found.mirrored}, language()), ""
    yield from through_lines(found.news)
    for peer, seconds in found.apart.items():
        values: dict[str, Value] = {"peer": peer, "hours": round(abs(seconds) / 3600, 1)}
        yield say("sync.clocks-apart", values, language()), "yellow"
        yield "    " + hint("sync.clocks-apart", values, language()), "dim"
    for alarm in found.alarms:
        yield from alarm_lines(alarm)


def through_lines(found: Sequence[PeerNews] | Sequence[PeerStatus]) -> Iterator[Line]:
    """Which peers are reached through which proxy; nothing where none is."""
    for proxy in sorted({one.proxy for one in found if one.proxy}):
        names = tuple(one.peer for one in found if one.proxy == proxy)
        yield say("sync.through", {"proxy": proxy, "peers": names}, language()), ""


def alarm_lines(alarm: Alarm) -> Iterator[Line]:
    """An alarm's name, what it says, and what to do."""
    words = language()
    style = "dim" if alarm.closed else "bold red"
    yield f"{alarm.id}: {say_loosely(alarm.code, alarm.values, words)}", style
    if where := str(alarm.values.get("where") or alarm.values.get("source") or ""):
        yield f"    {one_line(where)}", style
    if alarm.closed:
        yield "    " + say("sync.closed", {"date": alarm.closed[:10], "reason": alarm.reason}, words), "dim"
        return
    advice = hint(alarm.code, alarm.values, words) or hint("sync.altered", {}, words)
    yield f"    {advice}", "dim"
    if "fingerprint" in alarm.values:
        yield from ((f"    {line}", "") for line in fingerprint_lines(COMPARE, alarm.values))
    yield "    " + translate(CLOSE, words).format(alarm=alarm.id), "dim"


def status_lines(found: tuple[PeerStatus, ...]) -> Iterator[Line]:
    from polder.cli.table import table_lines

    words = language()
    if not found:
        yield say("sync.nobody", {}, words), "yellow"
        return
    headers = [translate(one, words) for one in HEADERS]
    styles = [STYLES[one.state] or ("yellow" if one.trouble else "") for one in found]
    yield from table_lines(headers, [_row(one, words) for one in found], styles)
    yield from through_lines(found)
    for one in found:
        for problem in one.damage:
            yield say_problem(problem, words), "red"
            yield "    " + hint(problem.code, problem.values, words), "dim"
        if one.trouble and not one.asleep:
            told = translate(TROUBLES.get(one.trouble, one.trouble), words)
            yield say("sync.last-round", {"peer": one.peer, "trouble": told}, words), "yellow"
        if one.asleep:
            yield say("sync.asleep", {"peer": one.peer, "strikes": one.strikes}, words), "yellow"
            yield "    " + hint("sync.asleep", {"peer": one.peer}, words), "dim"


def _key_lines(found: Sequence[PeerStatus], now: datetime, in_full: bool) -> Iterator[Line]:
    if not in_full:
        yield from recent_lines({one.peer: one.keys for one in found}, now)
        return
    for one in found:
        yield last_line(one.peer, one.keys)
        yield from change_lines(one.peer, one.keys)


def _row(one: PeerStatus, words: str) -> list[str]:
    if one.state in STATES:
        state = translate(STATES[one.state], words)
    else:
        state = translate(STALE, words).format(date=f"{one.expires:%Y-%m-%d}")
    if one.trouble:
        state = translate(TROUBLED, words).format(state=state)
    version = f"{one.versions['root']}/{one.versions['timestamp']}" if one.versions else "–"
    copy = "–" if one.mirror < 0 else f"{one.mirror / 2**20:.1f} MiB"
    seen = f"{one.seen:%Y-%m-%d %H:%M}" if one.seen else "–"
    return [one.peer, state, version, seen, str(one.files), copy, one.source or "–"]


def steward_lines(done: Stewarded) -> Iterator[Line]:
    words = language()
    if done.round:
        yield from round_lines(done.round)
    for alarm in done.alarms:
        yield from alarm_lines(alarm)
    for one in done.news:
        yield say_problem(one, words), "yellow" if one.code.startswith("sync.names-nobody") else "green"
        if advice := hint(one.code, one.values, words):
            yield f"    {advice}", "dim"
    if done.signed:
        yield say("sync.signed", {"count": len(done.signed)}, words), ""
    for _, problems in done.failed:
        for problem in problems:
            yield say_problem(problem, words), "red"
            if advice := hint(problem.code, problem.values, words):
                yield f"    {advice}", "dim"
