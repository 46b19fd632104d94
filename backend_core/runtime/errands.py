"""What the command line does on a database without starting a core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from backend_core.alarms import csv_rules
from backend_core.alarms.model import (
    Acknowledged,
    AcknowledgeOutcome,
    AcknowledgePending,
    Alarm,
    AlarmId,
    AlarmNotFound,
    AlarmRule,
    AlreadyAcknowledged,
    RuleEdit,
    RuleFault,
    RulesRefused,
    StaleOccurrence,
)
from backend_core.alarms.rules.rows import listing_of
from backend_core.alarms.service import AlarmService
from backend_core.alarms.sql_rules import SqlAlarmRuleStore
from backend_core.alarms.sql_store import alarms_raised, count_alarms
from backend_core.history.sql_store import totals
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import BadInput, CoreError, DependencyAway
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.settings import Settings
from backend_core.outages.model import ImportPlan
from backend_core.outages.rules.status import outage_status
from backend_core.outages.sql_store import count_active, open_outage
from backend_core.reporting.rules import rfc3339
from backend_core.runtime.parts import (
    alarm_service,
    console_of,
    database_url,
    operator_of,
    outage_service,
    program_version,
)
from backend_core.sharing.model import Presence
from backend_core.sharing.sql_lease import read_heartbeat, read_presences
from backend_core.storage import upgrade
from backend_core.storage.database import Database
from backend_core.telemetry.live import LiveState


@contextmanager
def database_of(settings: Settings, *, must_be_current: bool = True) -> Iterator[Database]:
    """The database of the config, opened for one errand on this thread."""
    database = Database(database_url(settings), SystemClock())
    try:
        if must_be_current:
            database.read_only = database.look(upgrade.require_current).why_read_only
        yield database
    finally:
        database.abandon()


def schema_of(database: Database) -> upgrade.SchemaState:
    """Which schema the database has, and which this program needs."""
    return database.look(upgrade.state)


def upgrade_schema(database: Database) -> tuple[upgrade.SchemaState, upgrade.SchemaState]:
    """Bring the database to this program's schema: before and after."""
    before = database.look(upgrade.state)
    return before, database.run(upgrade.upgrade)


def status(settings: Settings) -> dict[str, Any]:
    """Everything that `linekeeper status --json` tells; `database.ok` is false when it is away."""
    with database_of(settings, must_be_current=False) as database:
        kind = database.kind
        try:
            schema = database.look(upgrade.state)
            if not schema.may_read:
                return _away(kind, schema.present)
            return database.look(lambda connection: _status(connection, kind, schema.present))
        except CoreError:
            return _away(kind, None)


def _away(kind: str, schema: str | None) -> dict[str, Any]:
    return {
        "version": program_version(),
        "leader": None,
        "epoch": None,
        "database": {"kind": kind, "ok": False, "schema": schema},
        "mqtt": {"connected": False},
        "spool": None,
        "readings_stored": None,
        "rejected": {},
        "quarantined": None,
        "alarms": {"active": None, "unacknowledged": None},
        "smart_switches": {"online": None, "offline": None, "unknown": None},
        "outage": None,
        "consoles": [],
    }


def _status(connection: Connection, kind: str, schema: str | None) -> dict[str, Any]:
    clock = SystemClock()
    beat, record = read_heartbeat(connection, clock), totals(connection)
    facts = dict(beat.facts) if beat is not None and beat.is_alive else {}
    alive = beat is not None and beat.is_alive
    return {
        "version": program_version(),
        "leader": beat.leader if beat is not None and alive else None,
        "epoch": beat.epoch if beat is not None else None,
        "database": {"kind": kind, "ok": True, "schema": schema},
        "mqtt": {"connected": bool(facts.get("mqtt", {}).get("connected", False))},
        "spool": facts.get("spool"),
        "readings_stored": record.readings_stored,
        "rejected": dict(record.rejected),
        "quarantined": record.quarantined,
        "alarms": _alarm_counts(connection),
        "smart_switches": facts.get("smart_switches")
        or {"online": 0, "offline": 0, "unknown": count_active(connection)},
        "outage": _outage(connection),
        "consoles": [_console(presence) for presence in read_presences(connection, clock)],
    }


