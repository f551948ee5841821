"""The form beside the file: what it shows, and that a change of one field changes that field and no other character."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sim.errors import InputError, PersonaError
from sim.library import shipped
from sim.persona import Intent, parse_persona
from sim.studio.editing import GONE, data_of, value_at, with_value
from sim.studio.form import FIXED, clean, key_path, shown, with_row, with_topic, without_row, without_topic, written
from sim.topics import CATALOGUE

SHIPPED = {path.stem: path.read_text("utf-8") for path in sorted(Path(shipped("personas")).glob("*.yaml"))}

BY_HAND = """\
# who
schema: sim.persona/1
id: ada          # the file's name
name: 'Ada  Ferro'
title: Head of Bridges
company: "Span & Co"
level: manager
minutes: 20
summary: >-
  Builds bridges
  and has little time.

dossier:
  # easy to misread
  company: [Span & Co built forty bridges., "A second fact, with a comma"]
  contact:
  - She was born in Split.     # indented by nothing
  - "Zwölf Brücken, 橋, 🌉."
temperament: {patience: 3, warmth: 3}

private:
  - topic: challenge
    # not before noon
    tells: The river moved.
    says: ["Honestly, the river moved."]
    min_rapport: 0

# what cools
peeves:
  - flattery

# what warms
delights: []
referrals:
  - {name: Ira Novak, role: Steel, gives_when: always}
answers:
  career_path:
    - "Through the drawing office."
    - "And then the river."
  night_desk:
    asks: ["How does the desk work?"]
    says:
      - "Seven people."
lines:
  goodbye: ["Bye."]
