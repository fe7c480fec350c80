"""A recipe's check, decided: what each step sends, and whether what came back is what was expected. Pure.

Rules: a step with no status expected takes any below 400. A problem never quotes what was filled in, only the recipe's own text
before filling, so that no secret can leave through it.

>>> fill("https://${domain}/${random}", {"domain": "wiki.lilas.test", "random": "a1"})
'https://wiki.lilas.test/a1'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.platform.recipe.model import CheckStep
from polder.platform.site.model import App

Values = Mapping[str, str | Secret]
_PLACE = re.compile(r"\$\{([^{}]+)\}")


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What a step sends. Its fields may hold secrets in the clear, so it has no ``repr``."""

    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    body: str
    auth: tuple[str, str]
    follow: bool


def fill(template: str, values: Values) -> str:
    """``template`` with each ``${name}`` replaced. ``app.check-no-value`` names every one that is not known."""
    missing = sorted({name for name in _PLACE.findall(template) if name not in values})
    if missing:
        raise Refused(Problem("app.check-no-value", "", {"names": tuple(missing)}))
    return _PLACE.sub(lambda match: _plain(values[match[1]]), template)


def request_of(step: CheckStep, values: Values) -> Request:
    """What ``step`` sends, filled in. Refused (``app.check-no-value``) when an earlier capture is missing."""
    return Request(
        method=step.method,
        path=fill(step.path, values),
        headers={name: fill(text, values) for name, text in step.headers.items()},
        form={name: fill(text, values) for name, text in step.form.items()},
        body=fill(step.body, values),
        auth=(fill(step.auth[0], values), fill(step.auth[1], values)),
        follow=step.follow,
    )


def judge(step: CheckStep, status: int, body: str, values: Values) -> Problem | None:
    """The first expectation that ``status`` and ``body`` do not meet; ``None`` when all are."""
    if not (status in step.expect_status if step.expect_status else status < 400):
        wanted = tuple(str(accepted) for accepted in step.expect_status) or ("2xx", "3xx")
        return Problem("app.check-status", "", {"status": status, "wanted": wanted})
    for text in step.expect_contains:
        if fill(text, values) not in body:
            return Problem("app.check-not-there", "", {"text": text})
    for text in step.expect_missing:
        if fill(text, values) in body:
            return Problem("app.check-still-there", "", {"text": text})
    for name, pattern in step.capture.items():
        if not re.search(pattern, body):
            return Problem("app.check-no-capture", "", {"name": name, "pattern": pattern})
    return None


def captures(step: CheckStep, body: str) -> dict[str, str]:
    """What ``step`` takes from the answer for later steps: the first group of each pattern."""
    found = {name: re.search(pattern, body) for name, pattern in step.capture.items()}
    return {name: match[1] for name, match in found.items() if match}


def names_used(steps: Iterable[CheckStep]) -> frozenset[str]:
    """Every ``${name}`` in what the steps send or expect."""
    texts = (text for step in steps for text in _texts(step))
    return frozenset(name for text in texts for name in _PLACE.findall(text))


def app_values(app: App) -> dict[str, str | Secret]:
    """What a check and a login may use of the app itself: its domain and its settings (lists joined by spaces)."""
    found: dict[str, str | Secret] = {"domain": app.domain}
    for name, value in app.settings.items():
        if isinstance(value, bool):
            found[f"setting.{name}"] = "true" if value else "false"
        else:
            found[f"setting.{name}"] = " ".join(value) if isinstance(value, tuple) else str(value)
    return found


def hide(text: str, values: Values) -> str:
    """``text`` with every secret among ``values`` blotted out.

    >>> hide("wrong: hunter22", {"secret.a": Secret("hunter22")})
    'wrong: ***'
    """
    for value in values.values():
        if isinstance(value, Secret) and value.reveal():
            text = text.replace(value.reveal(), "***")
    return text


def _texts(step: CheckStep) -> tuple[str, ...]:
    sent = (step.path, step.body, *step.headers.values(), *step.form.values(), *step.auth)
    return (*sent, *step.expect_contains, *step.expect_missing)


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value