def _alarm_counts(connection: Connection) -> dict[str, int]:
    counts = count_alarms(connection)
    return {"active": counts.active, "unacknowledged": counts.unacknowledged}


def _outage(connection: Connection) -> dict[str, Any] | None:
    return outage_status(open_outage(connection))


def _console(presence: Presence) -> dict[str, Any]:
    console = presence.console
    return {
        "id": console.id,
        "name": console.name,
        "operator": console.operator,
        "host": console.host,
        "version": console.version,
        "role": presence.role,
        "seen_at": rfc3339(presence.seen_at),
    }


def standing_alarms(settings: Settings) -> list[dict[str, Any]]:
    """Every alarm that is not normal, most urgent first, as `alarms list --json` tells it."""
    with database_of(settings) as database:
        every = database.look(lambda connection: alarms_raised(connection, None, None))
    listed = sorted((alarm for alarm in every if alarm.is_listed), key=lambda a: (a.priority, a.raised_at, a.id))
    return [_alarm(alarm) for alarm in listed]


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {name: rfc3339(cell) if isinstance(cell, datetime) else cell for name, cell in listing_of(alarm).items()}


async def acknowledge(settings: Settings, alarm_id: str, occurrence: int) -> str:
    """Acknowledge as the operator of the config; the sentence that tells what came of it."""
    with database_of(settings) as database:
        alarms = _alarm_service(database, settings)
        await alarms.start()
        outcome = await alarms.acknowledge(AlarmId(alarm_id), occurrence, operator_of(settings))
        await database.close()
    match outcome:
        case Acknowledged():
            return f"Acknowledged {alarm_id}, occurrence {occurrence}."
        case AlarmNotFound():
            raise BadInput(f"There is no alarm '{alarm_id}'.", "Take an id from 'linekeeper alarms list'.")
        case AcknowledgePending():
            raise DependencyAway("The database is away; nothing was acknowledged.", "Try again when it is back.")
        case _:
            raise BadInput(f"{alarm_id} was not acknowledged. {_refusal(outcome)}", "Look at 'linekeeper alarms list'.")


def _refusal(outcome: AcknowledgeOutcome) -> str:
    match outcome:
        case AlreadyAcknowledged():
            return f"{outcome.by} acknowledged it at {rfc3339(outcome.at)}."
        case StaleOccurrence():
            return "It has come again since: this occurrence is not the present one."
        case _:
            return "There is nothing to acknowledge."


async def import_alarm_rules(settings: Settings, text: str, *, dry_run: bool) -> RuleEdit:
    """Replace the rules by those of a CSV text, all or nothing."""
    wanted = csv_rules.read(text)
    faults = [fault for fault in wanted if isinstance(fault, RuleFault)]
    if faults:
        raise _refused(faults)
    with database_of(settings) as database:
        alarms = _alarm_service(database, settings)
        await alarms.start()
        edit = alarms.book.preview([rule for rule in wanted if isinstance(rule, AlarmRule)])
        if isinstance(edit, RulesRefused):
            raise _refused(edit.faults)
        if not dry_run and not edit.is_empty:
            await alarms.book.save(edit, operator_of(settings))
        await database.close()
    return edit


async def export_alarm_rules(settings: Settings) -> str:
    """The rules as CSV text."""
    with database_of(settings) as database:
        rules = await SqlAlarmRuleStore(database).rules()
        await database.close()
    return csv_rules.write(rules)


async def import_smart_switches(settings: Settings, content: bytes, *, dry_run: bool) -> ImportPlan:
    """Import smart switches from a CSV file, all or nothing; the plan tells what was or would be done."""
    with database_of(settings) as database:
        outages = outage_service(database, SystemClock(), EventBus(), console_of(settings, "console"), settings)
        if dry_run:
            plan = await outages.preview_import(content)
        else:
            plan = await outages.run_import(content, operator_of(settings))
        await database.close()
    return plan


def _alarm_service(database: Database, settings: Settings) -> AlarmService:
    me = console_of(settings, "console")
    return alarm_service(database, SystemClock(), EventBus(), me, LiveState(), settings)


def _refused(faults: Sequence[RuleFault]) -> BadInput:
    told = "\n".join(f"  {fault.where}: {fault.sentence}" for fault in faults)
    return BadInput(f"No rule was changed:\n{told}\n", "Mend these and import again.")
