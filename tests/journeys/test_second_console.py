"""A console beside a core that leads: it shows what is live, and says in words what is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.quality import Quality
from backend_core.runtime.core import Core
from backend_core.runtime.toml_config import load
from tests.journeys.control_room import ControlRoom
from tests.journeys.meters import Meters
from tests.journeys.site import Site, site
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support")]

POINT = "sensor_3.voltage"


class Beside(ControlRoom):
    """A console of the site, with meters that go on publishing."""

    def __init__(self, app: QApplication, here: Site, meters: Meters) -> None:
        settings = load(here.config)
        self.meters = meters
        super().__init__(app, lambda: Core(settings, SystemClock(), "console"))

    @property
    def lost(self) -> str:
        """The amber line, if it is there."""
        strip = self.window.head.lost
        return "" if strip.isHidden() else strip.accessibleName()

    @property
    def told(self) -> dict[str, str]:
        """The liveness strip."""
        return {sign.name: sign.text for sign in self.screen.board.signs()}

    def newest(self) -> float | None:
        """The live value on the screen's own thread, as the trend has it."""
        trace = self.panel("trends").view.trace(POINT)
        found = trace.newest() if trace else None
        return found[1] if found and found[2] == Quality.GOOD else None


@pytest.fixture
def console(qapp: QApplication, tmp_path: Path, mosquitto: Mosquitto, own_postgres: PostgresServer) -> Iterator[Beside]:
    with site(tmp_path, mosquitto.port, create_database(own_postgres.url())) as here:
        here.core()
        here.wait_for_session()
        meters = here.meters()
        meters.flood(50)
        room = Beside(qapp, here, meters)
        try:
            yield room
        finally:
            meters.settle()
            room.leave()


@pytest.mark.allow_log_errors
@pytest.mark.timeout(110)
def test_a_console_that_follows_shows_live_values_and_a_lost_database_in_words(
    console: Beside, own_postgres: PostgresServer
):
    console.until(lambda: console.told["core"].startswith("follows "), "the console follows the core that leads")
    console.panel("trends").add_points([POINT])
    console.until(console.newest, "a live value is on the screen of a console that does not ingest")
    assert console.lost == ""

    own_postgres.stop()
    console.until(lambda: "DATABASE NOT REACHABLE since" in console.lost, "the loss is told in words")
    assert "live values go on" in console.lost
    seen = console.newest()
    console.until(lambda: console.newest() != seen, "live values go on without the database")
    assert console.window.covers.hatch.isHidden()

    own_postgres.start()
    console.until(lambda: console.lost == "", "the line goes when the database is back", 30)
    console.until(lambda: console.told["database"].startswith("ok"), "the strip says that it answers")
