"""Filling a project's variables for one app, and knowing beforehand which ones it needs.

The syntax is in ``template``. What holds between services was checked when the file was read, from parts that
have no variables. A value never changes what a project asks of its host, nor how many words a command has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from polder.kernel.problem import Problem
from polder.platform.compose.draft import Source
from polder.platform.compose.model import Project
from polder.platform.compose.reader import Reader, VariableUse, nearest_variable
from polder.platform.compose.service import fill_draft

__all__ = ["VariableUse", "interpolate", "undefined_variables", "variables_used"]


def interpolate(project: Project, variables: Mapping[str, str]) -> Project:
    """The project with every variable filled in and ``$$`` made ``$``; already filled projects stay as they
    are.

    Refuses variables without value or default (``compose.undefined-variable``) and values that are not what
    their place needs (a limit that is no size), all at once.
    """
    source = project.source
    if source is None:
        return project
    reader = Reader(source.file, variables=variables)
    filled = _filled(reader, project, source)
    reader.refuse_if_any()
    return filled


def _filled(reader: Reader, project: Project, source: Source) -> Project:
    services = {d.name: fill_draft(reader, d) if d.open else project.services[d.name] for d in source.drafts}
    configs = {name: reader.filled(text, node, "content") for name, (text, node) in source.configs.items()}
    return replace(project, services=services, configs={**project.configs, **configs}, source=None)


def variables_used(project: Project) -> tuple[VariableUse, ...]:
    """Every variable of the project with its place, in the order of the file."""
    return project.source.uses if project.source else ()


def undefined_variables(project: Project, known: Iterable[str]) -> tuple[Problem, ...]:
    """A problem for each variable that has no default and is not among ``known``."""
    names = frozenset(known)
    return tuple(
        _undefined(use, names) for use in variables_used(project) if use.needed and use.name not in names
    )


def _undefined(use: VariableUse, names: Iterable[str]) -> Problem:
    near = nearest_variable(use.name, names)
    code = "compose.undefined-variable-near" if near else "compose.undefined-variable"
    return Problem(code, use.where, {"name": use.name, "near": near})
