"""`linekeeper doctor`: a line for each thing that the program needs, with the remedy."""

from __future__ import annotations

import typer

from backend_core.runtime.doctor import examine, verdict
from console.command_line.options import OptionalConfig


def doctor(config: OptionalConfig = None) -> int:
    """Check config, database, schema, broker, clock, fonts, sound and disk."""
    symptoms = examine(config)
    for symptom in symptoms:
        mark = "ok " if symptom.ok else "-- " if symptom.is_slight else "BAD"
        typer.echo(f"{mark} {symptom.what}: {symptom.seen}{' ' + symptom.remedy if not symptom.ok else ''}")
    return verdict(symptoms)
