"""Sentences whose code begins with ``capacity.``: what hosts have room for, and what the loss of one would mean."""

from polder.kernel.sentences.mark import N_, NP_, Template

SENTENCES: dict[str, Template] = {
    "capacity.offline": N_("Nobody was asked: apps without data are counted where they would fit best."),
    "capacity.loss": N_("If {host}, the biggest, were lost:"),
    "capacity.lost-ingress": N_("nobody would reach any app: no other host has the role ingress."),
    "capacity.lost-manager": N_(
        "nothing could be changed or moved until it is back: the managers left would be too few to agree."
    ),
    "capacity.lost-data": NP_(
        "the data of {count} app is on it and would have to come back from a copy made elsewhere: {apps}",
        "the data of {count} apps is on it and would have to come back from a copy made elsewhere: {apps}",
    ),
    "capacity.homeless": N_("{app} could not run. The nearest host for it:"),
    "capacity.all-fit": NP_(
        "everything on it ({count} app) has room on the others.",
        "everything on it ({count} apps) has room on the others.",
    ),
    "capacity.power": NP_(
        "Fed by {power}: {hosts}, with {apps} app for about {people} people.",
        "Fed by {power}: {hosts}, with {apps} apps for about {people} people.",
        by="apps",
    ),
    "capacity.no-power": NP_(
        "Nobody said what feeds {hosts}, with {apps} app for about {people} people.",
        "Nobody said what feeds {hosts}, with {apps} apps for about {people} people.",
        by="apps",
    ),
    "capacity.lone": N_("{app} needs {needs}, which {host} alone has."),
}

HINTS: dict[str, str] = {}
