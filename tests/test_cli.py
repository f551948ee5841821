"""The commands other programs call: what they print, where, and with which exit status."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft202012Validator

from sim import __version__, cli, people
from sim.commands.acts import as_json, messages
from sim.commands.registry import open_registry
from sim.errors import InputError
from sim.settings import read_settings
from sim.understanding import ACT_IDS, understand

HERE = Path(__file__).parent
ROOT = HERE.parent
EXAMPLE = HERE / "contracts" / "example-persona.yaml"
COMMANDS = ("serve", "check", "score", "acts", "play", "chat", "export", "owner-link")


def contract(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((HERE / "contracts" / f"{name}.schema.json").read_text("utf-8")))


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output, one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Sim = Callable[..., Ran]


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Sim:
    """Run the command line in this process, with its data in a folder of the test's own."""
    monkeypatch.setenv("SIM_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SIM_DATABASE_URL", raising=False)

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["sim", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        try:
            cli.main()
            code = 0
        except SystemExit as done:
            code = done.code if isinstance(done.code, int) else 0 if done.code is None else 1
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


def refused(ran: Ran, *says: str) -> None:
    """Assert that a mistake ended as the contract has it: status 2, nothing on standard output, no traceback."""
    assert ran.code == 2, ran
    assert ran.out == ""
    assert "Traceback" not in ran.err
    for words in says:
        assert words in ran.err, ran.err


def transcript(folder: Path, name: str, **changes: Any) -> Path:
    """Write a small transcript with a shipped contact."""
    turns = [
        {"speaker": "contact", "text": "Hello. We have twenty minutes."},
        {"speaker": "learner", "text": "Hello Gwen, thank you for your time. I read that you rode along with mechanics."},
        {"speaker": "contact", "text": "One day a month."},
        {"speaker": "learner", "text": "What did the last ride teach you that the reports did not?"},
        {"speaker": "contact", "text": "That the reports are written by tired people."},
    ]
    data = {"schema": "sim.transcript/1", "id": name, "persona": "busy-vp", "agreed_minutes": 20, "turns": turns, **changes}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({k: v for k, v in data.items() if v is not ...}), "utf-8")
    return path


# -- every command --------------------------------------------------------------------------------------------------------


def test_help_lists_every_command_of_the_contract(sim: Sim) -> None:
    ran = sim("--help")
    assert ran.code == 0
    assert all(f"  {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(sim: Sim, command: str) -> None:
    assert sim(command, "--help").code == 0


def test_help_loads_nothing_heavy() -> None:
    """What makes `sim --help` quick: not a clock, which a busy machine would break, but the modules it may not touch."""
    heavy = {"pydantic", "numpy", "onnxruntime", "fastapi", "sqlalchemy", "uvicorn", "langchain_core", "rich.console", "yaml"}
    code = "import sys, sim.cli; sys.argv = ['sim', '--help']\ntry: sim.cli.main()\nfinally: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert heavy & set(done.stderr.split()) == set()


def test_the_version_is_told(sim: Sim) -> None:
    assert sim("--version") == Ran(0, f"twenty-minutes {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    ["dance", "score", "play", "chat", "export", "check --loud", "serve --port soon", "serve --port 70000",
     "score x --engine dice", "export x --format pdf", "check --schema poem"],
)  # fmt: skip
def test_bad_usage_is_refused(sim: Sim, arguments: str) -> None:
    refused(sim(*arguments.split()), "Error")


def test_a_wrong_setting_is_told_by_its_name(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_MAX_MESSAGE_CHARS", "many")
    refused(sim("export", "x"), "SIM_MAX_MESSAGE_CHARS", "'many'")


# -- check ----------------------------------------------------------------------------------------------------------------


def test_everything_shipped_passes_without_a_warning(sim: Sim) -> None:
    ran = sim("check")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) >= 5
    assert "persona busy-vp: Gwen Tarkowski" in ran.out
    assert "rubric classic" in ran.out


def test_the_contract_example_passes_and_its_author_is_warned_that_it_is_thin(sim: Sim) -> None:
    ran = sim("check", EXAMPLE)
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
    for words in ("0 topics are answered", "stock lines will speak", "5 facts to find", "but the file is called"):
        assert words in ran.err
    assert all(line.startswith("warning: ") for line in ran.err.splitlines())


