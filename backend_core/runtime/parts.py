"""The parts of a core, made from its settings and not yet joined."""

from __future__ import annotations

import asyncio
import getpass
import socket
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from backend_core.alarms.live.rule_book import RuleBook
from backend_core.alarms.live.watchboard import Watchboard
from backend_core.alarms.rules.matching import RuleIndex
from backend_core.alarms.segment_spool import SegmentStepSpool
from backend_core.alarms.service import AlarmService
from backend_core.alarms.sql_rules import SqlAlarmRuleStore
from backend_core.alarms.sql_store import SqlAlarmStore
from backend_core.gaps.service import GapService
from backend_core.gaps.sql_store import SqlGapStore
from backend_core.gateway.frame_buffer import FrameBuffer
from backend_core.grid.service import GridService
from backend_core.history.keeping import RecordKeeping
from backend_core.history.live.detour import Detour
from backend_core.history.model import Terms
from backend_core.history.segment_spool import SegmentSpool
from backend_core.history.service import HistoryService
from backend_core.history.sql_keeper import SqlRecordKeeper
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import DependencyAway, Fenced, NotLeading
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.identities import PointId
from backend_core.kernel.links import LinkChanged, LinkState
from backend_core.kernel.settings import Settings
from backend_core.outages.http_probe import HttpProbe
from backend_core.outages.model import OutageLimits, ProbeLimits, WatchSettings
from backend_core.outages.service import OutageService
from backend_core.outages.sql_store import DatabaseWitness, SqlSmartSwitchStore
from backend_core.outages.tcp_witness import TcpWitness
from backend_core.powerflow.service import WARM_UP, PowerFlow
from backend_core.reporting.service import ReportService
from backend_core.reporting.sql_store import SqlDailyFactsStore
from backend_core.runtime import networks
from backend_core.runtime.engine_process import EngineProcess
from backend_core.runtime.inlets import Inlets, broker_address
from backend_core.runtime.pebble_pool import PebblePool
from backend_core.runtime.toml_config import secret
from backend_core.runtime.waiting_room import WaitingRoom
from backend_core.sharing.model import DESK_PRIORITY, HEADLESS_PRIORITY, Console
from backend_core.sharing.postgres_bell import PostgresBell, QuietBell
from backend_core.sharing.service import JournalFollower, SharingService
from backend_core.sharing.sql_journal import SqlJournal
from backend_core.sharing.sql_lease import SqlLease
from backend_core.simulation.service import StudyService
from backend_core.storage.database import Database
from backend_core.storage.engine import parse_url
from backend_core.telemetry.live import DEFAULT_PERIOD_S, LiveState
from backend_core.telemetry.msgspec_decoder import MsgspecDecoder
from backend_core.telemetry.service import TelemetryService

PROOF_S = 3.0


@dataclass(slots=True)
class Parts:
    """Everything that a core owns."""

    settings: Settings
    clock: Clock
    me: Console
    bus: EventBus
    database: Database
    waiting_room: WaitingRoom
    frames: FrameBuffer
    telemetry: TelemetryService
    history: HistoryService
    keeping: RecordKeeping
    gaps: GapService
    alarms: AlarmService
    outages: OutageService
    grid: GridService
    sharing: SharingService
    follower: JournalFollower
    inlets: Inlets
    pool: PebblePool
    study_pool: PebblePool
    engine: EngineProcess
    studies: StudyService
    reports: ReportService
    facts: dict[str, Any]


def build(settings: Settings, clock: Clock, role: str) -> Parts:
    """Make the parts; nothing is opened yet."""
    me = console_of(settings, role)
    bus = EventBus()

    def tell_link(state: LinkState) -> None:
        bus.publish(LinkChanged(state))

    address = database_url(settings)
    database, waiting_room = Database(address, clock, tell_link), WaitingRoom(settings, address, clock)
    live = LiveState(_periods(settings))
    telemetry = TelemetryService(
        bus, clock, MsgspecDecoder(), live, accept_unknown=settings.flag("mqtt.accept_unknown")
    )
    detour = Detour(SegmentSpool(waiting_room.readings), telemetry.judge_again, clock, telemetry.kinds)
    history = HistoryService(SqlHistoryStore(database, me.name), clock, telemetry.kinds, detour)
    alarms = alarm_service(database, clock, bus, me, live, settings)
    alarms.saver.use(SegmentStepSpool(waiting_room.alarms))
    facts: dict[str, Any] = {}
    address = broker_address(settings)
    inlets = Inlets(address, settings, telemetry, clock, tell_link, me.id)
    inlets.proves_lead = lambda: proves_lead(database)
    grid = GridService(networks.load(settings.text("grid.network")), bus, clock)
    telemetry.expect(grid.network.device_of(element.id) for element in grid.network.elements())
    # All start with their first question: a core that nobody asks for a study pays nothing. Studies have a worker of
    # their own, for a warm one holds 180 MB of libraries that no report needs, and a report may not find it cold.
    pool, engine, study_pool = PebblePool(), EngineProcess(WARM_UP), PebblePool((WARM_UP,), workers=1)
    powerflow = PowerFlow(engine, study_pool)
    return Parts(
        settings=settings,
        clock=clock,
        me=me,
        bus=bus,
        database=database,
        waiting_room=waiting_room,
        frames=FrameBuffer(clock),
        telemetry=telemetry,
        history=history,
        keeping=record_keeping(database, clock, settings),
        gaps=GapService(SqlGapStore(database, clock, me.name), clock, str(address)),
        alarms=alarms,
        outages=outage_service(database, clock, bus, me, settings),
        grid=grid,
        sharing=SharingService(SqlLease(database, clock), me, bus, clock, lambda: facts, lambda: inlets.hears),
        follower=journal_follower(database, clock, bus),
        inlets=inlets,
        pool=pool,
        study_pool=study_pool,
        engine=engine,
        studies=StudyService(powerflow, lambda: grid.network, lambda: live.values, clock),
        reports=ReportService(
            SqlDailyFactsStore(database), pool, lambda: grid.network, clock, desk=me.name, operator=me.operator
        ),
        facts=facts,
    )


