"""What the events panel knows: the lines it holds, which ones are wanted, and how they look in a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend_core.gateway.frame import LogLine

PAGE = 1000
# Beyond this the oldest lines leave the screen's memory; they stay in the log and come back by scrolling.
MOST_LINES = 20_000
CSV_HEADER = ("ts", "kind", "who", "object", "text", "origin")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asks for: words that all must occur, one kind or all, and how far back."""

    words: str = ""
    kind: str = ""
    hours: int | None = 24

    def start(self, now: datetime) -> datetime | None:
        return None if self.hours is None else now - timedelta(hours=self.hours)

    def takes(self, line: LogLine, now: datetime) -> bool:
        """Whether a line that has just come belongs to what is asked for."""
        start = self.start(now)
        return (not self.kind or line.kind == self.kind) and (start is None or line.at >= start) and self._names(line)

    def _names(self, line: LogLine) -> bool:
        said = f"{line.kind}\n{line.who}\n{line.object}\n{line.text}".lower()
        return all(word in said for word in self.words.lower().split())


class EventsState:
    """Holds the lines by number; the newest version of a line that is counted up wins."""

    def __init__(self) -> None:
        self.wanted = Wanted()
        self.has_older = False
        self._lines: dict[int, LogLine] = {}
        self._kinds: set[str] = set()

    @property
    def lines(self) -> list[LogLine]:
        return list(self._lines.values())

    @property
    def kinds(self) -> list[str]:
        """Every kind ever seen here, by name."""
        return sorted(self._kinds)

    @property
    def oldest_at(self) -> datetime | None:
        return min((line.at for line in self._lines.values()), default=None)

    def replace(self, lines: Sequence[LogLine], page: int = PAGE) -> None:
        """The answer to a new question."""
        self._lines.clear()
        self.add_older(lines, page)

    def add_older(self, lines: Sequence[LogLine], page: int = PAGE) -> list[LogLine]:
        """The next page down; those that are new here. A full page means that there may be more."""
        fresh = [line for line in lines if line.id not in self._lines]
        self._take(lines)
        self.has_older = len(lines) >= page and bool(fresh) and len(self._lines) < MOST_LINES
        return fresh

    def add_live(self, lines: Iterable[LogLine], now: datetime) -> tuple[list[LogLine], list[int]]:
        """Lines that have just been written: those wanted, and the numbers of those that must make room."""
        arrived = list(lines)
        self._kinds.update(line.kind for line in arrived)
        fitting = [line for line in arrived if self.wanted.takes(line, now)]
        self._take(fitting)
        surplus = sorted(self._lines)[: max(0, len(self._lines) - MOST_LINES)]
        for number in surplus:
            del self._lines[number]
        return fitting, surplus

    def _take(self, lines: Iterable[LogLine]) -> None:
        for line in lines:
            self._lines[line.id] = line
            self._kinds.add(line.kind)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_csv(lines: Iterable[LogLine]) -> str:
    """Oldest first, as the command line exports them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for line in sorted(lines, key=lambda line: (line.at, line.id)):
        writer.writerow((stamp(line.at), line.kind, line.who, line.object, line.text, line.origin))
    return text.getvalue()
