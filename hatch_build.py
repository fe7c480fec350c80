"""Compile the message catalogues (locale/*/LC_MESSAGES/polder.po) into the package when it is built."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        source_folder = Path(self.root, "locale")
        target_folder = Path(self.root, "src/polder/share/locale")
        for po in sorted(source_folder.glob("*/LC_MESSAGES/polder.po")):
            inside = po.relative_to(source_folder).with_suffix(".mo")
            target = target_folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            with po.open("rb") as source, target.open("wb") as compiled:
                write_mo(compiled, read_po(source))
            build_data["force_include"][str(target)] = f"polder/share/locale/{inside}"
