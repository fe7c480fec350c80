"""The reference pages about hosts: the lines of the baseline profile, and everything that an audit can find."""

from __future__ import annotations

from polder.kernel.sentences import all_hints, all_sentences
from polder.kernel.sentences.mark import forms

NOTICE = "<!-- Made by script/reference; edits here are lost. -->\n"


def texts() -> dict[str, str]:
    """Every sentence by its code; of one that counts something, the form for several."""
    return {code: forms(template)[-1] for code, template in all_sentences().items()}


def profile() -> str:
    """Every line: what, why, what is missing without it, its files."""
    from polder.platform.hosts.lines import LINES, sentence

    say = texts()
    lines = [
        "# Lines of the baseline profile\n",
        NOTICE,
        "What `profile: baseline` in `hosts.yml` means. A host does without a line by giving the reason:",
        '`without: {ssh-forwarding: "we debug through tunnels"}`. [Why they are as they are](../explanation/baseline.md).\n',
    ]
    for line in LINES:
        lines += [f"## {line.id}\n", f"**{say[sentence(line.id, 'title')]}**\n"]
        lines += [say[sentence(line.id, "does")] + "\n", f"*Why:* {say[sentence(line.id, 'why')]}\n"]
        lines.append(f"*Without it:* {say[sentence(line.id, 'without')]} {LEAVES[line.refused]}\n")
        if line.files:
            lines.append(f"*Files:* {', '.join(f'`{path}`' for path in line.files)}\n")
    return "\n".join(lines)


LEAVES = {
    "away": "When it was applied before, its files are taken away.",
    "stays": "What was applied before stays as it is.",
    "nothing": "",
}


def findings() -> str:
    """Every finding by its id, the gravest first."""
    from polder.platform.hosts.finding import KINDS, LEVELS

    say, hints = texts(), all_hints()
    lines = [
        "# What `polder host audit` can find\n",
        NOTICE,
        "Words in braces are filled in. A host accepts a finding by giving the reason in `hosts.yml`:",
        '`silence: {no-swap: "its disk wears out"}`; of those about one thing, one alone:',
        '`silence: {undeclared-port.9100-tcp: "the exporter"}`. Ids do not change. [About audits](../explanation/audit.md).\n',
    ]
    for level in LEVELS:
        lines.append(f"## {level}\n")
        for kind in (kind for kind in KINDS.values() if kind.level == level):
            code = f"audit.{kind.id}"
            mends = f" Line of the profile: `{kind.line}`." if kind.line else ""
            lines += [
                f"### {kind.id}\n",
                f"{say[code]} {say[code + '-why']}{mends}\n",
                forms(hints[code])[-1].replace("{{", "{").replace("}}", "}") + "\n",
            ]
    return "\n".join(lines)
