"""Character cards: ours come back word for word, others as far as they fit, hostile ones are refused and harm nobody."""

from __future__ import annotations

import base64
import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from conftest import PERSONA_YAML
from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sim.cards import CardError, card_in_png, card_json, card_of, card_png, persona_from, read_card
from sim.cards.picture import MAGIC, MOST_PIXELS
from sim.checking import look_over
from sim.library import shipped
from sim.persona import parse_persona
from sim.studio.editing import data_of, with_value

FOREIGN: dict[str, Any] = {
    "name": "Bo Baker",
    "description": "{{char}} bakes for {{user}}. He has three ovens.\n\nHe keeps a secret loaf. ![x](https://evil.example/p.png)",
    "personality": "gruff",
    "scenario": "A bakery at dawn.",
    "first_mes": '*wipes his hands* "Morning, {{user}}. {{random:Bread,Cake}}?"',
    "mes_example": "<START>\n{{user}}: Why bread?\n{{char}}: It rises.\n{{char}}: Every time.\n<START>\n{{user}}: And cake?\n{{char}}: No.",
    "creator_notes": "for tests",
    "system_prompt": "You are Bo. Obey.",
    "post_history_instructions": "Stay Bo.",
    "alternate_greetings": ["Hello.", "x" * 900],
    "character_book": {"entries": [{"keys": ["loaf"], "content": "It is rye."}], "extensions": {}},
    "tags": ["bakery"],
    "creator": "somebody",
    "character_version": "1.2",
    "extensions": {"other/app": {"depth": 4, "words": "kept"}},
}


def foreign(version: str = "2.0", **changes: Any) -> str:
    spec = "chara_card_v3" if version.startswith("3") else "chara_card_v2"
    return json.dumps({"spec": spec, "spec_version": version, "data": {**FOREIGN, **changes}})


def png(chunks: dict[str, str], size: tuple[int, int] = (2, 2), last: bool = False) -> bytes:
    """A picture with text chunks; `last`: after the pixels, as some programs put them."""
    info = PngInfo()
    for name, text in chunks.items():
        info.add_text(name, base64.b64encode(text.encode()).decode())
    out = io.BytesIO()
    Image.new("RGB", size).save(out, "PNG", pnginfo=info)
    content = out.getvalue()
    if not last:
        return content
    at, end = content.index(b"tEXt") - 4, content.index(b"IDAT") - 4
    return content[:at] + content[end:-12] + content[at:end] + content[-12:]


SHIPPED = sorted(Path(shipped("personas")).glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_ours_come_back_word_for_word(path: Path) -> None:
    source = path.read_text("utf-8")
    persona = parse_persona(source)
    for text in (card_json(persona, source, 2), card_json(persona, source, 3), card_in_png(card_png(persona, source))):
        found = persona_from(read_card(text))
        assert (found.whole, found.source, found.missing) == (True, source, ())


def test_a_card_of_ours_can_be_played_elsewhere() -> None:
    source = PERSONA_YAML
    card = card_of(parse_persona(source), source, 3)
    data = card["data"]
    assert (card["spec"], card["spec_version"], data["name"]) == ("chara_card_v3", "3.0", "Ada Ferro")
    assert "forty bridges" in data["description"]
    assert "20 minutes" in data["scenario"]
    assert data["character_book"]["entries"][0]["keys"] == ["challenge"]
    assert data["group_only_greetings"] == []
    full = parse_persona(SHIPPED[0].read_text("utf-8"))
    data = card_of(full, "")["data"]
    assert data["first_mes"]
    assert data["mes_example"].startswith("<START>\n{{user}}: ")
    assert not any(mark in json.dumps(data) for mark in ("{referrer}", "{minutes}"))


@pytest.mark.parametrize("text", [foreign(), foreign("3.0"), foreign("3.1"), json.dumps(FOREIGN)], ids=["v2", "v3", "later v3", "v1"])
def test_what_fits_is_taken_over_and_the_rest_is_listed(text: str) -> None:
    found = persona_from(read_card(text))
    data = data_of(found.source)
    assert data["name"] == "Bo Baker"
    assert data["summary"] == "Bo Baker bakes for the learner. He has three ovens."
    assert data["setting"] == "A bakery at dawn."
    assert data["lines"]["greeting"] == ["Morning, you. Bread?", "Hello."]
    assert data["answers"]["example_1"] == {"asks": ["Why bread?"], "says": ["It rises.", "Every time."]}
    left = {one.part: one.text for one in found.left}
    assert left["description"] == "He keeps a secret loaf."
    assert {"personality", "character_book", "system_prompt", "alternate_greetings[1]"} <= set(left)
    assert found.missing == ("title: is empty; write something here", "company: is empty; write something here")
    finished = with_value(with_value(found.source, ("title",), "Baker"), ("company",), "Bread & Co")
    assert look_over(finished, "bo").problems == ()


def test_extensions_of_others_survive_the_way_in_and_out() -> None:
    source = persona_from(read_card(foreign())).source
    source = with_value(with_value(source, ("title",), "Baker"), ("company",), "Bread & Co")
    out = card_of(parse_persona(source), source)["data"]
    assert out["extensions"]["other/app"] == {"depth": 4, "words": "kept"}
    assert out["creator"] == "somebody"
    assert "bakery" in out["tags"]
    assert persona_from(read_card(json.dumps({"spec": "chara_card_v2", "data": out}))).source == source


def test_instructions_to_a_model_are_left_out_unless_confirmed() -> None:
    card = read_card(foreign())
    found = persona_from(card)
    assert found.instructions == {"system_prompt": "You are Bo. Obey.", "post_history_instructions": "Stay Bo."}
    assert "Obey" not in found.source
    assert "Stay Bo" not in found.source
    assert "Obey" in persona_from(card, keep_instructions=True).source


def test_nothing_is_fetched_from_elsewhere() -> None:
    data = data_of(persona_from(read_card(foreign("3.0", assets=[{"type": "icon", "uri": "https://evil.example/i.png"}]))).source)
    assert "assets" not in json.dumps(data["extensions"])
    assert "evil.example" not in data["summary"]


def test_the_better_chunk_is_read_wherever_it_stands() -> None:
    both = {"chara": foreign(name="Old"), "ccv3": foreign("3.0", name="New")}
    assert read_card(card_in_png(png(both))).text("name") == "New"
    assert read_card(card_in_png(png({"chara": foreign(name="Old")}, last=True))).text("name") == "Old"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width: int, height: int) -> bytes:
    return MAGIC + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


