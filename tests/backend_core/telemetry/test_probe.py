"""What a broker can be asked about itself: its own words, and how much it keeps for one who is away."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from backend_core.kernel.clock import SystemClock
from backend_core.telemetry.mqtt_probe import TRIAL_MESSAGES, MqttProbe, kept_for_the_absent, version_of
from backend_core.telemetry.mqtt_source import BrokerAddress
from tests.support.mosquitto import Mosquitto

PROTOCOLS = pytest.mark.parametrize("protocol", ["5", "3.1.1"])


def address_of(broker: Mosquitto, protocol: str = "5") -> BrokerAddress:
    return BrokerAddress("127.0.0.1", broker.port, protocol=protocol)


@pytest.mark.asyncio
@PROTOCOLS
async def test_the_shipped_configuration_keeps_all_of_the_trial(mosquitto: Mosquitto, protocol: str):
    assert await kept_for_the_absent(address_of(mosquitto, protocol)) == TRIAL_MESSAGES


@pytest.mark.asyncio
async def test_a_broker_with_its_own_defaults_is_found_to_keep_a_thousand(tmp_path: Path):
    broker = Mosquitto(tmp_path, max_queued_messages=1000)
    broker.start()
    try:
        assert await kept_for_the_absent(address_of(broker)) == 1000
        assert "mosquitto" in await version_of(address_of(broker))
    finally:
        broker.kill()


@pytest.mark.asyncio
async def test_version_counter_and_beginning_are_told_once_they_are_known(tmp_path: Path):
    broker = Mosquitto(tmp_path, sys_interval=1)
    broker.start()
    clock = SystemClock()
    try:
        async with asyncio.timeout(20.0), aclosing(MqttProbe(address_of(broker), clock, "p").tidings()) as tidings:
            async for told in tidings:
                if told.version and told.dropped is not None and told.started_us is not None:
                    break
    finally:
        broker.kill()
    assert "mosquitto" in told.version
    assert told.dropped == 0
    assert clock.now_us() - 25_000_000 < told.started_us <= clock.now_us()
