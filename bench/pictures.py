"""The pictures of docs/images that show the studio and a workshop, made from the running product: `python -m bench.pictures [NAME ...]`.

A class of eight is let in, who say what the scripted learners of the test-drive say; the pages are an instructor's, in Chromium.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bench.servers import ROOT, product
from sim.drive.drive import drive
from sim.library import Library
from sim.transcript import Transcript

FOLDER = ROOT / "docs" / "images"
COLOURS = 96
"""Colours of a picture: pages have few, and a picture of so many takes a third of the bytes."""

MOST_BYTES = 150_000
"""What a picture may take in the repository."""

NARROW, WIDE = 960, 1280
PERSONAS = ("busy-vp", "generous-alumnus")
GWEN, THEO = PERSONAS
CLASS = {
    "Mira": (GWEN, "model"), "Blue Fox": (GWEN, "average"), "Jonas": (GWEN, "polite-pusher"), "Amara": (THEO, "rambler"),
    "Kestrel": (THEO, "average"), "Ines": (THEO, "pushy"), "Yuki": (GWEN, "average"), "Tom": (GWEN, "silent"),
}  # fmt: skip
"""Who is in the class, whom they meet, and whose words they say."""

UNFINISHED = {"Yuki": 3, "Tom": 0}
"""Who is still in the meeting after so many messages, or has not begun."""


@dataclass(frozen=True)
class Visit:
    """The instructor's page, and where the class is."""

    page: Page
    workshop: str
    browser: Browser


# -- the class --------------------------------------------------------------------------------------------------------------


def words_said() -> dict[tuple[str, str], Transcript]:
    """Return what each scripted learner says to each contact."""
    library = Library()
    drives = {persona: drive(library.persona(persona), library.rubric("classic")) for persona in PERSONAS}
    return {(persona, run.learner): run.transcript for persona, found in drives.items() for run in found.runs}


def let_in(browser: Browser, url: str, code: str, name: str, words: Transcript) -> None:
    """Let somebody join and say those words, as far as they got."""
    context = browser.new_context(base_url=url)
    send = context.request

    def do(method: str, path: str, data: object = None) -> Any:
        answer = send.fetch(path, method=method, data=data if data is not None else {}, headers={"Accept": "application/json"})
        if not answer.ok:
            raise RuntimeError(f"{method} {path} was answered {answer.status}: {answer.text()[:300]}")
        return answer.json() if answer.status != 204 and "json" in answer.headers.get("content-type", "") else None

    workshop = do("POST", "/api/workshops/join", {"code": code, "name": name})["id"]
    most = UNFINISHED.get(name)
    if most == 0:
        return
    session = do("POST", "/api/sessions", {"persona": words.persona, "workshop": workshop, "seed": 1})["id"]
    at = f"/api/sessions/{session}"
    if words.prep:
        do("PUT", f"{at}/prep", words.prep.model_dump(mode="json"))
    do("POST", f"{at}/begin")
    said = [turn.text for turn in words.turns if turn.speaker == "learner"]
    for number, text in enumerate(said[:most]):
        if do("POST", f"{at}/turns", {"text": text, "key": f"k{number}"}).get("ended"):
            break
    if most is None:
        do("POST", f"{at}/end", {"draft": ""})
        note = words.thank_you
        do("POST", f"{at}/thank-you", note.model_dump(mode="json", exclude_none=True) if note else {"skip": True})
        do("PUT", f"{at}/submission")


# -- the instructor ---------------------------------------------------------------------------------------------------------


def owner_link(database: str) -> str:
    """Return the path of a link that makes its opener the owner."""
    command = [sys.executable, "-m", "sim.cli", "owner-link"]
    said = subprocess.run(command, cwd=ROOT, env={**os.environ, "SIM_DATABASE_URL": database}, capture_output=True, text=True, check=True)
    found = re.search(r"/welcome/\S+", said.stdout)
    assert found, said.stdout
    return found[0]


def begin(page: Page, link: str) -> str:
    """Make the account and a workshop; returns the workshop's path."""
    page.goto(link)
    page.get_by_label("Name").fill("Ivo Lang")
    page.get_by_label("E-mail").fill("ivo@example.org")
    page.get_by_label("Password").fill("seven grey herons")
    page.get_by_role("button", name="Make the account").click()
    page.goto("/workshops/new")
    page.get_by_label("Name", exact=True).fill("Monday class")
    for name in ("Gwen Tarkowski", "Theo Banerjee"):
        page.get_by_label(re.compile(name)).check()
    page.get_by_label("Attempts").fill("2")
    page.get_by_role("button", name="Make the workshop").click()
    return re.sub(r"^https?://[^/]+", "", page.url)


def typed(page: Page) -> None:
    """Write the beginning of a contact in the studio."""
    page.goto("/studio")
    page.get_by_role("button", name="Begin with an empty form").click()
    words = {
        "Name": "Mara Lind",
        "Job title": "Head of Night Ferries",
        "Company": "Strait Line",
        "Summary": "Runs the ferries that sail while others sleep, and answers for whatever goes wrong between midnight and six.",
        "Kind of contact": "Night manager",
        "Setting": "In the harbour canteen, before her shift",
    }
    for label, text in words.items():
        page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label("Agreed minutes", exact=True).fill("soon")
    expect(page.locator("#f-minutes-problem")).to_contain_text("is 'soon'")
    expect(page.get_by_label("Id", exact=True)).to_have_value("mara-lind")


# -- the pictures -----------------------------------------------------------------------------------------------------------


def studio(visit: Visit) -> bytes:
    """The form beside the check and the file."""
    typed(visit.page)
    visit.page.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
    return visit.page.screenshot(clip=box(0, 60, WIDE, 880))


