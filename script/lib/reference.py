"""Write the reference pages that are made from the code: commands, site files, problems.

``docs/reference/commands.md`` comes from click, ``site-files.md`` from the JSON Schemas, ``problems.md``
from the sentences.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

FOLDER = Path("docs/reference")
NOTICE = "<!-- Made by script/reference; edits here are lost. -->\n"


def commands() -> str:
    """Every command with its usage, text, arguments and options, in the order of the help."""
    from polder.cli.main import polder

    parts = [
        "# Commands\n",
        NOTICE,
        "Exit statuses: 0 done; 1 something failed on the way; 2 refused, nothing changed; "
        "3 something did not answer; 4 the question was answered with no; 130 interrupted.\n",
    ]
    for path, context in walk(polder, click.Context(polder, info_name="polder")):
        parts.append(command_page(path, context))
    return "\n".join(parts)


def walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Context]]:
    """``command`` and everything below it, each with a context that knows its full name."""
    yield context.command_path, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, name
            yield from walk(below, click.Context(below, info_name=name, parent=context))


def command_page(path: str, context: click.Context) -> str:
    command = context.command
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [f"## {path}\n", f"```\n{usage}\n```\n", inspect.cleandoc(command.help or "") + "\n"]
    rows = [record for p in command.get_params(context) if (record := p.get_help_record(context))]
    lines += ["| option | what it does |", "| --- | --- |"] if rows else []
    lines += [f"| `{cell(name)}` | {cell(text)} |" for name, text in rows]
    lines += [""] if rows else []
    if command.epilog:
        lines.append(inspect.cleandoc(command.epilog) + "\n")
    return "\n".join(lines)


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def problems() -> str:
    """Every code with its sentence and hint, by area."""
    from polder.kernel.sentences import all_hints, all_sentences

    hints = all_hints()
    lines = [
        "# Problems, steps and findings\n",
        NOTICE,
        "Words in braces are filled in when the sentence is shown.\n",
    ]
    area = ""
    for code, text in all_sentences().items():
        if code.split(".")[0] != area:
            area = code.split(".")[0]
            lines.append(f"## {area}\n")
        lines.append(
            f"**`{code}`**  \n{as_text(text)}"
            + (f"  \n*{as_text(hints[code])}*" if code in hints else "")
            + "\n"
        )
    return "\n".join(lines)


def as_text(template: str) -> str:
    """A sentence as markdown: braces and stars stay what they are."""
    return " ".join(template.split()).replace("*", "\\*").replace("<", "&lt;")


def site_files() -> str:
    """Every key of every file of a site, from the schemas that ``polder schema`` prints."""
    from polder.platform.site.schema import schemas

    lines = ["# Files of a site\n", NOTICE]
    for name, schema in schemas().items():
        lines.append(f"## {name}\n\n{schema.get('description', '')}\n")
        lines += ["| key | value | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{key}` | {cell(kind)} | {cell(text)} |" for key, kind, text in keys(schema, "")]
        lines.append("")
    return "\n".join(lines)


def keys(schema: dict[str, Any], before: str) -> Iterator[tuple[str, str, str]]:
    """Rows (key, kind of value, meaning) for a schema and what is below it."""
    required = schema.get("required", ())
    for name, below in schema.get("properties", {}).items():
        path = f"{before}{name}"
        yield path, kind_of(below) + (", required" if name in required else ""), below.get("description", "")
        yield from keys(below, path + ".")
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        yield f"{before}<name>", kind_of(extra), extra.get("description", "")
        yield from keys(extra, f"{before}<name>.")


def kind_of(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(f"`{word}`" for word in schema["enum"])
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(kind_of(one) for one in schema.get("anyOf") or schema["oneOf"])
    kind = schema.get("type", "anything")
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"list of {kind_of(schema.get('items', {}))}" if words == "array" else words


PAGES = {"commands.md": commands, "site-files.md": site_files, "problems.md": problems}


def main(check: bool) -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    stale = 0
    for name, write in PAGES.items():
        path, text = FOLDER / name, write().rstrip() + "\n"
        if path.exists() and path.read_text() == text:
            continue
        stale += 1
        print(f"{path}: {'out of date; run script/reference' if check else 'written'}")
        if not check:
            path.write_text(text)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
