"""Sentences whose code begins with ``doctor.``."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "doctor.engine": N_("The engine at {address} answers (version {version})."),
    "doctor.no-engine": N_("No engine answers at {what}: {why}"),
    "doctor.worker": N_("This engine is a worker of a swarm; Polder talks to a manager."),
    "doctor.no-swarm-yet": N_("The engine is not a swarm yet; polder apply makes it a swarm of one."),
    "doctor.can-build": N_("Images can be built on this machine."),
    "doctor.git": N_("git is here: the site's history can be kept."),
    "doctor.no-git": N_("git is not installed: the site's changes will have no history."),
    "doctor.key": NP_(
        "There is {number} key to open secrets with.",
        "There are {number} keys to open secrets with.",
        by="number",
    ),
    "doctor.site": NP_(
        "The site {site} reads well: {apps} app.", "The site {site} reads well: {apps} apps.", by="apps"
    ),
    "doctor.no-operators": N_("site.yml names no operators, so no secret can be made."),
}

HINTS: dict[str, str] = {
    "doctor.no-engine": N_("On Debian: apt-get install docker.io, then start it (systemctl start docker)."),
    "doctor.worker": N_("Name a manager in site.yml, for instance engine: ssh://root@manager"),
    "doctor.no-git": N_("On Debian: apt-get install git"),
    "doctor.no-operators": N_("Make a key with `polder key new`, then: polder operator add NAME age1..."),
}
