"""`sim calibrate`: how far the marks agree with raters' on a folder of labelled sessions."""

from __future__ import annotations

from pathlib import Path

from sim.calibrate.command import calibrate
from sim.commands.files import Files


def run(
    folder: Path,
    personas: list[Path],
    rubric: str,
    html: Path | None,
    json_out: Path | None,
    seed: int,
    pairs: Path | None = None,
    thorough: bool = False,
) -> None:
    """Measure and print; a gate that is not reached is a figure, not an error."""
    school = Files(personas).find_rubric(rubric)
    calibrate(folder, school, personas=personas, html=html, json_out=json_out, seed=seed, pairs=pairs, thorough=thorough)
