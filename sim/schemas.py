"""JSON Schemas of the files people and programs write, made from the models that read them; published in `docs/schemas/`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from sim.persona import Persona
from sim.rubric import Rubric
from sim.scorecard import Scorecard
from sim.transcript import LearnerFile, Transcript

Name = Literal["persona", "rubric", "transcript", "scorecard", "learner"]

MODELS: dict[Name, type[BaseModel]] = {
    "persona": Persona,
    "rubric": Rubric,
    "transcript": Transcript,
    "scorecard": Scorecard,
    "learner": LearnerFile,
}


def json_schema(name: Name) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one kind of file."""
    schema = MODELS[name].model_json_schema()
    if name == "persona":
        _allow_plain_answers(schema)
    # The models give `schema` a default so that code need not repeat it; a file has to say it.
    required = ["schema", *(key for key in schema.get("required", []) if key != "schema")]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"sim.{name}/1"}
    return {**head, **{k: v for k, v in schema.items() if k != "title"}, "required": required}


def _allow_plain_answers(schema: dict[str, Any]) -> None:
    """A file may give an answer as a bare list of lines; the model turns that into `says` before it looks."""
    lines = schema["$defs"]["Answer"]["properties"]["says"]
    answers = schema["properties"]["answers"]
    topics = answers["patternProperties"]
    answers["patternProperties"] = {pattern: {"anyOf": [answer, lines]} for pattern, answer in topics.items()}
    answers["additionalProperties"] = False


def as_text(name: Name) -> str:
    """Return the schema as it is published."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


def publish(folder: Path) -> list[Path]:
    """Write every schema into a folder and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in MODELS:
        path = folder / f"{name}.schema.json"
        path.write_text(as_text(name), "utf-8")
        files.append(path)
    return files


if __name__ == "__main__":
    publish(Path(sys.argv[1]))
