"""Which entries may join the list of smart switches, and what an import would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backend_core.kernel.identities import is_valid_id
from backend_core.outages.model import Finding, ImportPlan, ImportRow, SmartSwitch
from backend_core.outages.rules.address import parse_address

_YES = frozenset({"true", "yes", "1", "on", ""})
_NO = frozenset({"false", "no", "0", "off"})


def complaints(switch: SmartSwitch, line: int = 1) -> tuple[Finding, ...]:
    """Everything that is wrong with one entry."""
    found = []
    if not is_valid_id(switch.name):
        found.append(f"The name '{_short(switch.name)}' must be 1 to 64 letters, digits or _ . : - without blanks.")
    address = parse_address(switch.address)
    if isinstance(address, str):
        found.append(address)
    return tuple(Finding(line, text) for text in found)


def plan_import(rows: Sequence[ImportRow | Finding], existing: Iterable[SmartSwitch]) -> ImportPlan:
    """What the file would add and change; one finding anywhere and nothing is taken."""
    known = {s.name: s for s in existing}
    findings = [row for row in rows if isinstance(row, Finding)]
    wanted: dict[str, SmartSwitch] = {}
    first_line: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Finding):
            continue
        switch = SmartSwitch(row.name, row.address, row.active.lower() not in _NO)
        findings += _row_findings(row, switch, first_line)
        wanted.setdefault(row.name, switch)
        first_line.setdefault(row.name, row.line)
    return _plan(wanted, known, findings)


def _row_findings(row: ImportRow, switch: SmartSwitch, first_line: Mapping[str, int]) -> list[Finding]:
    found = list(complaints(switch, row.line))
    if row.active.lower() not in _YES | _NO:
        found.append(Finding(row.line, f"'{_short(row.active)}' in column active must be true or false."))
    if row.name in first_line:
        found.append(Finding(row.line, f"'{_short(row.name)}' stands already in line {first_line[row.name]}."))
    return found


def _plan(wanted: dict[str, SmartSwitch], known: dict[str, SmartSwitch], findings: list[Finding]) -> ImportPlan:
    added = tuple(s for name, s in wanted.items() if name not in known)
    changed = tuple(s for name, s in wanted.items() if name in known and known[name] != s)
    unchanged = len(wanted) - len(added) - len(changed)
    return ImportPlan(added, changed, unchanged, tuple(sorted(findings, key=lambda f: f.line)))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