def test_every_mistake_of_every_file_is_told_with_file_line_and_mend(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        EXAMPLE.read_text("utf-8").replace("level: manager", "level: boss").replace("minutes: 25", "minutes: 0")
    )
    (tmp_path / "b.yaml").write_text("schema: sim.persona/1\nname: [\n")
    (tmp_path / "c.yaml").write_text("schema: sim.poem/1\n")
    (tmp_path / "d.yml").write_text("title: no schema\n")
    (tmp_path / "notes.txt").write_text("not looked at")
    ran = sim("check", tmp_path)
    refused(
        ran,
        "a.yaml:8: level: is 'boss'",
        "a.yaml:10: minutes: is 0",
        "b.yaml:3: this is not valid YAML",
        "c.yaml:1: schema: is 'sim.poem/1'",
    )
    assert "d.yml:1: schema: is missing; write `sim.persona/1` for a persona" in ran.err
    assert len(ran.err.splitlines()) == 5


def test_paths_that_hold_nothing_are_refused(sim: Sim, tmp_path: Path) -> None:
    refused(sim("check", tmp_path / "gone.yaml"), "gone.yaml: is not there")
    refused(sim("check", tmp_path), "holds no .yaml file")


def test_two_files_may_not_claim_one_id(sim: Sim, tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_bytes(EXAMPLE.read_bytes())
    refused(sim("check", tmp_path), "two.yaml: id: 'example-ops-director' is the id of", "one.yaml")


def test_a_rubric_that_names_an_unknown_check_is_told_what_there_is(sim: Sim, tmp_path: Path) -> None:
    rubric = yaml.safe_load((HERE / "contracts" / "classic.yaml").read_text("utf-8"))
    rubric["criteria"][0]["checks"] = [{"id": "charm"}]
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(rubric, sort_keys=False))
    refused(sim("check", tmp_path), "criteria[0].checks[0]: there is no check 'charm'; the catalogue has")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lines": {"greeting": ["Hello {learner}."]}}, "lines.greeting[0]: {learner} is not known"),
        ({"lines": {"goodbye": ["Tell {referrer}."]}, "referrer": None}, "{referrer} is used, but nobody opened the door"),
        ({"private": [{"topic": "followup", "tells": "x"}]}, "no topic anybody can ask for"),
        ({"private": [{"topic": "advice", "tells": "x", "min_rapport": 0.95}]}, "hardly any meeting gets there"),
        ({"private": [{"topic": "advice", "tells": "x"}, {"topic": "advice", "tells": "y"}]}, "only the first can ever be told"),
        ({"private": []}, "nothing is held back"),
        ({"referrals": []}, "nobody to be passed on to"),
        ({"referrals": [{"name": "A", "role": "b", "gives_when": "never"}]}, "can only be refused"),
        ({"answers": {"advice": ["Sleep."]}}, "only one line for advice"),
    ],
)
def test_what_is_allowed_but_dull_is_a_warning(sim: Sim, tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    data = {**yaml.safe_load(EXAMPLE.read_text("utf-8")), **changes}
    path = tmp_path / "example-ops-director.yaml"
    path.write_text(yaml.safe_dump({k: v for k, v in data.items() if v is not None}, sort_keys=False))
    ran = sim("check", path)
    assert ran.code == 0
    assert says in ran.err


def test_topics_and_schemas_are_printed_for_authors(sim: Sim) -> None:
    assert "career_path" in sim("check", "--topics").out
    for name in ("persona", "rubric", "transcript", "scorecard", "learner"):
        schema = json.loads(sim("check", "--schema", name).out)
        Draft202012Validator.check_schema(schema)
        assert schema["title"] == f"sim.{name}/1"


# -- score ----------------------------------------------------------------------------------------------------------------


def test_scorecards_come_one_a_line_in_the_order_given(sim: Sim, tmp_path: Path) -> None:
    files = [transcript(tmp_path, name) for name in ("z", "a", "m")]
    ran = sim("score", *files)
    assert (ran.code, ran.err) == (0, "")
    assert [card["transcript"] for card in ran.lines] == ["z", "a", "m"]
    for card in ran.lines:
        contract("scorecard").validate(card)
        assert card["graded_by"] == "detectors"
    first, second, _ = (card["criteria"] for card in ran.lines)
    assert first == second


def test_one_bad_transcript_keeps_all_marks_back(sim: Sim, tmp_path: Path) -> None:
    good, bad = transcript(tmp_path, "good"), transcript(tmp_path, "bad", agreed_minutes=0, turns=[])
    (tmp_path / "broken.json").write_text("{")
    ran = sim("score", good, bad, tmp_path / "broken.json", tmp_path / "gone.json")
    refused(
        ran,
        "bad.json: agreed_minutes: is 0",
        "bad.json: turns:",
        "broken.json:1: this is not valid JSON",
        "gone.json: cannot be read",
    )
    assert len(ran.err.splitlines()) == 4


def test_a_rubric_is_an_id_or_a_file_and_an_unknown_one_is_refused(sim: Sim, tmp_path: Path) -> None:
    file = transcript(tmp_path, "t")
    assert sim("score", file, "--rubric", "classic").lines == sim("score", file).lines
    own = tmp_path / "own.yaml"
    own.write_text((ROOT / "prompts" / "rubrics" / "classic.yaml").read_text("utf-8").replace("id: classic", "id: own", 1))
    assert sim("score", file, "--rubric", own).lines[0]["rubric"] == "own"
    refused(sim("score", file, "--rubric", "clasic"), "there is no rubric 'clasic'", "did you mean 'classic'?")
    refused(sim("score", transcript(tmp_path, "u", rubric="harsh")), "u.json: rubric: there is no rubric 'harsh'")
    refused(sim("score", transcript(tmp_path, "v", rubric=str(own))), "there is no rubric")


def test_a_persona_is_found_in_a_named_folder_by_the_id_it_declares(sim: Sim, tmp_path: Path) -> None:
    file = transcript(tmp_path, "t", persona="example-ops-director")
    found = sim("score", file, "--personas", EXAMPLE.parent)
    assert (found.code, found.err) == (0, "")
    missing = sim("score", file)
    assert missing.code == 0
    assert "'example-ops-director' is not at hand" in missing.err
    refused(sim("score", file, "--personas", tmp_path / "gone"), "gone: is not a folder")


@pytest.mark.parametrize("engine", ["judge", "both"])
def test_a_judge_that_is_not_there_is_not_pretended(sim: Sim, tmp_path: Path, engine: str) -> None:
    refused(sim("score", transcript(tmp_path, "t"), "--engine", engine), f"--engine {engine} needs a model", "none is configured")


# -- acts -----------------------------------------------------------------------------------------------------------------


def test_each_line_is_answered_in_order_with_quotes_that_stand_in_it(sim: Sim) -> None:
    said = [
        "Hello, thank you for making the time.",
        "",
        "Are you hiring at the moment?",
        "  How did you get into this field?\u2028And why? ",
    ]
    ran = sim("acts", "--persona", "busy-vp", stdin=("\r\n".join(said) + "\n").encode())
    assert (ran.code, ran.err) == (0, "")
    assert [line["text"] for line in ran.lines] == said
    assert ran.lines[1]["acts"] == []
    assert {"id": "job_ask", "kind": "direct"}.items() <= ran.lines[2]["acts"][0].items()
    for line in ran.lines:
        for act in line["acts"]:
            assert set(act) <= {"id", "kind", "quote"}
            assert act["id"] in ACT_IDS
            assert act["quote"] in line["text"]


def test_nothing_said_gives_nothing(sim: Sim) -> None:
    assert sim("acts") == Ran(0, "", "")


def test_a_line_that_is_not_text_keeps_all_answers_back(sim: Sim) -> None:
    refused(sim("acts", stdin=b"Hello.\n\xff\xfe\nBye.\n\xc3"), "standard input:2: is not UTF-8 text", "standard input:4: ")


def test_an_unknown_persona_is_refused_with_a_guess(sim: Sim, tmp_path: Path) -> None:
    refused(sim("acts", "--persona", "buzy-vp"), "there is no persona 'buzy-vp'; did you mean 'busy-vp'?")
    refused(sim("acts", "--persona", tmp_path / "gone.yaml"), "gone.yaml: cannot be read")


@given(st.binary(max_size=80))
def test_every_byte_is_a_line_or_a_told_mistake(raw: bytes) -> None:
    try:
        lines = messages(raw)
    except InputError as error:
        assert all(p.line for p in error.problems)
    else:
        assert "\n".join(lines).encode() == raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").removesuffix(b"\n").removesuffix(
            b"\r"
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120))
def test_quotes_are_verbatim_whatever_is_said(text: str) -> None:
    for act in as_json(understand(text))["acts"]:
        assert act["quote"]
        assert act["quote"] in text


