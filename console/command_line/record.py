"""`linekeeper export`, `linekeeper db` and `linekeeper report`."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backend_core.kernel.errors import BadInput
from backend_core.runtime import backups, errands, exports, networks, upkeep
from console.command_line.options import ConfigFile, moment, record_settings
from console.command_line.progress import ProgressLine

database = typer.Typer(help="The database's tables.", no_args_is_help=True)
report = typer.Typer(help="Printable reports.", no_args_is_help=True)


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"


def export(  # noqa: PLR0913  (each is a flag)
    what: Annotated[str, typer.Argument(help=f"One of {', '.join(exports.WHAT)}.")],
    config: ConfigFile = None,
    form: Annotated[Format, typer.Option("--format", help="csv or json.")] = Format.CSV,
    point: Annotated[str | None, typer.Option("--point", help="Only this point; * stands for any text.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="The first moment, inclusive.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="The end, exclusive.")] = None,
    quality: Annotated[str | None, typer.Option("--quality", help="Only readings good, uncertain or bad.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Times in this zone, named in the header.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="A file; Ctrl+C leaves none behind.")] = None,
) -> int:
    """Write a table of the record to standard output or a file, row by row as it is read."""
    request = exports.ExportRequest(what, point, moment(start, "--from"), moment(end, "--to"), quality, zone)
    with errands.database_of(record_settings(config)) as opened:
        if out is None:
            exports.write(opened, request, form.value, sys.stdout)
            return 0
        line = ProgressLine()
        try:
            rows = exports.write_file(opened, request, form.value, out, line)
        finally:
            line.end()
    typer.echo(f"Written to {out}: {rows:,} rows.")
    return 0


@database.command("upgrade")
def upgrade_database(config: ConfigFile = None) -> int:
    """Bring the database to this program's schema."""
    with errands.database_of(record_settings(config), must_be_current=False) as opened:
        before, after = errands.upgrade_schema(opened)
    changed = f"from {before.present or 'empty'} to {after.present}"
    typer.echo(f"The schema is {after.present}: nothing to do." if before.is_current else f"Upgraded {changed}.")
    return 0


@database.command("status")
def database_status(config: ConfigFile = None) -> int:
    """Tell which schema the database has and which this program needs."""
    with errands.database_of(record_settings(config), must_be_current=False) as opened:
        found = errands.schema_of(opened)
    verdict = "current" if found.is_current else "run 'linekeeper db upgrade'"
    typer.echo(f"{opened.kind} {opened.describe()}: schema {found.present or 'none'}, needed {found.needed}: {verdict}")
    return 0 if found.is_current else 2


@database.command("tidy")
def tidy_database(
    config: ConfigFile = None,
    only_roll_up: Annotated[bool, typer.Option("--only-roll-up", help="Drop nothing.")] = False,
) -> int:
    """Roll up every reading now, and drop what has been kept long enough; Ctrl+C ends it between two pieces."""
    settings, line = record_settings(config), ProgressLine()
    with errands.database_of(settings) as opened:
        try:
            done = asyncio.run(upkeep.tidy(opened, settings, line, only_roll_up=only_roll_up))
        finally:
            line.end()
    typer.echo(f"Rolled up {done.rolled_up:,} buckets of five minutes.")
    if not only_roll_up:
        typer.echo(
            f"Dropped old rows in {len(done.dropped):,} steps, and {done.checks:,} old checks of smart switches."
        )
    return 0


@database.command("backup")
def backup_database(file: Annotated[Path, typer.Argument(help="The file to write.")], config: ConfigFile = None) -> int:
    """Save the whole record into one file while everything goes on; it is read back before it gets its name."""
    line = ProgressLine()
    with errands.database_of(record_settings(config)) as opened:
        try:
            saved = backups.backup(opened, file, line)
        finally:
            line.end()
    size_mb = file.stat().st_size / 1e6
    typer.echo(
        f"Saved {saved.rows:,} rows of {saved.tables} tables, schema {saved.schema}, to {file}: {size_mb:,.1f} MB."
    )
    return 0


@database.command("restore")
def restore_database(
    file: Annotated[Path, typer.Argument(help="A file that 'db backup' made, on either kind of database.")],
    config: ConfigFile = None,
    replace: Annotated[bool, typer.Option("--replace", help="Lose what the database holds now.")] = False,
) -> int:
    """Bring a backup back, all of it or nothing; into an empty database, unless told to replace what is there."""
    line = ProgressLine()
    with errands.database_of(record_settings(config), must_be_current=False) as opened:
        try:
            brought = backups.restore(opened, file, line, replace=replace)
        finally:
            line.end()
    typer.echo(f"Restored {brought.rows:,} rows of {brought.tables} tables as of {brought.made_at}.")
    return 0


@report.command("daily")
def daily(
    day: Annotated[str, typer.Option("--date", help="The day, such as 2026-11-21 (UTC).")],
    out: Annotated[Path, typer.Option("--out", help="The PDF file to write.")],
    config: ConfigFile = None,
) -> int:
    """Set the daily report as a PDF file."""
    from backend_core.runtime.daily_report import write_daily_report

    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise BadInput(f"--date '{day}' is no day.", "Write it like 2026-11-21.") from error
    settings = record_settings(config)
    with errands.database_of(settings) as opened:
        report = write_daily_report(opened, networks.load(settings.text("grid.network")), wanted, out)
    typer.echo(
        f"Written to {out}: {report.pages} page{'s' if report.pages != 1 else ''} from {report.readings:,} readings."
    )
    return 0
