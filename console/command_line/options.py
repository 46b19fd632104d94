"""What many commands share: the config file, times, and how the program writes about itself."""

from __future__ import annotations

import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from backend_core.kernel.errors import BadInput
from backend_core.kernel.settings import Settings, setting
from backend_core.runtime.toml_config import load, overridden

ConfigFile = Annotated[Path | None, typer.Option("--config", help="The config file, unless the environment says it.")]
OptionalConfig = Annotated[Path | None, typer.Option("--config", help="The config file; defaults without one.")]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="A setting for this run: section.key=value.")]
DATABASE = "database.url"


def settings_of(config: Path | None, overrides: list[str] | None = None) -> Settings:
    """Read the config; what is odd but harmless is told on standard error."""
    settings = overridden(load(config), overrides or [])
    begin_logging(settings.text("log.level"))
    for warning in settings.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    return settings


def record_settings(config: Path | None, overrides: list[str] | None = None) -> Settings:
    """The settings of a command that works on the record: something must say where that is."""
    settings = settings_of(config, overrides)
    if config is None and not settings.text(DATABASE):
        raise BadInput(
            "Nothing names the database.",
            f"Give --config FILE, or set ${setting(DATABASE).variables[0]}.",
        )
    return settings


def begin_logging(level: str) -> None:
    """Write the log to standard error, a line an event, times in UTC."""
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        stream=sys.stderr, level=level.upper(), format="%(asctime)sZ %(levelname)s %(name)s: %(message)s", force=True
    )
    for noisy in ("alembic", "amqtt", "transitions", "asyncio", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def moment(text: str | None, flag: str) -> datetime | None:
    """A time given on the command line; without a zone it is UTC."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{flag} '{text}' is no time.", "Write it like 2026-11-21T14:00:00Z.") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
