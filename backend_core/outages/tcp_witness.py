"""A place on the network that is called by TCP to prove that this console can hear."""

from __future__ import annotations

import asyncio

from backend_core.outages.rules.address import is_local_host

TIMEOUT_S = 2.0


class TcpWitness:
    """Answers when it takes a call, or at least refuses it: both prove the way there."""

    def __init__(self, name: str, host: str, port: int) -> None:
        self.name = name
        self.is_local = is_local_host(host)
        self._host = host
        self._port = port

    async def answers(self) -> bool:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                _, writer = await asyncio.open_connection(self._host, self._port)
        except ConnectionRefusedError:
            return True
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True
