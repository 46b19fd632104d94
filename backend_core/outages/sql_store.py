"""Keeps smart switches, checks and outages in the shared database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Interval,
    Select,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.outages.model import (
    Affected,
    Check,
    Edit,
    EditedMeanwhile,
    ImportPlan,
    Note,
    Outage,
    ProbeError,
    SmartSwitch,
    Span,
    Verdict,
)
from backend_core.outages.rules import notes
from backend_core.outages.rules.address import is_local_host
from backend_core.outages.rules.csv_list import read_rows
from backend_core.outages.rules.registry import plan_import
from backend_core.storage import event_log, journal
from backend_core.storage.database import Database, Lane
from backend_core.storage.journal import Topic
from backend_core.storage.schema.base import UtcTime
from backend_core.storage.schema.outages import outage_switches, outages, smart_switch_checks, smart_switches

CORE = "core"
_EDITING = 4713
_checks = smart_switch_checks.c
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_ERRORS = {error.value: error for error in ProbeError}


class SqlSmartSwitchStore:
    """The store on PostgreSQL and SQLite alike; rounds are written as the leader, edits by any console."""

    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin

    @property
    def epoch(self) -> int | None:
        return self._database.epoch

    async def switches(self) -> tuple[SmartSwitch, ...]:
        return await self._database.read(_listed)

    async def save_edit(self, edit: Edit) -> EditedMeanwhile | None:
        return await self._database.write(lambda connection: _save_edit(connection, edit))

    async def save_round(
        self, checks: Sequence[Check], outages: Sequence[Outage], notes: Sequence[Note]
    ) -> tuple[Outage, ...]:
        rows, changed, said = tuple(checks), tuple(outages), tuple(notes)

        def work(connection: Connection) -> tuple[Outage, ...]:
            _save_checks(connection, rows)
            saved = tuple(_save_outage(connection, outage) for outage in changed)
            event_log.record(connection, *(_entry(note, CORE, self._origin) for note in said))
            journal.note(connection, *_lines(rows, saved, self._origin))
            return saved

        return await self._database.write(work, as_leader=True)

    async def checks_since(self, since: datetime, until: datetime | None = None) -> tuple[Check, ...]:
        query = select(smart_switch_checks).where(_checks.ts > since).order_by(_checks.ts, _checks.name)
        query = query if until is None else query.where(_checks.ts <= until)
        return await self._database.read(lambda c: tuple(_check(row) for row in c.execute(query)))

    async def spans(
        self, since: datetime, longest_gap_s: float, until: datetime | None = None
    ) -> dict[str, tuple[Span, ...]]:
        return await self._database.read(lambda connection: _spans(connection, since, until, longest_gap_s))

    async def outages(self, at_most: int, until: datetime | None = None) -> tuple[Outage, ...]:
        query = select(outages).order_by(outages.c.started_at.desc(), outages.c.id.desc()).limit(at_most)
        query = query if until is None else query.where(outages.c.started_at <= until)
        return await self._database.read(lambda connection: tuple(_outages(connection, query)))

    async def drop_checks(self, before: datetime, at_most: int) -> int:
        return await self._database.write(lambda c: _drop_checks(c, before, at_most), Lane.MAINTENANCE)


class DatabaseWitness:
    """The shared database as a voice on the network; an embedded one stands on this computer."""

    name = "database"

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_local = database.kind == "sqlite" or is_local_host(database.url.host or "")

    async def answers(self) -> bool:
        return await self._database.read(lambda connection: connection.execute(select(1)).scalar_one() == 1)


# -- exports -----------------------------------------------------------------------------------------------------------

CHECK_COLUMNS = ("ts", "name", "verdict", "response_ms", "error", "observer")
OUTAGE_COLUMNS = ("id", "started_at", "ended_at", "duration_s", "smart_switches")


def check_rows(connection: Connection, since: datetime | None, until: datetime | None) -> Iterator[tuple[Any, ...]]:
    """The checks as `export smart-switch-checks` lists them."""
    query = select(*(_checks[name] for name in CHECK_COLUMNS)).order_by(_checks.ts, _checks.name)
    for row in connection.execution_options(yield_per=5_000).execute(_within(query, _checks.ts, since, until)):
        yield tuple(row)


def outage_rows(connection: Connection, since: datetime | None, until: datetime | None) -> Iterator[tuple[Any, ...]]:
    """The outages as `export outages` lists them, by their start; one that goes on has neither end nor duration."""
    query = _within(select(outages), outages.c.started_at, since, until)
    for outage in _outages(connection, query.order_by(outages.c.started_at, outages.c.id)):
        seconds = (outage.ended_at - outage.started_at).total_seconds() if outage.ended_at else None
        yield outage.id, outage.started_at, outage.ended_at, seconds, outage.names


def open_outage(connection: Connection) -> Outage | None:
    """The outage that goes on now."""
    query = select(outages).where(outages.c.ended_at.is_(None)).order_by(outages.c.id.desc()).limit(1)
    return next(_outages(connection, query), None)


def count_active(connection: Connection) -> int:
    """How many smart switches are watched."""
    return int(connection.execute(select(func.count()).where(smart_switches.c.active.is_(True))).scalar_one())


def _within(query: Select[Any], ts: ColumnElement[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    query = query if since is None else query.where(ts >= since)
    return query if until is None else query.where(ts < until)


# -- errands of the command line ---------------------------------------------------------------------------------------


def import_list(connection: Connection, content: bytes, who: str, origin: str, at: datetime) -> ImportPlan:
    """Import every line of a CSV file, or none when there is a single finding."""
    plan = plan_import(read_rows(content), _listed(connection))
    if plan.is_clean and (plan.added or plan.changed):
        _save_edit(connection, Edit(plan.added + plan.changed, (), who, origin, at))
    return plan


# -- the list ----------------------------------------------------------------------------------------------------------


def _listed(connection: Connection) -> tuple[SmartSwitch, ...]:
    table = smart_switches.c
    rows = connection.execute(select(table.name, table.address, table.active).order_by(table.name))
    return tuple(SmartSwitch(name, address, active) for name, address, active in rows)


def _save_edit(connection: Connection, edit: Edit) -> EditedMeanwhile | None:
    if connection.dialect.name == "postgresql":
        # Two edits at once go one after the other; SQLite has one writer anyway.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_EDITING})"))
    if (elsewhere := _edited_meanwhile(connection, edit)) is not None:
        return elsewhere
    before = _listed(connection)
    if edit.kept:
        changed = {"changed_by": edit.who, "changed_at": edit.at}
        rows = [
            {"name": s.name, "address": s.address, "active": s.active, "added_at": edit.at} | changed for s in edit.kept
        ]
        line = _dialect(connection).insert(smart_switches)
        kept = {name: line.excluded[name] for name in ("address", "active", "changed_by", "changed_at")}
        connection.execute(line.on_conflict_do_update(index_elements=["name"], set_=kept), rows)
    if edit.removed:
        connection.execute(delete(smart_switches).where(smart_switches.c.name.in_(edit.removed)))
    event_log.record(connection, *(_entry(note, edit.who, edit.origin) for note in notes.of_edit(edit, before)))
    names = [*(s.name for s in edit.kept), *edit.removed]
    about = names[0] if len(names) == 1 else f"{len(names)} smart switches"
    journal.note(connection, journal.Line(edit.at, Topic.SMART_SWITCHES, about, edit.who, edit.origin))
    return None


def _edited_meanwhile(connection: Connection, edit: Edit) -> EditedMeanwhile | None:
    table = smart_switches.c
    for seen in edit.seen:
        columns = (table.address, table.active, table.changed_by, table.changed_at)
        row = connection.execute(select(*columns).where(table.name == seen.name)).one_or_none()
        if row is None:
            return EditedMeanwhile(seen.name, None, "", None)
        now = SmartSwitch(seen.name, row.address, row.active)
        if now != seen:
            return EditedMeanwhile(seen.name, now, row.changed_by, row.changed_at)
    return None


def _lines(checks: Sequence[Check], saved: Sequence[Outage], origin: str) -> list[journal.Line]:
    """A line for the round, which is no telemetry but the cause to look again, and one for each outage it changed."""
    at = max((check.checked_at for check in checks), default=None)
    lines = [] if at is None else [journal.Line(at, Topic.CHECKS, f"{len(checks)} checks", CORE, origin)]
    for outage in saved:
        state = {"open": outage.is_open, "offline": outage.offline, "known": outage.known}
        moment = outage.ended_at or at or outage.started_at
        lines.append(journal.Line(moment, Topic.OUTAGE, str(outage.id), CORE, origin, state))
    return lines


def _entry(note: Note, who: str, origin: str) -> event_log.LogEntry:
    return event_log.LogEntry(note.at, note.kind, who, note.object_id, note.text, origin)


# -- checks ------------------------------------------------------------------------------------------------------------


def _save_checks(connection: Connection, checks: Sequence[Check]) -> None:
    """A round that was stored, but whose answer was lost, may come twice."""
    if not checks:
        return
    rows = [
        {
            "name": c.name,
            "ts": c.checked_at,
            "verdict": c.verdict.value,
            "response_ms": c.response_ms,
            "error": c.error.value if c.error else None,
            "observer": c.observer,
            "epoch": c.epoch,
        }
        for c in checks
    ]
    connection.execute(_dialect(connection).insert(smart_switch_checks).on_conflict_do_nothing(), rows)


def _drop_checks(connection: Connection, before: datetime, at_most: int) -> int:
    table = smart_switch_checks
    oldest = select(_checks.name, _checks.ts).where(_checks.ts < before).order_by(_checks.ts).limit(at_most).subquery()
    key = select(oldest.c.name, oldest.c.ts)
    return connection.execute(delete(table).where(tuple_(_checks.name, _checks.ts).in_(key))).rowcount


def _check(row: Any) -> Check:
    """A row of a newer program may hold words that this one does not know: it is then not known."""
    verdict = _VERDICTS.get(row.verdict, Verdict.UNKNOWN)
    return Check(row.name, row.ts, verdict, row.response_ms, _ERRORS.get(row.error), row.observer, row.epoch)


def _spans(
    connection: Connection, since: datetime, until: datetime | None, longest_gap_s: float
) -> dict[str, tuple[Span, ...]]:
    """Only the checks at which something changes leave the database, and the last of each smart switch."""
    window: dict[str, Any] = {"partition_by": _checks.name, "order_by": _checks.ts}
    before_ts = func.lag(_checks.ts, type_=UtcTime()).over(**window).label("before_ts")
    before_verdict = func.lag(_checks.verdict).over(**window).label("before_verdict")
    after_ts = func.lead(_checks.ts, type_=UtcTime()).over(**window).label("after_ts")
    row = select(_checks.name, _checks.ts, _checks.verdict, before_ts, before_verdict, after_ts)
    reaching = row.where(_checks.ts >= since)
    told = (reaching if until is None else reaching.where(_checks.ts <= until)).subquery()
    is_gap = _is_longer(connection, told.c.ts, told.c.before_ts, longest_gap_s)
    is_end = or_(told.c.before_ts.is_(None), told.c.after_ts.is_(None))
    is_turn = told.c.verdict != told.c.before_verdict
    edges = select(told, is_gap.label("is_gap")).where(or_(is_end, is_turn, is_gap))
    found = connection.execute(edges.order_by(told.c.name, told.c.ts))
    return {name: _laid_out(list(rows)) for name, rows in groupby(found, key=lambda r: r.name)}


def _is_longer(connection: Connection, ts: Any, before_ts: Any, seconds: float) -> ColumnElement[bool]:
    if connection.dialect.name == "postgresql":
        return type_coerce(ts - before_ts, Interval) > timedelta(seconds=seconds)
    return type_coerce(ts, BigInteger) - type_coerce(before_ts, BigInteger) > int(seconds * 1_000_000)


def _laid_out(rows: Sequence[Any]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for row in rows:
        verdict = _VERDICTS.get(row.verdict, Verdict.UNKNOWN)
        if spans and row.before_ts is not None:
            until = row.before_ts if row.is_gap else row.ts
            spans[-1] = Span(spans[-1].verdict, spans[-1].started_at, until)
        if not spans or row.is_gap or verdict is not spans[-1].verdict:
            spans.append(Span(verdict, row.ts, row.ts))
    return tuple(spans)


# -- outages -----------------------------------------------------------------------------------------------------------


def _save_outage(connection: Connection, outage: Outage) -> Outage:
    row = {
        "started_at": outage.started_at,
        "ended_at": outage.ended_at,
        "offline": outage.offline,
        "known": outage.known,
        "single_observer": outage.single_observer,
    }
    key = outage.id
    if key:
        connection.execute(update(outages).where(outages.c.id == key).values(row))
        connection.execute(delete(outage_switches).where(outage_switches.c.outage_id == key))
    else:
        key = connection.execute(insert(outages).values(row).returning(outages.c.id)).scalar_one()
    taken = [
        {"outage_id": key, "name": a.name, "since": a.since, "returned_at": a.returned_at} for a in outage.affected
    ]
    if taken:
        connection.execute(insert(outage_switches), taken)
    return Outage(
        key,
        outage.started_at,
        outage.ended_at,
        outage.affected,
        outage.offline,
        outage.known,
        outage.single_observer,
    )


def _outages(connection: Connection, query: Select[Any]) -> Iterator[Outage]:
    rows = connection.execute(query).all()
    members = outage_switches.c
    taken = select(outage_switches).where(members.outage_id.in_([row.id for row in rows]))
    by_outage: dict[int, list[Affected]] = {row.id: [] for row in rows}
    for row in connection.execute(taken.order_by(members.outage_id, members.name)):
        by_outage[row.outage_id].append(Affected(row.name, row.since, row.returned_at))
    for row in rows:
        affected = tuple(by_outage[row.id])
        yield Outage(row.id, row.started_at, row.ended_at, affected, row.offline, row.known, row.single_observer)


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite
