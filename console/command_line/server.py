"""`linekeeper core` and `linekeeper status`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from backend_core.runtime import errands, headless
from console.command_line.options import ConfigFile, OptionalConfig, Overrides, settings_of

AWAY = 3


def core(config: ConfigFile, overrides: Overrides = None) -> int:
    """Run the core without a screen: take readings in, probe, evaluate alarms, and keep the record."""
    return headless.run(settings_of(config, overrides))


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


def _lines(found: dict[str, object]) -> list[str]:
    return [f"{name.replace('_', ' ')}: {value if value is not None else 'none'}" for name, value in found.items()]
