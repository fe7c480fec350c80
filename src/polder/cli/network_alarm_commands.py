"""``polder network peers`` and ``alarms``: who sleeps and is woken, what went wrong and how it ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from polder.cli.door import guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.kernel.sentences import say
from polder.kernel.text import one_line


@click.group(invoke_without_command=True, epilog="Example: polder network peers wake beech")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
@guarded
def peers(context: click.Context, as_json: bool) -> None:
    """Whom you read: where, since when, and who sleeps because it did not answer three times."""
    if context.invoked_subcommand:
        return
    from datetime import UTC, datetime

    from polder.actions.load_network import load_network
    from polder.actions.network_peers import find_peers
    from polder.actions.network_status import key_changes
    from polder.cli.network_key_lines import last_line
    from polder.cli.network_sync_data import key_change_data

    folder = network_path()
    found = find_peers(folder, load_network(folder), datetime.now(UTC))
    keys = key_changes(folder, found)
    if as_json:
        changes = {name: [key_change_data(one) for one in held] for name, held in keys.items()}
        show_json([{**_peer_data(one), "keys": changes[one.id]} for one in found.values()])
        return
    for one in found.values():
        print_lines([(one.id, "bold"), (f"    {one.root}", "dim")])
        print_lines((f"    {url}", "") for url in (*one.urls, *one.mirrors))
        if keys[one.id]:
            print_lines([(f"    {last_line(one.id, keys[one.id])[0]}", "")])


@peers.command(epilog="Example: polder network peers wake beech")
@click.argument("names", nargs=-1, required=True)
@guarded
def wake(names: tuple[str, ...]) -> None:
    """Forget that NAMES did not answer: the next round asks them again."""
    from datetime import UTC, datetime

    from polder.actions.network_status import wake_peer

    for name in wake_peer(network_path(), names, datetime.now(UTC)):
        click.echo(say("sync.woken", {"peer": name}, language()))


@click.group(invoke_without_command=True, epilog="Example: polder network alarms close ID --reason '...'")
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
@guarded
def alarms(context: click.Context, every: bool, as_json: bool) -> None:
    """What somebody has to look at: altered files, old states shown as new ones, two versions of one thing, a wrong clock."""
    if context.invoked_subcommand:
        return
    from polder.cli.network_sync_commands import alarm_lines

    found = [one for one in _read() if every or not one.closed]
    if as_json:
        show_json([_alarm_data(one) for one in found])
        return
    if not found:
        click.echo(say("sync.no-alarms", {}, language()))
    for one in found:
        print_lines(alarm_lines(one))


@alarms.command(
    epilog="Example: polder network alarms close tampered-beech-1a2b3c4d --reason 'a broken disk, beech says'"
)
@click.argument("alarm")
@click.option("--reason", required=True, help="What it was, in your words; it is kept with the alarm.")
@guarded
def close(alarm: str, reason: str) -> None:
    """Close ALARM. It stays in the list of all, and opens again when there is other evidence."""
    from datetime import UTC, datetime

    from polder.world.network_alarms import close_alarm

    closed = close_alarm(_state(), alarm, reason, datetime.now(UTC))
    click.echo(say("sync.was-closed", {"alarm": closed.id}, language()))


@alarms.command(epilog="Example: polder network alarms evidence tampered-beech-1a2b3c4d ./evidence")
@click.argument("alarm")
@click.argument("folder", type=click.Path(file_okay=False))
@guarded
def evidence(alarm: str, folder: str) -> None:
    """Write what proves ALARM into FOLDER: the very bytes, and a list of what each file is."""
    from polder.world.files import write_atomically
    from polder.world.network_alarms import find_alarm

    found = find_alarm(_state(), alarm)
    names = {f"{number}.bin": what for number, what in enumerate(found.evidence, start=1)}
    for name, what in names.items():
        write_atomically(Path(folder) / name, found.evidence[what])
        click.echo(one_line(f"{name}: {what}"))


def _state() -> Path:
    from polder.actions.load_network import load_network

    folder = network_path()
    return folder / load_network(folder).state


def _read() -> tuple[Any, ...]:
    from polder.world.network_alarms import read_alarms

    return read_alarms(_state())


def _peer_data(one: Any) -> dict[str, Any]:
    held = {name: getattr(one, name) for name in one.__dataclass_fields__}
    listed = {
        name: list(value) if isinstance(value, tuple | frozenset) else value for name, value in held.items()
    }
    return {**listed, "proxy": str(one.proxy or "")}


def _alarm_data(one: Any) -> dict[str, Any]:
    held = {name: getattr(one, name) for name in one.__dataclass_fields__}
    return {**held, "evidence": list(one.evidence), "values": dict(one.values)}
