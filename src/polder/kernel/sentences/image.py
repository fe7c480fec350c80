"""Sentences whose code begins with ``image.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "image.not-used": N_(
        "No app of this site uses an image of the recipe {recipe}. The nearest name is {near}."
    ),
    "image.unknown-key": N_("The site uses no image {key}. The nearest name is {near}."),
    "image.making-base": N_("Making the base image from Debian {suite} (about half a minute, once)."),
    "image.base-made": N_("The base image is ready, after {seconds} s."),
    "image.fetching-lists": N_("{recipe}: asking Debian which packages there are."),
    "image.installing": N_("{recipe}: installing {packages}."),
    "image.setting-up": N_("{recipe}: setting up."),
    "image.packing": N_("{recipe}: cleaning up and packing."),
    "image.made": N_("{recipe}: image made, {size}, in {seconds} s."),
    "image.cached": N_("{recipe}: the image was built before; nothing to do."),
    "image.waiting": N_("Another build holds {name}; waiting for it."),
    "image.disk-full": N_(
        "The disk that holds {folder} is too full to build: "
        "{free} free, {needed} needed. Nothing was left half made."
    ),
    "image.unknown-package": N_(
        "Debian has no package named {packages}, which the recipe {recipe} asks for."
    ),
    "image.unfetched": N_("Debian's packages for {recipe} could not be fetched:\n{lines}"),
    "image.build-failed": N_(
        "Building the image of {recipe} failed at the step “{step}”. Its last lines:\n{lines}"
    ),
    "image.not-linux": N_("Images are built on Linux only; this is {system}."),
    "image.not-root": N_("Building images needs root: they are made in mount namespaces of their own."),
    "image.no-tool": N_("The program {tool} is missing; it is needed to build images."),
    "image.no-keyring": N_(
        "Debian's archive keys for trixie are missing; without them no package can be verified."
    ),
    "image.no-overlay": N_("No overlay can be mounted on the disk of {folder}: {why}"),
    "image.no-folder": N_("The recipe {recipe} builds its image from {folder}, which does not exist."),
    "image.no-content": N_("The folder of files for {recipe} does not exist: {folder}"),
    "image.link-outside": N_(
        "{file} in {folder} is a link that leads out of the folder; such files cannot be published."
    ),
    "image.odd-file": N_("{file} in {folder} is neither a file nor a folder nor a link."),
    "image.odd-name": N_("{file} in {folder} has a name that images reserve (it begins with .wh.)."),
    "image.bad-settings": N_("The image's settings cannot be read: {why}."),
    "image.unknown-setting": N_("“{key}” is not a setting of an image. Did you mean {nearest}?"),
    "image.wrong-setting": N_("“{key}” must be of the kind {kind}."),
}

HINTS: dict[str, str] = {
    "image.disk-full": N_(
        "Free some space, or name a folder on a larger disk in the environment variable POLDER_CACHE."
    ),
    "image.unknown-package": N_("Look the name up on packages.debian.org for the suite trixie."),
    "image.unfetched": N_(
        "Check that this machine reaches Debian's mirrors; a proxy set for apt on this machine is used."
    ),
    "image.not-root": N_("Run the command with sudo."),
    "image.no-tool": N_("Install it: apt-get install {package}"),
    "image.no-keyring": N_("Install them: apt-get install debian-archive-keyring"),
    "image.no-overlay": N_("Inside a container, name a folder of a real disk or a volume in POLDER_CACHE."),
}
