"""Compile the message catalogues (locale/*/LC_MESSAGES/polder.po) into the package when it is built."""

import io
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict) -> None:
        source_folder = Path(self.root, "locale")
        target_folder = Path(self.root, "src/polder/share/locale")
        for po in sorted(source_folder.glob("*/LC_MESSAGES/polder.po")):
            inside = po.relative_to(source_folder).with_suffix(".mo")
            target = target_folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(compiled(po))
            build_data["force_include"][str(target)] = f"polder/share/locale/{inside}"


def compiled(po: Path) -> bytes:
    """The catalogue for gettext. A sentence that lacks a form is left out, so that it is read in English, by English rules."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po.open("rb") as source:
        catalogue = read_po(source)
    for message in catalogue:
        if message.pluralizable and not all(message.string):
            message.string = ""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()
