"""The fence: a write of a leader whose epoch is over never commits."""

from __future__ import annotations

from sqlalchemy import Connection, select

from backend_core.kernel.errors import Fenced
from backend_core.storage.schema.journal import schema_info
from backend_core.storage.schema.record import core_epoch
from backend_core.storage.upgrade import KNOWN

ROLE = "core"

# Made once: every write of a leader asks this.
_PRESENT = (
    select(core_epoch.c.epoch, select(schema_info.c.min_core).scalar_subquery().label("min_core"))
    .where(core_epoch.c.role == ROLE)
    .with_for_update(read=True, of=core_epoch)
)


def check(connection: Connection, epoch: int) -> None:
    """Refuse unless this epoch is the present one and this program may lead on the schema.

    The epoch's row stays locked for share until the transaction ends.
    """
    row = connection.execute(_PRESENT).one_or_none()
    if row is None or row.epoch != epoch:
        raise Fenced("Another core leads now.", "This one stops writing and waits as a stand-by.")
    if (row.min_core or 0) > KNOWN:
        raise Fenced("The database was upgraded; only a newer core may lead on it.", "Install the newer Linekeeper.")
