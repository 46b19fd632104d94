"""`linekeeper smart-switches import`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from backend_core.kernel.errors import BadInput
from backend_core.runtime import errands
from console.command_line.options import ConfigFile, record_settings

application = typer.Typer(help="The devices that are probed for power.", no_args_is_help=True)


@application.callback()
def _group() -> None:
    """The devices that are probed for power."""


@application.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file: name,address,active.")],
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
) -> int:
    """Add and change smart switches from a CSV file: all lines, or none."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(f"'{file}' cannot be read ({error.strerror}).", "Check the path.") from error
    plan = asyncio.run(errands.import_smart_switches(record_settings(config), content, dry_run=dry_run))
    if not plan.is_clean:
        told = "\n".join(f"  line {finding.line}: {finding.text}" for finding in plan.findings)
        raise BadInput(f"Nothing was imported from '{file}':\n{told}\n", "Mend these lines and import again.")
    added, changed, left = len(plan.added), len(plan.changed), plan.unchanged
    if dry_run:
        typer.echo(f"Would add {added}, change {changed} and leave {left} as they are.")
    else:
        typer.echo(f"Added {added}, changed {changed}, left {left} as they were.")
    return 0
