"""The summary of smart switches and outages that `status` prints."""

from __future__ import annotations

from typing import Any

from backend_core.outages.model import Board, Outage


def status_of(board: Board) -> dict[str, Any]:
    """The two keys of the status, ready for JSON."""
    counts = {"online": board.tally.online, "offline": board.tally.offline, "unknown": board.tally.unknown}
    return {"smart_switches": counts, "outage": outage_status(board.open_outage)}


def outage_status(outage: Outage | None) -> dict[str, Any] | None:
    """The open outage as the status tells it."""
    if outage is None:
        return None
    return {
        "id": outage.id,
        "started_at": outage.started_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "offline": outage.offline,
        "known": outage.known,
        "smart_switches": list(outage.names),
    }
