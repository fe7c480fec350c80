"""``polder key``, ``secret`` and ``trust``: an operator's own key, the site's secrets, its certificate authority."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from polder.cli.door import guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.cli.site_commands import tell_commit
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.kernel.sentences import hint, say, translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.actions.secrets import Written

HEADERS = (N_("secret"), N_("app"), N_("value"), N_("what it is"))
KINDS = {
    "password": N_("a generated password"),
    "hex": N_("generated, 32 bytes"),
    "given": N_("given by somebody"),
    "authority": N_("certificate authority"),
    "": N_("no app uses it"),
}
NO_VALUE = N_("no value yet")


@click.group(epilog="Example: polder key new")
def key() -> None:
    """Your own private key, with which you open the site's secrets."""


@key.command("new", epilog="Example: polder key new --file ~/keys/lilas.txt")
@click.option("--file", "path", type=click.Path(path_type=Path, dir_okay=False), help="Where to write it.")
@guarded
def new_key(path: Path | None) -> None:
    """Make a private key of age, and print its public half, for site.yml or network.yml. One that is there stays."""
    from polder.world.age import default_identity, new_identity

    target, words = path or default_identity(), language()
    try:
        recipient = new_identity(target)
    except Refused:
        _tell_public_half(target, words)
        raise
    click.echo(say("secret.key-made", {"path": str(target)}, words), err=True)
    click.echo(say("secret.key-recipient", {"recipient": ""}, words).rstrip(), err=True)
    click.echo(recipient)


def _tell_public_half(path: Path, words: str) -> None:
    """Of a key that is there, as its file says it."""
    text = path.read_text(errors="replace") if path.is_file() else ""
    found = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("# public key:")]
    if found:
        click.echo(say("secret.key-recipient", {"recipient": found[0]}, words), err=True)


@click.group(epilog="Example: polder secret show lilas.wiki.admin-password")
def secret() -> None:
    """Secrets of the site: NAME is GROUP.APP.SECRET, as the file in secrets/ is called."""


@secret.command("list", epilog="Example: polder secret list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def list_(as_json: bool) -> None:
    """List the secrets that apps want and those that are there. Opens none."""
    from polder.actions.secrets import list_secrets
    from polder.cli.table import table_lines

    words = language()
    found = list_secrets(site_path())
    if as_json:
        show_json([{**asdict(one), "meaning": one.meaning.read(words)} for one in found])
    elif not found:
        click.echo(say("secret.list-empty", {}, words))
    else:
        rows = [
            [
                one.name,
                one.app,
                translate(KINDS[one.kind] if one.there else NO_VALUE, words),
                one.meaning.read(words),
            ]
            for one in found
        ]
        print_lines(table_lines([translate(header, words) for header in HEADERS], rows))


@secret.command("set", epilog="Example: pass show lilas/smtp | polder secret set lilas.list.smtp-password")
@click.argument("name")
@guarded
def set_(name: str) -> None:
    """Give NAME a value: asked for without echo, or read from standard input (one newline at the end is left out)."""
    from polder.actions.secrets import check_settable, set_secret

    folder, words = site_path(), language()
    check_settable(folder, name)
    written = set_secret(folder, name, _ask(name, words))
    _say_written("secret.set", written, {"name": name})


@secret.command(epilog="Example: polder secret show lilas.wiki.admin-password")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Also when the output is not a terminal.")
@guarded
def show(name: str, yes: bool) -> None:
    """Print the value of NAME, opened with your key."""
    from polder.actions.secrets import show_secret

    if not yes and not sys.stdout.isatty():
        raise Refused(Problem("secret.not-terminal"))
    value = show_secret(site_path(), name).reveal_bytes()
    sys.stdout.buffer.write(value + (b"\n" if sys.stdout.isatty() and not value.endswith(b"\n") else b""))


@secret.command(epilog="Example: polder secret rotate lilas.wiki.admin-password && polder apply")
@click.argument("name")
@guarded
def rotate(name: str) -> None:
    """Generate a new value for NAME; the next plan shows the rotation."""
    from polder.actions.secrets import rotate_secret

    _say_written("secret.rotated", rotate_secret(site_path(), name), {"name": name})


@secret.command(epilog="Example: polder operator add ben age1... && polder secret reencrypt")
@guarded
def reencrypt() -> None:
    """Encrypt every secret to the operators that site.yml names today."""
    from polder.actions.secrets import reencrypt_secrets

    written = reencrypt_secrets(site_path())
    _say_written("secret.reencrypted", written, {"count": len(written.names)})
    click.echo("    " + hint("secret.reencrypted", {}, language()), err=True)


@click.command(epilog="Example: polder trust --save lilas-ca.crt")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option(
    "--save", type=click.Path(path_type=Path, dir_okay=False), help="Write the certificate to this file."
)
@guarded
def trust(as_json: bool, save: Path | None) -> None:
    """How to trust the site's own certificate authority, how to make sure of it, and how to stop."""
    from polder.actions.trust_authority import save_root, trust_authority

    words = language()
    found = trust_authority(site_path(), words)
    if save:
        save_root(found, save)
        click.echo(say("ingress.trust-saved", {"file": str(save)}, words), err=True)
        if not as_json:
            click.echo(say("ingress.trust-fingerprint", {"fingerprint": found.fingerprint}, words))
            return
    if as_json:
        show_json(asdict(found))
        return
    print_lines(_trust_lines(found.about, found.install, found.remove, words))


def _trust_lines(
    about: tuple[str, ...], install: dict[str, str], remove: dict[str, str], words: str
) -> list[tuple[str, str]]:
    lines = [(line, "") for line in about]
    for code, steps in (("ingress.trust-install", install), ("ingress.trust-remove", remove)):
        lines += [("", ""), (say(code, {}, words), "bold")]
        for system, step in steps.items():
            lines += [(f"  {system}", "cyan"), (f"    {step}", "")]
    return lines


def _ask(name: str, words: str) -> Secret:
    """From a person, twice and without echo; or everything on standard input but one newline at its end."""
    if sys.stdin.isatty():
        again = say("secret.ask-again", {}, words)
        ask = say("secret.ask", {"name": name}, words)
        return Secret(click.prompt(ask, hide_input=True, confirmation_prompt=again))
    return Secret(sys.stdin.buffer.read().removesuffix(b"\n").removesuffix(b"\r"))


def _say_written(code: str, written: Written, values: dict[str, str | int]) -> None:
    words = language()
    click.echo(say(code, {**values, "operators": written.operators}, words))
    tell_commit(written.commit, quiet=True)