def console_of(settings: Settings, role: str) -> Console:
    """Who this program is to the others."""
    is_desk, host = role == "console", socket.gethostname()
    return Console(
        id=str(uuid.uuid4()),
        name=settings.text("desk.name") if is_desk else f"{host} core",
        operator=operator_of(settings),
        host=host,
        version=program_version(),
        may_lead=settings.flag("desk.core_eligible"),
        priority=DESK_PRIORITY if is_desk else HEADLESS_PRIORITY,
    )


def operator_of(settings: Settings) -> str:
    """Who is at the desk."""
    return settings.text("desk.operator") or getpass.getuser()


def program_version() -> str:
    """The version of Linekeeper that runs."""
    try:
        return version("linekeeper")
    except PackageNotFoundError:
        return "0.1.0"


def database_url(settings: Settings) -> Any:
    """Where the record is: as set, or a file in this user's data folder."""
    given = settings.text("database.url")
    if not given:
        return parse_url(f"sqlite:///{default_database_path()}")
    return parse_url(given, secret(settings, "database"))


def default_database_path() -> Path:
    """The file of a laptop that was told no database."""
    return user_data_path("linekeeper", appauthor=False) / "linekeeper.db"


def _periods(settings: Settings) -> Mapping[str, float]:
    """The expected periods of `[points]`, by point or device."""
    return {
        name.removeprefix("points."): value
        for name, value in settings.values.items()
        if name.startswith("points.") and isinstance(value, float)
    }


def alarm_service(
    database: Database, clock: Clock, bus: EventBus, me: Console, live: LiveState, settings: Settings
) -> AlarmService:
    """The alarms of this console."""

    def period_s(point: PointId) -> float:
        value = live.values.get(point)
        return value.period_s if value is not None else DEFAULT_PERIOD_S

    board = Watchboard(period_s, settings.number("alarms.offline_after_s"))
    book = RuleBook(SqlAlarmRuleStore(database), clock, me.name, lambda: board.points)
    return AlarmService(SqlAlarmStore(database), book, board, clock, bus, here=me.name)


async def proves_lead(database: Database) -> bool:
    """Whether a fenced write commits now; while the database cannot be asked nobody can say so."""
    try:
        async with asyncio.timeout(PROOF_S):
            await database.write(lambda connection: None, as_leader=True)
    except (Fenced, NotLeading, DependencyAway, TimeoutError):
        return False
    return True


def journal_follower(database: Database, clock: Clock, bus: EventBus) -> JournalFollower:
    """Who hears of what others change."""
    bell = PostgresBell(database.url, clock) if database.kind == "postgresql" else QuietBell(clock)
    return JournalFollower(SqlJournal(database), bell, clock, bus)


def record_keeping(database: Database, clock: Clock, settings: Settings, *, as_leader: bool = True) -> RecordKeeping:
    """The rolling up and clearing away; an errand on the command line does it without leading."""
    rules = SqlAlarmRuleStore(database)

    async def watched(points: Sequence[PointId]) -> Sequence[PointId]:
        index = RuleIndex(await rules.rules())
        return [point for point in points if index.resolve(point)]

    def days(name: str) -> timedelta:
        return timedelta(days=settings.number(f"history.{name}"))

    terms = Terms(days("raw_days"), days("raw_with_rules_days"), days("five_minute_days"), days("event_days"))
    return RecordKeeping(SqlRecordKeeper(database, as_leader=as_leader), clock, watched, terms)


def outage_service(database: Database, clock: Clock, bus: EventBus, me: Console, settings: Settings) -> OutageService:
    """The watch over smart switches."""
    broker = broker_address(settings)
    witnesses = (DatabaseWitness(database), TcpWitness("broker", broker.host, broker.port))
    watch = watch_settings(me, settings)
    store = SqlSmartSwitchStore(database, me.name)
    return OutageService(HttpProbe(clock, watch.probing), store, witnesses, bus, clock, watch)


def watch_settings(me: Console, settings: Settings) -> WatchSettings:
    """How smart switches are probed, and when their silence is an outage."""
    probing = ProbeLimits(
        interval_s=settings.number("smart_switches.interval_s"),
        timeout_s=settings.number("smart_switches.timeout_s"),
        refused_is_power=settings.flag("smart_switches.refused_is_power"),
        keep_days=settings.number("smart_switches.keep_checks_days"),
    )
    limits = OutageLimits(settings.number("outage.threshold"), int(settings.number("outage.min_known")))
    return WatchSettings(me.name, probing, limits)
