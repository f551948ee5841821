"""Files on disk and the environment: one that is broken is told, and takes no other down."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import PERSONA_YAML, RUBRIC_YAML

from sim.errors import InputError, PersonaError, UnknownItem
from sim.library import Library, shipped
from sim.settings import read_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ada.yaml").write_text(PERSONA_YAML)
    return tmp_path


def test_the_shipped_files_are_all_in_order() -> None:
    library = Library()
    assert not library.problems()
    assert {"busy-vp", "hr-gatekeeper", "skeptical-manager", "generous-alumnus"} <= {p.id for p in library.personas()}
    assert library.rubric("classic").id == "classic"


def test_shipped_folders_are_found_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert (shipped("personas") / "busy-vp.yaml").is_file()
    assert (shipped("prompts/rubrics") / "classic.yaml").is_file()


def test_a_further_folder_adds_to_the_shipped_ones(folder: Path) -> None:
    library = Library([folder])
    assert library.persona("ada").name == "Ada Ferro"
    assert library.persona("busy-vp")


def test_ones_own_file_takes_the_place_of_a_shipped_one_of_the_same_name(folder: Path) -> None:
    (folder / "busy-vp.yaml").write_text(PERSONA_YAML.replace("id: ada", "id: busy-vp"))
    assert Library([folder]).persona("busy-vp").name == "Ada Ferro"


def test_a_broken_file_is_reported_and_leaves_the_others_on_offer(folder: Path) -> None:
    (folder / "broken.yaml").write_text("schema: sim.persona/1\nid: [")
    (folder / "other.yaml").write_text(PERSONA_YAML)
    library = Library([folder])
    assert "ada" in {p.id for p in library.personas()}
    told = "\n".join(map(str, library.problems()))
    assert "broken.yaml:3: this is not valid YAML" in told
    assert "id: is 'ada', but the file is called other.yaml; make the two the same" in told
    with pytest.raises(PersonaError, match=r"broken\.yaml"):
        library.persona("broken")


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    (problem,) = Library([tmp_path / "nowhere"]).problems()
    assert "nowhere: is not a folder; create it" in str(problem)


def test_an_edit_is_seen_without_a_restart(folder: Path) -> None:
    library = Library([folder])
    assert library.persona("ada").minutes == 20
    (folder / "ada.yaml").write_text(PERSONA_YAML.replace("minutes: 20", "minutes: 25"))
    os.utime(folder / "ada.yaml", (1, 1))
    assert library.persona("ada").minutes == 25
    (folder / "ada.yaml").unlink()
    with pytest.raises(UnknownItem):
        library.persona("ada")


def test_a_misspelt_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownItem, match="did you mean 'busy-vp'"):
        Library().persona("bussy-vp")


def test_a_command_line_may_name_a_file(folder: Path) -> None:
    (folder / "strange name.yaml").write_text(PERSONA_YAML)
    (folder / "school.yml").write_text(RUBRIC_YAML)
    library = Library()
    assert library.find_persona(str(folder / "strange name.yaml")).id == "ada"
    assert library.find_rubric(str(folder / "school.yml")).id == "classic"
    assert library.find_persona("busy-vp").id == "busy-vp"
    with pytest.raises(PersonaError, match=r"none\.yaml: cannot be read"):
        library.find_persona(str(folder / "none.yaml"))


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"DATA_DIR": str(tmp_path), "PERSONAS": f"a{os.pathsep}b", "RETENTION_DAYS": "30"}.items():
        monkeypatch.setenv(f"SIM_{name}", value)
    found = read_settings()
    assert found.database == f"sqlite:///{tmp_path / 'twenty-minutes.db'}"
    assert found.personas == (Path("a"), Path("b"))
    assert found.retention_days == 30


def test_everything_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("SIM_")]:
        monkeypatch.delenv(name)
    found = read_settings()
    assert (found.database, found.max_message_chars, found.retention_days) == ("sqlite:///twenty-minutes.db", 4_000, None)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MAX_MESSAGE_CHARS", "many", "SIM_MAX_MESSAGE_CHARS: is 'many'"),
        ("RETENTION_DAYS", "0", "SIM_RETENTION_DAYS: is '0'"),
        ("SECURE_COOKIES", "maybe", "SIM_SECURE_COOKIES"),
        ("PUBLIC_ORIGIN", "practice.example.org", "SIM_PUBLIC_ORIGIN: is 'practice.example.org'; expected an address such as https://"),
    ],
)
def test_a_wrong_setting_is_told_by_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(f"SIM_{name}", value)
    with pytest.raises(InputError) as error:
        read_settings()
    assert told in str(error.value)
