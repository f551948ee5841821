"""A rubric file is a school of marking; a bad one is refused with a mend for each mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator

from sim.errors import RubricError
from sim.rubric import AtLeast, MarkRule, Rubric, load_rubric, parse_rubric
from sim.schemas import json_schema

ROOT = Path(__file__).parent.parent
CONTRACT = Path(__file__).parent / "contracts" / "classic.yaml"
SHIPPED = sorted((ROOT / "prompts" / "rubrics").glob("*.yaml"))


def plain(**changes: Any) -> dict[str, Any]:
    """Return a rubric of one criterion, with changes to that criterion."""
    criterion = {
        "id": "brevity", "name": "Brevity", "weight": 10, "question": "Short?", "anchors": {n: f"mark {n}" for n in range(1, 6)},
        "checks": [{"id": "short"}, {"id": "shorter", "check": "short", "at_most": 3}], "marks": [{"mark": 5, "all": ["short"]}],
    }  # fmt: skip
    return {"schema": "sim.rubric/1", "id": "own", "name": "Own", "school": "Ours.", "criteria": [{**criterion, **changes}]}


def problems(data: dict[str, Any]) -> list[str]:
    with pytest.raises(RubricError) as caught:
        parse_rubric(yaml.safe_dump(data), "r.yaml")
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize("path", [CONTRACT, *SHIPPED], ids=lambda p: p.parent.name + "/" + p.stem)
def test_the_contract_and_the_shipped_rubrics_are_read_and_pass_the_schema(path: Path) -> None:
    rubric = load_rubric(path)
    Draft202012Validator(json_schema("rubric")).validate(_with_text_keys(yaml.safe_load(path.read_text("utf-8"))))
    assert sum(c.weight for c in rubric.criteria) == 100


def _with_text_keys(value: Any) -> Any:
    """JSON has text keys only; YAML's `5:` is a number to PyYAML and text to an editor's schema check."""
    if isinstance(value, dict):
        return {str(k): _with_text_keys(v) for k, v in value.items()}
    return [_with_text_keys(v) for v in value] if isinstance(value, list) else value


def test_the_shipped_classic_school_says_what_the_contract_says() -> None:
    ours, contract = (load_rubric(p) for p in (ROOT / "prompts" / "rubrics" / "classic.yaml", CONTRACT))
    for criterion in contract.criteria:
        mine = ours.criterion(criterion.id)
        assert (mine.weight, mine.anchors, mine.question) == (criterion.weight, criterion.anchors, criterion.question)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_check_of_a_shipped_rubric_is_in_the_catalogue(path: Path) -> None:
    from sim.scoring.catalogue import CATALOGUE

    assert {c.check or c.id for criterion in load_rubric(path).criteria for c in criterion.checks} <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"anchors": {1: "a", 5: "b"}}, "needs anchors 1, 2, 3, 4 and 5; found [1, 5]"),
        ({"weight": -1}, "criteria[0].weight: is -1"),
        ({"weight": float("inf")}, "criteria[0].weight: is inf; it should be a finite number"),
        ({"weight": 0}, "at least one criterion must carry weight"),
        ({"checks": [{"id": "short"}, {"id": "short"}]}, "names a check twice"),
        ({"marks": [{"mark": 5, "all": ["tall"]}]}, "the rule for mark 5 names ['tall'], not among its checks"),
        ({"marks": [{"mark": 6, "all": ["short"]}]}, "criteria[0].marks[0].mark: is 6"),
        ({"colour": "red"}, "criteria[0].colour: this key is not known"),
        ({"name": None}, "criteria[0].name: is None"),
    ],
)
def test_each_mistake_is_told_by_key_with_what_was_found(changes: dict[str, Any], says: str) -> None:
    found = problems(plain(**changes))
    assert len(found) == 1, found
    assert says in found[0]


def test_two_criteria_may_not_share_an_id() -> None:
    data = plain()
    data["criteria"] += plain()["criteria"]
    assert "two criteria have the same id" in problems(data)[0]


def test_a_rule_knows_every_check_it_names() -> None:
    rule = MarkRule(mark=3, all=["a"], any=["b"], none=["c"], at_least=[AtLeast(n=1, of=["d", "a"])])
    assert rule.checks() == {"a", "b", "c", "d"}


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match="cannot be read"):
        load_rubric(tmp_path / "gone.yaml")


values = st.one_of(st.none(), st.integers(-2, 9), st.text(max_size=9), st.lists(st.text(max_size=5), max_size=2))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["id", "name", "weight", "anchors", "checks", "marks", "needs", "otherwise", "x"]), values, max_size=3)
)
def test_whatever_is_written_is_a_rubric_or_our_error_and_comes_back_the_same(changes: dict[str, Any]) -> None:
    try:
        rubric = parse_rubric(yaml.safe_dump(plain(**changes), allow_unicode=True), "r.yaml")
    except RubricError as error:
        assert all(p.message for p in error.problems)
        return
    assert parse_rubric(yaml.safe_dump(rubric.model_dump(by_alias=True, mode="json"), allow_unicode=True)) == rubric
    assert Rubric.model_validate_json(rubric.model_dump_json(by_alias=True)) == rubric
