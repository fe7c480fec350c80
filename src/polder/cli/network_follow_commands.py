"""``polder network follow`` and ``unfollow``: providers that are read besides those in the roster."""

from __future__ import annotations

import sys

import click

from polder.cli.door import DECLINED, confirm, guarded, language, network_path
from polder.cli.site_commands import tell_commit
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_

ASKED = N_("Only they can tell you that this is theirs. If it is what they told you, type “{name}”")


@click.command(epilog="Example: polder network follow beech https://beech.example/net/")
@click.argument("name", metavar="NAME|SIGNPOST")
@click.argument("url", default="", required=False)
@click.option(
    "--fingerprint",
    default="",
    metavar="TEXT",
    help="Words or hex digits that they told you; then nothing is asked.",
)
@click.option("--private", is_flag=True, help="Its addresses may be private ones (a laboratory, a mesh).")
@click.option(
    "--proxy",
    default="",
    metavar="URL",
    help="What it is reached through (socks5h://… or http://…); none: directly.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def follow(name: str, url: str, fingerprint: str, private: bool, proxy: str, yes: bool) -> None:
    """Read what the provider NAME publishes at URL, though no roster names it.

    The fingerprint of its first keys is shown, as words to read to each other, and pinned in network.yml. A SIGNPOST (the text of its QR
    code; - reads it from standard input) says name, address and fingerprint at once.
    """
    from polder.actions import follow_provider
    from polder.cli.signposts import read_typed
    from polder.commons.network.signpost import PROVIDER, agreed
    from polder.commons.roster.fingerprint import heard, spoken

    folder, words = network_path(), language()
    signpost = read_typed(name, PROVIDER)
    if signpost and not url:
        name, url = signpost.name, signpost.url
        click.echo(say("network.signpost-read", {"name": name, "url": url}, words))
        told = agreed((signpost,), heard(fingerprint) if fingerprint else None) or ""
    elif url and not signpost:
        told = fingerprint
    else:
        raise Refused(Problem("network.name-and-url" if not url else "network.signpost-and-url"))
    met = follow_provider.meet(folder, name, url, fingerprint=told, private=private, proxy=proxy)
    if not fingerprint:
        shown = spoken(met.root, words).split()
        click.echo(say("network.fingerprint-is", {"name": name, "digest": met.root}, words))
        for start in range(0, len(shown), 6):
            click.echo("    " + " ".join(shown[start : start + 6]))
        if not confirm(translate(ASKED, words).format(name=name), name, yes):
            click.echo(say("site.nothing-written", {}, words), err=True)
            sys.exit(DECLINED)
    commit = follow_provider.follow(folder, met)
    click.echo(say("network.followed", {"name": name}, words))
    tell_commit(commit)


@click.command(epilog="Example: polder network unfollow beech")
@click.argument("names", nargs=-1, required=True)
@guarded
def unfollow(names: tuple[str, ...]) -> None:
    """Read NAMES no longer, unless the roster has them. What was verified of them stays in the state folder."""
    from polder.actions import follow_provider

    commit = follow_provider.unfollow(network_path(), names)
    click.echo(say("network.unfollowed", {"names": names}, language()))
    tell_commit(commit)
