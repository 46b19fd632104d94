"""What the publisher says: readings unlike each other, out of order, said three times, and now and then poison."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

SENSORS = 40
BLOCK = 32
"""So many messages are mixed with each other before they are sent."""
POISON = 666.0
"""A voltage that the chaos database refuses, as databases refuse what nobody has thought of."""

GARBAGE_EVERY = 500
POISON_EVERY = 3000

Key = tuple[str, int]
"""The point, and the time of measurement in microseconds."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, by its number; `measured_us` makes every one unlike every other."""

    number: int
    topic: str
    payload: str
    measured_us: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.payload.encode()).hexdigest()

    def rows(self) -> dict[Key, float]:
        """What the record must hold of it; nothing where the payload is garbage."""
        try:
            facts = json.loads(self.payload)
        except json.JSONDecodeError:
            return {}
        voltage, current = facts["voltage"], facts["current"]
        values = {
            "voltage": voltage,
            "current": current,
            "temperature": facts["temperature"],
            "power": voltage * current,
        }
        return {(f"{facts['device_id']}.{quantity}", self.measured_us): value for quantity, value in values.items()}


class Supply:
    """Messages without end, the same for the same seed but for their times."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._number = 0

    def block(self, now_us: int) -> Iterator[Message]:
        """A block measured just now, shuffled; about one in twenty is said three times."""
        made = [self._make(now_us + at) for at in range(BLOCK)]
        said = [message for message in made for _ in range(3 if self._dice.random() < 0.05 else 1)]
        self._dice.shuffle(said)
        return iter(said)

    def _make(self, measured_us: int) -> Message:
        self._number += 1
        sensor = f"meter_{self._number % SENSORS}"
        topic = f"grid/sensors/{sensor}"
        if self._number % GARBAGE_EVERY == 1:
            return Message(self._number, topic, f"garbage {self._number}", measured_us)
        voltage = POISON if self._number % POISON_EVERY == 2 else 200.0 + self._number / 1024
        facts = {
            "device_id": sensor,
            "timestamp": as_text(measured_us),
            "voltage": voltage,
            "current": 4.0,
            "temperature": round(self._dice.uniform(-20.0, 90.0), 3),
        }
        return Message(self._number, topic, json.dumps(facts), measured_us)


def as_text(moment_us: int) -> str:
    """RFC 3339 with microseconds."""
    moment = datetime.fromtimestamp(moment_us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment_us % 1_000_000:06d}Z"
