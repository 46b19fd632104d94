"""What the events panel knows: which lines are wanted, how many it keeps, how they look in a file."""

from datetime import UTC, datetime, timedelta

from backend_core.gateway.frame import LogLine
from console.features.events import state as events
from console.features.events import words
from console.features.events.state import EventsState, Wanted, as_csv

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


def line(number: int, *, kind: str = "alarm", text: str = "T1 loading high", minutes: float = 0.0) -> LogLine:
    return LogLine(number, NOW - timedelta(minutes=minutes), kind, "core", "T1.loading_percent", text, "desk-1")


def test_every_word_must_occur_somewhere_in_the_line_in_any_case():
    assert Wanted("t1 HIGH").takes(line(1), NOW)
    assert not Wanted("t1 low").takes(line(1), NOW)


def test_another_kind_and_an_older_time_are_not_wanted():
    assert not Wanted(kind="outage").takes(line(1), NOW)
    assert not Wanted(hours=1).takes(line(1, minutes=61), NOW)
    assert Wanted(hours=None).takes(line(1, minutes=1e6), NOW)


def test_a_live_line_that_is_not_wanted_still_teaches_its_kind():
    state = EventsState()
    state.wanted = Wanted(kind="outage")
    fitting, _ = state.add_live([line(1)], NOW)
    assert fitting == []
    assert state.kinds == ["alarm"]


def test_a_line_counted_up_replaces_its_former_self():
    state = EventsState()
    state.add_live([line(1, text="2 messages")], NOW)
    state.add_live([line(1, text="3 messages")], NOW)
    assert [kept.text for kept in state.lines] == ["3 messages"]


def test_a_full_page_promises_more_and_a_short_one_does_not():
    state = EventsState()
    state.replace([line(3), line(2, minutes=1)], page=2)
    assert state.has_older
    assert state.oldest_at == NOW - timedelta(minutes=1)
    fresh = state.add_older([line(2, minutes=1), line(1, minutes=2)], page=3)
    assert [kept.id for kept in fresh] == [1]
    assert not state.has_older


def test_beyond_the_bound_the_oldest_make_room(monkeypatch):
    monkeypatch.setattr(events, "MOST_LINES", 3)
    state = EventsState()
    _, surplus = state.add_live([line(number) for number in range(1, 6)], NOW)
    assert surplus == [1, 2]
    assert sorted(kept.id for kept in state.lines) == [3, 4, 5]


def test_a_file_has_the_header_utc_microseconds_and_the_oldest_first():
    text = as_csv([line(2), line(1, text='said "no", twice', minutes=1.5)])
    assert text.splitlines() == [
        "ts,kind,who,object,text,origin",
        '2026-11-21T13:58:30.000000Z,alarm,core,T1.loading_percent,"said ""no"", twice",desk-1',
        "2026-11-21T14:00:00.000000Z,alarm,core,T1.loading_percent,T1 loading high,desk-1",
    ]


def test_a_time_of_today_stands_without_its_day():
    assert words.time_of(NOW, NOW).count(":") == 2
    assert len(words.time_of(NOW, NOW)) == len("14:00:00.000")
    assert "Nov" in words.time_of(NOW - timedelta(days=2), NOW)
    assert words.time_of(NOW - timedelta(days=700), NOW).startswith("2024-12-")