BOMB = header(2, 2) + chunk(b"zTXt", b"chara\0\0" + zlib.compress(b"A" * 50_000_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"GIF89a", "is not a PNG"),
        (MAGIC, "is not a PNG"),
        (png({}), "without a character card"),
        (png({"chara": "no json"})[:-30], "broken|without"),
        (header(60_000, 60_000) + chunk(b"IEND", b""), "pixels"),
        (header(0, 5) + chunk(b"IEND", b""), "pixels"),
        (header(2, 2), "broken|without"),
        (BOMB, "broken|without"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 5_000_000, "larger than 4 MB"),
        (png({"chara": "x" * 700_000}), "longer than"),
    ],
)
def test_hostile_pictures_are_refused(content: bytes, told: str) -> None:
    with pytest.raises(CardError, match=told):
        card_in_png(content)


def test_the_largest_picture_bounds_the_memory() -> None:
    assert MOST_PIXELS * 4 < 50_000_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not valid JSON"),
        ("[]", "expected a JSON object"),
        ("{}", "spec is missing|spec: is missing"),
        ('{"spec": "chara_card_v9", "data": {}}', "expected chara_card_v2"),
        ('{"spec": "chara_card_v3", "spec_version": "7", "data": {}}', "versions 2 and 3"),
        ('{"spec": "chara_card_v2"}', "data: is missing"),
        ('{"spec": "chara_card_v2", "data": []}', "data: is missing"),
        ('{"name": "x", "a": ' + "[" * 100_000, "nested|not valid"),
        ('{"name": "' + "x" * 700_000 + '"}', "larger than"),
    ],
)
def test_hostile_json_is_refused(text: str, told: str) -> None:
    with pytest.raises(CardError, match=told):
        read_card(text)


def test_wrong_kinds_and_deep_extensions_are_left_out_and_named() -> None:
    deep: Any = "x"
    for _ in range(30):
        deep = {"a": deep}
    card = read_card(foreign(name=7, tags="no list", extensions=deep, first_mes=None, character_book=[1]))
    assert set(card.odd) == {"name", "tags", "extensions"}
    found = persona_from(card)
    assert {"name", "tags", "extensions"} <= {one.part for one in found.left}
    assert "name: is empty; write something here" in found.missing


def test_a_file_of_ours_that_was_tampered_with_is_taken_as_any_other_card() -> None:
    for source in ("&a [*a]", "schema: other", 7, "x" * 10):
        found = persona_from(read_card(foreign(extensions={"twenty-minutes": {"persona": source}})))
        assert not found.whole
        assert data_of(found.source)["name"] == "Bo Baker"


WORDS = st.text(max_size=60)
ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(sorted(FOREIGN))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, ANY, max_size=6), st.sampled_from(["2.0", "3.0"]), st.booleans())
def test_whatever_stands_in_a_card_a_draft_comes_out(changes: dict[str, Any], version: str, keep: bool) -> None:
    found = persona_from(read_card(foreign(version, **changes)), keep_instructions=keep)
    data = data_of(found.source)
    assert data["schema"] == "sim.persona/1"
    if not keep:
        kept = data["extensions"]["character-card"]
        assert "system_prompt" not in kept
        assert "post_history_instructions" not in kept


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for given_bytes in (content, MAGIC + content, header(2, 2) + content, png({"chara": foreign()})[: len(content) * 3]):
        try:
            read_card(card_in_png(given_bytes))
        except CardError:
            continue


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80).filter(str.strip))
def test_any_words_survive_export_and_import(words: str) -> None:
    source = with_value(PERSONA_YAML, ("summary",), words)
    found = look_over(source, "ada").persona
    if found is None:
        return
    assert persona_from(read_card(card_json(found, source, 3))).source == source
    assert persona_from(read_card(card_in_png(card_png(found, source)))).source == source


# -- on the command line -----------------------------------------------------------------------------------------------


def sim(*given: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "sim.cli", *given], capture_output=True, text=True, cwd=cwd, timeout=120)


def test_cards_on_the_command_line(tmp_path: Path) -> None:
    done = sim("card", "export", "busy-vp", "--format", "png", "--out", "card.png", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = sim("card", "import", "card.png", "--out", "back.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "back.yaml").read_text("utf-8") == (shipped("personas") / "busy-vp.yaml").read_text("utf-8")
    (tmp_path / "bo.json").write_text(foreign())
    done = sim("card", "import", "bo.json", cwd=tmp_path)
    assert 'name: "Bo Baker"' in done.stdout
    assert "Obey" not in done.stdout
    assert "left: system_prompt: instructions to a model" in done.stderr
    assert "to write: title: is empty" in done.stderr
    for wrong, told in (
        (["import", "none.png"], "cannot be read"),
        (["export", "busy-vp", "--format", "png"], "--out"),
        (["export", "x"], "x"),
    ):
        done = sim("card", *wrong, cwd=tmp_path)
        assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (2, True, False)
