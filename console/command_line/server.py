"""`linekeeper core` and `linekeeper status`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from backend_core.runtime import errands, headless
from console.command_line.options import ConfigFile, OptionalConfig, Overrides, record_settings, settings_of

AWAY = 3


def core(config: ConfigFile = None, overrides: Overrides = None) -> int:
    """Run the core without a screen: take readings in, probe, evaluate alarms, and keep the record."""
    return headless.run(record_settings(config, overrides))


def status(
    config: OptionalConfig = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> int:
    """Tell how the leading core, the database and the alarms stand."""
    found = errands.status(settings_of(config))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        for line in _lines(found):
            typer.echo(line)
    return 0 if found["database"]["ok"] else AWAY


def _lines(found: dict[str, Any]) -> list[str]:
    database, outage = found["database"], found["outage"]
    answers = f"{database['kind']}, {'ok' if database['ok'] else 'not ok'}, schema {database['schema'] or 'none'}"
    lines = {
        "version": found["version"],
        "leader": f"{found['leader']}, epoch {found['epoch']}" if found["leader"] else "none",
        "database": answers,
        "broker": "connected" if found["mqtt"]["connected"] else "not connected",
        "waiting on its disk": _number((found["spool"] or {}).get("messages")),
        "readings stored": _number(found["readings_stored"]),
        "rejected": _counted(found["rejected"]),
        "quarantined": _number(found["quarantined"]),
        "alarms": _counted(found["alarms"]),
        "smart switches": _counted(found["smart_switches"]),
        "outage": f"since {outage['started_at']}, {outage['offline']} of {outage['known']} dark" if outage else "none",
        "consoles": "; ".join(f"{one['name']} ({one['role']})" for one in found["consoles"]) or "none",
    }
    return [f"{name}: {value}" for name, value in lines.items()]


def _counted(counts: dict[str, int | None]) -> str:
    return ", ".join(f"{_number(count)} {name.replace('_', ' ')}" for name, count in counts.items()) or "none"


def _number(count: int | None) -> str:
    return "not known" if count is None else f"{count:,}"
