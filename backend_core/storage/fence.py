"""The fence: a write of a leader whose epoch is over never commits."""

from __future__ import annotations

from sqlalchemy import Connection, select

from backend_core.kernel.errors import Fenced
from backend_core.storage.schema.record import core_epoch

ROLE = "core"


def check(connection: Connection, epoch: int) -> None:
    """Refuse unless this epoch is the present one; the row stays locked for share until the transaction ends."""
    present = connection.execute(
        select(core_epoch.c.epoch).where(core_epoch.c.role == ROLE).with_for_update(read=True)
    ).scalar_one_or_none()
    if present != epoch:
        raise Fenced("Another core leads now.", "This one stops writing and waits as a stand-by.")
