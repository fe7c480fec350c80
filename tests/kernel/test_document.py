"""YAML that people, editors, peers and attackers write."""

from __future__ import annotations

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.kernel import document_tree
from polder.kernel.document import MAX_BYTES, MAX_DEPTH, MAX_NODES, Mapping, read_document, resolve, to_data
from polder.kernel.problem import Refused


def data(text: str | bytes) -> object:
    return to_data(read_document(text.encode() if isinstance(text, str) else text, "f.yml").root)


def codes(text: str | bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        data(text)
    return [f"{p.where} {p.code}" for p in refused.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[
            (word, word)
            for word in ("yes", "no", "on", "off", "y", "n", "Yes", "NO", "nUll", "tRue", "12:30", "1_000")
        ],
        *[
            (word, word)
            for word in ("2024-01-01", "0b1", "0o8", "1.2.3", "+", ".", "..", "e3", "0x", "<", "=")
        ],
        *[(word, None) for word in ("~", "null", "Null", "NULL", "")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[("0", 0), ("-7", -7), ("+7", 7), ("017", 17), ("0o17", 15), ("0x1F", 31)],
        *[
            ("1.5", 1.5),
            ("-.5", -0.5),
            ("1.", 1.0),
            ("1e3", 1000.0),
            (".inf", math.inf),
            ("-.INF", -math.inf),
        ],
    ],
)
def test_plain_scalars_are_those_of_the_core_schema(written: str, value: object) -> None:
    assert resolve(written) == value
    assert type(resolve(written)) is type(value)
    assert data(f"key: {written}\n") == {"key": value}


def test_quoted_scalars_are_text() -> None:
    assert data("a: '1'\nb: \"true\"\nc: |\n  2\nd: ''\n") == {"a": "1", "b": "true", "c": "2\n", "d": ""}


def test_not_a_number_is_read_but_a_number_too_long_does_not_stop_the_reader() -> None:
    assert math.isnan(data("a: .nan\n")["a"])  # type: ignore[index]
    assert data("a: " + "9" * 5_000) == {"a": math.inf}


def test_lines_are_those_of_the_text() -> None:
    document = read_document(b"# first\nname: x\napps:\n\n  wiki:\n    size: small\n", "g.yml")
    assert isinstance(document.root, Mapping)
    apps = document.root.entries["apps"]
    assert isinstance(apps, Mapping)

    assert document.root.lines == {"name": 2, "apps": 3}
    assert document.where(apps.lines["wiki"]) == "g.yml:5"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\ufeff", "\n\n"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    assert data(text) == {}


def test_a_byte_order_mark_and_carriage_returns_are_read_over() -> None:
    assert data("\ufeffa: 1\r\nb: 2\r\n") == {"a": 1, "b": 2}


def test_every_duplicate_tag_and_wrong_key_is_told_at_once() -> None:
    text = "a: 1\na: 2\n3: x\n? [b]\n: c\nd: !!int 4\n<<: {e: 5}\nf: !own {g: 6}\n"

    assert codes(text) == [
        "f.yml:2 kernel.yaml-duplicate",
        "f.yml:3 kernel.yaml-key",
        "f.yml:4 kernel.yaml-key",
        "f.yml:6 kernel.yaml-tag",
        "f.yml:7 kernel.yaml-merge",
        "f.yml:8 kernel.yaml-tag",
    ]


def test_what_was_wrong_before_the_syntax_broke_is_told_too() -> None:
    assert codes("a: 1\na: 2\nb: [1,\nc: }\n") == [
        "f.yml:2 kernel.yaml-duplicate",
        "f.yml:4 kernel.yaml-syntax",
    ]


def test_tabs_in_the_indentation_are_all_told_but_not_those_that_are_content() -> None:
    assert codes("a:\n\tb: 1\n\tc: 2\n") == ["f.yml:2 kernel.yaml-tab", "f.yml:3 kernel.yaml-tab"]
    assert data("a: |\n  make:\n  \tcc x.c\nb: 'c\td'\n") == {"a": "make:\n\tcc x.c\n", "b": "c\td"}


def test_a_second_document_is_refused() -> None:
    assert codes("a: 1\n---\nb: 2\n") == ["f.yml:2 kernel.yaml-documents"]


def test_the_directive_of_another_version_is_refused() -> None:
    assert codes("%YAML 1.1\n---\na: no\n") == ["f.yml:1 kernel.yaml-version"]
    assert data("%YAML 1.2\n---\na: no\n") == {"a": "no"}


def test_aliases_are_followed() -> None:
    assert data("a: &x {b: [1]}\nc: *x\n") == {"a": {"b": [1]}, "c": {"b": [1]}}


def test_an_alias_inside_itself_or_to_nothing_is_refused() -> None:
    assert codes("a: &a [1, *a]\nb: &b {c: {d: *b}}\ne: *f\n") == [
        "f.yml:1 kernel.yaml-own-alias",
        "f.yml:2 kernel.yaml-own-alias",
        "f.yml:3 kernel.yaml-unknown-alias",
    ]


def test_a_yaml_bomb_is_refused_in_a_moment() -> None:
    lines = [f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 10)}]" for n in range(1, 30)]
    started = time.process_time()

    found = codes("k0: &k0 [x]\n" + "\n".join(lines))

    assert found[0].endswith("kernel.yaml-bomb")
    assert time.process_time() - started < 2


