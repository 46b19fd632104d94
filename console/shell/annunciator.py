"""Which sound an alarm makes, and when there had better be none; the player does the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal

from backend_core.alarms.model import Priority
from console.bridge.screen_clock import ScreenClock
from console.shell import words
from console.shell.liveness import Sign
from ui.resources import resource
from ui.sound.player import Sounder

SAME_AGAIN_S = 5.0
FLURRY = 4
REPEAT_S = {Priority.CRITICAL: 10.0, Priority.HIGH: 30.0}


class Tone(StrEnum):
    """The files in `resources/sounds`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    MANY = "many"
    NOT_LIVE = "not_live"


TONE_OF = {
    Priority.CRITICAL: Tone.CRITICAL,
    Priority.HIGH: Tone.HIGH,
    Priority.MEDIUM: Tone.MEDIUM,
    Priority.LOW: Tone.LOW,
}


class SoundRule:
    """The most urgent first, each priority at most once in five seconds, and one sound for a flurry of many."""

    def __init__(self) -> None:
        self._sounded: dict[Tone, float] = {}
        self._arrivals: deque[float] = deque()
        self.is_silenced = False

    def on_new(self, priorities: Sequence[Priority], now_s: float) -> Tone | None:
        """What to play for alarms that have just come; they end a silence."""
        if not priorities:
            return None
        self.is_silenced = False
        self._arrivals.extend(now_s for _ in priorities)
        while self._arrivals and now_s - self._arrivals[0] >= SAME_AGAIN_S:
            self._arrivals.popleft()
        tone = self._once(TONE_OF[min(priorities)], now_s)
        return tone or (self._once(Tone.MANY, now_s) if len(self._arrivals) >= FLURRY else None)

    def on_second(self, unacknowledged: Priority | None, now_s: float) -> Tone | None:
        """What to play again for what stands unacknowledged; only the urgent nag."""
        if self.is_silenced or unacknowledged is None or unacknowledged not in REPEAT_S:
            return None
        last = max(self._sounded.values(), default=now_s - REPEAT_S[unacknowledged])
        if now_s - last < REPEAT_S[unacknowledged]:
            return None
        return self._once(TONE_OF[unacknowledged], now_s)

    def _once(self, tone: Tone, now_s: float) -> Tone | None:
        if now_s - self._sounded.get(tone, -SAME_AGAIN_S) < SAME_AGAIN_S:
            return None
        self._sounded[tone] = now_s
        return tone


class Annunciator(QObject):
    """One per program. `sounder` is nothing where no sound is wanted: in pictures, tests and off screen."""

    changed = Signal()
    _heard_back = Signal(str)

    def __init__(self, clock: ScreenClock, make_sounder: Callable[[Callable[[str], None]], Sounder] | None) -> None:
        super().__init__()
        self._clock = clock
        self._rule = SoundRule()
        self._was_live = True
        self._trouble = ""
        self.is_on = True
        self.tell: Callable[[str, str], None] = lambda what, remedy: None
        self._heard_back.connect(self._on_played, Qt.ConnectionType.QueuedConnection)
        self._sounder = make_sounder(self._heard_back.emit) if make_sounder is not None else None

    @property
    def sign(self) -> Sign | None:
        """What the strip says about the sound; nothing while it works."""
        if self._sounder is None:
            return None
        if not self.is_on:
            return Sign(words.SOUND, words.SOUND_OFF, "tertiary")
        if self._trouble:
            return Sign(words.SOUND, words.NO_SOUND, "high")
        return Sign(words.SOUND, words.SILENT, "secondary") if self._rule.is_silenced else None

    def set_on(self, is_on: bool) -> None:
        """The setting `display.sound`."""
        self.is_on = is_on
        if not is_on and self._sounder is not None:
            self._sounder.hush()
        self.changed.emit()

    def on_new(self, priorities: Sequence[Priority]) -> None:
        self._play(self._rule.on_new(priorities, self._clock.monotonic()))
        self.changed.emit()

    def on_second(self, unacknowledged: Priority | None, *, is_live: bool) -> None:
        """Called now and then with the most urgent priority that nobody has acknowledged."""
        fell_silent, self._was_live = self._was_live and not is_live, is_live
        again = self._rule.on_second(unacknowledged, self._clock.monotonic())
        self._play(Tone.NOT_LIVE if fell_silent else again)

    def silence(self) -> None:
        """F9: nothing more until the next new alarm."""
        self._rule.is_silenced = True
        if self._sounder is not None:
            self._sounder.hush()
        self.changed.emit()

    def stop(self) -> None:
        if self._sounder is not None:
            self._sounder.stop()

    def _play(self, tone: Tone | None) -> None:
        if tone is not None and self.is_on and self._sounder is not None:
            self._sounder.play(resource("sounds", f"{tone.value}.wav"))

    def _on_played(self, trouble: str) -> None:
        if trouble and not self._trouble:
            self.tell(words.no_sound(trouble), words.NO_SOUND_REMEDY)
        if trouble != self._trouble:
            self._trouble = trouble
            self.changed.emit()
