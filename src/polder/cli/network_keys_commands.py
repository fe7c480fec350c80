"""``polder network keys``: the keys of a provider's people and of its server."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from polder.cli import qr_code
from polder.cli.door import DECLINED, FAILED, confirm, guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.cli.network_key_lines import fingerprint_lines
from polder.cli.network_words import ask_new, asker, note_data, tell, tell_commit, tell_notes
from polder.kernel.problem import Problem, Refused, Value
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.actions.network_keys import MadeKeys
    from polder.actions.network_paper import Paper
    from polder.kernel.digest import Digest

HEADERS = (N_("key"), N_("whose it is"), N_("beginning of its id"), N_("where it is"))
KINDS = {
    "person": N_("a person's"),
    "server": N_("the server's"),
    "governance": N_("all people's, for decisions"),
    "old": N_("on its way out"),
}
HOMES = {
    "recipients": N_("a file here, for recipients"),
    "passphrase": N_("a file here, with a passphrase"),
    "agent": N_("in an SSH agent"),
    "elsewhere": N_("on another machine"),
    "missing": N_("nowhere yet"),
}
TYPE_ROTATE = N_("To put new keys in the place of {names}, type the provider's name ({provider})")


@click.group(epilog="Example: polder network keys new --person ana")
def keys() -> None:
    """Your provider's keys: one for each of its people, three for its server, one for its decisions."""


@keys.command(epilog="Example: polder network keys new --person ana")
@click.option(
    "--person",
    "people",
    multiple=True,
    metavar="NAME",
    help="Only this person's; may be given several times.",
)
@click.option("--server", is_flag=True, help="Only the server's three.")
@click.option("--governance", is_flag=True, help="Only the one for the network's decisions.")
@guarded
def new(people: tuple[str, ...], server: bool, governance: bool) -> None:
    """Make the keys that are missing. Best run by each person on their own machine, for their own key.

    A key's file is encrypted to the person's recipient in network.yml, or to a passphrase that is asked for.
    """
    from polder.actions.network_keys import new_keys

    names = (*people, *(["server"] if server else []), *(["governance"] if governance else []))
    made = new_keys(network_path(), names, ask=asker(), ask_new=ask_new)
    _tell_made(made, "trust.says-made")
    if not made.names:
        tell("trust.says-none-made")
    elif people or not names:
        tell("trust.says-paper")


@keys.command("list", epilog="Example: polder network keys list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option(
    "--root", "number", type=int, help="Words of this root of yours, for a peer that asks about it."
)
@qr_code.QR
@qr_code.QR_FILE
@guarded
def list_(as_json: bool, number: int | None, qr: bool, qr_file: Path | None) -> None:
    """Show every key, where its private half is, and the provider's fingerprint."""
    from polder.actions.network_keys import identity, list_keys, root_digests
    from polder.actions.show_signpost import provider_signpost
    from polder.cli.table import table_lines

    qr_code.check_file(qr_file)
    folder, words = network_path(), language()
    rows, fingerprint, roots = list_keys(folder), identity(folder), root_digests(folder)
    if number is not None and not 0 < number <= len(roots):
        raise Refused(Problem("trust.no-root", "", {"root": number, "count": len(roots)}))
    if as_json:
        held = [
            {"name": r.name, "kind": r.kind, "public": r.public.hex if r.public else None, "where": r.home}
            for r in rows
        ]
        leads = str(provider_signpost(folder)) if fingerprint else None
        whose = {"fingerprint": fingerprint, "words": _spoken(fingerprint), "signpost": leads}
        show_json({"keys": held, **whose, "roots": roots})
        return
    table = [
        [
            r.name,
            translate(KINDS[r.kind], words),
            r.public.id[:16] if r.public else "",
            translate(HOMES[r.home], words),
        ]
        for r in rows
    ]
    print_lines(table_lines([translate(header, words) for header in HEADERS], table))
    if fingerprint:
        tell("trust.says-fingerprint", fingerprint=fingerprint)
        tell("trust.says-in-words")
        told = _spoken(fingerprint).split()
        for start in range(0, len(told), 6):
            click.echo("    " + " ".join(told[start : start + 6]))
    if number is not None:
        values: dict[str, Value] = {"root": number, "fingerprint": roots[number - 1]}
        for line in fingerprint_lines("trust.says-root-words", values):
            click.echo(line)
    if qr or qr_file:
        qr_code.show(provider_signpost(folder), qr, qr_file)


def _spoken(fingerprint: Digest | None) -> str:
    from polder.commons.roster.fingerprint import spoken

    return spoken(fingerprint, language()) if fingerprint else ""


