"""Write the reference pages that are made from the code: commands, site files, problems.

``docs/reference/commands.md`` comes from click, ``site-files.md`` and ``network-files.md`` from the JSON Schemas, ``problems.md``
from the sentences; ``host-profile.md`` and ``audit-findings.md`` from the baseline profile (``host_pages``).
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from host_pages import NOTICE, findings, profile

FOLDER = Path("docs/reference")


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
    options = [p for p in command.get_params(context) if isinstance(p, click.Option)]
    rows = [record for p in options if (record := p.get_help_record(context))]
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
    from polder.kernel.sentences.mark import forms

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
            f"**`{code}`**  \n{as_text(forms(text)[-1])}"
            + (f"  \n*{as_text(forms(hints[code])[-1])}*" if code in hints else "")
            + "\n"
        )
    return "\n".join(lines)


def as_text(template: str) -> str:
    """A sentence as markdown: braces and stars stay what they are."""
    return " ".join(template.split()).replace("*", "\\*").replace("<", "&lt;")


def site_files() -> str:
    """Every key of every file of a site, from the schemas that ``polder schema`` prints."""
    from polder.platform.site.schema import NAMES, schema

    lines = ["# Files of a site\n", NOTICE]
    for name in NAMES:
        lines += file_lines(FILES[name], schema(name))
    return "\n".join(lines)


def network_files() -> str:
    """Every key of every file that people write in a network folder."""
    from polder.commons.network.schema import FILES as PLACES
    from polder.commons.network.schema import SHAPES, network_schema

    lines = ["# Files of a network folder\n", NOTICE]
    for name in SHAPES:
        lines += file_lines(PLACES[name], network_schema(name))
    return "\n".join(lines)


def file_lines(file: str, described: dict[str, Any]) -> list[str]:
    rows = [f"| `{key}` | {cell(kind)} | {cell(text)} |" for key, kind, text in keys(described, "")]
    return [f"## {file}\n", "| key | value | meaning |", "| --- | --- | --- |", *rows, ""]


def keys(schema: dict[str, Any], before: str) -> Iterator[tuple[str, str, str]]:
    """Rows (key, kind of value, meaning) for a schema and what is below it."""
    required = schema.get("required", ())
    for name, below in schema.get("properties", {}).items():
        yield f"{before}{name}", kind_of(below) + (", required" if name in required else ""), meaning(below)
        yield from keys(below, f"{before}{name}.")
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        if extra.get("description") or "properties" not in extra:
            yield f"{before}NAME", kind_of(extra), meaning(extra)
        yield from keys(extra, f"{before}NAME.")
    if isinstance(items := schema.get("items"), dict):
        yield from keys(items, f"{before.removesuffix('.')}[].")


KINDS = {"string": "text", "object": "mapping", "boolean": "true or false", "integer": "whole number"}


def kind_of(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(f"`{word}`" if word else "nothing" for word in schema["enum"])
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(kind_of(one) for one in schema.get("anyOf") or schema["oneOf"])
    kinds = schema.get("type", "anything")
    words = [word for word in ([kinds] if isinstance(kinds, str) else kinds) if word != "null"]
    return " or ".join(
        f"list of {kind_of(schema.get('items', {}))}" if word == "array" else KINDS.get(word, word)
        for word in words
    )


def meaning(schema: dict[str, Any]) -> str:
    """The description, with the value that holds when none is given, or an example."""
    text = schema.get("description", "")
    if schema.get("default") not in (None, "", [], {}):
        return f"{text} When not given: `{plain(schema['default'])}`."
    if schema.get("examples"):
        return f"{text} For example `{plain(schema['examples'][0])}`."
    return text


def plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


FILES = {
    "site": "site.yml",
    "hosts": "hosts.yml",
    "group": "groups/NAME.yml",
    "lock": "polder.lock",
    "recipe": "recipes/NAME/recipe.yml",
}
PAGES = {
    "commands.md": commands,
    "site-files.md": site_files,
    "network-files.md": network_files,
    "problems.md": problems,
    "host-profile.md": profile,
    "audit-findings.md": findings,
}


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
