"""The demo's own MQTT broker: amqtt on a free loopback port, with no plugin but the one that lets everybody in."""

from __future__ import annotations

import logging
from typing import Any

from amqtt.broker import Broker

LOOPBACK = "127.0.0.1"
# amqtt logs each connection and, at shutdown, each message that nobody was left to receive.
for name in ("amqtt", "transitions"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class AmqttBroker:
    """Speaks MQTT 3.1.1 only; keeps retained messages and sessions in memory."""

    def __init__(self, port: int = 0) -> None:
        self.wanted_port = port
        self._broker: Any = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"mqtt://{LOOPBACK}:{self.port}"

    async def start(self) -> None:
        """Listen; afterwards `port` is the one that the system chose."""
        self._broker = Broker(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{self.wanted_port}"}},
                # Loaded by their dotted names: an installer must be told of them.
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        await self._broker.start()
        self.port = self._broker._servers["default"].instance.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection and give the port back."""
        broker, self._broker = self._broker, None
        if broker is not None:
            await broker.shutdown()
