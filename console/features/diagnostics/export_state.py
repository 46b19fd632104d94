"""The tables of diagnostics as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from console.features.diagnostics.payload_state import readable
from console.features.diagnostics.state import RejectionLine, SourceLine

SOURCE_HEADER = (
    "device",
    "kind",
    "registry_state",
    "messages",
    "rate_per_s",
    "silent_s",
    "clock_offset_s",
    "rejected",
    "first_seen",
    "last_topic",
)
REJECTION_HEADER = ("received_at", "topic", "reason", "detail", "payload")


def sources_as_csv(lines: Iterable[SourceLine]) -> str:
    return _as_csv(
        SOURCE_HEADER,
        (
            (
                line.device,
                line.kind,
                line.state,
                line.messages,
                _number(line.rate_per_s, 2),
                _number(line.silent_s, 1),
                _number(line.clock_offset_s, 3),
                line.rejected_total,
                stamp(line.first_seen) if line.first_seen else "",
                line.topic,
            )
            for line in lines
        ),
    )


def rejections_as_csv(lines: Iterable[RejectionLine]) -> str:
    return _as_csv(
        REJECTION_HEADER,
        (
            (
                stamp(datetime.fromtimestamp(line.received_us / 1e6, UTC)),
                line.topic,
                line.reason,
                line.detail,
                readable(line.payload),
            )
            for line in lines
        ),
    )


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would run as a formula is written with a quote in front: devices choose their names."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell else cell


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
