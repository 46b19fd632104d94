"""`linekeeper doctor`: a line for each thing that the program needs, with the remedy."""

from __future__ import annotations

import typer

from backend_core.runtime.doctor import examine
from console.command_line.options import OptionalConfig

NOT_WELL = 3


def doctor(config: OptionalConfig = None) -> int:
    """Check config, database, schema, broker, clock, fonts, sound and disk."""
    symptoms = examine(config)
    for symptom in symptoms:
        mark = "ok " if symptom.ok else "BAD"
        typer.echo(f"{mark} {symptom.what}: {symptom.seen}{' ' + symptom.remedy if not symptom.ok else ''}")
    return 0 if all(symptom.ok for symptom in symptoms) else NOT_WELL
