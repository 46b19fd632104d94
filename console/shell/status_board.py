"""What every window's head shows: signs of life and urgent alarms, kept once and told to all heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from backend_core.alarms.model import Alarm
from backend_core.gateway.frame import Frame
from backend_core.kernel.errors import CoreError
from console.bridge.core_link import Asker
from console.bridge.screen_clock import ScreenClock
from console.shell.alarm_summary import AlarmSummary
from console.shell.liveness import Liveness, Sign

LOOK_MS = 500


class StatusBoard(QObject):
    """Looks at its own clock twice a second: a core that is silent, or dead, cannot keep it from saying so."""

    changed = Signal()
    alarms_new = Signal(list)
    """The priorities of the alarms that have just become unacknowledged; a sound may follow."""

    def __init__(self, link: Asker, clock: ScreenClock, desk: str = "") -> None:
        super().__init__()
        self._link = link
        self.clock = clock
        self.desk = desk
        self._started_s = clock.monotonic()
        self._alarms_known = False
        self._asking = False
        self._asked_for: frozenset[str] = frozenset()
        self.liveness = Liveness()
        self.alarms = AlarmSummary()
        self.trouble: Callable[[], str] = lambda: ""
        self.sound: Callable[[], Sign | None] = lambda: None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @property
    def silence(self) -> str:
        """Why nothing on the screen may be believed; empty while all is live."""
        return self.liveness.silence(self.clock.monotonic(), self._started_s)

    @property
    def is_live(self) -> bool:
        return self.liveness.is_live(self.clock.monotonic())

    @property
    def is_settled(self) -> bool:
        """Live, every link up, and nine in ten of the known devices are heard."""
        health = self.liveness.health
        if not self.is_live or health is None or not all(link.ok for link in health.links.values()):
            return False
        return 0 < health.devices_known * 0.9 <= health.devices_online

    def show_frame(self, frame: Frame) -> None:
        self.liveness.hear(frame, self.clock.monotonic(), self.clock.now())
        if "alarms" in frame.reload or not self._alarms_known:
            self._ask_alarms()
        new = self.alarms.apply(change.alarm for change in frame.alarms)
        self.alarms.see(frame.values)
        self._announce(new)
        if strangers := self.alarms.strangers - self._asked_for:
            self._asked_for |= strangers
            self._link.start(self._fetch_points(), "names of points")
        if frame.alarms or frame.health is not None:
            self.changed.emit()

    def look(self) -> None:
        self.liveness.failed = self.trouble()
        self.changed.emit()

    def signs(self) -> list[Sign]:
        """The entries of the strip."""
        signs = self.liveness.signs(self.clock.now(), self.clock.monotonic())
        sound = self.sound()
        return signs if sound is None else [*signs, sound]

    def _announce(self, new: Sequence[Alarm]) -> None:
        if new:
            self.alarms_new.emit([alarm.priority for alarm in new])

    def _ask_alarms(self) -> None:
        if not self._asking:
            self._asking = True
            self._link.start(self._fetch_alarms(), "standing alarms")

    async def _fetch_points(self) -> None:
        """A device that spoke only after this window opened has alarms of which nothing else is known."""
        try:
            self.alarms.know(await self._link.ask(lambda core: core.readings.points()))
        except CoreError:
            # Whoever reconnects asks for everything anyway.
            return
        self.changed.emit()

    async def _fetch_alarms(self) -> None:
        try:
            self.alarms.know(await self._link.ask(lambda core: core.readings.points()))
            new = self.alarms.reset(await self._link.ask(lambda core: core.alarms.standing()))
            if self._alarms_known:
                self._announce(new)
            self._alarms_known = True
        except CoreError:
            # The strip says that the core is silent; the next frame asks again.
            self._alarms_known = False
        finally:
            self._asking = False
        self.changed.emit()
