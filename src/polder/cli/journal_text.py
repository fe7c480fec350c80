"""A line of the journal as a sentence. Journals are kept for years: lines of an older Polder may lack values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polder.kernel.problem import Value
from polder.kernel.sentences import say_loosely, translate
from polder.kernel.sentences.words import WORDS

RESULTS = ("done", "failed", "interrupted")


def journal_line(line: Mapping[str, Any], words: str) -> str:
    """``when  who  sentence  result``"""
    result = str(line.get("result", "")) if line.get("what") == "step" else ""
    shown = translate(WORDS[result], words) if result in WORDS else result
    return f"{line.get('when', '')}  {line.get('who', '')}  {_sentence(line, words)}  {shown}".rstrip()


def _sentence(line: Mapping[str, Any], words: str) -> str:
    what, held = str(line.get("what", "")), _values(line)
    match what:
        case "step":
            return say_loosely(str(line.get("step")), _values(line.get("values")), words)
        case "step-failed":
            problem = str(line.get("problem") or "")
            why = say_loosely(problem, _values(line.get("problem_values")), words) if problem else "-"
            return say_loosely("journal.step-failed", {**held, "sentence": why}, words)
        case "apply-ended":
            result = line.get("result") if line.get("result") in RESULTS else "failed"
            return say_loosely(f"journal.apply-ended-{result}", held, words)
        case "apply-begun" | "taken-back" | "operator-removed":
            return say_loosely(f"journal.{what}", held, words)
        case _:
            return what


def _values(held: object) -> dict[str, Value]:
    """What JSON gave back, as values of a sentence."""
    items = held.items() if isinstance(held, Mapping) else ()
    found: dict[str, Value] = {}
    for name, value in items:
        if isinstance(value, list):
            found[str(name)] = tuple(map(str, value)) or ("-",)
        elif isinstance(value, str | int | float):
            found[str(name)] = value
    return found
