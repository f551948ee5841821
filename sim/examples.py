"""A worked example: a scripted learner's meeting with its marks, kept for learners to read beside the evidence.

The shipped ones are files in `personas/examples/`, made by `make examples` and never edited by hand; those that an
instructor keeps are rows of the store. The words are a scripted learner's, so nobody's privacy is at stake.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.documents import check_schema_name, parse_json, validate
from sim.errors import TranscriptError
from sim.scorecard import Scorecard
from sim.transcript import Transcript

SCHEMA = "sim.example/1"
Quality = Literal["good", "poor"]


class Example(BaseModel):
    """One worked example. `contact` is the persona's name: an example of somebody who has since been renamed is not shown.

    `kept_at` is seconds since the epoch and `account` the instructor's, both empty for a shipped one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["sim.example/1"] = Field("sim.example/1", alias="schema")
    id: Annotated[str, Field(max_length=80)]
    persona: str
    contact: str
    quality: Quality
    title: Annotated[str, Field(min_length=1, max_length=200)]
    transcript: Transcript
    scorecard: Scorecard
    account: str = ""
    kept_at: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the example as a JSON object; what is empty for a shipped one is left out."""
        whole = {"transcript": self.transcript.to_json(), "scorecard": self.scorecard.to_json()}
        said = {k: getattr(self, k) for k in ("id", "persona", "contact", "quality", "title")}
        kept = {"account": self.account, "kept_at": self.kept_at} if self.account else {}
        return {"schema": SCHEMA, **said, **whole, **kept}


def parse_example(text: str, file: str = "example") -> Example:
    """Return the example in `text` (JSON); raises TranscriptError with one problem for each mistake."""
    document = parse_json(text, file, TranscriptError)
    check_schema_name(document, SCHEMA, TranscriptError)
    return validate(document, Example, TranscriptError)
