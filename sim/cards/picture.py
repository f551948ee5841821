"""The picture around a card: read the text that a PNG carries, draw a plain one to carry ours.

Nothing of a picture that somebody sends is kept: its text chunks are read, its pixels are not even decoded where that can be
avoided, and an exported card gets a picture that was drawn here.
"""

from __future__ import annotations

import base64
import binascii
import io
import zlib

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngImageFile, PngInfo

from sim.cards.card import MOST_JSON, refuse
from sim.uploads import MOST_BYTES

MOST_PIXELS = 12_000_000
"""Largest picture read: 3000 by 4000. A few kilobytes of PNG can hold a picture that fills the memory."""

MAGIC = b"\x89PNG\r\n\x1a\n"
CHUNKS = ("ccv3", "chara")
"""Where a card stands in a PNG, the better place first: version 3 beside version 2."""

SIZE = (400, 600)
GROUNDS = {"executive": "#2d4a63", "manager": "#6a4324", "hr": "#5d3a5f", "peer": "#2f5a3a"}
"""The colours of the pages' round faces, by level."""


def card_in_png(content: bytes, file: str = "card.png") -> str:
    """Return the JSON text of the card that a PNG carries; raises CardError where it is no PNG, too large, or carries none."""
    if len(content) > MOST_BYTES:
        raise refuse(file, "", f"is larger than {MOST_BYTES // 1_000_000} MB; make the picture smaller, or import the card as JSON")
    texts = _texts(content, file)
    for name in CHUNKS:
        if texts.get(name):
            return _decoded(texts[name], file, name)
    raise refuse(file, "", "is a picture without a character card in it; export it again as a card, or import the JSON")


def _texts(content: bytes, file: str) -> dict[str, str]:
    if not content.startswith(MAGIC) or content[12:16] != b"IHDR":
        raise refuse(file, "", "is not a PNG picture")
    # Looked at before the library does, which warns about what it finds too large rather than refuse it.
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if not 0 < width * height <= MOST_PIXELS:
        raise refuse(file, "", f"is {width} by {height} pixels; expected at most {MOST_PIXELS // 1_000_000} million in all")
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            assert isinstance(picture, PngImageFile)
            found = {str(k): str(v) for k, v in picture.info.items() if k in CHUNKS}
            return found or {str(k): str(v) for k, v in picture.text.items()}
    except Exception as error:  # a broken picture breaks the library in a dozen ways, and all of them mean the same
        raise refuse(file, "", "is a broken PNG picture; save or export it again") from error


def _decoded(text: str, file: str, name: str) -> str:
    try:
        found = base64.b64decode(text, validate=False)
        if len(found) > MOST_JSON:
            raise refuse(file, name, f"is longer than {MOST_JSON // 1000} kB")
        return found.decode("utf-8")
    except (binascii.Error, zlib.error, ValueError) as error:
        raise refuse(file, name, "is not a card: expected JSON written in base64") from error


def picture_of(initials: str, level: str, chunks: dict[str, str]) -> bytes:
    """Return a PNG with initials on a coloured ground that carries texts (JSON) in chunks of those names."""
    picture = Image.new("RGB", SIZE, "#f8f5ef")
    draw = ImageDraw.Draw(picture)
    width, height = SIZE
    ground = GROUNDS.get(level, GROUNDS["manager"])
    draw.ellipse((60, height // 2 - 140, width - 60, height // 2 + 140), fill=ground)
    draw.text((width // 2, height // 2), initials[:3], fill="#ffffff", font=ImageFont.load_default(110), anchor="mm")
    info = PngInfo()
    for name, text in chunks.items():
        info.add_text(name, base64.b64encode(text.encode()).decode())
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info, optimize=True)
    return out.getvalue()
