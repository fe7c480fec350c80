"""What every command needs at the door: where the site is, which language, how problems leave.

Exit statuses: 0 done, 1 something failed on the way (the output says what was done and what not), 2 refused (bad input;
nothing changed), 3 unreachable (try again), 4 somebody said no at a prompt, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import click

from polder.kernel.problem import Problem, Refused, Unreachable, file_trouble
from polder.kernel.sentences import LANGUAGES, hint, say, say_problem
from polder.kernel.text import HIDDEN, harmless

if TYPE_CHECKING:
    from rich.console import Console

FAILED, REFUSED, UNREACHABLE, DECLINED = 1, 2, 3, 4
P = ParamSpec("P")
R = TypeVar("R")


def language() -> str:
    """The asker's language: ``--language``, else ``POLDER_LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES``, ``LANG``; else English."""
    context = click.get_current_context(silent=True)
    chosen = (context.find_root().params.get("language") if context else None) or ""
    for name in ("POLDER_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        chosen = chosen or os.environ.get(name, "")
    short = chosen.replace("-", "_").split(".")[0].split("_")[0].lower()
    return short if short in LANGUAGES else "en"


def site_path() -> Path:
    """The site's folder: ``--site``, else ``POLDER_SITE``, else the nearest folder upwards that holds ``site.yml``.

    Refused with ``site.not-here`` when there is none.
    """
    return _folder_with("site.yml", "site.not-here")


def network_path() -> Path:
    """The network folder, found like the site's by its ``network.yml``; it may be the same folder.

    Refused with ``network.not-here`` when there is none.
    """
    return _folder_with("network.yml", "network.not-here")


def _folder_with(file: str, missing: str) -> Path:
    context = click.get_current_context(silent=True)
    given = (context.find_root().params.get("site") if context else None) or os.environ.get("POLDER_SITE")
    start = Path(given) if given else Path.cwd()
    candidates = [start] if given else [start, *start.resolve().parents]
    for folder in candidates:
        if (folder / file).is_file():
            return folder
    raise Refused(Problem(missing, "", {"folder": str(start)}))


def fail(problems: Iterable[Problem]) -> NoReturn:
    """Print every problem with its hint to standard error and leave with status 2."""
    words = language()
    for problem in problems:
        click.echo(harmless(say_problem(problem, words)), err=True)
        advice = hint(problem.code, problem.values, words)
        if advice:
            click.echo("    " + harmless(advice), err=True)
    sys.exit(REFUSED)


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Decorator: ``Refused``, ``Unreachable``, trouble with files and Ctrl-C become sentences and exit statuses."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            _check_words(kwargs.values())
            return command(*args, **kwargs)
        except Refused as refused:
            fail(refused.problems)
        except Unreachable as lost:
            told = say("kernel.unreachable", {"what": lost.what, "why": lost.why}, language())
            click.echo(harmless(told), err=True)
            sys.exit(UNREACHABLE)
        except BrokenPipeError:  # whoever read our output has enough
            raise
        except OSError as error:
            click.echo(harmless(say_problem(file_trouble(error), language())), err=True)
            sys.exit(FAILED)
        except KeyboardInterrupt:
            click.echo(say("kernel.interrupted", {}, language()), err=True)
            sys.exit(130)

    return run


def _check_words(values: Iterable[object]) -> None:
    """Refuses (``kernel.not-utf8``) bytes on the command line that are no UTF-8: nothing could write or sign them."""
    for value in values:
        if isinstance(value, tuple | list):
            _check_words(value)
        elif isinstance(value, str) and (told := value.encode(errors="replace").decode()) != value:
            raise Refused(Problem("kernel.not-utf8", "", {"text": told[:80]}))


def show_json(data: Any) -> None:
    """Print data as JSON for machines, sorted and indented; what steers a terminal or is not seen is written as ``\\u…``."""
    text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)
    click.echo(HIDDEN.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    """A character as JSON writes it with ASCII alone: two halves when it is beyond the first plane."""
    return json.dumps(found[0])[1:-1]


def console() -> Console:
    """A rich console on standard output: colour only on a terminal and when ``NO_COLOR`` is unset."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def confirm(question: str, expected: str, yes: bool) -> bool:
    """Ask for ``expected`` to be typed; ``yes`` skips the prompt. False when something else was typed or input ended."""
    if yes:
        return True
    try:
        return bool(click.prompt(question, default="", show_default=False).strip() == expected)
    except click.Abort:
        click.echo()
        return False
