"""Sentences whose code begins with ``operator.``: people who may read the site's secrets join and leave."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "operator.none": N_("This site has no operators."),
    "operator.added": N_("{name} can read what is encrypted from now on, and nothing older yet."),
    "operator.removed": N_(
        "{name} is no longer an operator. The secrets are encrypted to {operators} alone."
    ),
    "operator.completed": N_("{name} was taken out before; what was missing of it is done now."),
    "operator.rotated": N_("New values, because {name} could read the old ones: {secrets}"),
    "operator.nothing-rotated": N_(
        "No secret had a value that Polder makes; there was nothing to make anew."
    ),
    "operator.intermediate": N_(
        "The certificate that signs for the apps is new. Its root is the same, so nobody has to trust anything anew."
    ),
    "operator.root": N_(
        "The site's authority is new from its root on: everybody who trusts it must trust the new one (polder trust)."
    ),
    "operator.given": N_("{secret} ({app}) was given by somebody, and {name} could read it."),
    "operator.unused": N_("No app uses {secrets}; {name} could read what is in them."),
    "operator.hosts": N_("Their account and keys go from {hosts} with the next apply."),
    "operator.host-away": N_(
        "{host} could not be asked: {name}'s account and keys are still there, and let them in if it comes back."
    ),
    "operator.history": N_(
        "Former values stay in the site's history, which {name} may have a copy of: only new values are safe from them."
    ),
}

HINTS: dict[str, str] = {
    "operator.added": N_("Let them read everything: polder secret reencrypt"),
    "operator.intermediate": N_(
        "{name} may have a copy of the root's key, with which certificates for your names can be made for years. To replace the "
        "root as well: take internal-ca.crt and secrets/polder.*.age out of the site, apply, and let everybody trust the new one."
    ),
    "operator.host-away": N_(
        "polder plan names it until then; once it answers, polder apply takes them away. If that cannot wait, cut it off where it stands."
    ),
    "operator.given": N_("Get a new value where it came from, then: polder secret set {secret}"),
    "operator.unused": N_("Remove the files if they are of no use: git rm secrets/NAME.age"),
}
