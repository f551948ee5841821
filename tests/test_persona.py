"""A persona file says who a contact is; a bad one is refused with a mend for each mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

from sim.errors import PersonaError
from sim.persona import Intent, Persona, load_persona, parse_persona
from sim.schemas import json_schema
from sim.topics import CATALOGUE, kind_of

ROOT = Path(__file__).parent.parent
EXAMPLE = Path(__file__).parent / "contracts" / "example-persona.yaml"
SHIPPED = sorted((ROOT / "personas").glob("*.yaml"))


def plain() -> dict[str, Any]:
    """Return the smallest persona there can be."""
    return {
        "schema": "sim.persona/1", "id": "a-b", "name": "Ada Byron", "title": "Analyst", "company": "Engines", "level": "peer",
        "minutes": 20, "summary": "Likes looms.", "dossier": {"company": ["It weaves."]},
    }  # fmt: skip


def written(**changes: Any) -> str:
    """Return the smallest persona as YAML, with changes; None takes a key away."""
    data = {k: v for k, v in {**plain(), **changes}.items() if v is not None}
    return yaml.safe_dump(data, sort_keys=False)


def problems(text: str) -> list[str]:
    with pytest.raises(PersonaError) as caught:
        parse_persona(text, "p.yaml")
    return [str(p) for p in caught.value.problems]


def test_the_contract_example_is_read_as_it_stands() -> None:
    persona = load_persona(EXAMPLE)
    assert persona.id == "example-ops-director"
    assert persona.temperament.job_sensitivity == 4
    assert persona.referrals[0].gives_when == "earned"
    assert persona.first_name == "Marta"
    assert len(persona.dossier.facts()) == 5


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schema": None}, "schema: is missing; write `sim.persona/1` here"),
        ({"schema": "sim.persona/2"}, "schema: is 'sim.persona/2'; write `sim.persona/1` here"),
        ({"name": None}, "name: is missing; add it"),
        ({"nmae": "x"}, "nmae: this key is not known"),
        ({"temperament": {"patience": 9}}, "temperament.patience: is 9; it should be less than or equal to 5"),
        ({"temperament": {"patience": "3"}}, "temperament.patience: is '3'; write a whole number, without quotes"),
        ({"minutes": 0}, "minutes: is 0; it should be greater than 0"),
        ({"minutes": True}, "minutes: is True"),
        ({"level": "boss"}, "level: is 'boss'; it should be 'executive', 'manager', 'hr' or 'peer'"),
        ({"id": "Not A Slug"}, "id: is 'Not A Slug'"),
        ({"pronouns": False}, "YAML reads yes, no, on and off as true and false"),
        ({"private": [{"topic": "nowhere", "tells": "x"}]}, "'nowhere' is neither in the catalogue nor among `answers`"),
        ({"answers": {"looms": ["They clack."]}}, "answers.looms is a topic of your own; give it `asks`"),
        ({"referrals": [{"name": "A", "role": "b"}, {"name": "A", "role": "c"}]}, "two referrals have the same name"),
        ({"lines": {"shouting": ["Oi."]}}, "lines.shouting"),
    ],
)
def test_each_mistake_is_told_by_key_with_what_was_found(changes: dict[str, Any], says: str) -> None:
    found = problems(written(**changes))
    assert len(found) == 1, found
    assert says in found[0]
    assert found[0].startswith("p.yaml")


def test_all_mistakes_are_told_at_once_in_file_order() -> None:
    text = written(minutes=-1, level="boss", colour="red")
    found = problems(text)
    lines = text.splitlines()
    assert [f.split(":")[2].strip() for f in found] == ["level", "minutes", "colour"]
    for message in found:
        _, number, key, *_ = message.split(":")
        assert lines[int(number) - 1].startswith(key.strip())


def test_anything_may_stand_under_extensions() -> None:
    assert parse_persona(written(extensions={"ours": {"deep": [1]}})).extensions == {"ours": {"deep": [1]}}


def test_an_answer_may_be_a_bare_list_of_lines() -> None:
    persona = parse_persona(written(answers={"advice": ["Sleep.", "Eat."]}))
    assert persona.answers["advice"].says == ["Sleep.", "Eat."]


def test_titles_are_skipped_when_people_speak() -> None:
    assert parse_persona(written(name="Prof. Dr. Ada Byron")).first_name == "Ada"


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe")
    for path, says in ((tmp_path / "gone.yaml", "cannot be read"), (tmp_path / "x.yaml", "UTF-8"), (tmp_path, "cannot be read")):
        with pytest.raises(PersonaError, match=says):
            load_persona(path)


@pytest.mark.parametrize("path", [EXAMPLE, *SHIPPED], ids=lambda p: p.stem)
def test_shipped_files_pass_the_schema_that_editors_use(path: Path) -> None:
    Draft202012Validator(json_schema("persona")).validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_contacts_have_the_texture_a_meeting_needs(path: Path) -> None:
    """Source: the milestone's own figures for a persona."""
    persona = load_persona(path)
    assert path.stem == persona.id
    assert len(persona.dossier.facts()) >= 8
    assert len(persona.private) >= 5
    assert len(persona.referrals) >= 2
    assert persona.peeves
    assert persona.delights
    assert len(persona.answers) >= 25
    assert all(len(a.says) >= 3 for a in persona.answers.values()), [t for t, a in persona.answers.items() if len(a.says) < 3]
    said = [line for lines in persona.lines.values() for line in lines] + [s for a in persona.answers.values() for s in a.says]
    assert len(said) == len(set(said)), "a line that stands twice would be said twice"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_last_words_lean_on_nothing_that_may_not_have_been_said(path: Path) -> None:
    """No cows that nobody mentioned, and no "one" that stands for nothing."""
    last = [line for intent in (Intent.GOODBYE, Intent.WRAP_UP) for line in load_persona(path).lines[intent]]
    assert not [
        line for line in last if re.search(r"\b(?:ride|take|try) one\b|\bthe cows\b|\byour (?:tape measure)\b|\bhis problem\b", line)
    ]


