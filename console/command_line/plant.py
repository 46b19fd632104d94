"""`linekeeper simulate`: a plant of sensors, converters and switches that publishes to any broker."""

from __future__ import annotations

from typing import Annotated

import typer

from backend_core.runtime import simulate as runtime
from console.command_line.options import begin_logging


def simulate(
    broker: Annotated[str, typer.Option("--broker", help="The broker: mqtt://host:port.")] = "mqtt://127.0.0.1:1883",
    network: Annotated[str, typer.Option("--network", help="A shipped network, or a network file.")] = "glover5",
    sensors: Annotated[int, typer.Option("--sensors", min=0, max=100_000, help="How many sensors.")] = 10,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same run.")] = 1,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0.1, help="End after so many seconds.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print `topic payload` instead of publishing.")] = False,
) -> int:
    """Run the virtual grid against a broker until it is interrupted."""
    begin_logging("info")
    return runtime.run(runtime.SimulateWish(broker, network, sensors, seed, seconds, dry_run))
