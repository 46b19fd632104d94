"""Compares the ledger with the record: what is lost, what is invented, what was changed, what stands there twice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.chaos.messages import Key, Message

SLACK_US = 500_000
"""Between the moment a broker took a message and the moment its publisher heard of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of the ledger, and when its acknowledgement came."""

    message: Message
    acknowledged_us: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that the record itself calls incomplete."""

    start_us: int
    end_us: int | None
    cause: str

    def holds(self, moment_us: int) -> bool:
        return self.start_us - SLACK_US <= moment_us and (self.end_us is None or moment_us <= self.end_us + SLACK_US)


@dataclass(frozen=True, slots=True)
class Record:
    """What the database holds at the end."""

    rows: dict[Key, float]
    row_count: int
    quarantined_rows: dict[Key, float]
    quarantined_payloads: frozenset[str]
    gaps: tuple[Gap, ...] = ()


@dataclass(slots=True)
class Verdict:
    """All four are empty when the promise was kept; `told` is lost as well, but within a gap that the record tells."""

    lost: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    corrupted: list[str] = field(default_factory=list)
    duplicates: int = 0
    messages: int = 0
    rows: int = 0
    quarantined: int = 0
    gaps: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.invented or self.corrupted or self.duplicates)

    def __str__(self) -> str:
        return (
            f"{len(self.lost)} lost, {len(self.invented)} invented, {len(self.corrupted)} corrupted, "
            f"{self.duplicates} duplicates; {self.messages:,} messages, {self.rows:,} rows, "
            f"{self.quarantined} in quarantine, {self.gaps} gap records, {len(self.told)} rows lost in a told gap"
        )

    def evidence(self, at_most: int = 5) -> str:
        """The first of each kind, for whoever looks for the fault."""
        kinds = {"lost": self.lost, "invented": self.invented, "corrupted": self.corrupted}
        return "\n".join(f"{name}: {', '.join(found[:at_most])}" for name, found in kinds.items() if found)


def read_ledger(path: Path) -> list[Entry]:
    """Every line of the publisher's ledger."""
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        message = Message(told["number"], told["topic"], told["payload"], told["measured_us"])
        assert message.digest == told["sha256"], f"the ledger itself is damaged at message {message.number}"
        entries.append(Entry(message, told["acknowledged_us"]))
    return entries


def judge(ledger: Iterable[Entry], record: Record) -> Verdict:
    """The three sets, and what stands there twice."""
    verdict = Verdict(
        duplicates=record.row_count - len(record.rows),
        rows=record.row_count,
        quarantined=len(record.quarantined_rows) + len(record.quarantined_payloads),
        gaps=len(record.gaps),
    )
    expected: set[Key] = set()
    for entry in ledger:
        verdict.messages += 1
        rows = entry.message.rows()
        expected.update(rows)
        missing = [_said(key) for key, value in rows.items() if _is_missing(key, value, record, verdict)]
        if not rows and entry.message.digest not in record.quarantined_payloads:
            missing.append(f"garbage {entry.message.number}")
        is_told = any(gap.holds(entry.acknowledged_us) for gap in record.gaps)
        (verdict.told if is_told else verdict.lost).extend(missing)
    verdict.invented = [_said(key) for key in record.rows.keys() - expected]
    return verdict


def read_record(url: str) -> Record:
    """Everything that was stored, quarantined or told as missing."""
    with psycopg.connect(url) as connection:
        stored = connection.execute(
            "SELECT p.point, (extract(epoch FROM r.ts) * 1000000)::bigint, r.value "
            "FROM readings r JOIN points p USING (point_id)"
        ).fetchall()
        refused = connection.execute("SELECT topic, payload, payload_hash FROM quarantine").fetchall()
        gaps = _read_gaps(connection)
    of_rows = [json.loads(payload) for topic, payload, _ in refused if topic.startswith("point/")]
    return Record(
        rows={(point, ts_us): value for point, ts_us, value in stored},
        row_count=len(stored),
        quarantined_rows={(row["point"], row["ts_us"]): row["value"] for row in of_rows},
        quarantined_payloads=frozenset(digest for topic, _, digest in refused if not topic.startswith("point/")),
        gaps=gaps,
    )


def _read_gaps(connection: psycopg.Connection) -> tuple[Gap, ...]:
    if connection.execute("SELECT to_regclass('gaps')").fetchone() == (None,):
        return ()
    moment = "(extract(epoch FROM {0}) * 1000000)::bigint"
    rows = connection.execute(
        f"SELECT {moment.format('started_at')}, {moment.format('ended_at')}, cause FROM gaps".encode()
    )
    return tuple(Gap(start, end, cause) for start, end, cause in rows)


def _is_missing(key: Key, value: float, record: Record, verdict: Verdict) -> bool:
    for place in (record.rows, record.quarantined_rows):
        if key in place:
            if place[key] != value:
                verdict.corrupted.append(f"{_said(key)} is {place[key]!r}, was {value!r}")
            return False
    return True


def _said(key: Key) -> str:
    return f"{key[0]} at {key[1]}"
