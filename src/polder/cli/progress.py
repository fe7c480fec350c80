"""Progress of a running plan: live on a terminal (rich), plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

import click

from polder.actions.run_plan import StepResult
from polder.kernel.engine import Rollout
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_
from polder.kernel.text import harmless
from polder.platform.plan.model import Step

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

WAITING = N_("{sentence}: {running} of {wanted} healthy")
MARKS = {"done": "ok", "failed": "FAILED", "unfinished": "UNKNOWN", "not-begun": "-"}


class PlainProgress:
    """One line when a step begins to wait, says something, or ends."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.told: dict[str, str] = {}
        self.lock = threading.Lock()

    def __enter__(self) -> PlainProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begun(self, step: Step) -> None:
        if step.kind == "prepare":
            self._say(f"... {self._sentence(step)}")

    def waiting(self, step: Step, rollout: Rollout) -> None:
        text = translate(WAITING, self.language).format(
            sentence=self._sentence(step), running=rollout.running, wanted=rollout.wanted
        )
        if rollout.state == "converging" and self.told.get(step.key) != text:
            self.told[step.key] = text
            self._say(f"... {text}")

    def line(self, step: Step, text: str) -> None:
        self._say(f"    {text}")

    def ended(self, result: StepResult) -> None:
        self._say(f"{MARKS[result.state]:<3} {self._sentence(result.step)} ({result.seconds:.1f} s)")

    def _sentence(self, step: Step) -> str:
        return say(step.code, step.values, self.language)

    def _say(self, text: str) -> None:
        with self.lock:
            click.echo(harmless(text))


class Quiet(PlainProgress):
    """Says nothing: somebody reads JSON at the end."""

    def __init__(self) -> None:
        super().__init__("en")

    def _say(self, text: str) -> None:
        return None


class LiveProgress(PlainProgress):
    """A live table of what is under way below the lines of what is done."""

    progress: Progress | None = None

    def _start(self) -> Progress:
        """Begins with the first step, so that no spinner turns while somebody is asked."""
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self.console = Console(highlight=False)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self.progress = Progress(*columns, console=self.console, transient=True)
        self.rows: dict[str, TaskID] = {}
        self.progress.start()
        return self.progress

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.progress:
            self.progress.stop()

    def begun(self, step: Step) -> None:
        bars = self.progress or self._start()
        self.rows[step.key] = bars.add_task(self._plain(self._sentence(step)))

    def _describe(self, step: Step, text: str) -> None:
        if self.progress and step.key in self.rows:
            self.progress.update(self.rows[step.key], description=self._plain(text))

    def waiting(self, step: Step, rollout: Rollout) -> None:
        text = translate(WAITING, self.language).format(
            sentence=self._sentence(step), running=rollout.running, wanted=rollout.wanted
        )
        self._describe(step, text)

    def line(self, step: Step, text: str) -> None:
        self._describe(step, f"{self._sentence(step)}: {text}")

    def ended(self, result: StepResult) -> None:
        if self.progress and result.step.key in self.rows:
            self.progress.remove_task(self.rows.pop(result.step.key))
        super().ended(result)

    def _say(self, text: str) -> None:
        self.console.print(self._plain(text))

    @staticmethod
    def _plain(text: str) -> str:
        from rich.markup import escape

        return escape(harmless(text))


def progress(language: str) -> PlainProgress:
    """The kind that suits standard output."""
    return LiveProgress(language) if sys.stdout.isatty() else PlainProgress(language)
