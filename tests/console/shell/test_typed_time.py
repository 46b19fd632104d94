"""What an operator types is the moment that he means."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.shell.typed_time import read_time

HERE = timezone(timedelta(hours=2))
NOW = datetime(2026, 11, 21, 14, 30, 15, 500_000, tzinfo=HERE)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:00:05", datetime(2026, 11, 21, 14, 0, 5, tzinfo=HERE)),
        ("14:00", datetime(2026, 11, 21, 14, 0, tzinfo=HERE)),
        ("  9:05 ", datetime(2026, 11, 21, 9, 5, tzinfo=HERE)),
        ("23:50", datetime(2026, 11, 20, 23, 50, tzinfo=HERE)),
        ("yesterday 14:00", datetime(2026, 11, 20, 14, 0, tzinfo=HERE)),
        ("2026-11-21 14:00:05", datetime(2026, 11, 21, 14, 0, 5, tzinfo=HERE)),
        ("2026-11-03T07:15", datetime(2026, 11, 3, 7, 15, tzinfo=HERE)),
        ("10 min ago", NOW - timedelta(minutes=10)),
        ("-90 s", NOW - timedelta(seconds=90)),
        ("2h", NOW - timedelta(hours=2)),
        ("3 d", NOW - timedelta(days=3)),
    ],
)
def test_hours_dates_and_spans_are_understood(typed: str, meant: datetime):
    assert read_time(typed, NOW, HERE) == meant


@pytest.mark.parametrize("typed", ["25:00", "14:61", "2026-02-30 10:00", "yesterday", "14", "now-ish", "999999 d"])
def test_what_is_no_time_is_answered_with_an_example(typed: str):
    answer = read_time(typed, NOW, HERE)
    assert isinstance(answer, str)
    assert "14:00:05" in answer


def test_the_moment_is_told_in_utc_and_has_come():
    found = read_time("14:30:16", NOW, UTC)
    assert isinstance(found, datetime)
    assert found.utcoffset() == timedelta(0)
    assert read_time("2026-11-21 14:30:16", NOW, HERE) == "That has not happened yet. Type a time before now."
