"""What every keeper of messages must do while the database is away: a `MessageSpool`, on the disk and in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from backend_core.history.model import Injected
from backend_core.history.ports import MessageSpool
from backend_core.history.segment_spool import SegmentSpool
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import NoRoom
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.storage.segment_log import Budget
from backend_core.storage.spool import Spool
from backend_core.telemetry.model import DeviceKind, Heard, RawMessage, Reading
from tests.backend_core.history.memory_spool import MemorySpool

pytestmark = pytest.mark.asyncio
ROOM = 4000


@pytest_asyncio.fixture(params=["disk", "memory"])
async def spool(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[MessageSpool]:
    if request.param == "memory":
        yield MemorySpool(ROOM)
        return
    disk = Spool(tmp_path, "readings", Budget(max_bytes=ROOM), FakeClock())
    await disk.open()
    yield SegmentSpool(disk)
    disk.close()


def heard(number: int, payload: bytes = b"{}", *, retained: bool = False, redelivered: bool = False) -> Heard:
    return Heard(
        RawMessage(f"grid/sensors/sensor ü {number}", payload, retained, redelivered), 1_795_000_000_000_000 + number
    )


async def test_messages_come_back_as_they_were_heard_and_in_order(spool: MessageSpool) -> None:
    first = [heard(1, b"\0\xff"), heard(2, retained=True), heard(3, redelivered=True)]
    injected = Injected(DeviceKind.SMART_SWITCH, [Reading(PointId("a.power"), 5, 0, 1.5, Quality.GOOD, 0, 7, 0)])
    await spool.keep(first)
    await spool.keep([injected, heard(4)])
    assert (spool.state.messages, spool.state.oldest_us) == (5, first[0].received_us)
    kept = await spool.next(100)
    assert kept is not None
    assert list(kept.pieces) == [*first, injected, heard(4)]
    assert await spool.next(100) is None


async def test_each_is_given_once_in_runs_no_longer_than_asked_for(spool: MessageSpool) -> None:
    await spool.keep([heard(n) for n in range(5)])
    runs = []
    while (kept := await spool.next(2)) is not None:
        runs.append(list(kept.pieces))
        await spool.let_go(kept.number)
    assert runs == [[heard(0), heard(1)], [heard(2), heard(3)], [heard(4)]]
    assert (spool.state.messages, spool.state.oldest_us) == (0, None)


async def test_what_it_cannot_promise_it_refuses_until_something_was_let_go(spool: MessageSpool) -> None:
    await spool.keep([heard(1, bytes(3000))])
    with pytest.raises(NoRoom):
        await spool.keep([heard(2, bytes(3000))])
    assert spool.state.messages == 1
    kept = await spool.next(10)
    assert kept is not None
    await spool.let_go(kept.number)
    await spool.keep([heard(2, bytes(3000))])
    assert spool.state.messages == 1


async def test_nothing_to_keep_is_kept_at_once(spool: MessageSpool) -> None:
    await spool.keep([])
    assert (spool.is_open, spool.state.messages) == (True, 0)


async def test_where_no_spool_is_kept_nothing_waits(tmp_path: Path) -> None:
    closed = Spool(tmp_path, "readings", Budget(), FakeClock())
    assert await SegmentSpool(closed).next(10) is None
    closed.close()
