"""The outlet of a dry run: each message as a line of text, topic and payload."""

from __future__ import annotations

from typing import TextIO

from backend_core.virtual_grid.ports import Hear


class StdoutOutlet:
    """Implements `MessageOutlet`; writes to the stream it is given, hears nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def publish(self, topic: str, payload: bytes, retain: bool) -> None:
        self._stream.write(f"{topic} {payload.decode()}\n")

    def listen(self, topic_filter: str, hear: Hear) -> None:
        return None
