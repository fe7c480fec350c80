"""Sentences whose code begins with ``compose.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    # Understood, without effect (Project.reported).
    "compose.no-effect": N_("“{key}” has no effect here."),
    "compose.polder-decides": N_(
        "“{key}” has no effect: Polder decides this itself, the same way for every app."
    ),
    "compose.version": N_("“{key}” has no effect: every Compose file is read by the newest rules."),
    "compose.name": N_("“{key}” has no effect: Polder names things after the site, the group and the app."),
    "compose.restart": N_("“{key}” has no effect: a service that ends is always started again."),
    "compose.container-name": N_("“{key}” has no effect: other services reach this one by its service name."),
    "compose.expose": N_("“{key}” has no effect: services on one network reach each other on every port."),
    "compose.platform": N_("“{key}” has no effect: a service runs on what its host is."),
    "compose.create-host-path": N_(
        "“{key}” has no effect: make the folder on the host yourself, Swarm never does."
    ),
    "compose.secret-value": N_(
        "“{key}” has no effect: the value of a secret comes from the site's secrets folder."
    ),
    "compose.unused": N_("“{name}” under “{section}” is used by no service."),
    # Keys that cannot be honoured.
    "compose.swarm-cannot": N_("“{key}” cannot be honoured: Docker Swarm has nothing like it for services."),
    "compose.not-supported": N_("“{key}” is part of Compose, but Polder does not support it."),
    "compose.build": N_(
        "“{key}” cannot be used in a Compose file here: a recipe's own image is built from its image folder."
    ),
    "compose.env-file": N_(
        "“{key}” cannot be used: what a service gets must stand in the Compose file itself."
    ),
    "compose.extends": N_(
        "“{key}” cannot be used: a recipe is one Compose file that can be read on its own."
    ),
    "compose.include": N_(
        "“{key}” cannot be used: a recipe is one Compose file that can be read on its own."
    ),
    "compose.profiles": N_("“{key}” cannot be used: every service of a recipe runs."),
    "compose.links": N_("“{key}” cannot be used: services find each other by name on their common network."),
    "compose.privileged": N_("“{key}” cannot be honoured: Docker Swarm runs no privileged containers."),
    "compose.devices": N_("“{key}” cannot be honoured: Docker Swarm gives no devices to services."),
    "compose.external": N_(
        "“{key}” cannot be used: a recipe brings everything it needs and shares nothing unseen."
    ),
    "compose.driver-opts": N_(
        "“{key}” cannot be used: with them a volume or network could be anything on the host."
    ),
    "compose.config-elsewhere": N_("“{key}” cannot be used for a config: write its text under “content”."),
    # Words that are not known, or values of the wrong kind.
    "compose.unknown-key": N_("“{key}” is not a word of the Compose Specification."),
    "compose.unknown-key-near": N_(
        "“{key}” is not a word of the Compose Specification; did you mean “{near}”?"
    ),
    "compose.not-a-mapping": N_("“{key}” must hold names and values."),
    "compose.not-a-list": N_("“{key}” must be a list."),
    "compose.not-text": N_("“{key}” must be one value, not a list or a map."),
    "compose.nul": N_("“{key}” holds the character NUL, which no program can be given."),
    "compose.not-yes-no": N_("“{key}” must be true or false, not “{found}”."),
    "compose.not-a-number": N_("“{key}” must be a number that makes sense there, not “{found}”."),
    "compose.not-a-size": N_("“{key}” must be an amount such as 128M or 1.5G, not “{found}”."),
    "compose.not-a-duration": N_("“{key}” must be a time such as 30s or 1m30s, not “{found}”."),
    "compose.not-a-mode": N_("“{key}” must be a file mode such as 0440, not “{found}”."),
    "compose.not-a-choice": N_("“{key}” cannot be “{found}” here; it can be: {choices}."),
    "compose.no-services": N_("The file has no services."),
    "compose.too-many-services": N_("The file has {count} services; {most} is the most."),
    "compose.bad-name": N_(
        "“{name}” cannot be a name: use lower-case letters, digits and single hyphens, 32 at most."
    ),
    "compose.bad-name-near": N_(
        "“{name}” cannot be a name: use lower-case letters, digits and single hyphens, for example “{near}”."
    ),
    # One service.
    "compose.image-without-digest": N_(
        "The image “{image}” is not pinned: a tag may mean something else tomorrow, a digest cannot."
    ),
    "compose.empty-command": N_("“{key}” is empty: Docker Swarm cannot take away what the image runs."),
    "compose.bad-quotes": N_("“{key}” has a quote that is never closed."),
    "compose.no-value": N_("“{name}” under “{key}” has no value, and there is no shell to take one from."),
    "compose.hostname": N_(
        "The hostname “{hostname}” would be answered on the network that all apps share, in the place of another app."
    ),
    "compose.reserved-label": N_("The label “{name}” is one of Polder's own."),
    "compose.bad-extra-host": N_(
        "“{found}” under extra_hosts must be a name and an address, as in “mail:192.0.2.7”."
    ),
    "compose.bad-capability": N_("“{found}” is not the name of a capability."),
    "compose.ulimit-needs-both": N_("The limit “{name}” needs both a soft and a hard number."),
    "compose.bad-health-test": N_(
        "A health test must be a text, or a list that begins with CMD, CMD-SHELL or NONE."
    ),
    "compose.runs-once": N_(
        "A service that runs once and ends has no place here: Polder starts every service again."
    ),
    "compose.waits-for-end": N_(
        "Nothing can wait for “{name}” to complete: Polder keeps every service running."
    ),
    "compose.said-twice": N_("“{key}” of “{name}” contradicts what “deploy” says."),
    # Storage.
    "compose.anonymous-volume": N_(
        "The volume at “{target}” has no name, so its data would be lost at each change."
    ),
    "compose.bad-mount": N_("“{found}” is not a volume: write it as “name:/path” or “name:/path:ro”."),
    "compose.bad-mount-target": N_(
        "“{target}” cannot be a place for a volume: it must be a full path below “/”."
    ),
    "compose.relative-path": N_("“{source}” is a path beside the file, and no host has that file beside it."),
    "compose.bad-tmpfs-option": N_(
        "“{option}” is not an option of tmpfs that can be honoured: size and mode are."
    ),
    "compose.mounted-twice": N_("“{name}” puts two things at “{target}”."),
    "compose.volume-driver": N_("The volume driver “{driver}” cannot be used; only “local” can."),
    "compose.network-driver": N_(
        "The network driver “{driver}” cannot be used; Polder makes overlay networks."
    ),
    "compose.config-empty": N_("The config “{name}” has no content."),
    "compose.config-too-big": N_(
        "The config “{name}” is longer than {most} bytes, the most that Docker Swarm takes."
    ),
    "compose.config-file-missing": N_(
        "The config “{name}” names the file “{path}”, which is not beside the Compose file."
    ),
    "compose.config-not-text": N_("The config “{name}” names the file “{path}”, which is not UTF-8 text."),
    # Network.
    "compose.bad-port": N_("“{found}” is not a port to publish: write it as “8443:443” or “8443:443/udp”."),
    "compose.random-port": N_("Port {target} would be published at a number chosen by chance."),
    "compose.loopback-port": N_(
        "The port is meant for {address} only, but Docker Swarm publishes on every address: it would "
        "become public."
    ),
    "compose.host-address-port": N_(
        "The port is meant for the address {address} only, but Docker Swarm publishes on every address."
    ),
    "compose.ingress-port": N_(
        "Ports in mode “ingress” are not published: the routing mesh hides who is calling."
    ),
    "compose.port-twice": N_("Port {port} is already published by “{first}”."),
    "compose.network-mode": N_("The network mode “{found}” cannot be honoured; only “host” can."),
    "compose.host-network-alone": N_(
        "“{name}” uses its host's network, so it can have neither networks nor ports of its own."
    ),
    # Between services.
    "compose.unknown-volume": N_("There is no volume “{name}” under “volumes”."),
    "compose.unknown-volume-near": N_("There is no volume “{name}”; did you mean “{near}”?"),
    "compose.unknown-network": N_("There is no network “{name}” under “networks”."),
    "compose.unknown-network-near": N_("There is no network “{name}”; did you mean “{near}”?"),
    "compose.unknown-secret": N_("There is no secret “{name}” under “secrets”."),
    "compose.unknown-secret-near": N_("There is no secret “{name}”; did you mean “{near}”?"),
    "compose.unknown-config": N_("There is no config “{name}” under “configs”."),
    "compose.unknown-config-near": N_("There is no config “{name}”; did you mean “{near}”?"),
    "compose.unknown-service": N_("There is no service “{name}” to depend on."),
    "compose.unknown-service-near": N_("There is no service “{name}” to depend on; did you mean “{near}”?"),
    "compose.cycle": N_("These services wait for each other in a circle: {path}."),
    # Variables.
    "compose.bad-variable": N_("“{key}” has a dollar sign that begins no variable: “{text}”."),
    "compose.variable-not-here": N_(
        "“{key}” may hold no variable: what a recipe asks of its host must be plain before anybody "
        "fills in a setting."
    ),
    "compose.undefined-variable": N_("The variable “{name}” has no value."),
    "compose.undefined-variable-near": N_("The variable “{name}” has no value; did you mean “{near}”?"),
    "compose.needed-variable": N_("The variable “{name}” has no value: {message}"),
}

HINTS: dict[str, str] = {
    "compose.hostname": N_("Leave it out, or write ${{POLDER_DOMAIN}}, the app's own domain."),
    "compose.image-without-digest": N_(
        "Ask “docker buildx imagetools inspect {image}” for its digest and write the image as name@sha256:…"
    ),
    "compose.loopback-port": N_(
        "If only other services need it, remove the port: they reach it by service name. People reach "
        "the front service by its domain."
    ),
    "compose.host-address-port": N_(
        "Publish on every address and let a firewall choose, or remove the port."
    ),
    "compose.random-port": N_(
        "Write both numbers, as in “8443:{target}”, or remove the port if only other services need it."
    ),
    "compose.ingress-port": N_("Write “mode: host”, or the short form “8443:443”."),
    "compose.env-file": N_("Write the values under “environment”; values that nobody may see are secrets."),
    "compose.no-value": N_("Write the value, or take it from a setting: {name}: ${{SETTING_…}}"),
    "compose.relative-path": N_("Keep data in a named volume, and configuration under “configs”."),
    "compose.anonymous-volume": N_("Write “data:{target}” and “data:” under the file's own “volumes”."),
    "compose.build": N_(
        "Leave out “image” and “{key}” for the service that runs the image the recipe builds."
    ),
    "compose.privileged": N_("Ask for the capability that is really needed under “cap_add”."),
    "compose.runs-once": N_("Let the service that needs it do that work when it starts."),
    "compose.waits-for-end": N_("Let the service that needs it do that work when it starts."),
    "compose.links": N_("Another name for a service is an alias under its “networks”."),
    "compose.bad-variable": N_("A dollar sign that is meant as such is written twice: $$."),
    "compose.not-a-mode": N_("Begin it with a nought: 0440."),
    "compose.said-twice": N_("Keep one of the two."),
}
