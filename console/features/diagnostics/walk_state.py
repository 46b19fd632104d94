"""The way of a point as one sentence: good, doubtful somewhere, or broken at a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend_core.gateway.diagnosis import Finding, Verdict
from console.features.diagnostics import words

TONES = {
    Verdict.GOOD: "secondary",
    Verdict.DOUBTFUL: "medium",
    Verdict.BROKEN: "critical",
    Verdict.UNKNOWN: "tertiary",
}


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the walk comes to, and the step that decides it (none when all is well)."""

    sentence: str
    tone: str
    step: str = ""


def conclude(point: str, findings: Sequence[Finding]) -> Conclusion:
    """The first broken step is the cause; without one, the first doubt."""
    for verdict, sentence in ((Verdict.BROKEN, words.breaks_at), (Verdict.DOUBTFUL, words.doubtful_at)):
        for finding in findings:
            if finding.verdict is verdict:
                return Conclusion(sentence(point, finding.step), TONES[verdict], finding.step)
    return Conclusion(words.all_good(point), "normal")


def breakable(text: str) -> str:
    """A payload without blanks may be broken after each comma, or it would push its column out of the window."""
    return text.replace(",", ",\u200b")
