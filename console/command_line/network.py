"""`linekeeper network check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backend_core.grid.model import Severity
from backend_core.runtime import networks

application = typer.Typer(help="Network files.", no_args_is_help=True)


@application.callback()
def _group() -> None:
    """Network files."""


@application.command("check")
def check(file: Annotated[Path, typer.Argument(help="The network file.")]) -> int:
    """Tell everything that is wrong with a network file."""
    findings = networks.check(file)
    for finding in findings:
        typer.echo(f"{finding.severity}: {finding.where}: {finding.sentence}")
    broken = sum(finding.severity is Severity.ERROR for finding in findings)
    typer.echo(f"{file}: errors {broken}, warnings {len(findings) - broken}.")
    return 2 if broken else 0
