"""The telemetry service lets two durable batches be under way, and knows when it is held up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from backend_core.kernel.links import LinkName, LinkState
from backend_core.telemetry.model import Inlet, RawBatch
from tests.backend_core.telemetry.inlet import TestedInlet, sensor


class ReadyBatches:
    """A source with everything it will ever have."""

    def __init__(self, batches: list[RawBatch]) -> None:
        self._batches = batches
        self.link = LinkState(LinkName.BROKER, True, 0)
        self.is_closed = False

    async def batches(self) -> AsyncGenerator[RawBatch, None]:
        try:
            for batch in self._batches:
                yield batch
        finally:
            self.is_closed = True

    async def stop(self) -> None:
        """Nothing to stop."""


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["complete", "drop"])
async def test_the_third_batch_waits_until_one_of_two_has_met_its_fate(end: str):
    inlet = TestedInlet()
    batches = [RawBatch([sensor(None)], inlet.clock.now_us(), Inlet.DURABLE) for _ in range(4)]
    source = ReadyBatches(batches)
    running = asyncio.get_running_loop().create_task(inlet.service.run(source), name="run")
    await turns()
    assert len(inlet.judged) == 2
    assert inlet.service.blocked_since_s == inlet.clock.monotonic()
    getattr(batches[0].receipt, end)()
    await turns()
    assert len(inlet.judged) == 3
    getattr(batches[1].receipt, end)()
    await running
    assert len(inlet.judged) == 4
    assert inlet.service.blocked_since_s is None


@pytest.mark.asyncio
async def test_a_receipt_is_passed_on_once_when_complete_and_never_when_dropped():
    inlet, sent = TestedInlet(), []
    batches = [RawBatch([sensor(None)], inlet.clock.now_us(), Inlet.DURABLE) for _ in range(2)]
    for number, batch in enumerate(batches):
        batch.receipt.on_complete = lambda number=number: sent.append(number)  # type: ignore[misc]
    await inlet.service.run(ReadyBatches(batches))
    for _ in range(2):
        batches[0].receipt.complete()
        batches[1].receipt.drop()
        batches[1].receipt.complete()
    assert sent == [0]


@pytest.mark.asyncio
async def test_live_batches_never_wait():
    inlet = TestedInlet()
    await inlet.service.run(
        ReadyBatches([RawBatch([sensor(None)], inlet.clock.now_us(), Inlet.LIVE) for _ in range(9)])
    )
    assert len(inlet.judged) == 9


@pytest.mark.asyncio
async def test_a_run_that_is_ended_closes_its_connection_and_is_no_longer_held_up():
    inlet = TestedInlet()
    source = ReadyBatches([RawBatch([sensor(None)], inlet.clock.now_us(), Inlet.DURABLE) for _ in range(4)])
    running = asyncio.get_running_loop().create_task(inlet.service.run(source), name="run")
    await turns()
    running.cancel()
    await asyncio.wait({running})
    assert source.is_closed
    assert inlet.service.blocked_since_s is None
