"""Sentences whose code begins with ``journal.``: what a line of the journal says."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "journal.apply-begun": NP_(
        "Began to apply plan {plan}: {steps} step", "Began to apply plan {plan}: {steps} steps", by="steps"
    ),
    "journal.apply-ended-done": N_("Applied plan {plan}, in {seconds} s"),
    "journal.apply-ended-failed": N_("Applied plan {plan} in part: a step failed, after {seconds} s"),
    "journal.apply-ended-interrupted": N_("Applied plan {plan} in part: interrupted after {seconds} s"),
    "journal.step-failed": N_("Failed for {subject}: {sentence}"),
    "journal.taken-back": N_("Took back {service}, which did not become healthy"),
    "journal.operator-removed": N_(
        "Removed the operator {operator} and changed what they could read: {rotated}"
    ),
    "journal.bad-since": N_("“{value}” is neither a day like 2030-01-31 nor a time like 2030-01-31T12:00."),
}

HINTS: dict[str, str] = {}
