"""Sentences whose code begins with ``advisory.``: warnings between providers."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "advisory.not-a-range": N_(
        "“{value}” is no range of versions: “< 1.2.3”, “>= 1, < 2”, “= 1.4”, or “*” for all of them."
    ),
    "advisory.none-such": N_("{advisory} is no advisory."),
    "advisory.none": N_("No provider warns of anything."),
    "advisory.quiet": N_("Nothing that runs here is concerned."),
    "advisory.affected": N_("{severity}: {software} {version} at {where} is affected."),
    "advisory.unknown": N_(
        "{severity}: {software} runs at {where}; whether its version is affected is not known."
    ),
    "advisory.clear": N_("{software} {version} at {where} is not affected."),
    "advisory.absent": N_("{software} does not run here."),
    "advisory.fixed-in": N_("Mended in: {versions}."),
    "advisory.from": N_("{name}: {title}"),
    "advisory.keep": N_("Keep it to yourselves until {until}."),
    "advisory.seen-to": N_("Seen to: {reason}"),
    "advisory.acknowledged": N_("{advisory} is shown as seen to from now on."),
}

HINTS: dict[str, str] = {}
