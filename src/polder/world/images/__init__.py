"""Images without a public hub: a Debian base, app layers on it, a group's files on top.

The same inputs give the same digest. Nothing half made is ever used (work aside, sync, rename). A build
lives in its own mount and process namespaces, so that however it ends the kernel takes its mounts and
processes away. Everything in the cache can be deleted at any time. ``build_image`` is the door,
``can_build`` says what is missing, ``packages`` what is inside.
"""

from polder.world.images.build import build_image, forget_images, packages
from polder.world.images.cache import cache_folder
from polder.world.images.model import BuildRequest, Built
from polder.world.images.needs import can_build

__all__ = ["BuildRequest", "Built", "build_image", "cache_folder", "can_build", "forget_images", "packages"]
