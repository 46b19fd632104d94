"""The summary of smart switches and outages that `status` prints."""

from __future__ import annotations

from typing import Any

from backend_core.outages.model import Board


def status_of(board: Board) -> dict[str, Any]:
    """The two keys of the status, ready for JSON."""
    outage = board.open_outage
    counts = {"online": board.tally.online, "offline": board.tally.offline, "unknown": board.tally.unknown}
    if outage is None:
        return {"smart_switches": counts, "outage": None}
    return {
        "smart_switches": counts,
        "outage": {
            "id": outage.id,
            "started_at": outage.started_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "offline": outage.offline,
            "known": outage.known,
            "smart_switches": list(outage.names),
        },
    }
