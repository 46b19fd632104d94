"""`linekeeper alarms`: the list, acknowledging, and the rules as a file."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from backend_core.kernel.errors import BadInput
from backend_core.runtime import errands
from console.command_line.options import ConfigFile, record_settings

application = typer.Typer(help="Alarms and their rules.", no_args_is_help=True)
rules = typer.Typer(help="The alarm rules as a CSV file.", no_args_is_help=True)
application.add_typer(rules, name="rules")

RuleFile = Annotated[Path, typer.Argument(help="point,level,limit,deadband,on_delay_s,off_delay_s,priority.")]


@application.command("list")
def listed(
    config: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> int:
    """Every alarm that stands."""
    found = errands.standing_alarms(record_settings(config))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        for alarm in found:
            typer.echo(_line(alarm))
        if not found:
            typer.echo("No alarm stands.")
    return 0


@application.command("ack")
def acknowledge(
    alarm_id: Annotated[str, typer.Argument(help="The id that 'alarms list' shows.")],
    occurrence: Annotated[int, typer.Option("--occurrence", help="The occurrence that was seen.")],
    config: ConfigFile = None,
) -> int:
    """Acknowledge one occurrence of an alarm."""
    sentence = asyncio.run(errands.acknowledge(record_settings(config), alarm_id, occurrence))
    typer.echo(sentence)
    return 0


@rules.command("import")
def import_rules(
    file: RuleFile,
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> int:
    """Put the rules of a file in place of the present ones."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"'{file}' cannot be read as text ({_reason(error)}).", "Check the path and its encoding."
        ) from error
    edit = asyncio.run(errands.import_alarm_rules(record_settings(config), text, dry_run=dry_run))
    added, changed, removed = len(edit.added), len(edit.changed), len(edit.removed)
    if dry_run:
        typer.echo(f"Would add {added}, change {changed} and remove {removed} rules.")
    else:
        typer.echo(f"Added {added}, changed {changed}, removed {removed} rules.")
    return 0


@rules.command("export")
def export_rules(file: RuleFile, config: ConfigFile = None) -> int:
    """Write the rules to a file, or to standard output for '-'."""
    text = asyncio.run(errands.export_alarm_rules(record_settings(config)))
    if str(file) == "-":
        sys.stdout.write(text)
        return 0
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise BadInput(f"'{file}' cannot be written ({error.strerror}).", "Check the path.") from error
    return 0


def _line(alarm: dict[str, Any]) -> str:
    value = "no value" if alarm["value"] is None else f"{alarm['value']:g}"
    limit = "" if alarm["limit"] is None else f" (limit {alarm['limit']:g})"
    what = f"{alarm['priority']}  {alarm['id']}  {alarm['level']} at {value}{limit}"
    return f"{what}, {alarm['state']}, occurrence {alarm['occurrence']}, since {alarm['raised_at']}"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror if isinstance(error, OSError) else error.reason)
