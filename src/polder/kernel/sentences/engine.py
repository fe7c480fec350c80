"""Sentences whose code begins with ``engine.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "engine.bad-address": N_("“{address}” is not an engine's address."),
    "engine.needs-tls": N_(
        "“{address}” has no TLS certificates; an engine is never asked over an open network."
    ),
    "engine.no-context": N_("The docker command has no context called “{context}”."),
    "engine.changed-since": N_(
        "The {kind} {name} was changed by another hand since it was looked at; nothing was done to it."
    ),
    "engine.exists": N_("A {kind} called {name} exists already."),
    "engine.missing": N_("There is no {kind} called {name} on the engine."),
    "engine.in-use": N_("The {kind} {name} is still in use: {message}"),
    "engine.no-swarm": N_("This engine is not the manager of a swarm."),
    "engine.not-manager": N_("This engine is a worker of a swarm; changes are asked of a manager."),
    "engine.no-value": N_("No value was given for the secret {name} ({source})."),
    "engine.bad-archive": N_("{name} could not be loaded as an image: {message}"),
    "engine.not-pushed": N_("The image could not be pushed as {name}: {message}"),
    "engine.locked": N_("{by} is applying changes to {site} since {since}."),
    "engine.lost-lock": N_("Another operator took over {site}: nothing heard from here for too long."),
    "engine.said": N_("The engine refused ({kind} {name}): {message}"),
}

HINTS: dict[str, str] = {
    "engine.not-pushed": N_(
        "Is the registry up, and can each host reach it? One without TLS must be among each engine's insecure-registries."
        " Then run polder apply again."
    ),
    "engine.bad-address": N_("Write local, unix:///path, ssh://user@host, tcp://host:2376 or context:NAME."),
    "engine.needs-tls": N_(
        "Set DOCKER_CERT_PATH to a folder with ca.pem, cert.pem and key.pem, or use ssh://user@host."
    ),
    "engine.no-context": N_("docker context ls shows those there are."),
    "engine.changed-since": N_("Plan again to see what is there now."),
    "engine.locked": N_(
        "Wait until they are done, then plan again. If they stopped, the lock is taken over by itself."
    ),
    "engine.lost-lock": N_("Plan again to see what is there now."),
    "engine.not-manager": N_(
        "Write the address of a manager as engine: in site.yml; docker node ls there shows them."
    ),
    "engine.no-swarm": N_("Talk to a manager, or let polder apply make the swarm."),
}
