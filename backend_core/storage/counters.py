"""Totals that only grow, changed in the transaction of the rows that they count."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from backend_core.storage.schema.record import counters


def add(connection: Connection, amounts: Mapping[str, int]) -> None:
    """Add each amount to its counter, creating it at first use; in name order, so that two writers never deadlock."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for name, amount in sorted(amounts.items()):
        if amount:
            line = dialect.insert(counters).values(name=name, value=amount)
            changed = line.on_conflict_do_update(
                index_elements=["name"], set_={"value": counters.c.value + line.excluded.value}
            )
            connection.execute(changed)


def totals(connection: Connection) -> dict[str, int]:
    """Every counter by its name."""
    return {row.name: row.value for row in connection.execute(select(counters.c.name, counters.c.value))}