def test_drive(visit: Visit) -> bytes:
    """What the six learners got of a shipped contact with little patience for anybody."""
    _driven(visit)
    return whole(visit.page, visit.page.locator(".drive-verdict"), (visit.page.locator(".drive-table"), "bottom"))


def courses(visit: Visit) -> bytes:
    """How that contact took each of the six."""
    _driven(visit)
    last = visit.page.locator(".drive-course").last
    return whole(visit.page, visit.page.get_by_role("heading", name="How Gwen took each of them"), (last, "bottom"))


def _driven(visit: Visit) -> None:
    """Test-drive a copy of the busy vice president."""
    page = visit.page
    page.goto("/studio")
    page.get_by_label("Contact to begin with").select_option(GWEN)
    page.get_by_role("button", name="Begin with a copy").click()
    page.get_by_role("link", name="Test-drive").click()
    page.get_by_role("button", name="Hold the six meetings").click(no_wait_after=True)
    head = page.get_by_role("heading", name="What each learner got")
    expect(head).to_be_visible(timeout=240_000)


def workshop(visit: Visit) -> bytes:
    """The workshop's own page, with code and picture to join by."""
    page = visit.page
    page.goto(visit.workshop)
    return whole(page, page.locator("h1"), (page.get_by_role("heading", name="Close or delete"), "top"))


def board(visit: Visit) -> bytes:
    """The live board."""
    visit.page.goto(f"{visit.workshop}/board")
    return whole(visit.page, visit.page.locator("h1"), (visit.page.get_by_role("link", name="Results"), "bottom"))


def results(visit: Visit) -> bytes:
    """The table, and the spread of the marks."""
    visit.page.goto(f"{visit.workshop}/results")
    return whole(visit.page, visit.page.locator("h1"), (visit.page.locator(".spreads"), "bottom"))


def heat_map(visit: Visit) -> bytes:
    """The checks that most people missed."""
    visit.page.goto(f"{visit.workshop}/results")
    rows = visit.page.locator(".heat").first.locator("tbody tr")
    return whole(visit.page, visit.page.locator("#heat-title"), (rows.nth(8), "row"))


def override(visit: Visit) -> bytes:
    """A mark of the instructor's own in the making, beside the evidence for the computed one."""
    page = visit.page
    page.goto(f"{visit.workshop}/results")
    page.get_by_role("link", name="Blue Fox").click()
    row = page.locator("#mark-preparation")
    row.locator(".override summary").click()
    row.get_by_label("5", exact=True).check()
    row.get_by_label("Why").fill("You had read more than you showed: two of your questions could only come from the dossier.")
    page.evaluate("document.activeElement.blur()")
    return whole(page, page.locator("#marks-title"), (row, "bottom"))


PICTURES: dict[str, tuple[int, Callable[[Visit], bytes]]] = {
    "studio": (WIDE, studio),
    "test-drive": (WIDE, test_drive),
    "test-drive-courses": (WIDE, courses),
    "workshop": (NARROW, workshop),
    "board": (NARROW, board),
    "results": (1180, results),
    "heat-map": (1180, heat_map),
    "override": (NARROW, override),
}


def box(x: float, y: float, width: float, height: float) -> Any:
    """Return a part of a page."""
    return {"x": x, "y": y, "width": width, "height": height}


def whole(page: Page, first: Locator, last: tuple[Locator, str]) -> bytes:
    """Return the page from the top of one element to another: past its bottom, short of its top, or to the end of a table's row."""
    above, below = first.bounding_box(), last[0].bounding_box()
    assert above
    assert below
    top = above["y"] - 20
    end = below["y"] + {"bottom": below["height"] + 16, "top": -16, "row": below["height"]}[last[1]]
    scrolled = page.evaluate("window.scrollY")
    return page.screenshot(full_page=True, clip=box(0, top + scrolled, page.viewport_size["width"], end - top))  # type: ignore[index]


def kept(name: str, picture: bytes) -> None:
    """Write a picture in few colours; raises ValueError where it is too large for the repository."""
    out = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    if len(out.getvalue()) > MOST_BYTES:
        raise ValueError(f"{name} takes {len(out.getvalue()):,} bytes; at most {MOST_BYTES:,}")
    (FOLDER / f"{name}.png").write_bytes(out.getvalue())
    print(f"docs/images/{name}.png: {image.width} by {image.height}, {len(out.getvalue()) // 1000} kB")


@contextmanager
def visiting(folder: Path) -> Iterator[Visit]:
    """Run the product with a class in it, and an instructor who is signed in."""
    database = f"sqlite:///{folder / 'pictures.db'}"
    words = words_said()
    with product(database) as server, sync_playwright() as playwright:
        url = f"http://127.0.0.1:{server.port}"
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(base_url=url, viewport={"width": WIDE, "height": 940}, color_scheme="light", reduced_motion="reduce")
        page = context.new_page()
        made = begin(page, owner_link(database))
        code = page.locator(".join-code").inner_text().split()[-1]
        for name, whose in CLASS.items():
            let_in(browser, url, code, name, words[whose])
        yield Visit(page, made, browser)
        browser.close()


def main() -> None:
    """Make all pictures, or those named."""
    wanted = sys.argv[1:] or list(PICTURES)
    unknown = set(wanted) - set(PICTURES)
    if unknown:
        sys.exit(f"there is no picture {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}")
    with tempfile.TemporaryDirectory() as folder, visiting(Path(folder)) as visit:
        for name in wanted:
            width, take = PICTURES[name]
            visit.page.set_viewport_size({"width": width, "height": 940})
            kept(name, take(visit))


if __name__ == "__main__":
    main()
