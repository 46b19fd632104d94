"""The way up: takes a frame on a timer and hands it to what is visible; what is hidden costs nothing and catches up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from backend_core.gateway.frame import Frame
from backend_core.kernel.errors import CoreError
from console.bridge.core_link import Asker
from console.bridge.pace import ASLEEP_MS, Pace
from console.bridge.screen_clock import ScreenClock

_log = logging.getLogger(__name__)
TICK_MS = 1_000
WAITING_FRAMES = 300
FAILURES_UNTIL_ENDED = 3


class Shown(Protocol):
    """What the pump asks of a panel."""

    def show_frame(self, frame: Frame) -> None: ...

    def show_snapshot(self, frame: Frame) -> None: ...

    def tick(self) -> None: ...

    def panel_shown(self) -> None: ...

    def panel_hidden(self) -> None: ...

    def time_jumped(self) -> None: ...


@dataclass(slots=True)
class _Seat:
    panel: Shown
    name: str
    visible: bool = False
    waiting: list[Frame] | None = None  # frames kept until the snapshot comes; None: up to date
    behind: bool = False  # the last snapshot did not come: ask again with the next frame
    has_past: bool = True
    jumps: int = 0  # how many jumps of the time shown the panel has heard of
    failures: int = 0
    slowest_ms: float = 0.0


@dataclass(slots=True)
class PumpFigures:
    """What diagnostics shows about the screen itself."""

    frames: int = 0
    empty: int = 0
    last_ms: float = 0.0
    interval_ms: int = 33
    slowest_panel: str = ""
    slowest_ms: float = 0.0
    by_panel_ms: dict[str, float] = field(default_factory=dict)


class FramePump(QObject):
    """One per program. Panels join with `add`; their showing and hiding is seen by itself."""

    def __init__(
        self,
        take: Callable[[], Frame | None],
        link: Asker,
        clock: ScreenClock,
        shown: Asker | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`link` asks the core as it is, `shown` as it was at the moment that the panels show."""
        super().__init__(parent)
        self._take = take
        self._link = link
        self._shown = shown or link
        self._clock = clock
        self._pace = Pace()
        self._asleep = False
        self._seats: dict[QObject, _Seat] = {}
        self._always: list[Callable[[Frame], None]] = []
        self._jumps = 0
        self._shows_past = False
        self.figures = PumpFigures()
        self.on_broken: Callable[[QObject, Exception], None] = lambda panel, error: None
        """Called when a panel has failed three times in a row and gets no more frames."""
        self._timer = QTimer(self, interval=self._pace.interval_ms)
        self._timer.timeout.connect(self.pump)
        self._second = QTimer(self, interval=TICK_MS)
        self._second.timeout.connect(self._tick)

    def start(self) -> None:
        self._timer.start()
        self._second.start()

    def stop(self) -> None:
        self._timer.stop()
        self._second.stop()

    def always(self, listener: Callable[[Frame], None]) -> None:
        """For what stands in every window and is never hidden: the strip, the banner."""
        self._always.append(listener)

    def add(self, panel: QWidget, name: str, *, has_past: bool = True) -> None:
        """`panel` is a widget that answers to `Shown`; one without a past stays in the present."""
        self._seats[panel] = _Seat(panel, name, has_past=has_past, jumps=self._jumps)  # type: ignore[arg-type]
        panel.installEventFilter(self)
        if panel.isVisible():
            self._show(panel)

    def remove(self, panel: QWidget) -> None:
        if self._seats.pop(panel, None) is not None:
            panel.removeEventFilter(self)

    def set_asleep(self, asleep: bool) -> None:
        """While every window is minimised twice a second is enough."""
        self._asleep = asleep
        self._timer.setInterval(ASLEEP_MS if asleep else self._pace.interval_ms)

    def pump(self) -> None:
        """Take one frame and hand it out."""
        frame = self._take()
        if frame is None or frame.is_empty:
            self.figures.empty += 1
            return
        started = self._clock.monotonic()
        for listener in self._always:
            listener(frame)
        self._hand_out(frame, is_past=False)
        self._measure((self._clock.monotonic() - started) * 1000)

    def jump(self, *, to_past: bool) -> None:
        """The panels live in another time from here on. What they hold is forgotten, and a snapshot of it follows.

        While it is the past, live frames reach only those who `always` listen.
        """
        self._shows_past = to_past
        self._jumps += 1
        for widget, seat in list(self._seats.items()):
            if seat.visible and seat.has_past:
                self._tell_jump(widget, seat)
                if seat.waiting is None:
                    self._catch_up(widget, seat)
                else:
                    # Its snapshot is under way, and will be of the time shown when it comes.
                    seat.waiting.clear()

    def hand_past(self, frame: Frame) -> None:
        """Hand out what the record tells of the next stretch of the past."""
        if self._shows_past:
            self._hand_out(frame, is_past=True)

    def _hand_out(self, frame: Frame, *, is_past: bool) -> None:
        for widget, seat in list(self._seats.items()):
            if seat.visible and is_past is (self._shows_past and seat.has_past):
                self._hand(widget, seat, frame)

    def _tell_jump(self, widget: QObject, seat: _Seat) -> None:
        if seat.has_past and seat.jumps != self._jumps:
            seat.jumps = self._jumps
            self._guarded(widget, seat, seat.panel.time_jumped)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._show(watched)
        elif event.type() == QEvent.Type.Hide and (seat := self._seats.get(watched)) and seat.visible:
            seat.visible = False
            seat.waiting = None
            self._guarded(watched, seat, seat.panel.panel_hidden)
        return False

    # --- one panel --------------------------------------------------------------------------

    def _show(self, widget: QObject) -> None:
        seat = self._seats.get(widget)
        if seat is None or seat.visible:
            return
        seat.visible = True
        self._tell_jump(widget, seat)
        self._guarded(widget, seat, seat.panel.panel_shown)
        self._catch_up(widget, seat)

    def _catch_up(self, widget: QObject, seat: _Seat) -> None:
        """Ask for the whole truth; frames that come meanwhile wait, for they may be newer than it."""
        if seat.waiting is None:
            seat.waiting = []
            seat.behind = False
            self._link.start(self._fetch(widget, seat), f"snapshot for {seat.name}")

    async def _fetch(self, widget: QObject, seat: _Seat) -> None:
        link = self._shown if seat.has_past else self._link
        try:
            snapshot = await link.ask(lambda core: core.snapshot())
        except CoreError:
            # The strip already says that the core is silent; the next frame tries again.
            seat.behind, seat.waiting = True, None
            return
        waiting, seat.waiting = seat.waiting, None
        if widget not in self._seats or not seat.visible or waiting is None:
            return
        self._guarded(widget, seat, lambda: seat.panel.show_snapshot(snapshot))
        for frame in waiting:
            if frame.number > snapshot.number:
                self._guarded(widget, seat, partial(seat.panel.show_frame, frame))

    def _hand(self, widget: QObject, seat: _Seat, frame: Frame) -> None:
        if seat.behind:
            self._catch_up(widget, seat)
        if seat.waiting is not None:
            seat.waiting.append(frame)
            del seat.waiting[:-WAITING_FRAMES]
            return
        started = self._clock.monotonic()
        self._guarded(widget, seat, lambda: seat.panel.show_frame(frame))
        took_ms = (self._clock.monotonic() - started) * 1000
        seat.slowest_ms = max(seat.slowest_ms * 0.99, took_ms)
        if frame.reload:
            self._catch_up(widget, seat)

    def _guarded(self, widget: QObject, seat: _Seat, step: Callable[[], None]) -> None:
        try:
            step()
            seat.failures = 0
        except Exception as error:  # noqa: BLE001  (the named edge: one panel's mistake must not stop the others)
            seat.failures += 1
            if seat.failures == 1:
                _log.exception("The panel '%s' could not show a frame", seat.name)
            if seat.failures >= FAILURES_UNTIL_ENDED:
                self._seats.pop(widget, None)
                self.on_broken(widget, error)

    def _tick(self) -> None:
        for widget, seat in list(self._seats.items()):
            if seat.visible and seat.waiting is None:
                self._guarded(widget, seat, seat.panel.tick)

    def _measure(self, took_ms: float) -> None:
        figures = self.figures
        figures.frames += 1
        figures.last_ms = took_ms
        figures.interval_ms = self._pace.handed_out(took_ms)
        figures.by_panel_ms = {seat.name: seat.slowest_ms for seat in self._seats.values()}
        if figures.by_panel_ms:
            figures.slowest_panel = max(figures.by_panel_ms, key=figures.by_panel_ms.__getitem__)
            figures.slowest_ms = figures.by_panel_ms[figures.slowest_panel]
        if not self._asleep and self._timer.interval() != figures.interval_ms:
            self._timer.setInterval(figures.interval_ms)