# -- play -----------------------------------------------------------------------------------------------------------------


def learner(folder: Path, **changes: Any) -> Path:
    """Write a scripted learner."""
    said = [
        "Hello Gwen. Walt Ferreira told me to call.",
        "How did the night desk change how you plan?",
        "Who else should I talk to?",
        "Thank you, goodbye.",
    ]
    data = {"schema": "sim.learner/1", "id": "lea", "prep": {"goal": "learn"}, "messages": said, "thank_you": None, **changes}
    path = folder / "learner.json"
    path.write_text(json.dumps(data))
    return path


def test_a_played_meeting_is_a_transcript_with_a_trace_and_the_same_one_each_time(sim: Sim, tmp_path: Path) -> None:
    file = learner(tmp_path)
    ran = sim("play", "--persona", "busy-vp", "--learner", file, "--seed", 3)
    assert (ran.code, ran.err) == (0, "")
    data = json.loads(ran.out)
    contract("transcript").validate(data)
    spoken = [n for n, turn in enumerate(data["turns"]) if turn["speaker"] == "contact"]
    assert [entry["turn"] for entry in data["trace"]] == spoken
    assert set(data["trace"][0]) == {"turn", "minute", "patience", "rapport", "intent", "cue", "unlocked", "engine"}
    assert data["outcome"]["door"] in {"open", "ajar", "shut"}
    assert data["thank_you"] is None
    assert sim("play", "--persona", "busy-vp", "--learner", file, "--seed", 3).out == ran.out


