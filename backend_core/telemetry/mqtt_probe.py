"""Asks an MQTT broker about itself: what it tells under $SYS, and how much it keeps for one who is away."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from backend_core.kernel.clock import Clock
from backend_core.telemetry.model import BrokerTidings
from backend_core.telemetry.mqtt_source import KEEPALIVE_S, BrokerAddress, quiet

VERSION = "$SYS/broker/version"
DROPPED = "$SYS/broker/publish/messages/dropped"
UPTIME = "$SYS/broker/uptime"
AGAIN_AFTER_S = 10.0
TRIAL_MESSAGES = 1200
"""More than a Mosquitto keeps by default."""


class MqttProbe:
    """Listens to the broker's own counters; one that tells nothing, or forbids to ask, is no fault."""

    def __init__(self, address: BrokerAddress, clock: Clock, client_id: str) -> None:
        self._address = address
        self._clock = clock
        self._client_id = client_id

    async def tidings(self) -> AsyncGenerator[BrokerTidings, None]:
        """Whatever it tells, as it tells it, for ever."""
        while True:
            told = BrokerTidings(0)
            with contextlib.suppress(aiomqtt.MqttError, OSError, ssl.SSLError):
                async with aiomqtt.Client(**_options(self._address, self._client_id)) as client:
                    for topic in (VERSION, UPTIME, DROPPED):
                        await client.subscribe(topic)
                    async for message in client.messages:
                        told = _with(replace(told, at_us=self._clock.now_us()), message)
                        yield told
            await self._clock.sleep(AGAIN_AFTER_S)


async def version_of(address: BrokerAddress) -> str:
    """What the broker calls itself; nothing when it does not tell. Raises when it does not let us in."""
    async with aiomqtt.Client(**_options(address, f"linekeeper-doctor-{secrets.token_hex(4)}")) as client:
        await client.subscribe(VERSION)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                async for message in client.messages:
                    return _text(message)
    return ""


async def kept_for_the_absent(address: BrokerAddress) -> int:
    """How many of `TRIAL_MESSAGES` the broker keeps for a session that is away: Mosquitto keeps 1,000 by default."""
    name = f"linekeeper-doctor-{secrets.token_hex(4)}"
    topic = f"linekeeper/doctor/{name}"
    async with aiomqtt.Client(**_options(address, name, is_lasting=True)) as absent:
        await absent.subscribe(topic, qos=1)
    async with aiomqtt.Client(**_options(address, f"{name}-speaks")) as speaker:
        for number in range(TRIAL_MESSAGES):
            await speaker.publish(topic, str(number), qos=1)
    kept = 0
    try:
        async with aiomqtt.Client(**_options(address, name, is_lasting=True)) as back:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0) as patience:
                    async for _ in back.messages:
                        kept += 1
                        if kept == TRIAL_MESSAGES:
                            break
                        patience.reschedule(asyncio.get_running_loop().time() + 1.0)
    finally:
        # Coming once more with a clean start makes the broker forget the trial.
        async with aiomqtt.Client(**_options(address, name)):
            pass
    return kept


def _options(address: BrokerAddress, name: str, *, is_lasting: bool = False) -> dict[str, Any]:
    options: dict[str, Any] = {
        "hostname": address.host,
        "port": address.port,
        "identifier": name,
        "username": address.username,
        "password": address.password,
        "tls_context": address.tls,
        "keepalive": KEEPALIVE_S,
        "logger": quiet,
        "timeout": 10.0,
    }
    if address.protocol != "5":
        return options | {"protocol": aiomqtt.ProtocolVersion.V311, "clean_session": not is_lasting}
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 60 if is_lasting else 0
    return options | {
        "protocol": aiomqtt.ProtocolVersion.V5,
        "clean_start": not is_lasting,
        "properties": properties,
    }


def _with(told: BrokerTidings, message: aiomqtt.Message) -> BrokerTidings:
    topic, text = str(message.topic), _text(message)
    number = text.partition(" ")[0]
    if topic == VERSION:
        return replace(told, version=text[:64])
    if not number.isdigit():
        return told
    if topic == UPTIME:
        # What was retained may be ten seconds old; what is said just now is not.
        return told if message.retain else replace(told, started_us=told.at_us - int(number) * 1_000_000)
    return replace(told, dropped=int(number))


def _text(message: aiomqtt.Message) -> str:
    return bytes(message.payload).decode("utf-8", "replace") if isinstance(message.payload, bytes) else ""
