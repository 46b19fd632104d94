"""The newest word about work that the core does for the screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Heard:
    """Written on the core's thread by `hear`, read by a timer of the screen; the newest word wins, without a lock."""

    share: float = 0.0
    text: str = ""

    def hear(self, share: float, text: str) -> None:
        self.share, self.text = share, text
