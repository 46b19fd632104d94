"""Writes the sounds that ship; run by hand when one of them changes, never while the program runs.

python -m ui.sound.tones
"""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

from ui.resources import resource

RATE = 22_050
FULL = 32_767
EDGE_S = 0.012
OVERTONES = ((1, 1.0), (2, 0.35), (3, 0.12))


@dataclass(frozen=True, slots=True)
class Note:
    """A pitch for a while, or a rest when it has none."""

    pitch_hz: float
    lasts_s: float
    loudness: float = 0.6


def _rest(lasts_s: float) -> Note:
    return Note(0.0, lasts_s)


# Told apart by number and speed of the notes first, by pitch second: an ear that lost the high ones still knows them.
SOUNDS: dict[str, tuple[Note, ...]] = {
    "critical": (
        Note(988, 0.09), _rest(0.04), Note(784, 0.09), _rest(0.04), Note(988, 0.09), _rest(0.16),
        Note(988, 0.09), _rest(0.04), Note(784, 0.09), _rest(0.04), Note(988, 0.09),
    ),
    "high": (Note(784, 0.14), _rest(0.08), Note(784, 0.14), _rest(0.08), Note(622, 0.22)),
    "medium": (Note(587, 0.2, 0.5), _rest(0.06), Note(440, 0.26, 0.5)),
    "low": (Note(392, 0.3, 0.4),),
    "many": (Note(523, 0.08), Note(659, 0.08), Note(784, 0.08), Note(988, 0.14), _rest(0.1), Note(523, 0.26)),
    "not_live": (Note(330, 0.4), _rest(0.1), Note(262, 0.4), _rest(0.1), Note(208, 0.6)),
}  # fmt: skip


def samples(notes: tuple[Note, ...]) -> bytes:
    """Sixteen-bit mono, with soft edges: a hard one clicks."""
    values: list[int] = []
    for note in notes:
        count = round(note.lasts_s * RATE)
        values += [
            round(FULL * note.loudness * _edge(i, count) * _wave(note.pitch_hz * i / RATE)) for i in range(count)
        ]
    return struct.pack(f"<{len(values)}h", *values)


def write(folder: Path) -> None:
    """One file for each sound."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, notes in SOUNDS.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples(notes))


def _wave(turns: float) -> float:
    whole = sum(part for _, part in OVERTONES)
    return sum(part * math.sin(2 * math.pi * times * turns) for times, part in OVERTONES) / whole


def _edge(i: int, count: int) -> float:
    edge = EDGE_S * RATE
    return min(1.0, i / edge, (count - 1 - i) / edge)


if __name__ == "__main__":
    write(resource("sounds"))
