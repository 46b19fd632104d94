"""Reads a network from our own JSON format, strictly: what is wrong becomes a finding, nothing is half read."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import msgspec

from backend_core.grid.model import (
    Binding,
    Bus,
    DistributedSource,
    ExternalGrid,
    Feeder,
    Finding,
    Generator,
    Inspection,
    Line,
    Load,
    Network,
    Placement,
    Severity,
    Shunt,
    Storage,
    Substation,
    SupplyPoint,
    Switch,
    Transformer,
    VoltageLevel,
)
from backend_core.grid.rules.checks import check, error, warning
from backend_core.kernel.errors import BadInput

FORMAT: Final = "linekeeper.network"
VERSION: Final = 1
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_OBJECTS: Final = 500_000
MAX_FINDINGS: Final = 200

SECTIONS: Final[dict[str, type[Any]]] = {
    "buses": Bus,
    "lines": Line,
    "transformers": Transformer,
    "generators": Generator,
    "external_grids": ExternalGrid,
    "loads": Load,
    "shunts": Shunt,
    "distributed_sources": DistributedSource,
    "storages": Storage,
    "switches": Switch,
    "substations": Substation,
    "voltage_levels": VoltageLevel,
    "feeders": Feeder,
    "supply_points": SupplyPoint,
    "bindings": Binding,
    "placements": Placement,
}
NOTES: Final = frozenset({"licence", "notes"})


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    title: str
    base_mva: float
    frequency_hz: float


@dataclass(frozen=True, slots=True)
class JsonSource:
    """A `GridSource` over one file."""

    path: Path

    def load(self) -> Inspection:
        try:
            size = self.path.stat().st_size
            if size > MAX_BYTES:
                return _refused(f"The file has {size:,} bytes; networks of up to {MAX_BYTES:,} are read.")
            return read_network(self.path.read_bytes())
        except FileNotFoundError:
            return _refused(f"There is no file {self.path.name}. Check its path.")
        except OSError as problem:
            return _refused(f"The file {self.path.name} cannot be read: {problem.strerror}.")


def check_file(path: Path) -> tuple[Finding, ...]:
    """What `network check FILE` says; empty when nothing is wrong."""
    return JsonSource(path).load().findings


def open_network(path: Path) -> Network:
    """The network of a file that must be sound, as at start-up."""
    inspection = JsonSource(path).load()
    if inspection.network is not None:
        return inspection.network
    first = inspection.errors[0]
    raise BadInput(
        f"The network file {path.name} cannot be used: {first.where}: {first.sentence}",
        f"`linekeeper network check {path.name}` lists all {len(inspection.errors)} errors.",
    )


def read_network(content: bytes) -> Inspection:
    """Decode, then judge; a network comes back only when it has no error."""
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        return _refused(f"It is not valid JSON ({problem}). Note that JSON knows no NaN and no Infinity.")
    except RecursionError:
        return _refused("Its JSON is nested too deeply to be a network.")
    if finding := _wrong_format(document):
        return Inspection(None, (finding,))
    network, findings = _decode(document)
    if network is not None:
        findings += check(network)
    kept = _cut(findings)
    usable = not any(finding.severity is Severity.ERROR for finding in findings)
    return Inspection(network if usable else None, kept)


def _refused(sentence: str) -> Inspection:
    return Inspection(None, (error("file", sentence),))


def _wrong_format(document: object) -> Finding | None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return error("file", f'It is not a Linekeeper network: "format" must be "{FORMAT}".')
    if document.get("version") != VERSION:
        return error("file", f"Its version is {document.get('version')!r}; this Linekeeper reads version {VERSION}.")
    count = sum(len(rows) for rows in document.values() if isinstance(rows, list))
    if count > MAX_OBJECTS:
        return error("file", f"It holds {count:,} objects; up to {MAX_OBJECTS:,} are read.")
    return None


def _decode(document: dict[str, Any]) -> tuple[Network | None, tuple[Finding, ...]]:
    findings: list[Finding] = []
    known = {"format", "version", *NOTES, *SECTIONS, *(field.name for field in fields(_Header))}
    findings += [
        warning("file", f'The section "{name}" is not known and was left aside.')
        for name in document
        if name not in known
    ]
    header = _convert(document, _Header, "network", findings)
    sections = {name: _decode_section(document.get(name, []), name, findings) for name in SECTIONS}
    if header is None or any(finding.severity is Severity.ERROR for finding in findings):
        return None, tuple(findings)
    network = Network(header.name, header.title, header.base_mva, header.frequency_hz, **sections)
    return network, tuple(findings)


def _decode_section(rows: object, section: str, findings: list[Finding]) -> tuple[Any, ...]:
    if not isinstance(rows, list):
        findings.append(error(section, f'"{section}" must be a list of objects.'))
        return ()
    kind = SECTIONS[section]
    names = {field.name for field in fields(kind)}
    objects = []
    for number, row in enumerate(rows, start=1):
        where = _where(section, number, row)
        findings += _unknown_keys(row, names, where)
        objects.append(_convert(row, kind, where, findings))
    return tuple(objects)


def _convert(row: object, kind: type[Any], where: str, findings: list[Finding]) -> Any:
    try:
        return msgspec.convert(row, kind, strict=True)
    except msgspec.ValidationError as problem:
        findings.append(error(where, f"{str(problem).rstrip('.')}."))
        return None


def _unknown_keys(row: object, names: set[str], where: str) -> list[Finding]:
    if not isinstance(row, dict):
        return []
    return [warning(where, f'The key "{key}" is not known and was left aside.') for key in row if key not in names]


def _where(section: str, number: int, row: object) -> str:
    label = (
        next((row[key] for key in ("id", "name", "element_id") if key in row), None) if isinstance(row, dict) else None
    )
    return f"{section}, entry {number}" + (f" ({label})" if isinstance(label, str) else "")


def _cut(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    if len(findings) <= MAX_FINDINGS:
        return findings
    rest = len(findings) - MAX_FINDINGS
    return (*findings[:MAX_FINDINGS], warning("file", f"{rest:,} more findings are not listed."))
