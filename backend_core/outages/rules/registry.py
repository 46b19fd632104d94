"""Which entries may join the list of smart switches, and what an import would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backend_core.kernel.identities import DeviceId, device_named
from backend_core.outages.model import Finding, ImportPlan, ImportRow, SmartSwitch
from backend_core.outages.rules.address import parse_address

_YES = frozenset({"true", "yes", "1", "on", ""})
_NO = frozenset({"false", "no", "0", "off"})
LONGEST_NAME = 64


def complaints(switch: SmartSwitch, line: int = 1) -> tuple[Finding, ...]:
    """Everything that is wrong with one entry."""
    found = []
    if not _is_name(switch.name):
        limits = f"1 to {LONGEST_NAME} visible characters, without semicolons or blanks at its ends"
        found.append(f"The name '{_short(switch.name)}' must be {limits}.")
    address = parse_address(switch.address)
    if isinstance(address, str):
        found.append(address)
    return tuple(Finding(line, text) for text in found)


def plan_import(rows: Sequence[ImportRow | Finding], existing: Iterable[SmartSwitch]) -> ImportPlan:
    """What the file would add and change; one finding anywhere and nothing is taken."""
    known = {s.name: s for s in existing}
    holders = holders_of_points(known)
    findings = [row for row in rows if isinstance(row, Finding)]
    wanted: dict[str, SmartSwitch] = {}
    first_line: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Finding):
            continue
        switch = SmartSwitch(row.name, row.address, row.active.lower() not in _NO)
        findings += _row_findings(row, switch, first_line)
        findings += shared_points(switch, holders, row.line)
        holders.setdefault(device_named(switch.name), switch.name)
        wanted.setdefault(row.name, switch)
        first_line.setdefault(row.name, row.line)
    return _plan(wanted, known, findings)


def holders_of_points(names: Iterable[str]) -> dict[DeviceId, str]:
    """Which of the names holds the points of which device."""
    return {device_named(name): name for name in names}


def shared_points(switch: SmartSwitch, holders: Mapping[DeviceId, str], line: int = 1) -> tuple[Finding, ...]:
    """Two names may differ and yet give one device id; then their readings could not be told apart."""
    device = device_named(switch.name)
    holder = holders.get(device, switch.name)
    if holder == switch.name:
        return ()
    text = f"'{_short(switch.name)}' and '{_short(holder)}' would share their points '{device}.…'; name one otherwise."
    return (Finding(line, text),)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and text == text.strip() and ";" not in text


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
