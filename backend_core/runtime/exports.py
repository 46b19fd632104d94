"""What can be exported, with its columns and its rows straight from the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from sqlalchemy import Connection

from backend_core.alarms.rules.rows import COLUMNS as ALARM_COLUMNS
from backend_core.alarms.rules.rows import row_of as alarm_row
from backend_core.alarms.sql_store import alarms_raised
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import from_us
from backend_core.kernel.errors import BadInput
from backend_core.kernel.positions import position_of
from backend_core.kernel.quality import WORDS, Quality
from backend_core.outages.sql_store import CHECK_COLUMNS, OUTAGE_COLUMNS, check_rows, outage_rows
from backend_core.reporting.csv_writer import write_csv
from backend_core.reporting.json_writer import write_json
from backend_core.reporting.rules import Cell
from backend_core.storage.database import Database
from backend_core.storage.event_log import LogFilter, LogRow, chosen, row_of
from backend_core.storage.schema.record import event_log
from backend_core.telemetry.model import Reading

Rows = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: one point or all, from inclusive, to exclusive."""

    what: str
    point: str | None = None
    start: datetime | None = None
    end: datetime | None = None


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


def write(database: Database, request: ExportRequest, form: str, out: TextIO) -> None:
    """Write the table as `csv` or `json`, in bounded memory."""
    table = export(database, request)
    writer = write_json if form == "json" else write_csv
    writer(table.columns, table.rows, out)


def _readings(database: Database, request: ExportRequest) -> Export:
    store = SqlHistoryStore(database, "export")
    rows = store.stream(request.point, request.start, request.end)
    return Export(("point", "ts", "value", "quality"), (_reading_row(reading) for reading in rows))


def _reading_row(reading: Reading) -> tuple[Cell, ...]:
    # An export knows three words; what arrived stale from another system is uncertain to its reader.
    quality = Quality.UNCERTAIN if reading.quality in (Quality.STALE, Quality.NEVER) else reading.quality
    is_position = reading.point.endswith(".position")
    value: Cell = position_of(reading.value).word if is_position else reading.value
    return (reading.point, from_us(reading.ts_us), value, WORDS[quality])


def _alarms(database: Database, request: ExportRequest) -> Export:
    found = database.look(lambda connection: alarms_raised(connection, request.start, request.end))
    wanted = (alarm for alarm in found if request.point in (None, alarm.point))
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


_TABLES: dict[str, Callable[[Database, ExportRequest], Export]] = {
    "readings": _readings,
    "alarms": _alarms,
    "events": _events,
    "smart-switch-checks": _checks,
    "outages": _outages,
}
WHAT = tuple(_TABLES)
