"""What can be exported, with its columns and its rows straight from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, select

from backend_core.alarms.rules.matching import matches
from backend_core.alarms.rules.rows import COLUMNS as ALARM_COLUMNS
from backend_core.alarms.rules.rows import row_of as alarm_row
from backend_core.alarms.sql_store import alarms_raised
from backend_core.history.model import Progress, Rollup
from backend_core.history.sql_rollups import ROLLUP_COLUMNS, rollup_query
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import from_us
from backend_core.kernel.errors import BadInput
from backend_core.kernel.positions import position_of
from backend_core.kernel.quality import WORDS, Quality
from backend_core.outages.sql_store import CHECK_COLUMNS, OUTAGE_COLUMNS, check_rows, outage_rows
from backend_core.reporting.csv_writer import write_csv
from backend_core.reporting.json_writer import write_json
from backend_core.reporting.rules import Cell
from backend_core.runtime.whole_file import whole_file
from backend_core.storage.database import Database
from backend_core.storage.event_log import LogFilter, LogRow, chosen, row_of
from backend_core.storage.schema.record import devices, event_log, quarantine
from backend_core.telemetry.model import Reading

Rows = Iterable[Sequence[Cell]]


Tell = Callable[[Progress], None]
TELL_EVERY = 5000


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: points by name, where `*` stands for any text, from inclusive, to exclusive.

    Times are written in UTC with a Z, unless a zone is named; then the header of their column names it, too.
    """

    what: str
    point: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    quality: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """A table that is read as it is written."""

    columns: tuple[str, ...]
    rows: Rows


def export(database: Database, request: ExportRequest) -> Export:
    """The table that a request names."""
    make = _TABLES.get(request.what)
    if make is None:
        raise BadInput(f"'{request.what}' cannot be exported.", f"Choose one of {', '.join(_TABLES)}.")
    if request.start is not None and request.end is not None and request.start > request.end:
        raise BadInput("--from lies after --to.", "Give the earlier time with --from.")
    return make(database, request)


def write(database: Database, request: ExportRequest, form: str, out: TextIO, tell: Tell | None = None) -> int:
    """Write the table as `csv` or `json`, in bounded memory; how many rows there were."""
    table = export(database, request)
    if request.zone is not None:
        table = _in_zone(table, request.zone)
    rows = table.rows if tell is None else _told_of(table.rows, request.what, tell)
    writer = write_json if form == "json" else write_csv
    return writer(table.columns, rows, out)


def write_file(database: Database, request: ExportRequest, form: str, into: Path, tell: Tell) -> int:
    """Write the table to a file that is there whole or, when interrupted, not at all."""
    with whole_file(into) as half, half.open("w", encoding="utf-8", newline="") as out:
        return write(database, request, form, out, tell)


def _told_of(rows: Rows, what: str, tell: Tell) -> Iterator[Sequence[Cell]]:
    for count, row in enumerate(rows, start=1):
        if count % TELL_EVERY == 0:
            tell(Progress(f"exporting {what}", count))
        yield row


def _in_zone(table: Export, name: str) -> Export:
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadInput(f"--zone '{name}' is no time zone.", "Write it like Europe/Berlin, or UTC.") from error

    def told(cell: Cell) -> Cell:
        return cell.astimezone(zone).isoformat(timespec="microseconds") if isinstance(cell, datetime) else cell

    columns = tuple(f"{column} ({name})" if column in TIMES else column for column in table.columns)
    return Export(columns, (tuple(told(cell) for cell in row) for row in table.rows))


def _readings(database: Database, request: ExportRequest) -> Export:
    store = SqlHistoryStore(database, "export")
    if request.quality is not None and request.quality not in QUALITIES:
        raise BadInput(f"--quality '{request.quality}' is none.", f"Choose one of {', '.join(QUALITIES)}.")
    qualities = QUALITIES[request.quality] if request.quality is not None else ()
    rows = store.stream(request.point, request.start, request.end, qualities)
    return Export(("point", "ts", "value", "quality"), (_reading_row(reading) for reading in rows))


