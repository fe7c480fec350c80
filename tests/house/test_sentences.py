"""Codes and sentences belong together: each code has a sentence, each sentence a use and its values."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from polder.kernel.sentences import AREAS, all_hints, all_sentences
from polder.kernel.sentences.mark import forms

SOURCE = Path(__file__).resolve().parents[2] / "src/polder"
CODE = re.compile(rf"(?:{'|'.join(AREAS)})\.(?!(?:yml|md|json|tar|pub|lock)$)[a-z][a-z0-9-]*[a-z0-9]")
COMPLETED_LATER = "world/contents.py"
"""Problems made there get the folder's name from the reader of the site, who knows which setting named it."""
OF_CLICK = "help_words.py"
"""Sentences there are click's, which names one thing and several things differently."""
SENTENCES, HINTS = all_sentences(), all_hints()


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "sentences" not in path.parts:
            yield path, ast.parse(path.read_text())


def docstrings(tree: ast.Module) -> set[int]:
    """The string nodes that are only text for people."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def literals() -> Iterator[tuple[str, str]]:
    """Every string in the code that has the shape of a code, with its place."""
    for path, tree in modules():
        texts = docstrings(tree)
        constants = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in texts)
        for node in constants:
            if isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield node.value, f"{path.relative_to(SOURCE)}:{node.lineno}"


def strings() -> Iterator[str]:
    """Every string in the code, and every constant piece of an f-string."""
    for _path, tree in modules():
        yield from (
            n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
        )


def in_use() -> set[str]:
    """Codes that are written whole, begun (``step.prune-`` and a word) or ended (a code and ``-near``)."""
    pieces = set(strings())
    beginnings = tuple(
        p for p in pieces if re.fullmatch(rf"(?:{'|'.join(AREAS)})\.[a-z-]*", p) and p[-1] in ".-"
    )
    endings = tuple(p for p in pieces if re.fullmatch(r"-[a-z-]+", p))
    whole = {code for code in SENTENCES if code in pieces or (beginnings and code.startswith(beginnings))}
    return whole | {stem + ending for stem in whole for ending in endings if stem + ending in SENTENCES}


def placeholders(code: str) -> set[str]:
    """The names that the sentence of ``code`` and its hint expect to be given."""
    names = set()
    for template in (SENTENCES[code], HINTS.get(code, "")):
        for text in forms(template):
            names |= names_in(text)
    return names


def names_in(text: str) -> set[str]:
    return {re.split(r"[.\[]", field)[0] for _, field, _, _ in Formatter().parse(text) if field}


def plurals() -> Iterator[tuple[str, str, str, str]]:
    """Every ``NP_`` in the code: (the form for one, the form for many, the name that counts, place)."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name == OF_CLICK:
            continue
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "NP_":
                one, many = (ast.literal_eval(argument) for argument in call.args)
                by = next((ast.literal_eval(k.value) for k in call.keywords if k.arg == "by"), "count")
                yield one, many, by, f"{path.relative_to(SOURCE)}:{call.lineno}"


def given() -> Iterator[tuple[str, set[str], str]]:
    """Calls that name a code and all of its values in place: (code, names of the values, place)."""
    for path, tree in modules():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            first = call.args[0] if call.args else None
            if not (
                isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value in SENTENCES
            ):
                continue
            names = values_of(call)
            if names is not None:
                yield first.value, names, f"{path.relative_to(SOURCE)}:{call.lineno}"


def values_of(call: ast.Call) -> set[str] | None:
    """Names of the values that ``Problem(code, where, {...})`` or ``.add(code, where, name=...)`` gives.

    ``None`` when they are not written out there.
    """
    called = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
    if called == "add" and all(keyword.arg for keyword in call.keywords):
        return {str(keyword.arg) for keyword in call.keywords}
    if called in ("Problem", "say"):
        mapping = [a for a in [*call.args[1:], *(k.value for k in call.keywords)] if isinstance(a, ast.Dict)]
        if mapping and all(isinstance(key, ast.Constant) for key in mapping[0].keys):
            return {str(key.value) for key in mapping[0].keys if isinstance(key, ast.Constant)}
        bare = called == "Problem" and len(call.args) < 3 and not call.keywords
        return set() if bare else None
    return None


def test_every_code_in_use_has_a_sentence() -> None:
    lacking = sorted({f"{code} ({place})" for code, place in literals() if code not in SENTENCES})

    assert lacking == []


def test_every_sentence_is_in_use() -> None:
    assert sorted(set(SENTENCES) - in_use() - {"kernel.example"}) == []


def test_every_hint_belongs_to_a_sentence() -> None:
    assert sorted(set(HINTS) - set(SENTENCES)) == []


def test_every_sentence_is_given_the_values_it_names() -> None:
    short = [
        f"{place}: {code} lacks {', '.join(sorted(placeholders(code) - names))}"
        for code, names, place in given()
        if placeholders(code) - names and not place.startswith(COMPLETED_LATER)
    ]

    assert short == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_a_whole_one_and_can_be_filled(code: str) -> None:
    for text in forms(SENTENCES[code]):
        assert text == text.strip() and text
        assert text.format(**dict.fromkeys(placeholders(code), "7"))


def test_both_forms_of_a_sentence_name_the_same_values_and_what_they_count() -> None:
    found = list(plurals())
    wrong = [p for one, many, by, p in found if names_in(one) != names_in(many) or by not in names_in(many)]

    assert found and wrong == []
    assert [place for one, many, _, place in found if one == many] == []


def test_codes_are_spelled_with_their_area() -> None:
    assert [code for code in SENTENCES if not CODE.fullmatch(code)] == []