def test_a_played_meeting_can_be_scored_as_it_is_printed(sim: Sim, tmp_path: Path) -> None:
    played = tmp_path / "played.json"
    played.write_text(sim("play", "--persona", EXAMPLE, "--learner", learner(tmp_path)).out)
    assert sim("score", played, "--personas", EXAMPLE.parent).code == 0


def test_bad_files_for_play_are_refused(sim: Sim, tmp_path: Path) -> None:
    refused(sim("play", "--persona", "nobody", "--learner", learner(tmp_path)), "there is no persona 'nobody'")
    refused(sim("play", "--persona", "busy-vp", "--learner", tmp_path / "gone.json"), "gone.json: cannot be read")
    refused(sim("play", "--persona", "busy-vp", "--learner", learner(tmp_path, messages="hi")), "learner.json: messages: is 'hi'")


# -- chat and export ------------------------------------------------------------------------------------------------------

TALK = """Hello Gwen, thank you for the time.
/help
/notes ask about Dayton

How did the night desk come about?
/end
Thank you for the story of the desk.


"""


def held(ran: Ran) -> str:
    """Return the id of the session a chat has held."""
    assert ran.code == 0, ran
    return ran.out.split("Kept as ")[1].split(";")[0]


def test_a_session_in_the_terminal_goes_from_the_brief_to_the_debrief(sim: Sim) -> None:
    ran = sim("chat", "busy-vp", "--seed", 1, stdin=TALK.encode())
    assert held(ran)
    for words in (
        "Gwen Tarkowski, Vice President",
        "6,400 elevators",
        "You ended the meeting",
        "Debrief: ",
        "Preparation",
        "The door is",
    ):
        assert words in ran.out
    assert "\x1b[" not in ran.out, "plain where nobody is looking"


def test_the_end_of_the_input_ends_the_meeting_and_skips_the_note(sim: Sim) -> None:
    assert "Debrief: " in sim("chat", EXAMPLE, stdin=b"Hello.\n").out


def test_a_message_that_is_too_long_is_refused_in_place(sim: Sim) -> None:
    ran = sim("chat", "busy-vp", stdin=b"x" * 20_000 + b"\nHello again.\n/end\n")
    assert ran.code == 0
    assert "Debrief: " in ran.out


def test_what_was_practised_is_exported_in_every_form(sim: Sim) -> None:
    session = held(sim("chat", "busy-vp", stdin=TALK.encode()))
    data = json.loads(sim("export", session, "--format", "json").out)
    contract("transcript").validate(data)
    contract("scorecard").validate(data["scorecard"])
    assert data["notes"] == "ask about Dayton"
    assert data["thank_you"]["to_contact"] == "Thank you for the story of the desk."
    assert sim("export", session, "--format", "md").out.startswith("# Gwen Tarkowski")
    assert session in sim("export", session, "--format", "csv").out
    assert len(sim("export", session, "--format", "xapi").lines) >= 2