def test_a_bomb_of_keys_is_refused() -> None:
    assert codes(
        "a: &a {" + ", ".join(f"k{n}: {n}" for n in range(5_000)) + "}\nb: [" + "*a, " * 200 + "]\n"
    ) == ["f.yml:2 kernel.yaml-bomb"]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[[{a: "])
def test_deep_nesting_is_refused_in_a_moment(opening: str) -> None:
    started = time.process_time()

    found = codes(opening * (MAX_BYTES // len(opening) - 1))

    assert found[0].endswith("kernel.yaml-deep")
    assert time.process_time() - started < 2


def test_nesting_up_to_the_limit_is_read() -> None:
    assert data("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


def test_a_file_over_the_limit_is_refused_before_it_is_parsed() -> None:
    huge = b"a: [" + b"1," * 25_000_000 + b"]"
    started = time.process_time()

    found = codes(huge)

    assert found == ["f.yml kernel.yaml-too-big"]
    assert time.process_time() - started < 1


def test_a_file_of_too_many_values_is_refused() -> None:
    assert codes("[" + "1," * (MAX_NODES + 1) + "]")[0].endswith("kernel.yaml-bomb")


def test_bytes_that_are_no_utf_8_are_refused_with_their_line() -> None:
    assert codes(b"a: 1\nb: \xff\n") == ["f.yml:2 kernel.yaml-not-utf8"]
    assert codes("a: été".encode("latin-1")) == ["f.yml:1 kernel.yaml-not-utf8"]
    assert codes("a: 1".encode("utf-16")) == ["f.yml:1 kernel.yaml-not-utf8"]


@pytest.mark.parametrize(
    "letter", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff"]
)
def test_characters_nobody_sees_are_refused(letter: str) -> None:
    assert codes(f"a: 1\nb: x{letter}y\n") == ["f.yml:2 kernel.yaml-control"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdef_-", min_size=1), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcdefgh-", min_size=1), json_values, max_size=5))
def test_json_is_yaml_and_reads_back_the_same(value: object) -> None:
    assert data(json.dumps(value)) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes) -> None:
    try:
        read_document(content, "f.yml")
    except Refused as refused:
        assert refused.problems
        assert all(problem.where.startswith("f.yml") for problem in refused.problems)


@given(st.text(alphabet="ab:,-[]{}&*!|>'\"#%@?~ \n\t1", max_size=60))
def test_both_parsers_read_the_same(text: str) -> None:
    """PyYAML may come without libyaml; what is accepted then must mean the same."""

    def read() -> object:
        try:
            return data(text)
        except Refused:
            return Refused

    with_libyaml = read()
    kept, document_tree._CParser = document_tree._CParser, None
    try:
        without = read()
    finally:
        document_tree._CParser = kept

    assert Refused in (with_libyaml, without) or with_libyaml == without
