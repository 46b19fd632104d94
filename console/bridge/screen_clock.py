"""Time as the screen may know it: the clock's face, and seconds that never step back."""

from datetime import datetime
from typing import Protocol


class ScreenClock(Protocol):
    """The core's clock answers to it, and so does a test's."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...
