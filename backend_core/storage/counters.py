"""Totals that only grow, changed in the transaction of the rows that they count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.storage.schema.record import counters


def add(connection: Connection, amounts: Mapping[str, int]) -> None:
    """Add each amount to its counter, creating it at first use; in name order, so that two writers never deadlock."""
    rows = [{"name": name, "value": amount} for name, amount in sorted(amounts.items()) if amount]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def _adding(line: Any) -> Any:
    more = {"value": counters.c.value + line.excluded.value}
    return line.on_conflict_do_update(index_elements=["name"], set_=more)


# Made once: making the statement anew cost each batch more than running it.
_ADD = {"postgresql": _adding(postgresql.insert(counters)), "sqlite": _adding(sqlite.insert(counters))}


def totals(connection: Connection) -> dict[str, int]:
    """Every counter by its name."""
    return {row.name: row.value for row in connection.execute(select(counters.c.name, counters.c.value))}
