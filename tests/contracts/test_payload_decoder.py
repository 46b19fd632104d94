"""`PayloadDecoder`: what it makes of each payload of the contract, and what it answers to those that are wrong."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_core.kernel.clock import from_us
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import Decoded, DeviceKind, Reason, Rejection
from backend_core.telemetry.msgspec_decoder import MAX_KEYS, MsgspecDecoder
from backend_core.telemetry.rules import MAX_PAYLOAD_BYTES

DECODER = MsgspecDecoder()
AT = "2026-11-21T12:00:00.250Z"
ID_KEYS = {
    DeviceKind.SENSOR: "device_id",
    DeviceKind.BUS: "bus_id",
    DeviceKind.CONVERTER: "converter_id",
    DeviceKind.RES: "unit_id",
    DeviceKind.SWITCH: "switch_id",
    DeviceKind.ELEMENT: "device_id",
    DeviceKind.WEATHER: "device_id",
}


def decode(payload: bytes | str, kind: DeviceKind = DeviceKind.SENSOR) -> list[Decoded | Rejection]:
    raw = payload.encode() if isinstance(payload, str) else payload
    return DECODER.decode(kind, "grid/sensors/s", raw, 0)


def only(payload: bytes | str, kind: DeviceKind = DeviceKind.SENSOR) -> Decoded:
    (found,) = decode(payload, kind)
    assert isinstance(found, Decoded), found
    return found


def reason(payload: bytes | str, kind: DeviceKind = DeviceKind.SENSOR) -> Reason:
    (found,) = decode(payload, kind)
    assert isinstance(found, Rejection), found
    assert found.detail.endswith("."), "a reason is a sentence"
    return found.reason


def sensor(**facts: Any) -> str:
    return json.dumps({"device_id": "s", "timestamp": AT, "voltage": 230.5, "current": 4.0} | facts)


@pytest.mark.parametrize(
    ("kind", "facts", "values"),
    [
        (
            DeviceKind.SENSOR,
            {"voltage": 230.5, "current": 4, "temperature": 35.1},
            {"voltage": 230.5, "current": 4.0, "temperature": 35.1, "power": 922.0},
        ),
        (
            DeviceKind.SENSOR,
            {"voltage": 230.5, "current": 4, "power": 900},
            {"voltage": 230.5, "current": 4.0, "power": 900.0},
        ),
        (DeviceKind.SENSOR, {"frequency": 50.02, "power_factor": 0.98}, {"frequency": 50.02, "power_factor": 0.98}),
        (DeviceKind.SENSOR, {"voltage": 0}, {"voltage": 0.0}),
        (
            DeviceKind.BUS,
            {"voltage": 1.02, "angle": -3.5, "frequency": 50.0, "active_power": -80, "reactive_power": 4},
            {"voltage": 1.02, "angle": -3.5, "frequency": 50.0, "active_power": -80.0, "reactive_power": 4.0},
        ),
        (
            DeviceKind.CONVERTER,
            {"type": "NPC", "dc_voltage": 800, "current_d": 1, "current_q": -1, "thd": 2.5},
            {"dc_voltage": 800.0, "current_d": 1.0, "current_q": -1.0, "thd": 2.5},
        ),
        (
            DeviceKind.RES,
            {"kind": "wind", "generation": 12, "wind_speed": 7.5},
            {"generation": 12.0, "wind_speed": 7.5},
        ),
        (DeviceKind.SWITCH, {"position": "open"}, {"position": 0.0}),
        (DeviceKind.SWITCH, {"position": "closed"}, {"position": 1.0}),
        (DeviceKind.SWITCH, {"position": "intermediate"}, {"position": 2.0}),
        (DeviceKind.SWITCH, {"position": "unknown"}, {"position": 3.0}),
        (
            DeviceKind.ELEMENT,
            {"values": {"active_power": 1.5, "loading_percent": 60}},
            {"active_power": 1.5, "loading_percent": 60.0},
        ),
        (DeviceKind.WEATHER, {"values": {"ghi": 800, "wind_direction": 270}}, {"ghi": 800.0, "wind_direction": 270.0}),
    ],
)
def test_each_topic_of_the_contract_gives_its_quantities(
    kind: DeviceKind, facts: dict[str, Any], values: dict[str, float]
):
    found = only(json.dumps({ID_KEYS[kind]: "s", "timestamp": AT, "seq": 7} | facts), kind)
    assert dict(found.values) == values
    assert (found.device, found.seq, list(found.faults)) == ("s", 7, [])
    assert found.timestamp == datetime(2026, 11, 21, 12, 0, 0, 250_000, UTC)


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        # B1
        (b"", Reason.JSON),
        (b"\xff\xfe{}", Reason.JSON),
        (sensor()[:-5], Reason.JSON),
        ("null", Reason.TYPE),
        ('"text"', Reason.TYPE),
        ("12", Reason.TYPE),
        ("[]", Reason.SCHEMA),
        ("[[]]", Reason.TYPE),
        ("[1]", Reason.TYPE),
        ("{}", Reason.SCHEMA),
        ("not json", Reason.JSON),
        ("\ufeff" + sensor(), Reason.JSON),
        (sensor() + "x", Reason.JSON),
        # B2
        (b"{" + b" " * MAX_PAYLOAD_BYTES + b"}", Reason.TOO_LARGE),
        # B3: NaN in the wrong place
        ('{"device_id":NaN,"voltage":1}', Reason.SCHEMA),
        ("NaN", Reason.TYPE),
        ("[NaN", Reason.JSON),
        ('{"device_id":"s","voltage":' + "9" * 5000 + "}", Reason.JSON),
        # B4
        ("[" * 100_000, Reason.JSON),
        ('{"a":' * 50_000, Reason.JSON),
        (sensor(more=json.loads("[" * 20 + "]" * 20)), Reason.JSON),
        (sensor(**{f"k{i}": i for i in range(MAX_KEYS)}), Reason.SCHEMA),
        (json.dumps({"device_id": "s", "values": {f"k{i}": i for i in range(MAX_KEYS + 1)}}), Reason.SCHEMA),
        # B5, in every disguise
        ('{"device_id":"s","voltage":1,"voltage":2}', Reason.DUPLICATE_KEY),
        ('{"device_id":"s","voltage":1,"voltage" :2}', Reason.DUPLICATE_KEY),
        ('{"device_id":"s","voltage":1,"voltage"\n:2}', Reason.DUPLICATE_KEY),
        ('{"device_id":"s","voltage":1,"\\u0076oltage":2}', Reason.DUPLICATE_KEY),
        ('{"device_id":"s","device_id":"t","voltage":1}', Reason.DUPLICATE_KEY),
        ('{"device_id":"s","voltage":1,"x":1,"x":1}', Reason.DUPLICATE_KEY),
        ('{"device_id":"s","voltage":1,"attributes":{"a":1,"a":2}}', Reason.DUPLICATE_KEY),
        # no quantity, no id, wrong frames
        ('{"device_id":"s"}', Reason.SCHEMA),
        ('{"voltage":1}', Reason.SCHEMA),
        (sensor(device_id=7), Reason.SCHEMA),
        (sensor(device_id=None), Reason.SCHEMA),
        (sensor(seq=-1), Reason.SCHEMA),
        (sensor(seq=32768), Reason.SCHEMA),
        (sensor(seq=1.5), Reason.SCHEMA),
        (sensor(seq="1"), Reason.SCHEMA),
        (sensor(seq=True), Reason.SCHEMA),
        # B12: times that are none
        (sensor(timestamp="yesterday"), Reason.TIME),
        (sensor(timestamp=1_795_000_000), Reason.TIME),
        (sensor(timestamp="2026-11-21T24:00:00Z"), Reason.TIME),
        (sensor(timestamp="2026-11-21T12:00:60Z"), Reason.TIME),
        (sensor(timestamp="2026-02-30T12:00:00Z"), Reason.TIME),
        (sensor(timestamp=""), Reason.TIME),
        (sensor(timestamp=[]), Reason.TIME),
    ],
)
def test_a_message_that_is_wrong_as_a_whole_is_rejected_with_the_reason(payload: bytes | str, wanted: Reason):
    kind = DeviceKind.ELEMENT if '"values"' in str(payload) else DeviceKind.SENSOR
    assert reason(payload, kind) is wanted


@pytest.mark.parametrize(
    "voltage",
    [
        '"230"',
        "true",
        '{"v":1}',
        "[1]",
        "null",
        "1e400",
        "-1e400",
        "NaN",
        "-Infinity",
        "9" * 4000,
        str(1 << 80),
    ],
)
def test_a_wrong_value_costs_only_itself(voltage: str):
    found = only(f'{{"device_id":"s","timestamp":"{AT}","voltage":{voltage},"current":4,"temperature":35}}')
    assert dict(found.values) == {"current": 4.0, "temperature": 35.0}
    assert len(found.faults) == 1
    assert "voltage" in found.faults[0]


def test_a_power_beyond_all_numbers_is_left_out():
    assert dict(only(sensor(voltage=1e18, current=1e18)).values) == {"voltage": 1e18, "current": 1e18}


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (DeviceKind.SWITCH, {"position": "ajar"}),
        (DeviceKind.SWITCH, {"position": 1}),
        (DeviceKind.CONVERTER, {"type": "MATRIX"}),
        (DeviceKind.CONVERTER, {"type": 3}),
        (DeviceKind.RES, {"kind": "nuclear"}),
        (DeviceKind.ELEMENT, {"values": {"Active Power": 1}}),
        (DeviceKind.ELEMENT, {"values": {"a\u0000b": 1}}),
        (DeviceKind.ELEMENT, {"values": {"x" * 33: 1}}),
    ],
)
def test_a_word_that_is_not_known_is_a_fault_of_its_own(kind: DeviceKind, facts: dict[str, Any]):
    found = only(json.dumps({ID_KEYS[kind]: "s", "timestamp": AT} | facts), kind)
    assert not found.values
    assert not found.attributes
    assert len(found.faults) == 1


def test_the_objects_of_an_array_stand_each_for_itself():
    good, later = sensor(), sensor(seq=1)
    found = decode(f'[{good}, {{"device_id":"s"}}, {sensor(timestamp="soon")}, {later}]')
    kinds = [item.reason if isinstance(item, Rejection) else item.seq for item in found]
    assert kinds == [0, Reason.SCHEMA, Reason.TIME, 1]


@pytest.mark.parametrize(
    ("word", "quality"),
    [
        ("good", Quality.GOOD),
        ("uncertain", Quality.UNCERTAIN),
        ("bad", Quality.BAD),
        ("?", Quality.UNCERTAIN),
        (["bad"], Quality.UNCERTAIN),
        (None, Quality.UNCERTAIN),
    ],
)
def test_a_declared_quality_is_kept_and_an_unknown_one_is_doubt(word: Any, quality: Quality):
    payload = json.dumps({"device_id": "s", "values": {"x": 1}, "quality": word})
    assert only(payload, DeviceKind.ELEMENT).declared is quality


def test_what_a_device_tells_of_itself_becomes_short_plain_texts():
    attributes = {"maker": "A\u202eB\u0000", "rated": 230, "deep": {"x": 1}, "long": "x" * 999}
    found = only(sensor(attributes=attributes, phase="L1", sampling_ms=500)).attributes
    assert found == {"maker": "AB", "rated": "230", "long": "x" * 200, "phase": "L1"} | (
        {"sampling_ms": "500"} if "sampling_ms" in found else {}
    )
    assert only(sensor(attributes={"maker": "A"}, phase="L1", sampling_ms=500)).attributes == {
        "maker": "A",
        "phase": "L1",
        "sampling_ms": "500",
    }


@pytest.mark.parametrize("stamp", ["2026-11-21T12:00:00", "2026-11-21T12:00:00.123456", "2026-11-21 12:00:00"])
def test_a_time_without_a_zone_is_read_and_left_without_one(stamp: str):
    moment = only(sensor(timestamp=stamp)).timestamp
    assert moment is not None
    assert moment.tzinfo is None


@given(payload=st.binary(max_size=400))
@settings(max_examples=400)
def test_no_bytes_make_it_raise(payload: bytes):
    for kind in ID_KEYS:
        assert DECODER.decode(kind, "t", payload, 0)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "device_id",
        "bus_id",
        "switch_id",
        "timestamp",
        "seq",
        "voltage",
        "position",
        "values",
        "quality",
        "attributes",
        "type",
        "kind",
    ]
)


@given(found=st.dictionaries(KEYS, ANY, max_size=8))
@settings(max_examples=400)
def test_no_json_makes_it_raise(found: dict[str, Any]):
    payload = json.dumps(found).encode("utf-8", "surrogatepass")
    for kind in ID_KEYS:
        for item in DECODER.decode(kind, "t", payload, 0):
            if isinstance(item, Decoded):
                assert all(math.isfinite(value) for _, value in item.values)


NUMBERS = st.floats(-9e18, 9e18)


@given(
    values=st.dictionaries(st.from_regex(r"[a-z0-9_]{1,32}", fullmatch=True), NUMBERS, min_size=1, max_size=20),
    moment=st.integers(978_307_200_000_000, 4_070_908_800_000_000).map(from_us),
    seq=st.integers(0, 32767),
    spaced=st.booleans(),
)
def test_good_json_comes_back_as_it_was_sent(values: dict[str, float], moment: datetime, seq: int, spaced: bool):
    facts = {"device_id": "a.b:c-1", "timestamp": moment.isoformat(), "seq": seq, "values": values}
    found = only(json.dumps(facts, indent=2 if spaced else None), DeviceKind.ELEMENT)
    assert dict(found.values) == values
    assert (found.timestamp, found.seq, found.device) == (moment, seq, "a.b:c-1")
