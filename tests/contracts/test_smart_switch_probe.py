"""What every SmartSwitchProbe promises: the real one over HTTP, and the pretend street of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backend_core.kernel.clock import FakeClock, SystemClock
from backend_core.outages.http_probe import HttpProbe
from backend_core.outages.model import ProbeError, ProbeLimits, SmartSwitch
from backend_core.outages.ports import SmartSwitchProbe
from tests.backend_core.outages.switchyard import FakeSwitchyard
from tests.support.processes import free_port

pytestmark = pytest.mark.asyncio


class Yard:
    """A probe, one smart switch that answers and one that refuses."""

    def __init__(self, probe: SmartSwitchProbe, lit: SmartSwitch, dark: SmartSwitch) -> None:
        self.probe = probe
        self.lit = lit
        self.dark = dark


@pytest_asyncio.fixture(params=["http", "pretend"])
async def yard(request: pytest.FixtureRequest) -> AsyncIterator[Yard]:
    if request.param == "pretend":
        street = FakeSwitchyard(FakeClock())
        street.goes_dark("dark", error=ProbeError.REFUSED)
        yield Yard(street, SmartSwitch("lit", "192.0.2.1"), SmartSwitch("dark", "192.0.2.2"))
        return

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    probe = HttpProbe(SystemClock(), ProbeLimits())
    yield Yard(probe, SmartSwitch("lit", f"127.0.0.1:{port}"), SmartSwitch("dark", f"127.0.0.1:{free_port()}"))
    server.close()


async def test_answers_come_in_the_order_of_the_questions(yard: Yard):
    answers = await yard.probe.probe([yard.dark, yard.lit, yard.dark])
    assert [a.name for a in answers] == ["dark", "lit", "dark"]


async def test_one_that_answers_has_a_status_and_a_response_time(yard: Yard):
    (answer,) = await yard.probe.probe([yard.lit])
    assert answer.status is not None
    assert answer.error is None
    assert answer.response_ms is not None


async def test_one_that_does_not_has_an_error_and_no_status(yard: Yard):
    (answer,) = await yard.probe.probe([yard.dark])
    assert answer.status is None
    assert answer.error is ProbeError.REFUSED


async def test_nobody_to_ask_is_no_trouble(yard: Yard):
    assert await yard.probe.probe([]) == ()


async def test_the_worst_case_is_told_beforehand(yard: Yard):
    assert yard.probe.seconds_at_worst(10) >= 0.0