@keys.command(epilog="Example: polder network keys paper ana | lp")
@click.argument("name")
@click.option(
    "--file", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to this file."
)
@click.option("--yes", is_flag=True, help="Also when the output is not a terminal.")
@guarded
def paper(name: str, path: Path | None, yes: bool) -> None:
    """Show the private key of NAME as 24 words, to be put on paper and into a drawer."""
    from polder.actions.network_paper import paper as make

    if path is None and not yes and not sys.stdout.isatty():
        raise Refused(Problem("secret.not-terminal"))
    words = language()
    page = _page(make(network_path(), name, words, datetime.now(UTC), asker()), words)
    if path is None:
        click.echo(page)
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(Problem("secret.identity-exists", "", {"path": str(path)})) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(page + "\n")
    tell("trust.says-page", file=str(path))


@keys.command(epilog="Example: polder network keys restore ana")
@click.argument("name")
@guarded
def restore(name: str) -> None:
    """Bring the key of NAME back from paper: the words are asked for without echo, or read from standard input."""
    from polder.actions.network_keys import check_restorable, restore_key
    from polder.commons.trust.paper import seed_of

    folder = network_path()
    check_restorable(folder, name)
    if sys.stdin.isatty():
        given = click.prompt(say("trust.ask-words", {"name": name}, language()), hide_input=True, err=True)
    else:
        given = sys.stdin.readline()
    _tell_made(restore_key(folder, name, seed_of(given), ask_new=ask_new), "trust.says-restored")


@keys.command(epilog="Example: polder network keys reencrypt governance")
@click.argument("names", nargs=-1, required=True)
@guarded
def reencrypt(names: tuple[str, ...]) -> None:
    """Encrypt the files of NAMES anew, for those whom network.yml names today or with a new passphrase. The keys stay the same."""
    from polder.actions.network_keys import reencrypt_keys

    made = reencrypt_keys(network_path(), names, ask=asker(), ask_new=ask_new)
    _tell_made(made, "trust.says-reencrypted")


@keys.command(epilog="Example: polder network keys rotate server")
@click.argument("names", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def rotate(names: tuple[str, ...], yes: bool) -> None:
    """Put new keys in the place of NAMES, as planned: people, governance, or server for its three.

    The old keys still sign the change, and are put away when it is published.
    """
    _replace(names, False, yes)


@keys.command(epilog="Example: polder network keys replace carla")
@click.argument("names", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def replace(names: tuple[str, ...], yes: bool) -> None:
    """Put new keys in the place of NAMES, which are lost or stolen: people, governance, or server for its three.

    The old keys of people sign nothing more; the others sign the change without them.
    """
    _replace(names, True, yes)


@keys.command(epilog="Example: polder network keys check --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def check(as_json: bool) -> None:
    """Say what is wrong with your keys, or would hurt one day. Leaves with status 1 when there is something."""
    from polder.actions.network_key_check import check_keys

    found = check_keys(network_path(), datetime.now(UTC))
    if as_json:
        show_json(note_data(found))
    elif found:
        tell_notes(found)
    else:
        tell("trust.says-sound")
    if found:
        sys.exit(FAILED)


def _replace(names: tuple[str, ...], gone: bool, yes: bool) -> None:
    from polder.actions.load_network import load_network
    from polder.actions.network_rotation import check_replaceable, replace_keys
    from polder.commons.trust.roles import SERVER

    folder, words = network_path(), language()
    check_replaceable(folder, names, gone=gone)
    provider = load_network(folder).provider
    question = translate(TYPE_ROTATE, words).format(names=", ".join(names), provider=provider)
    if not confirm(question, provider, yes):
        click.echo(say("site.nothing-written", {}, words), err=True)
        sys.exit(DECLINED)
    made = replace_keys(folder, names, gone=gone, ask_new=ask_new)
    for one in made.names:
        tell("trust.says-replaced" if gone and one not in SERVER else "trust.says-rotated", name=one)
    tell_commit(made.commit, quiet=True)
    tell("trust.says-propose")
    if "governance" in made.names:
        tell("trust.says-governance")


def _tell_made(made: MadeKeys, code: str) -> None:
    for name in made.names:
        tell(code, name=name)
    tell_commit(made.commit, quiet=True)


def _page(found: Paper, words: str) -> str:
    """The page as text: whose key, the words in four columns, how to bring it back."""
    told = [f"{at:2}. {word}" for at, word in enumerate(found.words.reveal().split(), 1)]
    rows = ["".join(f"{told[row + 6 * column]:<18}" for column in range(4)).rstrip() for row in range(6)]
    lines = [
        say("trust.page-title", {"name": found.name, "provider": found.provider}, words),
        "",
        say("trust.page-made", {"date": f"{found.made:%Y-%m-%d}", "key": found.public.id[:16]}, words),
        *(
            [say("trust.says-fingerprint", {"fingerprint": found.fingerprint}, words)]
            if found.fingerprint
            else []
        ),
        "",
        *rows,
        "",
        say("trust.page-restore", {"name": found.name}, words),
        say("trust.page-care", {}, words),
    ]
    return "\n".join(lines)
