"""Do the steps that change the site's own files: secrets made, the authority made, images built, the lock written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import assert_never

from polder.kernel.digest import digest_of_bytes, short
from polder.kernel.engine import CreateSecret, Engine, UnlockSwarm
from polder.kernel.problem import Problem, Problems, Refused, Value
from polder.kernel.secret import Secret
from polder.kernel.sentences import say
from polder.platform.plan.locking import UNLOCK_FILE
from polder.platform.plan.model import AtHost, BuildImage, MakeAuthority, MakeSecret, Plan, WriteLock
from polder.platform.plan.names import PLACEHOLDER, secret_placeholder
from polder.platform.site.lock import lock_text
from polder.platform.site.model import Lock, Site
from polder.world.files import write_atomically

Line = Callable[[str], None]


@dataclass(slots=True)
class Preparer:
    """Works in the site's ``folder``. ``written`` collects the paths it wrote, for the commit at the end."""

    folder: Path
    site: Site
    engine: Engine
    language: str = "en"
    refresh: bool = False
    written: list[Path] = field(default_factory=list)
    lock: Lock | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)

    def prepare(
        self, work: MakeSecret | MakeAuthority | BuildImage | WriteLock, line: Line
    ) -> Mapping[str, str]:
        """Do one preparing step; returns the placeholders it makes known."""
        match work:
            case MakeSecret():
                from polder.world.age import generate

                return self.write_secret(work.file, generate(work.kind), work.recipients)
            case MakeAuthority():
                return self._authority(work)
            case BuildImage():
                return self._image(work, line)
            case WriteLock():
                with self.guard:
                    now = self.lock or self.site.lock
                    placements = now.placements if work.placements is None else work.placements
                    recipes = {**now.recipes, **work.recipes}
                    self._write_lock(replace(now, recipes=recipes, placements=placements))
                return {}
            case _:
                assert_never(work)

    def write_secret(self, file: str, value: Secret, recipients: tuple[str, ...]) -> Mapping[str, str]:
        """Encrypt and write ``secrets/<file>.age``."""
        from polder.world.age import encrypt

        if not recipients:
            raise Refused(Problem("plan.no-operators"))
        sealed = encrypt(value, recipients)
        path = self.folder / "secrets" / f"{file}.age"
        write_atomically(path, sealed)
        with self.guard:
            self.written.append(path)
        return {secret_placeholder(file): short(digest_of_bytes(sealed))}

    def reveal(self, file: str) -> Secret:
        """The value in ``secrets/<file>.age``, opened with the operator's own key."""
        from polder.world.age import decrypt, load_identities

        path = self.folder / "secrets" / f"{file}.age"
        if not path.is_file():
            raise Refused(Problem("plan.secret-not-made", "", {"secret": file}))
        return decrypt(path.read_bytes(), load_identities(), where=f"secrets/{file}.age")

    def preflight(self, plan: Plan) -> None:
        """Open every secret that the plan will deliver and that exists already: better refused now than half way."""
        found = Problems()
        if any(isinstance(s.work, MakeSecret | MakeAuthority) and not s.work.recipients for s in plan.acting):
            found.add("plan.no-operators")
        for file in _opened(plan):
            try:
                self.reveal(file)
            except Refused as refused:
                found.items.extend(refused.problems)
        found.refuse_if_any()

    def _authority(self, work: MakeAuthority) -> Mapping[str, str]:
        from polder.actions.authority_site import make_authority

        return make_authority(self, work)

    def _image(self, work: BuildImage, line: Line) -> Mapping[str, str]:
        from polder.world.files import builtin_path
        from polder.world.images.build import build_image
        from polder.world.images.cache import cache_folder
        from polder.world.images.model import BuildRequest

        def progress(code: str, values: Mapping[str, Value]) -> None:
            line(say(code, values, self.language))

        image = self.site.recipes[work.recipe].image
        assert image is not None
        builtin = self.site.recipes[work.recipe].builtin
        folder = (builtin_path(work.recipe) if builtin else self.folder / "recipes" / work.recipe) / "image"
        content = self.folder / work.content if work.content else None
        request = BuildRequest(
            work.key, work.recipe, image.build, image.packages, folder, content, work.content_at, self.refresh
        )
        built = build_image(request, cache_folder(), progress)
        reference = self.engine.load_image(built.archive)
        if work.registry:
            reference = self.engine.push_image(
                reference, f"{work.registry}/polder/{work.recipe}:{work.key.rpartition('-')[2]}"
            )
        with self.guard:
            now = self.lock or self.site.lock
            self._write_lock(replace(now, images={**now.images, work.key: reference}))
        return {f"image:{work.key}": reference}

    def _write_lock(self, lock: Lock) -> None:
        self.lock = lock
        path = self.folder / "polder.lock"
        write_atomically(path, lock_text(lock).encode())
        if path not in self.written:
            self.written.append(path)


def _opened(plan: Plan) -> list[str]:
    """The secret files that exist already and will be opened while ``plan`` runs."""
    delivered = [
        s.work.source
        for s in plan.acting
        if isinstance(s.work, CreateSecret) and not PLACEHOLDER.search(s.work.name)
    ]
    renews = any(isinstance(s.work, MakeAuthority) and s.work.renew for s in plan.acting)
    unlocks = any(
        isinstance(s.work, UnlockSwarm)
        or (isinstance(s.work, AtHost) and UnlockSwarm() in s.work.operations and s.key.startswith("unlock:"))
        for s in plan.acting
    )
    return [*delivered, *(["polder.ca"] if renews else []), *([UNLOCK_FILE] if unlocks else [])]
