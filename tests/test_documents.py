"""Hand-written YAML and JSON are read strictly, and what is wrong is told by file, line and key."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from sim.documents import MAX_BYTES, Document, dotted, parse_json, parse_yaml
from sim.errors import InputError, PersonaError


def wrong(text: str) -> str:
    """Return the message that this YAML is refused with."""
    with pytest.raises(PersonaError) as caught:
        parse_yaml(text, "p.yaml", PersonaError)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "the file is empty"),
        ("# only a comment\n", 1, "the file is empty"),
        ("- a\n- b\n", 1, "expected `key: value` lines"),
        ("just words", 1, "expected `key: value` lines"),
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "not tabs"),
        ("a: &x 1\nb: *x\n", 2, "aliases (*name) are not allowed"),
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "the tag"),
        ("a: 1\nb: !custom x\n", 2, "the tag !custom is not allowed"),
        ("a: 1\nb: 2\na: 3\n", 3, "a: this key stands here twice"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_would_do(text: str, line: int, says: str) -> None:
    message = wrong(text)
    assert message.startswith(f"p.yaml:{line}: "), message
    assert says in message


def test_every_double_key_is_told_at_once() -> None:
    assert wrong("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n").count("stands here twice") == 2


def test_a_document_may_not_be_a_book_nor_a_well() -> None:
    assert "larger than 512 kB" in wrong("a: " + "x" * MAX_BYTES)
    assert "levels deep" in wrong("".join("  " * depth + "a:\n" for depth in range(40)))
    assert "nested" in wrong("a: " + "[" * 5_000 + "]" * 5_000)


def test_a_sentence_with_a_comma_in_braces_is_joined_again_and_noted() -> None:
    document = parse_yaml("a: {says: I left, and never went back}\n", "p.yaml", PersonaError)
    assert document.data == {"a": {"says": "I left, and never went back"}}
    assert "better to quote it" in str(document.notes[0])


def test_lines_are_found_for_keys_items_and_whatever_lies_below_them() -> None:
    document = parse_yaml("a:\n  b:\n    - x\n    - y\n", "p.yaml", PersonaError)
    assert document.line_of(("a", "b", 1)) == 4
    assert document.line_of(("a", "b", 1, "missing")) == 4
    assert Document("f", {}).line_of(("a",)) is None


def test_dates_stay_the_text_that_was_written() -> None:
    assert parse_yaml("a: 2024-01-31\n", "p.yaml", PersonaError).data == {"a": "2024-01-31"}


def test_a_key_path_is_written_as_people_read_it() -> None:
    assert dotted(("criteria", 2, "anchors", "5")) == "criteria[2].anchors.5"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "f.json:1: this is not valid JSON"),
        ('{\n"a": 1,\n}', "f.json:3: "),
        ("[1]", "expected a JSON object, found list"),
        ("", "not valid JSON"),
    ],
)
def test_json_mistakes_are_told_with_their_line(text: str, says: str) -> None:
    with pytest.raises(InputError, match=".") as caught:
        parse_json(text, "f.json", InputError)
    assert says in str(caught.value)


def test_deep_json_is_refused_and_not_followed() -> None:
    with pytest.raises(InputError):
        parse_json('{"a":' + "[" * 200_000, "f.json", InputError)


yaml_like = st.text(alphabet=st.sampled_from("abz019 \n\t:-[]{}&*!|>'\"#,.%@`?~é\u2028\x00"), max_size=200)


@given(st.one_of(st.text(max_size=200), yaml_like))
def test_no_text_at_all_gives_anything_but_a_document_or_our_error(text: str) -> None:
    for parse in (parse_yaml, parse_json):
        try:
            document = parse(text, "f", PersonaError)
        except PersonaError as error:
            assert all(p.file == "f" and p.message for p in error.problems)
        else:
            assert isinstance(document.data, dict)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_json_comes_back_as_it_was_written(data: dict[str, object]) -> None:
    assert parse_json(json.dumps(data), "f", InputError).data == data
