"""A network file is read whole or not at all, and every mistake in it comes back as a sentence about its object."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.grid import json_source
from backend_core.grid.json_source import JsonSource, check_file, open_network, read_network
from backend_core.grid.model import Severity
from backend_core.kernel.errors import BadInput
from tests.backend_core.grid.networks import NAMES, document, path_of, sample

Spoil = Callable[[dict[str, Any]], object]


def spoilt(spoil: Spoil, name: str = "glover5") -> json_source.Inspection:
    spoiled = document(name)
    spoil(spoiled)
    return read_network(json.dumps(spoiled).encode())


def row(section: str, number: int = 0, **changes: Any) -> Spoil:
    return lambda doc: doc[section][number].update(changes)


def without(section: str, key: str) -> Spoil:
    return lambda doc: doc[section][0].pop(key)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_file_has_nothing_to_find(name: str) -> None:
    assert check_file(path_of(name)) == ()


MISTAKES: dict[str, tuple[Spoil, str, str]] = {
    "another format": (lambda d: d.update(format="matpower"), "file", "not a Linekeeper network"),
    "a later version": (lambda d: d.update(version=2), "file", "reads version 1"),
    "a header without frequency": (lambda d: d.pop("frequency_hz"), "network", "frequency_hz"),
    "a section that is no list": (lambda d: d.update(lines={}), "lines", "must be a list"),
    "an object that is no object": (lambda d: d["lines"].append(7), "lines, entry 4", "object"),
    "a missing key": (without("lines", "rating_ka"), "lines, entry 1 (L2-4)", "rating_ka"),
    "a text for a number": (row("lines", rating_ka="2"), "lines, entry 1 (L2-4)", "rating_ka"),
    "a side nobody knows": (row("switches", side="left"), "switches, entry 1 (CB-G1)", "left"),
    "a dangling bus": (row("lines", to_bus_id="BUS-009"), "line L2-4", "BUS-009"),
    "a dangling load": (row("supply_points", load_id="LD9"), "supply point maple-street", "LD9"),
    "a dangling placement": (row("placements", element_id="X"), "placement of X", "not in the file"),
    "a dangling feeder head": (row("feeders", head_switch_id="CB-X"), "feeder F-12B", "CB-X"),
    "a dangling level": (row("buses", voltage_level_id="NORTH"), "bus BUS-001", "NORTH"),
    "two of one name": (row("lines", 1, id="L2-4"), "id L2-4", "2 elements"),
    "two supply points of one name": (
        row("supply_points", 1, name="maple-street"),
        "supply point maple-street",
        "2 times",
    ),
    "an unlawful id": (row("loads", 2, id="LD 3"), "load LD 3", "letters"),
    "zero impedance": (row("lines", resistance_ohm=0, reactance_ohm=0), "line L2-4", "impedance is zero"),
    "negative resistance": (row("lines", resistance_ohm=-1), "line L2-4", "below 0"),
    "a transformer without impedance": (row("transformers", short_circuit_voltage_percent=0), "transformer T1", "zero"),
    "sides exchanged": (row("transformers", hv_kv=15, lv_kv=345), "transformer T1", "exchanged"),
    "a line to itself": (row("lines", to_bus_id="BUS-004"), "line L2-4", "Both its ends"),
    "two voltages on a line": (row("buses", 3, nominal_kv=110), "line L2-4", "without a transformer"),
    "limits that do not rise": (row("buses", low_voltage_pu=0.5), "bus BUS-001", "do not rise"),
    "a set-point in kV": (row("generators", voltage_setpoint_pu=15.0), "generator G1", "voltage_setpoint_pu"),
    "less than nobody": (row("loads", customers=-1), "load LD2", "below 0"),
    "a switch at no end": (row("switches", side="hv"), "switch CB-G1", "no end hv"),
    "a switch nowhere": (row("switches", element_id="", side=None), "switch CB-G1", "two different buses"),
    "an earthing switch at a line": (row("switches", kind="earthing"), "switch CB-G1", "one bus"),
    "nothing to balance it": (row("generators", is_slack=False), "network", "Nothing balances it"),
    "no bus at all": (lambda d: d.update(buses=[]), "network", "no bus"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_and_the_network_refused(mistake: str) -> None:
    spoil, where, words = MISTAKES[mistake]
    inspection = spoilt(spoil)
    assert inspection.network is None
    assert any(f.where == where and words in f.sentence for f in inspection.errors), inspection.findings


def test_a_key_nobody_knows_is_only_a_warning() -> None:
    inspection = spoilt(row("lines", colour="red"))
    assert inspection.network == sample("glover5")
    (finding,) = inspection.findings
    assert (finding.severity, finding.where) == (Severity.WARNING, "lines, entry 1 (L2-4)")
    assert '"colour"' in finding.sentence


def test_a_bus_without_supply_is_only_a_warning() -> None:
    inspection = spoilt(lambda doc: doc["buses"].append({"id": "BUS-006", "nominal_kv": 345.0}))
    assert inspection.network is not None
    assert [finding.where for finding in inspection.findings] == ["bus BUS-006"]


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"[]", b"null", b'{"format": NaN}', b"[" * 100_000])
def test_what_is_no_network_at_all_is_refused_in_a_sentence(content: bytes) -> None:
    inspection = read_network(content)
    assert inspection.network is None
    assert len(inspection.errors) == 1


def test_nan_is_refused_by_name() -> None:
    content = path_of("glover5").read_bytes().replace(b'"rating_ka": 2.0', b'"rating_ka": NaN, "x": 2.0', 1)
    assert "NaN" in read_network(content).errors[0].sentence


def test_a_number_beyond_all_numbers_is_refused() -> None:
    content = path_of("glover5").read_bytes().replace(b'"nominal_kv": 15.0', b'"nominal_kv": 1e999')
    assert read_network(content).network is None


def test_a_file_that_is_not_there_is_a_finding() -> None:
    (finding,) = check_file(Path("nowhere.json"))
    assert "no file nowhere.json" in finding.sentence


def test_a_file_too_large_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "MAX_BYTES", 100)
    (tmp_path / "big.json").write_bytes(path_of("glover5").read_bytes())
    (finding,) = JsonSource(tmp_path / "big.json").load().findings
    assert "up to 100 are read" in finding.sentence


def test_too_many_objects_are_refused_before_they_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "MAX_OBJECTS", 10)
    assert "up to 10 are read" in JsonSource(path_of("glover5")).load().errors[0].sentence


def test_a_thousand_mistakes_are_counted_not_all_listed() -> None:
    inspection = spoilt(lambda doc: doc.update(loads=[{"id": 1}] * 1000))
    assert len(inspection.findings) == json_source.MAX_FINDINGS + 1
    assert "800 more findings" in inspection.findings[-1].sentence


def test_opening_an_unsound_file_names_the_first_error_and_the_command_that_lists_all(tmp_path: Path) -> None:
    spoiled = document()
    spoiled["lines"][0]["to_bus_id"] = "BUS-009"
    (tmp_path / "bad.json").write_text(json.dumps(spoiled), encoding="utf-8")
    with pytest.raises(BadInput, match=r"line L2-4: .*BUS-009.* `linekeeper network check bad\.json`"):
        open_network(tmp_path / "bad.json")


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_never_raise(content: bytes) -> None:
    assert read_network(content).network is None


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@given(data=st.data())
def test_any_value_in_any_place_never_raises(data: st.DataObject) -> None:
    def spoil(doc: dict[str, Any]) -> None:
        section = data.draw(st.sampled_from(sorted(json_source.SECTIONS)))
        rows = doc.get(section) or [{}]
        number = data.draw(st.integers(0, len(rows) - 1))
        key = data.draw(st.sampled_from(sorted(rows[number]) or ["id"]))
        rows[number][key] = data.draw(JSON)

    inspection = spoilt(spoil)
    assert inspection.network is not None or inspection.errors


def test_the_example_of_the_guide_is_a_sound_network() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide" / "network-format.md").read_text(encoding="utf-8")
    example = guide.partition("```json\n")[2].partition("```")[0]
    inspection = read_network(example.encode())
    assert inspection.network is not None
    assert inspection.findings == ()


def test_the_guide_names_every_section_and_key() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide" / "network-format.md").read_text(encoding="utf-8")
    keys = {field.name for kind in json_source.SECTIONS.values() for field in fields(kind)}
    missing = {name for name in keys | set(json_source.SECTIONS) if name not in guide}
    assert not missing
