"""The rewind: brings the whole console to a past second, plays on from there, and brings it back to live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from backend_core.gateway.frame import Frame
from backend_core.gateway.rewind import Extent, Marks, Moment
from backend_core.kernel.errors import CoreError
from console.bridge.core_link import Asker
from console.bridge.frame_pump import FramePump
from console.bridge.screen_clock import ScreenClock
from console.bridge.shown_time import ShownTime
from console.shell import words
from console.shell.mode import Mode, ModeKeeper

SPEEDS = (1, 2, 5, 10, 30, 60)
FIRST_LOOK_BACK = timedelta(minutes=1)
CALL_UP_WITHIN_S = 30.0
TICK_MS = 250


@dataclass(frozen=True, slots=True)
class RewindParts:
    """What the rewind moves: `link` and `clock` are those of the present."""

    link: Asker
    clock: ScreenClock
    shown: ShownTime
    pump: FramePump
    mode: ModeKeeper
    tell: Callable[[str, str], None]


class Rewind(QObject):
    """One per window. A newer wish takes the place of an older; the panels move once their moment has been read."""

    changed = Signal()
    """Anything that a bar shows is another now."""
    marks_changed = Signal()

    def __init__(self, parts: RewindParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts = parts
        self._wanted: datetime | None = None
        self._is_asking_frame = False
        self._played_s = 0.0
        self.found: Moment | None = None
        self.extent: Extent | None = None
        self.marks = Marks()
        self.is_loading = False
        self.is_playing = False
        self.speed = SPEEDS[0]
        self.new_alarms = 0
        """How many alarms have called in the present since the panels left it."""
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._play_on)

    @property
    def moment(self) -> datetime | None:
        """The moment the panels show; nothing in the present."""
        return self._parts.shown.moment

    @property
    def is_open(self) -> bool:
        return self.moment is not None

    @property
    def now(self) -> datetime:
        """The present, whatever is shown."""
        return self._parts.clock.now()

    # --- going to a moment --------------------------------------------------------------------

    def open(self) -> None:
        """Leave the present for the minute before."""
        if not self.is_open:
            self.go_to(self.now - FIRST_LOOK_BACK)

    def go_to(self, at: datetime) -> None:
        """Show this moment to the whole second, no later than now."""
        self.pause()
        self._wanted = min(_whole_second(at), self.now)
        is_under_way, self.is_loading = self.is_loading, True
        self.changed.emit()
        if not is_under_way:
            self._parts.link.start(self._call_up(), words.CALLING_UP)

    def step(self, seconds: float) -> None:
        if (moment := self._wanted or self.moment) is not None:
            self.go_to(_floor_second(moment) + timedelta(seconds=seconds))

    def to_alarm(self, *, backwards: bool) -> None:
        """To the nearest moment at which an alarm called an operator."""
        if self.moment is not None:
            self._parts.link.start(self._go_to_alarm(self.moment, backwards=backwards), words.FINDING_ALARM)

    def back_to_live(self) -> None:
        self.pause()
        self._wanted = None
        if not self.is_open:
            return
        self.found = None
        self.new_alarms = 0
        self._parts.shown.jump(None)
        self._parts.mode.leave()
        self._parts.pump.jump(to_past=False)
        self.changed.emit()

    def count_new(self, priorities: list[int]) -> None:
        """Alarms have called in the present."""
        if self.is_open:
            self.new_alarms += len(priorities)
            self.changed.emit()

    # --- playing ----------------------------------------------------------------------------------

    def play(self) -> None:
        if self.is_open and not self.is_playing:
            self.is_playing = True
            self._played_s = self._parts.clock.monotonic()
            self._timer.start()
            self.changed.emit()

    def pause(self) -> None:
        if self.is_playing:
            self.is_playing = False
            self._timer.stop()
            self.changed.emit()

    def toggle(self) -> None:
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: int) -> None:
        self.speed = speed
        self.changed.emit()

    # --- the slider ---------------------------------------------------------------------------------

    def look_at(self, left: datetime, right: datetime, columns: int) -> None:
        """Ask what happened in this span; `marks_changed` tells when it is known."""
        self._parts.link.start(self._read_marks(left, right, columns), words.READING_MARKS)

    # --- inside -------------------------------------------------------------------------------------

    async def _call_up(self) -> None:
        try:
            while (at := self._wanted) is not None:
                found = await self._ask_moment(at)
                if self._wanted == at:
                    self._wanted = None
                    self._show(found)
        except CoreError as error:
            self._wanted = None
            self._parts.tell(words.not_called_up(error.what), error.remedy)
        finally:
            self.is_loading = False
            self.changed.emit()

    async def _ask_moment(self, at: datetime) -> Moment:
        if self.extent is None or not self.is_open:
            self.extent = await self._parts.link.ask(lambda core: core.rewind.extent(), limit_s=CALL_UP_WITHIN_S)
        return await self._parts.link.ask(lambda core: core.rewind.call_up(at), limit_s=CALL_UP_WITHIN_S)

    def _show(self, found: Moment) -> None:
        self.found = found
        self._parts.shown.jump(found.at)
        self._parts.mode.enter(Mode.HISTORY, words.moment(found.at))
        self._parts.pump.jump(to_past=True)

    async def _go_to_alarm(self, moment: datetime, *, backwards: bool) -> None:
        # Moments are whole seconds after their alarm: the one just shown must not be found again.
        start = moment - timedelta(seconds=1) if backwards else moment
        mark = await self._parts.link.ask(lambda core: core.rewind.next_alarm(start, backwards=backwards))
        if mark is None:
            self._parts.tell(words.NO_ALARM_BEFORE if backwards else words.NO_ALARM_AFTER, words.NO_ALARM_NEXT)
        elif self.moment is not None:
            self.go_to(mark.at)

    async def _read_marks(self, left: datetime, right: datetime, columns: int) -> None:
        marks = await self._parts.link.ask(
            lambda core: core.rewind.marks(left, right, columns), limit_s=CALL_UP_WITHIN_S
        )
        self.marks = marks
        self.marks_changed.emit()

    def _play_on(self) -> None:
        """Time that a slow answer took is made up for: a minute at 60 x is an hour of the record."""
        since = self.moment
        if since is None or self._is_asking_frame:
            return
        now_s = self._parts.clock.monotonic()
        until = min(since + timedelta(seconds=(now_s - self._played_s) * self.speed), self.now)
        self._played_s = now_s
        if until <= since:
            return
        self._is_asking_frame = True
        self._parts.link.start(self._play_stretch(since, until), words.PLAYING)

    async def _play_stretch(self, since: datetime, until: datetime) -> None:
        jumps = self._parts.shown.jumps
        try:
            frame = await self._parts.link.ask(lambda core: core.rewind.play(since, until), limit_s=CALL_UP_WITHIN_S)
        except CoreError as error:
            self.pause()
            self._parts.tell(words.not_called_up(error.what), error.remedy)
            return
        finally:
            self._is_asking_frame = False
        if jumps == self._parts.shown.jumps and self.is_open:
            self._hand_on(frame, until)

    def _hand_on(self, frame: Frame, until: datetime) -> None:
        self._parts.shown.play_on(until)
        self._parts.mode.enter(Mode.HISTORY, words.moment(until))
        self._parts.pump.hand_past(frame)
        if until >= self.now - timedelta(seconds=1):
            self.pause()
            self._parts.tell(words.PRESENT_REACHED, words.PRESENT_REACHED_NEXT)
        self.changed.emit()


def _whole_second(at: datetime) -> datetime:
    """Up, not down: what happened within a second has happened at its end."""
    return at if at.microsecond == 0 else _floor_second(at) + timedelta(seconds=1)


def _floor_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
