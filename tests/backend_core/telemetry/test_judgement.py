"""Every row of the judgement: identity, time, range, declared quality, and what each does to a reading."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend_core.kernel.clock import to_us
from backend_core.kernel.quality import Mark, Quality
from backend_core.telemetry.model import DeviceKind, RawMessage, Reason
from tests.backend_core.telemetry.inlet import TestedInlet, message, one, refused, sensor


@pytest.fixture
def inlet() -> TestedInlet:
    return TestedInlet()


@pytest.mark.parametrize(
    ("age_s", "quality", "marks", "is_fresh"),
    [
        (0, Quality.GOOD, Mark.NONE, True),
        (299, Quality.GOOD, Mark.NONE, True),
        (-2, Quality.GOOD, Mark.NONE, True),
        (-2.5, Quality.UNCERTAIN, Mark.TIME_FUTURE, True),
        (-23.9 * 3600, Quality.UNCERTAIN, Mark.TIME_FUTURE, True),
        (301, Quality.GOOD, Mark.LATE, False),
        (9000 * 24 * 3600, Quality.GOOD, Mark.LATE, False),
    ],
)
def test_a_time_is_judged_by_its_distance_from_receipt(
    inlet: TestedInlet, age_s: float, quality: Quality, marks: Mark, is_fresh: bool
):
    judged = inlet.hear(sensor(inlet.ago(age_s)))
    reading = one(judged)
    assert (reading.quality, reading.marks) == (quality, int(marks))
    assert reading.ts_us == to_us(inlet.clock.now() - timedelta(seconds=age_s)), "the key keeps the meter's own time"
    assert bool(judged.fresh) is is_fresh


@pytest.mark.parametrize("stamp", ["1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_out_of_this_world_is_quarantined(inlet: TestedInlet, stamp: str):
    assert refused(inlet.hear(sensor(stamp))).reason is Reason.TIME


def test_a_time_more_than_a_day_ahead_is_quarantined(inlet: TestedInlet):
    assert refused(inlet.hear(sensor(inlet.ago(-24 * 3600 - 1)))).reason is Reason.TIME


def test_a_time_without_a_zone_is_utc_and_uncertain(inlet: TestedInlet):
    reading = one(inlet.hear(sensor("2026-11-21T11:59:59")))
    assert (reading.quality, reading.marks) == (Quality.UNCERTAIN, int(Mark.ZONE_ASSUMED))
    assert reading.ts_us == to_us(inlet.clock.now()) - 1_000_000


def test_a_zone_is_turned_into_utc(inlet: TestedInlet):
    assert one(inlet.hear(sensor("2026-11-21T17:29:59+05:30"))).ts_us == to_us(inlet.clock.now()) - 1_000_000


def test_a_message_without_a_time_has_that_of_receipt_and_a_hash(inlet: TestedInlet):
    reading = one(inlet.hear(sensor(None)))
    assert (reading.quality, reading.marks) == (Quality.UNCERTAIN, int(Mark.TIME_RECEIVED))
    assert reading.ts_us == reading.received_us == inlet.clock.now_us()
    assert reading.payload_hash != 0
    again = one(inlet.hear(sensor(None, is_redelivered=True)))
    assert again.payload_hash == reading.payload_hash
    assert again.marks & Mark.REDELIVERED


def test_no_two_messages_without_a_time_get_the_same_key(inlet: TestedInlet):
    """Batches follow each other faster than a microsecond a message, and an array is one message."""
    array = RawMessage("grid/sensors/s", b'[{"device_id":"s","voltage":1},{"device_id":"s","voltage":2}]', False, False)
    keys = [
        (reading.point, reading.ts_us) for _ in range(3) for reading in inlet.hear(*[sensor(None)] * 50, array).readings
    ]
    assert len(keys) == len(set(keys)) == 3 * 52


@pytest.mark.parametrize(
    ("topic", "facts", "is_plausible"),
    [
        ("grid/sensors/s", {"device_id": "s", "voltage": 0}, True),
        ("grid/sensors/s", {"device_id": "s", "voltage": 260}, True),
        ("grid/sensors/s", {"device_id": "s", "voltage": -5}, False),
        ("grid/sensors/s", {"device_id": "s", "voltage": 1e6}, True),
        ("grid/sensors/s", {"device_id": "s", "voltage": 1.1e6}, False),
        ("grid/sensors/s", {"device_id": "s", "current": -1e5}, True),
        ("grid/sensors/s", {"device_id": "s", "current": 1e9}, False),
        ("grid/sensors/s", {"device_id": "s", "power_factor": -1}, True),
        ("grid/sensors/s", {"device_id": "s", "power_factor": 1.7}, False),
        ("grid/sensors/s", {"device_id": "s", "frequency": 0}, False),
        ("grid/sensors/s", {"device_id": "s", "frequency": 40}, True),
        ("grid/sensors/s", {"device_id": "s", "temperature": -60}, True),
        ("grid/sensors/s", {"device_id": "s", "temperature": 401}, False),
        ("grid/buses/s", {"bus_id": "s", "voltage": 2.01}, False),
        ("grid/buses/s", {"bus_id": "s", "voltage": 2}, True),
        ("grid/converters/s", {"converter_id": "s", "thd": 201}, False),
        ("grid/points/s", {"device_id": "s", "values": {"frequency": 71}}, False),
        ("grid/points/s", {"device_id": "s", "values": {"anything": -1e12}}, True),
        ("grid/weather/s", {"device_id": "s", "values": {"air_temperature": -61}}, False),
    ],
)
def test_an_implausible_value_is_stored_as_bad_and_a_surprising_one_as_good(
    inlet: TestedInlet, topic: str, facts: dict[str, object], is_plausible: bool
):
    reading = one(inlet.hear(message(topic, timestamp=inlet.ago(0), **facts)))
    wanted = (Quality.GOOD, 0) if is_plausible else (Quality.BAD, int(Mark.RANGE))
    assert (reading.quality, reading.marks) == wanted


def test_a_declared_quality_and_a_worse_judgement_combine_to_the_worst(inlet: TestedInlet):
    facts = {"device_id": "d", "values": {"temperature": 999}, "quality": "uncertain", "timestamp": inlet.ago(0)}
    reading = one(inlet.hear(message("grid/points/d", **facts)))
    assert (reading.quality, reading.marks) == (Quality.BAD, int(Mark.DECLARED | Mark.RANGE))


def test_a_retained_message_is_uncertain_and_moves_no_alarm(inlet: TestedInlet):
    judged = inlet.hear(sensor(inlet.ago(1), is_retained=True))
    assert (one(judged).quality, one(judged).marks) == (Quality.UNCERTAIN, int(Mark.RETAINED))
    assert not judged.fresh
    assert inlet.value("s.voltage").value == 230.0


@pytest.mark.parametrize(
    "topic",
    [
        "grid/sensors",
        "grid/sensors/s/x",
        "grid/other/s",
        "other/sensors/s",
        "grid/sensors/",
        "grid/sensors/a b",
        "grid/sensors/" + "x" * 65,
        "grid/commands/s",
        "grid/sensors/ü",
        "grid/sensors/a\u202eb",
        "",
        "$SYS/broker/version",
    ],
)
def test_a_topic_that_names_no_device_is_quarantined(inlet: TestedInlet, topic: str):
    assert refused(inlet.hear(message(topic, device_id="s", voltage=1))).reason is Reason.TOPIC


def test_a_payload_that_names_another_device_is_quarantined(inlet: TestedInlet):
    assert refused(inlet.hear(message("grid/sensors/a", device_id="b", voltage=1))).reason is Reason.IDENTITY


def test_a_device_has_one_kind_for_life(inlet: TestedInlet):
    inlet.hear(message("grid/sensors/a", device_id="a", voltage=1))
    rejection = refused(inlet.hear(message("grid/buses/a", bus_id="a", voltage=1)))
    assert rejection.reason is Reason.IDENTITY
    assert "sensor" in rejection.detail


def test_an_unknown_device_is_stored_and_listed_or_quarantined_as_the_site_wants():
    open_site, closed_site = TestedInlet(), TestedInlet(accept_unknown=False)
    found = open_site.hear(sensor(None), sensor(None)).discoveries
    assert [(d.device, d.kind) for d in found] == [("s", DeviceKind.SENSOR)]
    assert refused(closed_site.hear(sensor(None))).reason is Reason.UNKNOWN_DEVICE
    closed_site.service.know({"s": DeviceKind.SENSOR})  # type: ignore[dict-item]
    assert one(closed_site.hear(sensor(None)))


def test_what_the_network_names_may_speak_for_the_first_time_on_a_closed_site():
    site = TestedInlet(accept_unknown=False)
    site.service.expect(["s"])
    assert one(site.hear(sensor(None)))


def test_a_wrong_value_is_quarantined_and_its_neighbours_are_stored(inlet: TestedInlet):
    judged = inlet.hear(sensor(inlet.ago(0), temperature="warm", current=None, frequency=50))
    assert {reading.point for reading in judged.readings} == {"s.voltage", "s.frequency"}
    assert [rejection.reason for rejection in judged.rejections] == [Reason.TYPE, Reason.TYPE]


def test_the_scoreboard_counts_messages_and_rejections_of_each_device(inlet: TestedInlet):
    inlet.hear(sensor(inlet.ago(3)), sensor("never"), message("grid/sensors/s", device_id="t", voltage=1))
    score = inlet.service.scores["s"]
    assert (score.messages, dict(score.rejections)) == (3, {"time": 1, "identity_mismatch": 1})
    assert score.clock_offset_s == pytest.approx(-3.0)
