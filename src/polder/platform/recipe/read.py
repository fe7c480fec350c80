"""A recipe's folder to a ``Recipe``, or every problem in it.

``recipe.yml`` and ``compose.yml`` are read by themselves, then against each other: the front service, the secrets and the
datasets that one names must be in the other, and what a check sends may only be filled in from what exists by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from polder.kernel.digest import Digest, digest_of_bytes, digest_of_data
from polder.kernel.document import read_document, to_data
from polder.kernel.folder import Folder
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.shape import BAD, Record, read, read_node
from polder.kernel.text import Text
from polder.platform.compose.model import Project
from polder.platform.compose.read import read_project
from polder.platform.recipe.dockerfile import SYNTAX, foreign_images
from polder.platform.recipe.model import (
    CheckStep,
    Dataset,
    Image,
    Recipe,
    SecretWanted,
    Setting,
    SettingKind,
    Size,
    Updates,
)
from polder.platform.recipe.setting import setting_shape
from polder.platform.recipe.shape import RECIPE

_FILLED = re.compile(r"\$\{([^}]*)\}")
_NO_PROJECT = Project({}, (), {}, (), {}, ())


def read_recipe(name: str, folder: Folder, *, builtin: bool) -> Recipe:
    """``folder`` holds ``recipe.yml``, ``compose.yml`` and ``image/``. Refuses with ``recipe.*``, ``compose.*`` and
    ``kernel.*`` problems, placed in ``recipes/<name>/...``."""
    problems = Problems()
    problems.items.extend(_at(name, path, fault) for path, fault in folder.faults.items())
    record = _recipe_file(name, folder, problems)
    project = _compose_file(name, folder, problems)
    if record is None:
        raise Refused(problems.items)
    recipe = _Reader(name, folder, record, project or _NO_PROJECT, problems).recipe(builtin)
    if project is not None:
        _check_together(recipe, record, problems)
    problems.sort()
    problems.refuse_if_any()
    return recipe


def _at(name: str, path: str, fault: Problem) -> Problem:
    return Problem(fault.code, f"recipes/{name}/{path}", fault.values)


def _recipe_file(name: str, folder: Folder, problems: Problems) -> Record | None:
    file = f"recipes/{name}/recipe.yml"
    if (content := folder.files.get("recipe.yml")) is None:
        problems.add("recipe.no-file", f"recipes/{name}", file="recipe.yml")
        return None
    try:
        document = read_document(content, file)
    except Refused as refused:
        problems.items.extend(refused.problems)
        return None
    return read(RECIPE, document, problems)


def _compose_file(name: str, folder: Folder, problems: Problems) -> Project | None:
    if (content := folder.files.get("compose.yml")) is None:
        problems.add("recipe.no-file", f"recipes/{name}", file="compose.yml")
        return None
    try:
        return read_project(content, f"recipes/{name}/compose.yml", folder.files)
    except Refused as refused:
        problems.items.extend(refused.problems)
        return None


class _Reader:
    """Turns the record of ``recipe.yml`` into values, part by part."""

    def __init__(
        self, name: str, folder: Folder, record: Record, project: Project, problems: Problems
    ) -> None:
        self.name, self.folder, self.record = name, folder, record
        self.project, self.problems = project, problems

    def recipe(self, builtin: bool) -> Recipe:
        record = self.record
        if record["recipe"] != self.name and record.has("recipe"):
            self.problems.add(
                "recipe.other-name", record.where("recipe"), recipe=record["recipe"], folder=self.name
            )
        if self.project.given and not record["system"]:
            where = f"recipes/{self.name}/compose.yml"
            self.problems.add("recipe.config-not-given", where, configs=self.project.given)
        settings = {
            name: self.setting(name, item, record["settings"]) for name, item in record["settings"].items()
        }
        return Recipe(
            name=self.name,
            names=_text(record["names"]),
            summary=_text(record["summary"]),
            licence=record["licence"],
            version=record["version"],
            upstream=" ".join(filter(None, (record["upstream"]["name"], record["upstream"]["version"]))),
            source=record["upstream"]["source"],
            front_service=record["front"]["service"],
            front_path=record["front"]["path"],
            sizes={name: _size(size) for name, size in record["sizes"].items()},
            settings=settings,
            secrets={name: _secret(name, item) for name, item in record["secrets"].items()},
            datasets={name: _dataset(name, item) for name, item in record["datasets"].items()},
            image=self.image(record, settings),
            updates=_updates(record["updates"]),
            check=self.check(record, set(settings)),
            login=self.login(record, set(settings)),
            outgoing=record["outgoing"],
            notes=_text(record["notes"]),
            project=self.project,
            digest=self.folder.digest,
            builtin=builtin,
            system=record["system"],
        )

    def setting(self, name: str, item: Record, settings: Record) -> Setting:
        kind: SettingKind = item["kind"] or "text"
        choices = item["choices"]
        if (kind == "choice") != bool(choices):
            self.problems.add("recipe.choices", item.where("kind"), setting=name)
        default = None
        if item.has("default") and kind != "folder":
            shape = setting_shape(kind, choices)
            default = read_node(shape, item["default"], item.document, self.problems, "default")
        elif item.has("default"):
            self.problems.add("recipe.folder-default", item.where("default"), setting=name)
        return Setting(
            name=name,
            kind=kind,
            question=_text(item["question"]),
            default=None if default is BAD else default,
            choices=choices,
            required=item["required"],
        )

    def image(self, record: Record, settings: dict[str, Setting]) -> Image | None:
        files = {path: held for path, held in self.folder.files.items() if path.startswith("image/")}
        written = record["image"]
        if not record.has("image"):
            if files:
                self.problems.add("recipe.image-unsaid", record.where())
            return None
        if written["build"] == "docker" and "image/Dockerfile" not in files:
            self.problems.add("recipe.no-file", written.where("build"), file="image/Dockerfile")
        elif written["build"] == "docker":
            self.foreign(files["image/Dockerfile"])
        content = written["content"]
        if content["setting"] and getattr(settings.get(content["setting"]), "kind", "") != "folder":
            self.problems.add("recipe.content-setting", content.where("setting"), setting=content["setting"])
        return Image(
            build=written["build"] or "debian",
            packages=written["packages"],
            key=_image_key(written, files, self.folder.executable),
            content_setting=content["setting"],
            content_at=content["at"],
        )

    def foreign(self, dockerfile: bytes) -> None:
        """Images from a hub: nobody could build the recipe without it, nor say what is inside."""
        for use in foreign_images(dockerfile):
            where = f"recipes/{self.name}/image/Dockerfile:{use.line}"
            code = "recipe.foreign-builder" if use.instruction == SYNTAX else "recipe.foreign-image"
            self.problems.add(code, where, image=use.image, instruction=use.instruction)

    def check(self, record: Record, settings: set[str]) -> tuple[CheckStep, ...]:
        known = _fillable(record, settings)
        steps = []
        for step in record["check"]:
            steps.append(self.step(step, known))
            known |= set(step["capture"])
        return tuple(steps)

    def step(self, step: Record, known: set[str]) -> CheckStep:
        method, _, path = step["request"].partition(" ")
        auth = step["auth"]
        if len(auth) not in (0, 2):
            self.problems.add("recipe.auth", step.where("auth"))
        if step["form"] and step["body"]:
            self.problems.add("recipe.form-and-body", step.where("body"))
        for name, pattern in step["capture"].items():
            self.capture(name, pattern, step["capture"])
        for place, texts in _texts_of(step):
            self.filled(texts, known, step.where(place))
        return CheckStep(
            say=_text(step["say"]),
            phase=step["phase"],
            method=method,
            path=path,
            headers=dict(step["headers"]),
            form=dict(step["form"]),
            body=step["body"],
            auth=(auth[0], auth[1]) if len(auth) == 2 else ("", ""),
            expect_status=step["expect"]["status"],
            expect_contains=step["expect"]["contains"],
            expect_missing=step["expect"]["missing"],
            capture=dict(step["capture"]),
            follow=step["follow"],
        )

    def capture(self, name: str, pattern: str, captures: Record) -> None:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            self.problems.add("recipe.pattern", captures.where(name), name=name, reason=str(error))
            return
        if groups != 1:
            self.problems.add("recipe.pattern-groups", captures.where(name), name=name, groups=groups)

    def filled(self, texts: Iterable[str], known: set[str], where: str) -> None:
        """Every ``${...}`` in ``texts`` names something that exists by then."""
        for text in texts:
            for name in _FILLED.findall(text):
                if name in known:
                    continue
                near = nearest(name, known)
                code = "recipe.unknown-value-near" if near else "recipe.unknown-value"
                self.problems.add(code, where, name=name, nearest=near, known=tuple(sorted(known)))

    def login(self, record: Record, settings: set[str]) -> dict[str, str]:
        known = _fillable(record, settings) - {"random"}
        for name, text in record["login"].items():
            self.filled([text], known, record["login"].where(name))
        return dict(record["login"])


def _fillable(record: Record, settings: set[str]) -> set[str]:
    secrets = {f"secret.{name}" for name in record["secrets"]}
    return {"domain", "random"} | secrets | {f"setting.{name}" for name in settings}


def _texts_of(step: Record) -> list[tuple[str, list[str]]]:
    expect = step["expect"]
    return [
        ("request", [step["request"]]),
        ("headers", list(step["headers"].values())),
        ("auth", list(step["auth"])),
        ("form", list(step["form"].values())),
        ("body", [step["body"]]),
        ("expect", [*expect["contains"], *expect["missing"]]),
    ]


def _text(record: Record) -> Text:
    return Text(dict(record))


def _size(record: Record) -> Size:
    return Size(record["memory"], record["cpus"], record["disk"], record["people"])


def _secret(name: str, record: Record) -> SecretWanted:
    return SecretWanted(name, record["generate"], _text(record["meaning"]), record["shown"])


def _dataset(name: str, record: Record) -> Dataset:
    return Dataset(name, record["volume"], _text(record["meaning"]), record["dump"], record["load"])


def _updates(record: Record) -> Updates:
    return Updates(record["order"], record["away"], record["starts-within"])


def _image_key(section: Record, files: dict[str, bytes], executable: frozenset[str]) -> Digest:
    held = {path: [digest_of_bytes(content), path in executable] for path, content in files.items()}
    return digest_of_data([to_data(section.node), held])


def _check_together(recipe: Recipe, record: Record, problems: Problems) -> None:
    """What ``recipe.yml`` says against what ``compose.yml`` says."""
    project, front = recipe.project, record["front"]
    _known(recipe.front_service, project.services, "recipe.unknown-service", front.where("service"), problems)
    for dataset in record["datasets"].values():
        _known(dataset["volume"], project.volumes, "recipe.unknown-volume", dataset.where("volume"), problems)
    for name in recipe.secrets:
        if name not in project.secrets:
            problems.add("recipe.secret-unused", record["secrets"].where(name), secret=name)
    for name in project.secrets:
        if name not in recipe.secrets:
            problems.add("recipe.secret-unsaid", record.where("secrets"), secret=name)
    for service in project.services.values():
        if not service.image and recipe.image is None:
            problems.add("recipe.no-image", service.where, service=service.name)


def _known(word: str, known: Iterable[str], code: str, where: str, problems: Problems) -> None:
    names = tuple(known)
    if not word or word in names:
        return
    near = nearest(word, names)
    problems.add(f"{code}-near" if near else code, where, name=word, nearest=near, known=names)
