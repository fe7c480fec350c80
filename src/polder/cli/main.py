"""The ``polder`` command: a lazy group, so that each command imports only what it needs (see ``bench/startup.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import click

from polder import __version__
from polder.cli.help_words import no_such_command, speak, speaking, told

# name: (module, attribute). The order is the order of the help.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("site_commands", "init"),
    "check": ("site_commands", "check"),
    "schema": ("site_commands", "schema"),
    "group": ("app_commands", "group"),
    "operator": ("operator_commands", "operator"),
    "host": ("host_commands", "host"),
    "recipe": ("app_commands", "recipe"),
    "app": ("app_commands", "app"),
    "plan": ("plan_commands", "plan"),
    "apply": ("plan_commands", "apply"),
    "down": ("plan_commands", "down"),
    "status": ("look_commands", "status"),
    "capacity": ("capacity_commands", "capacity"),
    "explain": ("look_commands", "explain"),
    "journal": ("look_commands", "journal"),
    "export": ("look_commands", "export"),
    "image": ("image_commands", "image"),
    "key": ("secret_commands", "key"),
    "secret": ("secret_commands", "secret"),
    "trust": ("secret_commands", "trust"),
    "doctor": ("doctor_commands", "doctor"),
    "network": ("network_commands", "network"),
    "catalogue": ("catalogue_commands", "catalogue"),
    "adopt": ("catalogue_commands", "adopt"),
    "offer": ("catalogue_commands", "offer"),
    "lab": ("lab_commands", "lab"),
}


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for; suggests the nearest name for a wrong one."""

    commands_at: Mapping[str, tuple[str, str]] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands_at:
            return None
        module, attribute = self.commands_at[cmd_name]
        command: click.Command = getattr(import_module(f"polder.cli.{module}"), attribute)
        return told(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from polder.kernel.names import nearest

        near = "" if args[0] in self.commands_at else nearest(args[0], self.commands_at)
        if near:
            raise click.UsageError(no_such_command(args[0], near), ctx)
        return super().resolve_command(ctx, args)


class Polder(LazyGroup):
    """The outermost command. It speaks the asker's language, in click's own words too."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with speaking():
            return super().main(*args, **kwargs)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        LazyGroup.format_help(cast(LazyGroup, told(self)), ctx, formatter)


def _speak(context: click.Context, _param: click.Parameter, chosen: str | None) -> str | None:
    context.params["language"] = chosen
    speak()
    return chosen


@click.command(
    cls=Polder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: polder init my-site && cd my-site && polder plan",
)
@click.option(
    "--site", metavar="DIR", help="The site's folder (default: the nearest one upwards with site.yml)."
)
@click.option(
    "--language",
    metavar="LANG",
    is_eager=True,
    callback=_speak,
    help="Language of the sentences: en fr es ca de pt it el ro sq.",
)
@click.version_option(__version__, prog_name="polder")
@click.help_option("-h", "--help")
def polder(site: str | None, language: str | None) -> None:
    """One folder of files in, a collective's services running.

    A site is a folder that says which machines, groups and apps a provider has. `polder plan` says in words what would
    change; `polder apply` does it.
    """