def test_an_unknown_session_and_an_unusable_database_are_told(sim: Sim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refused(sim("export", "nothing"), "there is no session 'nothing'")
    monkeypatch.setenv("SIM_DATABASE_URL", "oracle://x")
    refused(sim("export", "x"), "SIM_DATABASE_URL")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SIM_DATABASE_URL", f"sqlite:///{tmp_path}/file/x.db")
    refused(sim("export", "x"), "file/x.db")


# -- serve ----------------------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_told_with_another(sim: Sim) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(sim("serve", "--port", port), f"cannot listen on 127.0.0.1:{port}", "in use", f"--port {port + 1}")


def test_an_address_or_a_folder_that_is_not_there_is_told(sim: Sim, tmp_path: Path) -> None:
    refused(sim("serve", "--host", "256.1.1.1"), "--host 256.1.1.1 is not an address of this machine")
    refused(sim("serve", "--personas", tmp_path / "gone"), "gone: is not a folder")


def test_a_database_that_will_not_do_is_told_in_one_line(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.db").write_text("no database at all, just words " * 200)
    monkeypatch.setenv("SIM_DATABASE_URL", f"sqlite:///{tmp_path}/notes.db")
    ran = sim("serve", "--port", 0)
    refused(ran, "is not a SQLite database; point SIM_DATABASE_URL at another file")
    assert ran.err.count("\n") == 1


def test_several_processes_cannot_share_a_database_in_memory(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_DATABASE_URL", "sqlite://")
    refused(sim("serve", "--workers", 2), "--workers 2 needs a database that processes can share")


def test_a_proxy_that_is_none_is_told(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_TRUSTED_PROXIES", "10.0.0.0/8, proxy.example.org")
    refused(sim("serve"), "SIM_TRUSTED_PROXIES", "expected addresses or networks such as 10.0.0.0/8")


def test_the_owners_link_can_be_had_again_until_there_is_an_owner(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(sim("owner-link", "--reset"), "there is no owner yet")
    first, second = sim("owner-link"), sim("owner-link", "--address", "https://practice.example.org/")
    assert first.out.startswith("http://127.0.0.1:8000/welcome/")
    assert second.out.startswith("https://practice.example.org/welcome/")
    monkeypatch.setenv("SIM_PUBLIC_ORIGIN", "https://other.example.org")
    token = sim("owner-link").out.strip().removeprefix("https://other.example.org/welcome/")
    asyncio.run(_become_owner(token))
    refused(sim("owner-link"), "there is an owner already", "--reset")
    assert sim("owner-link", "--reset").out.startswith("https://other.example.org/welcome/")


async def _become_owner(token: str) -> None:
    async with open_registry(read_settings()) as registry:
        await people.accept(registry, token, password="seven grey herons", email="olga@example.org", name="Olga")


@pytest.mark.postgres
def test_several_processes_serve_one_database_and_print_one_link(empty_postgres: str) -> None:
    environment = {**os.environ, "SIM_DATABASE_URL": empty_postgres, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sim.cli", "serve", "--port", "0", "--workers", "2"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready, announced, link = (server.stdout.readline() for _ in range(3))
        assert ready.startswith("Twenty Minutes is ready: http://127.0.0.1:"), (ready, server.poll())
        assert "Whoever opens this link does" in announced
        assert "/welcome/" in link
        address = ready.split(": ", 1)[1].split(" ")[0]
        for _ in range(8):
            with urllib.request.urlopen(f"{address}healthz", timeout=60) as health:
                assert json.load(health)["database"] == "postgresql"
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=60)
        assert (server.returncode, out, err) == (0, "", "")


def test_serve_says_where_it_is_once_it_answers_and_stops_when_told(tmp_path: Path) -> None:
    environment = {**os.environ, "SIM_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sim.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("Twenty Minutes is ready: http://127.0.0.1:"), (line, server.poll())
        address = line.split(": ", 1)[1].split(" ")[0]
        with urllib.request.urlopen(address, timeout=20) as page:
            assert page.status == 200
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=20)
        assert (server.returncode, err) == (0, "")
