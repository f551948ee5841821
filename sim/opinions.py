"""A judge's second opinion in words, for the pages and for the files that are taken away."""

from __future__ import annotations

from sim.scorecard import CriterionScore, JudgeReport


def opinion_words(mark: CriterionScore, *, numbers: bool) -> str:
    """Say what the judge thought of a criterion, beside the detectors; without figures where numbers are hidden."""
    opinion, detected = mark.judge, mark.detectors
    if opinion is None or detected is None or mark.score is None:
        return ""
    if not numbers:
        return _opinion_without_numbers(opinion.score - detected, moved=mark.score != detected)
    band = f" Its readings ran from {opinion.low} to {opinion.high}." if opinion.low < opinion.high else ""
    if opinion.disagrees:
        given = f"the detectors give {detected}, the language model {opinion.score}"
        return f"The two graders disagree: {given}. The detectors' mark stands.{band}"
    if mark.score != detected:
        return f"The detectors gave {detected}; the language model gave {opinion.score}, and the mark followed it.{band}"
    if opinion.score != detected:
        return f"The language model would have given {opinion.score}; the mark stands on what is proved.{band}"
    return f"The language model gave the same mark.{band}"


def _opinion_without_numbers(difference: int, *, moved: bool) -> str:
    if difference == 0:
        return "The language model saw it the same way."
    kinder = "more kindly" if difference > 0 else "more strictly"
    return f"The language model read this {kinder}{', and the mark followed it' if moved else ''}."


def second_words(report: JudgeReport | None) -> str:
    """Say how the second reading went; empty where none was asked for."""
    if report is None:
        return ""
    if report.status == "failed":
        return f"There is no second opinion by the language model this time: {report.why}. The marks are the detectors' alone."
    kept = "Where the detectors and the clock prove something, that stood; elsewhere it could move a mark by one."
    return f"The language model {report.model} gave a second opinion. {kept}"
