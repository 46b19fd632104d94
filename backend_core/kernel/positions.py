"""The positions a switching device can report, as numbers in readings and as words for people."""

from __future__ import annotations

from enum import IntEnum


class Position(IntEnum):
    """Where the contacts of a switch are."""

    OPEN = 0
    CLOSED = 1
    INTERMEDIATE = 2
    UNKNOWN = 3

    @property
    def word(self) -> str:
        """The word that payloads and exports carry."""
        return self.name.lower()


BY_WORD = {position.word: position for position in Position}


def position_of(value: float) -> Position:
    """The position that a reading's number stands for; anything unlawful is unknown."""
    return Position(int(value)) if value in (0.0, 1.0, 2.0) else Position.UNKNOWN
