"""Alarm rules as a CSV file: read with an error per line in a sentence, written so that it reads back the same."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

from backend_core.alarms.model import AlarmRule, Level, Priority, RuleFault, RuleKey
from backend_core.alarms.rules.editing import in_order
from backend_core.alarms.rules.ladder import fault_of

COLUMNS = ("point", "level", "limit", "deadband", "on_delay_s", "off_delay_s", "priority")
_WITHOUT_LIMIT = (Level.OFFLINE, Level.RANGE)
_DEFAULTS = {"deadband": "0", "on_delay_s": "0", "off_delay_s": "0", "priority": "3"}


def read(text: str) -> tuple[AlarmRule, ...] | tuple[RuleFault, ...]:
    """The rules of a file, or everything that is wrong with it; a file without lines holds no rules."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), skipinitialspace=True)
    header = [name.strip() for name in rows.fieldnames or ()]
    if fault := _header_fault(header):
        return (fault,)
    rows.fieldnames = header
    rules: list[AlarmRule] = []
    faults: list[RuleFault] = []
    seen: dict[RuleKey, int] = {}
    for row in rows:
        rule = _rule(row)
        line = rows.line_num
        if isinstance(rule, AlarmRule) and (first := seen.setdefault(rule.key, line)) != line:
            rule = f"{rule.level} of {rule.point} stands already in line {first}; a point has one limit at each level."
        if isinstance(rule, AlarmRule):
            rules.append(rule)
        else:
            faults.append(RuleFault(f"line {line}", rule))
    return tuple(faults) if faults else in_order(rules)


def write(rules: Iterable[AlarmRule]) -> str:
    """The rules as a file."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(COLUMNS)
    for rule in in_order(rules):
        numbers = (rule.limit, rule.deadband, rule.on_delay_s, rule.off_delay_s)
        lines.writerow([rule.point, rule.level.value, *map(_text, numbers), int(rule.priority)])
    return page.getvalue()


def _header_fault(header: Sequence[str]) -> RuleFault | None:
    missing = [name for name in ("point", "level", "limit") if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown:
        wrong = f"'{unknown[0]}' is no column" if unknown else f"the column '{missing[0]}' is missing"
        return RuleFault("line 1", f"In the header {wrong}; it reads {','.join(COLUMNS)}.")
    return None


def _rule(row: dict[str, str | None]) -> AlarmRule | str:
    cells = {name: (row.get(name) or "").strip() or _DEFAULTS.get(name, "") for name in COLUMNS}
    if None in row:
        return f"The line has more than {len(COLUMNS)} cells."
    level = cells["level"].upper()
    if level not in Level.__members__:
        return f"'{cells['level']}' is no level; write HIHI, HI, LO, LOLO, OFFLINE or RANGE."
    if cells["priority"] not in ("1", "2", "3", "4"):
        return f"'{cells['priority']}' is no priority; write 1 (critical), 2, 3 or 4 (low)."
    numbers = {name: _number(cells[name]) for name in ("limit", "deadband", "on_delay_s", "off_delay_s")}
    for name, number in numbers.items():
        if math.isnan(number) and not (name == "limit" and level in _WITHOUT_LIMIT and not cells[name]):
            return f"The {name} '{cells[name]}' is no number."
    rule = AlarmRule(
        point=cells["point"],
        level=Level(level),
        limit=None if math.isnan(numbers["limit"]) else numbers["limit"],
        deadband=numbers["deadband"],
        on_delay_s=numbers["on_delay_s"],
        off_delay_s=numbers["off_delay_s"],
        priority=Priority(int(cells["priority"])),
    )
    fault = fault_of(rule)
    return fault.sentence if fault else rule


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _text(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
