"""Sentences whose code begins with ``app.``."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "app.unknown": N_("There is no app {app}. Nearest: {near}. This site has: {known}."),
    "app.which": N_("Name the apps to check, or say --all. This site has: {known}."),
    "app.export-not-built": N_("The image of {app} was not built yet: {images}."),
    "app.export-not-empty": N_("{folder} exists and is not empty."),
    "app.check-status": N_("The answer's status was {status}, not {wanted}."),
    "app.check-not-there": N_("The answer does not hold what it should: {text}"),
    "app.check-still-there": N_("The answer holds what it should not: {text}"),
    "app.check-no-capture": N_("{name} was not found in the answer (pattern {pattern})."),
    "app.check-no-value": N_("These values are not known, because an earlier step failed: {names}."),
    "app.check-no-answer": N_("No answer from {what}: {why}."),
    "app.check-skipped": N_("Not tried, because an earlier step failed."),
    "app.check-passed": NP_(
        "{app}: every step of its check passed ({steps} step, {seconds} s).",
        "{app}: every step of its check passed ({steps} steps, {seconds} s).",
        by="steps",
    ),
    "app.check-failed": N_("{app}: its check failed at: {step}"),
    "app.check-none": N_("{app}: its recipe has no check."),
}

HINTS: dict[str, str] = {
    "app.export-not-built": N_("Build it with: polder image build"),
    "app.export-not-empty": N_("Name a folder that does not exist yet."),
    "app.check-no-answer": N_(
        "Is the app running? polder status. Elsewhere than this machine, POLDER_INGRESS=HOST says where to ask."
    ),
    "app.check-failed": N_("Look at its log: polder explain {app} says how."),
}