def _reading_row(reading: Reading) -> tuple[Cell, ...]:
    # An export knows three words; what arrived stale from another system is uncertain to its reader.
    quality = Quality.UNCERTAIN if reading.quality in (Quality.STALE, Quality.NEVER) else reading.quality
    is_position = reading.point.endswith(".position")
    value: Cell = position_of(reading.value).word if is_position else reading.value
    return (reading.point, from_us(reading.ts_us), value, WORDS[quality])


def _alarms(database: Database, request: ExportRequest) -> Export:
    found = database.look(lambda connection: alarms_raised(connection, request.start, request.end))
    wanted = (alarm for alarm in found if request.point is None or matches(request.point, alarm.point))
    return Export(ALARM_COLUMNS, (tuple(alarm_row(alarm).values()) for alarm in wanted))


def _events(database: Database, request: ExportRequest) -> Export:
    query = chosen(LogFilter(start=request.start, end=request.end)).order_by(event_log.c.at, event_log.c.id)
    rows = database.stream(query, row_of)
    return Export(
        ("ts", "kind", "who", "object", "text", "origin"),
        ((row.at, row.kind, row.who, row.object, _told(row), row.origin) for row in rows),
    )


def _told(row: LogRow) -> str:
    return row.text if row.count == 1 else f"{row.text} ({row.count:,} times within the minute)"


def _checks(database: Database, request: ExportRequest) -> Export:
    return Export(CHECK_COLUMNS, _from(database, request, check_rows))


def _outages(database: Database, request: ExportRequest) -> Export:
    return Export(OUTAGE_COLUMNS, _from(database, request, outage_rows))


def _from(
    database: Database,
    request: ExportRequest,
    rows: Callable[[Connection, datetime | None, datetime | None], Iterator[Sequence[Cell]]],
) -> Rows:
    with database.looking() as connection:
        yield from rows(connection, request.start, request.end)


def _rollups(rollup: Rollup) -> Callable[[Database, ExportRequest], Export]:
    def table(database: Database, request: ExportRequest) -> Export:
        rows = database.stream(rollup_query(rollup, request.point, request.start, request.end), tuple)
        return Export(ROLLUP_COLUMNS, rows)

    return table


def _devices(database: Database, request: ExportRequest) -> Export:
    names = ("device", "kind", "state", "first_seen")
    return Export(
        names, database.stream(select(*(devices.c[name] for name in names)).order_by(devices.c.device), tuple)
    )


def _quarantine(database: Database, request: ExportRequest) -> Export:
    names = ("first_seen", "last_seen", "count", "topic", "reason", "detail", "payload_bytes")
    query = select(*(quarantine.c[name] for name in names)).order_by(quarantine.c.first_seen, quarantine.c.id)
    query = query if request.start is None else query.where(quarantine.c.last_seen >= request.start)
    query = query if request.end is None else query.where(quarantine.c.first_seen < request.end)
    return Export(names, database.stream(query, tuple))


QUALITIES = {
    "good": (Quality.GOOD,),
    "uncertain": (Quality.UNCERTAIN, Quality.STALE, Quality.NEVER),
    "bad": (Quality.BAD,),
}
TIMES = frozenset({"ts", "raised_at", "acked_at", "cleared_at", "started_at", "ended_at", "first_seen", "last_seen"})
_TABLES: dict[str, Callable[[Database, ExportRequest], Export]] = {
    "readings": _readings,
    "alarms": _alarms,
    "events": _events,
    "smart-switch-checks": _checks,
    "outages": _outages,
    "rollups-5m": _rollups(Rollup.FIVE_MINUTES),
    "rollups-1h": _rollups(Rollup.HOUR),
    "rollups-1d": _rollups(Rollup.DAY),
    "devices": _devices,
    "quarantine": _quarantine,
}
WHAT = tuple(_TABLES)
