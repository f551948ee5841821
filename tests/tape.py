"""Cassettes: recorded from a real model server by `make cassettes`, replayed everywhere else. One place that says how."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import vcr
import yaml
from pydantic import SecretStr
from vcr.cassette import Cassette

from sim.model import Endpoint, endpoint_of
from sim.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "cassettes"
SERVER = os.environ.get("CASSETTES_SERVER", "")
"""The address of the server to record from, set by `cassettes/record.py`; empty: replay."""

RECORDING = bool(SERVER)
NOWHERE = "http://llm.test/v1"
"""The address on every tape. `.test` is kept free for tests (RFC 2606): should anything slip past the tape, it reaches nobody."""

URL = SERVER or NOWHERE
MODEL = "smollm2-135m-instruct"
KEY = "any-word-will-do"
PATIENCE = 3_000.0 if RECORDING else 20.0
"""Seconds. A reply is on the tape whole before the first word of it is seen, and a small machine takes its time."""

needs_tapes = pytest.mark.skipif(
    not RECORDING and not any(FOLDER.glob("*.yaml")), reason="no cassette is recorded yet: make cassettes makes them all"
)
"""For tests of the tapes. Once there is one tape, a missing one fails."""

HEADERS = {"content-type", "accept"}
"""What is kept of a request's headers; the key is in one of the others."""

KEPT = {"content-type"}
"""What is kept of a response's: the others tell of the machine and the hour."""


class _Dumper(yaml.SafeDumper):
    pass


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


class Readable:
    """Cassettes as people read them: letters unescaped, streams as blocks, a request's JSON as YAML."""

    @staticmethod
    def serialize(tape: dict[str, Any]) -> str:
        """Return a tape as text."""
        for item in tape["interactions"]:
            body = item["request"]["body"]
            if body:
                item["request"]["body"] = json.loads(body)
        return str(yaml.dump(tape, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120))

    @staticmethod
    def deserialize(text: str) -> Any:
        """Return a tape as vcrpy has it."""
        tape = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for item in tape["interactions"]:
            body = item["request"]["body"]
            if isinstance(body, dict):
                item["request"]["body"] = json.dumps(body)
        return tape


def _request(request: Any) -> Any:
    request.uri = NOWHERE + request.path.removeprefix("/v1")
    for name in [n for n in request.headers if n.lower() not in HEADERS]:
        del request.headers[name]
    return request


def _response(response: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a response: an error's traceback names files, and where they lay on the recording machine is nobody's."""
    body = response["body"]["string"]
    here = str(FOLDER.parent)
    body = body.replace(here.encode(), b"...") if isinstance(body, bytes) else body.replace(here, "...")
    headers = {k: v for k, v in response["headers"].items() if k.lower() in KEPT}
    return {**response, "headers": headers, "body": {**response["body"], "string": body}}


_recorder = vcr.VCR(
    cassette_library_dir=str(FOLDER),
    serializer="readable",
    record_mode="all" if RECORDING else "none",
    match_on=("method", "path", "body"),
    before_record_request=_request,
    before_record_response=_response,
    decode_compressed_response=True,
)
_recorder.register_serializer("readable", Readable)


@contextmanager
def tape(name: str) -> Iterator[Cassette]:
    """Replay a cassette and hold that all of it was played; with a server to record from, record it anew."""
    with _recorder.use_cassette(f"{name}.yaml") as cassette:
        yield cassette
    if not RECORDING:
        left = [request.body for request, played in zip(cassette.requests, _played(cassette), strict=True) if not played]
        assert cassette.all_played, f"{len(left)} of {len(cassette)} exchanges on {name} were not played"


def _played(cassette: Cassette) -> list[bool]:
    return [cassette.play_counts[number] > 0 for number in range(len(cassette))]


def endpoint(*, contact: bool = True, judge: bool = False) -> Endpoint:
    """Return the endpoint to configure: the server when recording, nobody when replaying."""
    return Endpoint(URL, SecretStr(KEY), MODEL if contact else None, MODEL if judge else None, PATIENCE, PATIENCE, 120)


def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """While recording, let every part of the product wait as long as a slow server takes; replaying, change nothing."""
    if not RECORDING:
        return
    monkeypatch.setattr("sim.contact.model_contact.LINE_SECONDS", PATIENCE)
    monkeypatch.setattr("sim.practice.talk.REPLY_SECONDS", PATIENCE)
    for place in ("sim.engines.endpoint_of", "sim.commands.doctor.endpoint_of"):
        monkeypatch.setattr(place, _patient_endpoint)


def _patient_endpoint(settings: Settings) -> Endpoint | None:
    found = endpoint_of(settings)
    return replace(found, timeout=PATIENCE, first_token_timeout=PATIENCE) if found else None


def said(cassette: Cassette) -> list[str]:
    """Return what the model itself wrote, one text a streamed reply."""
    strings = [response["body"]["string"] for response in cassette.responses]
    bodies = [s.decode() if isinstance(s, bytes) else s for s in strings]
    return ["".join(_pieces(body)) for body in bodies if body.startswith(("data:", ":"))]  # a slow stream may begin with a ping


def _pieces(body: str) -> Iterator[str]:
    for line in body.splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line[6:])["choices"]:
                yield choice["delta"].get("content") or ""