# the end
"""


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", [*SHIPPED, "by hand"])
def test_a_form_sent_back_untouched_changes_no_character(name: str) -> None:
    text = SHIPPED.get(name, BY_HAND)
    assert written(text, shown(data_of(text))) == text
    browsers = {field: value.replace("\n", "\r\n") for field, value in shown(data_of(text)).items()}
    assert written(text, browsers) == text


@pytest.mark.parametrize(
    ("field", "typed", "now"),
    [
        ("name", "Ada Ferro-Lund", "Ada Ferro-Lund"),
        ("name", 'Quotes " and: colons # and \\ backslashes', 'Quotes " and: colons # and \\ backslashes'),
        ("minutes", "25", 25),
        ("minutes", "soon", "soon"),
        ("summary", "Builds bridges, and much else: everything that has two ends.", None),
        ("summary", "Two paragraphs.\n\nReally.", None),
        ("setting", "on the quay", None),
        ("temperament.patience", "5", 5),
        ("temperament.job_sensitivity", "1", 1),
        ("private[0].tells", "The bank moved.", None),
        ("private[0].min_rapport", "0.55", 0.55),
        ("private[0].says", "One.\nTwo, with a comma.", ["One.", "Two, with a comma."]),
        ("peeves", "flattery\nbeing called Ada", ["flattery", "being called Ada"]),
        ("peeves", "first\nflattery", ["first", "flattery"]),
        ("delights", "rivers", ["rivers"]),
        ("dossier.company", "One fact.", ["One fact."]),
        ("dossier.contact", "She was born in Split.\nA new one.\nZwölf Brücken, 橋, 🌉.", None),
        ("dossier.industry", "Steel is dear.", ["Steel is dear."]),
        ("referrals[0].role", "Steel, mostly", "Steel, mostly"),
        ("referrals[0].says", "Ask Ira.", ["Ask Ira."]),
        ("referrer.name", "Jo Park", "Jo Park"),
        ("answers.career_path.says", "Through the drawing office.", ["Through the drawing office."]),
        ("answers.career_path.asks", "How did you start?", ["How did you start?"]),
        ("answers.night_desk.says", "Seven people.\nEight in March.", ["Seven people.", "Eight in March."]),
        ("answers.pay.says", "Enough.", ["Enough."]),
        ("lines.goodbye", "Bye.\nSo long.", ["Bye.", "So long."]),
        ("lines.greeting", "Hello.\nno", ["Hello.", "no"]),
    ],
)
def test_a_change_of_one_field_changes_that_field_alone(field: str, typed: str, now: Any) -> None:
    before = shown(data_of(BY_HAND))
    text = written(BY_HAND, {field: typed})
    after = shown(data_of(text))
    assert {f: v for f, v in after.items() if before.get(f) != v} == {field: after[field]}
    assert after[field] == typed.replace("\\", "\\" if "lines" not in field else "\\\\")
    if now is not None:
        assert value_at(data_of(text), key_path(field)) in (now, None) or field.startswith("answers.career_path")
    comments = re.findall(r"#.*", BY_HAND)
    assert [c for c in re.findall(r"#.*", text) if c in comments] == comments
    assert written(text, after) == text


def test_a_new_entry_stands_before_the_comment_that_introduces_the_next_part() -> None:
    text = written(BY_HAND, {"peeves": "flattery\nhaste"})
    assert text == BY_HAND.replace("  - flattery\n", "  - flattery\n  - haste\n")
    text = written(SHIPPED["busy-vp"], {"peeves": shown(data_of(SHIPPED["busy-vp"]))["peeves"] + "\nA new one, at the end"})
    changed = set(lines_of(text)) ^ set(lines_of(SHIPPED["busy-vp"]))
    assert changed == {'  - "A new one, at the end"'}


def test_emptied_fields() -> None:
    gone = written(BY_HAND, {"peeves": "", "answers.career_path.says": "", "lines.goodbye": "", "name": "", "referrals[0].gives_when": ""})
    data = data_of(gone)
    assert "peeves" not in data
    assert "career_path" not in data["answers"]
    assert not data["lines"]
    assert data["name"] == ""
    assert "# what cools\n" in gone
    everything = written(BY_HAND, {"dossier.company": "", "dossier.contact": ""})
    assert data_of(everything)["dossier"] == {}
    with_referrer = written(BY_HAND, {"referrer.name": "Jo", "referrer.relation": "cousin"})
    assert data_of(with_referrer)["referrer"] == {"name": "Jo", "relation": "cousin"}
    assert "referrer" not in data_of(written(with_referrer, {"referrer.name": "", "referrer.relation": ""}))


def test_rows_come_and_go() -> None:
    text = with_row(with_row(BY_HAND, "private"), "referrals")
    data = data_of(text)
    assert data["private"][1] == {"topic": "", "tells": ""}
    assert data["referrals"][1]["name"] == ""
    assert text.index('tells: ""') < text.index("# what cools")
    assert data_of(without_row(text, "private", 0))["private"] == [{"topic": "", "tells": ""}]
    assert without_row(text, "private", 7) == text
    assert "private" not in data_of(without_row(BY_HAND, "private", 0))
    assert data_of(with_row(without_row(BY_HAND, "private", 0), "private"))["private"] == [{"topic": "", "tells": ""}]


def test_topics_of_ones_own_come_and_go() -> None:
    text = with_topic(BY_HAND, "Copper Lines!")
    assert data_of(text)["answers"]["copper_lines"] == {"asks": [], "says": []}
    text = written(text, {"answers.copper_lines.asks": "What of copper?", "answers.copper_lines.says": "It goes."})
    assert parse_persona(text).answers["copper_lines"].says == ["It goes."]
    assert without_topic(text, "copper_lines").count("copper") == 0
    for words in ("", "!!", "pay", "night desk"):
        with pytest.raises(InputError):
            with_topic(BY_HAND, words)


def test_what_a_form_cannot_show_stays_in_the_file() -> None:
    odd = "schema: sim.persona/1\nname: [a, b]\nminutes: true\ndossier: soon\npeeves: [1, two]\n"
    odd += "answers: {pay: {says: x}}\nlines:\nprivate: {a: 1}\n"
    fields = shown(data_of(odd))
    assert not {"name", "minutes", "dossier.company", "peeves", "answers.pay.says", "private[0].topic"} & set(fields)
    assert written(odd, {"name": "Ada", "dossier.company": "x", "private[0].topic": "pay", "nonsense[": "1"}) == odd
    assert data_of(written(odd, {"lines.greeting": "Hello."}))["lines"] == {"greeting": ["Hello."]}


def test_a_break_within_a_line_survives_the_form() -> None:
    text = BY_HAND.replace('["Bye."]', '["Bye.\\nReally, and C:\\\\new.", "Two."]')
    assert shown(data_of(text))["lines.goodbye"] == "Bye.\\nReally, and C:\\\\new.\nTwo."
    after = written(text, {"lines.goodbye": shown(data_of(text))["lines.goodbye"] + "\nThree."})
    assert data_of(after)["lines"]["goodbye"] == ["Bye.\nReally, and C:\\new.", "Two.", "Three."]


def test_a_file_that_cannot_be_read_is_not_written_to() -> None:
    with pytest.raises(PersonaError):
        written("schema: [", {"name": "Ada"})


NUMBERS = {name for name, field in FIXED.items() if field.kind == "number"} | {"private[0].min_rapport"}


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


FIELDS = sorted(shown(data_of(BY_HAND)))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(FIELDS), WORDS, min_size=1, max_size=3))
def test_whatever_is_typed_is_what_the_form_shows_next(typed: dict[str, str]) -> None:
    text = written(BY_HAND, typed)
    after, before = shown(data_of(text)), shown(data_of(BY_HAND))
    untouched = {f: v for f, v in before.items() if f not in typed}
    assert {f: after[f] for f in untouched if f in after} == {f: v for f, v in untouched.items() if f in after}
    assert set(before) - set(after) <= {f for f in before if f.startswith("answers.night_desk")}
    for field in {f for f in typed if f in after and f not in NUMBERS and "\\" not in typed[f] and clean(typed[f])}:
        assert words(after[field]) == words(clean(typed[field]))
    assert written(text, after) == text


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-9, 999), st.floats(allow_nan=False), WORDS)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(
    [
        ("name",),
        ("summary",),
        ("delights",),
        ("lines",),
        ("dossier", "company"),
        ("dossier", "contact", 1),
        ("private", 1),
        ("private", 0, "says"),
        ("referrals", 0, "good_for"),
        ("answers", "night_desk", "says", 0),
        ("extensions", "x", "y"),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PATHS, st.one_of(VALUES, st.just(GONE)))
def test_any_value_can_be_set_and_everything_else_stays(path: tuple[Any, ...], value: Any) -> None:
    text = with_value(BY_HAND, path, value)
    before, after = data_of(BY_HAND), data_of(text)
    if value is not GONE:
        assert repr(value_at(after, path)) == repr(value)
    assert {k: v for k, v in before.items() if k != path[0]} == {k: v for k, v in after.items() if k != path[0]}
    assert re.findall(r"# (?:who|what cools|the end|easy to misread)", text)


def test_every_topic_and_situation_has_a_field() -> None:
    fields = shown(data_of(BY_HAND))
    assert {f"answers.{t}.says" for t in CATALOGUE} | {f"lines.{i.value}" for i in Intent} <= set(fields)
