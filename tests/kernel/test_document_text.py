"""Changes to YAML texts that people wrote by hand: only what was meant changes."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from polder.kernel.document import read_document, to_data
from polder.kernel.document_text import append, block, put, remove, scalar
from polder.kernel.problem import Refused

HAND_MADE = """\
# The garden's file. Ana keeps it.
name:   'Jardin'     # as on the gate

apps:
    # the wiki came first
    wiki:
        recipe: dokuwiki   # since 2019
        domain: wiki.lilas.test
        settings:
            title: |
                Our
                wiki

    # then the site
    site: {recipe: static, domain: site.lilas.test}   # all on one line
    # a plan:
    # pad: {recipe: pad}

# Data that may go:
forget-data:
  - old    # it was old
# the end
"""


def test_a_value_changes_and_nothing_else_does() -> None:
    changed = put(HAND_MADE, ("apps", "wiki", "domain"), "w.lilas.test", "g.yml")

    assert changed == HAND_MADE.replace("domain: wiki.lilas.test", "domain: w.lilas.test")


def test_a_value_in_braces_changes_and_nothing_else_does() -> None:
    changed = put(HAND_MADE, ("apps", "site", "domain"), "s.lilas.test", "g.yml")

    assert changed == HAND_MADE.replace("site.lilas.test}", "s.lilas.test}")


def test_a_text_of_several_lines_is_replaced_whole() -> None:
    changed = put(HAND_MADE, ("apps", "wiki", "settings", "title"), "Ours", "g.yml")

    assert changed == HAND_MADE.replace(
        "title: |\n                Our\n                wiki\n", "title: Ours\n"
    )


def test_a_new_key_goes_below_its_neighbours_with_their_indentation() -> None:
    changed = put(HAND_MADE, ("apps", "wiki", "size"), "large", "g.yml")

    assert changed == HAND_MADE.replace(
        "                wiki\n", "                wiki\n        size: large\n"
    )


def test_a_new_key_in_braces_goes_before_the_closing_one() -> None:
    changed = put(HAND_MADE, ("apps", "site", "settings"), {"files": "content/x"}, "g.yml")

    assert changed == HAND_MADE.replace(".test}", ".test, settings: {files: content/x}}")


def test_a_new_app_goes_below_the_last_one_and_above_the_comments_that_follow() -> None:
    changed = put(
        HAND_MADE,
        ("apps", "pad"),
        {"recipe": "pad", "settings": {"open": True, "rooms": ["a", "b"]}},
        "g.yml",
    )

    new = "    pad:\n      recipe: pad\n      settings:\n        open: true\n        rooms: [a, b]\n"
    assert changed == HAND_MADE.replace("on one line\n", "on one line\n" + new)


def test_a_key_that_had_no_value_gets_one() -> None:
    text = "name: x\napps:   # none yet\n  # wiki: {}\nlast: 1\n"

    assert put(text, ("apps", "wiki", "size"), "s", "g.yml") == (
        "name: x\napps:   # none yet\n  wiki:\n    size: s\n  # wiki: {}\nlast: 1\n"
    )


def test_an_empty_file_gets_its_first_key() -> None:
    assert (
        put("# hosts\n", ("ada",), {"address": "192.0.2.7"}, "h.yml")
        == "# hosts\nada:\n  address: 192.0.2.7\n"
    )


def test_a_file_without_a_last_newline_gets_one() -> None:
    assert put("a: 1", ("b",), 2, "g.yml") == "a: 1\nb: 2\n"


def test_an_app_goes_and_every_comment_outside_it_stays() -> None:
    changed = remove(HAND_MADE, ("apps", "site"), "g.yml")

    assert changed == HAND_MADE.replace(
        "    site: {recipe: static, domain: site.lilas.test}   # all on one line\n", ""
    )


def test_an_app_of_several_lines_goes_whole() -> None:
    changed = remove(HAND_MADE, ("apps", "wiki"), "g.yml")

    assert "# the wiki came first\n\n    # then the site" in changed
    assert "dokuwiki" not in changed


def test_the_only_app_goes() -> None:
    assert remove("apps:\n  wiki:\n    size: s\n  # more to come\nlast: 1\n", ("apps", "wiki"), "g.yml") == (
        "apps:\n  # more to come\nlast: 1\n"
    )


@pytest.mark.parametrize(
    ("key", "left"), [("a", "{b: 2, c: [3, {d: 4}]}"), ("b", "{a: 1, c: [3, {d: 4}]}"), ("c", "{a: 1, b: 2}")]
)
def test_a_key_in_braces_goes_with_its_comma(key: str, left: str) -> None:
    assert remove("x: {a: 1, b: 2, c: [3, {d: 4}]}\n", ("x", key), "g.yml") == f"x: {left}\n"


def test_an_item_is_added_to_every_sort_of_list() -> None:
    assert "  - old    # it was old\n  - wiki\n# the end" in append(HAND_MADE, "forget-data", "wiki", "g.yml")
    assert append("l: [a]\n", "l", "b", "g.yml") == "l: [a, b]\n"
    assert append("l: []\n", "l", "b", "g.yml") == "l: [b]\n"
    assert append("l:\nm: 1\n", "l", "b", "g.yml") == "l: [b]\nm: 1\n"
    assert append("m: 1\n", "l", "b", "g.yml") == "m: 1\nl: [b]\n"


def test_a_text_that_would_be_spoilt_is_left_to_its_writer() -> None:
    shared = "apps:\n  wiki: &same {size: s}\n  site: *same\n"

    with pytest.raises(Refused) as refused:
        put(shared, ("apps", "site", "size"), "large", "g.yml")

    assert [p.code for p in refused.value.problems] == ["site.edit-by-hand"]


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff"), max_size=30
    )
)
def test_any_text_is_written_so_that_it_reads_back(value: str) -> None:
    assume(
        not any(
            letter in value for letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"
        )
    )

    text = f"a: {scalar(value)}\nb: {{c: {scalar(value, flow=True)}, d: [{scalar(value, flow=True)}]}}\n"

    assert to_data(read_document(text.encode(), "f.yml").root) == {
        "a": value,
        "b": {"c": value, "d": [value]},
    }


names = st.sampled_from(["wiki", "site", "pad", "blog", "chat"])
values = st.recursive(
    st.sampled_from(["static", "yes", "1", "# no", "a: b", "it's", "", " x", "12:30", "null", "été"])
    | st.integers(0, 99)
    | st.booleans(),
    lambda inner: st.dictionaries(names, inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=6,
)
documents = st.dictionaries(names, st.dictionaries(names, values, max_size=3), max_size=4)


def written(data: dict[str, object], flow: bool) -> str:
    """The data with a comment above, beside and below each entry."""
    lines = ["# above all"]
    for key, held in data.items():
        text = block(key, {} if flow else held, 0) if not flow or not held else ""
        text = text or f"{key}: " + block("x", [held], 0).removeprefix("x: [").removesuffix("]")
        lines += [f"# above {key}", text + f"   # beside {key}", f"# below {key}"]
    return "\n".join([*lines, "# below all", ""])


def comments(text: str) -> set[str]:
    return {
        part.strip()
        for line in text.splitlines()
        for part in [*line.split(" # ")[1:], line]
        if "above" in part or "below" in part
    }


@settings(max_examples=150)
@given(documents, st.booleans(), names, names, values)
def test_putting_reads_back_as_asked_and_comments_survive(
    data: dict[str, dict[str, object]], flow: bool, outer: str, inner: str, value: object
) -> None:
    text = written(data, flow)
    before = to_data(read_document(text.encode(), "f.yml").root) or {}

    changed = put(text, (outer, inner), value, "f.yml")

    wanted = {**before, outer: {**(before.get(outer) or {}), inner: value}}
    assert _alike(to_data(read_document(changed.encode(), "f.yml").root)) == _alike(wanted)
    assert comments(changed) == comments(text)


@settings(max_examples=150)
@given(documents, st.booleans(), names)
def test_removing_reads_back_as_asked_and_comments_survive(
    data: dict[str, dict[str, object]], flow: bool, name: str
) -> None:
    assume(name in data)
    text = written(data, flow)

    changed = remove(text, (name,), "f.yml")

    left = {key: held for key, held in data.items() if key != name}
    assert _alike(to_data(read_document(changed.encode(), "f.yml").root)) == _alike(left)
    assert comments(changed) == comments(text)


def _alike(data: object) -> object:
    """Empty mappings and no value are one."""
    if isinstance(data, dict):
        return {key: _alike(held) for key, held in data.items()} or None
    return [_alike(item) for item in data] if isinstance(data, list) else data