def test_four_contacts_are_shipped_one_of_each_level() -> None:
    assert sorted(load_persona(p).level for p in SHIPPED) == ["executive", "hr", "manager", "peer"]


def test_topics_of_ones_own_count_as_questions_about_the_role() -> None:
    assert kind_of("looms") == "role"
    assert kind_of("career_path") == CATALOGUE["career_path"].kind == "career_path"


words = st.text(min_size=1, max_size=40).filter(str.strip)
personas = st.fixed_dictionaries(
    {},
    optional={
        "name": words, "summary": words, "level": st.sampled_from(["peer", "hr", "boss"]),
        "minutes": st.integers(-5, 200),
        "peeves": st.lists(words, max_size=3),
        "temperament": st.dictionaries(st.sampled_from(["patience", "warmth", "x"]), st.integers(0, 6)),
        "answers": st.dictionaries(st.sampled_from([*CATALOGUE, "own"]), st.lists(words, max_size=2), max_size=3),
        "lines": st.dictionaries(st.sampled_from([i.value for i in Intent]), st.lists(words, max_size=2), max_size=3),
        "private": st.lists(st.fixed_dictionaries({"topic": st.sampled_from([*CATALOGUE, "x"]), "tells": words}), max_size=2),
        "extensions": st.dictionaries(words, st.integers(), max_size=2),
    },
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(personas)
def test_whatever_is_written_is_a_persona_or_our_error_and_comes_back_the_same(changes: dict[str, Any]) -> None:
    try:
        persona = parse_persona(yaml.safe_dump({**plain(), **changes}, allow_unicode=True), "p.yaml")
    except PersonaError as error:
        assert all(p.message for p in error.problems)
        return
    again = yaml.safe_dump(persona.model_dump(by_alias=True, mode="json"), allow_unicode=True)
    assert parse_persona(again, "p.yaml") == persona
    assert Persona.model_validate_json(persona.model_dump_json(by_alias=True)) == persona
