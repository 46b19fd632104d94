"""What a table shows, as data: its columns, and the changes it is told."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ui.marks import Mark
from ui.table.strip import Strip
from ui.values import Shown

Row = TypeVar("Row")


# Without slots: Python 3.11 cannot make a slotted generic by its written-out name, `Column[Alarm](…)`.
@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `sort` yields a value to compare, never the text; without it the column cannot be sorted."""

    key: str
    title: str
    text: Callable[[Row], str | Shown]
    sort: Callable[[Row], Any] | None = None
    width: int = 100  # pixels at 100 %
    least: int = 0  # pixels at 100 % it can shrink to in a narrow table; 0 keeps the width
    stretch: bool = False
    drop: int = 0  # in a narrow table the columns with the highest number go first; 0 stays
    right: bool = False  # right-aligned, as all numbers are
    mark: Callable[[Row], Mark | None] | None = None  # paints a priority mark instead of the text
    strip: Callable[[Row], Strip | None] | None = None  # paints a status timeline instead of the text
    spark: Callable[[Row], Sequence[float | None]] | None = None  # paints a small curve instead of the text
    tip: Callable[[Row], str] | None = None

    def shown(self, row: Row) -> Shown:
        said = self.text(row)
        return said if isinstance(said, Shown) else Shown(said)


@dataclass(frozen=True)
class RowChanges(Generic[Row]):
    """A set of changes: rows that are new or different, keys that are gone."""

    upserted: Sequence[Row] = ()
    removed: Sequence[Hashable] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.upserted or self.removed)
