"""Alarms are heard once, the most urgent first, and not at all after F9."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_core.alarms.model import Priority
from console.shell.annunciator import TONE_OF, Annunciator, Tone
from tests.console.support.screen import TestClock
from ui.resources import resource

LOW, MEDIUM, HIGH, CRITICAL = Priority.LOW, Priority.MEDIUM, Priority.HIGH, Priority.CRITICAL


class FakeSounder:
    """Keeps what it was asked to play."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.played: list[str] = []
        self.hushed = 0

    def play(self, path: Path) -> None:
        self.played.append(path.stem)

    def hush(self) -> None:
        self.hushed += 1

    def stop(self) -> None:
        pass


class Ear:
    """An annunciator with somebody who listens."""

    def __init__(self) -> None:
        self.clock = TestClock()
        self.sounders: list[FakeSounder] = []
        self.annunciator = Annunciator(self.clock, self._make)

    @property
    def heard(self) -> list[str]:
        return self.sounders[0].played

    def _make(self, tell: Callable[[str], None]) -> FakeSounder:
        self.sounders.append(FakeSounder(tell))
        return self.sounders[0]


@pytest.fixture
def ear(qapp) -> Ear:
    return Ear()


def test_of_several_new_alarms_the_most_urgent_is_heard(ear: Ear):
    ear.annunciator.on_new([LOW, CRITICAL, MEDIUM])
    assert ear.heard == ["critical"]


def test_a_priority_is_heard_once_in_five_seconds(ear: Ear):
    ear.annunciator.on_new([HIGH])
    ear.clock.advance(4.9)
    ear.annunciator.on_new([HIGH])
    assert ear.heard == ["high"]
    ear.clock.advance(0.2)
    ear.annunciator.on_new([HIGH])
    assert ear.heard == ["high", "high"]


def test_a_more_urgent_alarm_is_heard_at_once(ear: Ear):
    ear.annunciator.on_new([MEDIUM])
    ear.annunciator.on_new([CRITICAL])
    assert ear.heard == ["medium", "critical"]


def test_a_flurry_makes_one_sound_of_its_own(ear: Ear):
    for _ in range(20):
        ear.annunciator.on_new([HIGH])
    assert ear.heard == ["high", "many"]


def test_critical_alarms_nag_until_they_are_acknowledged(ear: Ear):
    ear.annunciator.on_new([CRITICAL])
    for _ in range(21):
        ear.annunciator.on_second(CRITICAL, is_live=True)
        ear.clock.advance(1)
    ear.annunciator.on_second(None, is_live=True)
    assert ear.heard == ["critical"] * 3


def test_low_alarms_do_not_nag(ear: Ear):
    ear.clock.advance(60)
    ear.annunciator.on_second(LOW, is_live=True)
    assert ear.heard == []


def test_silence_lasts_until_the_next_new_alarm(ear: Ear):
    ear.annunciator.on_new([CRITICAL])
    ear.annunciator.silence()
    ear.clock.advance(60)
    ear.annunciator.on_second(CRITICAL, is_live=True)
    assert (ear.heard, ear.sounders[0].hushed) == (["critical"], 1)
    assert ear.annunciator.sign.text == "silenced"
    ear.annunciator.on_new([LOW])
    assert ear.heard == ["critical", "low"]
    assert ear.annunciator.sign is None


def test_a_core_that_falls_silent_is_heard_once(ear: Ear):
    for is_live in (True, False, False, True):
        ear.annunciator.on_second(None, is_live=is_live)
    assert ear.heard == [Tone.NOT_LIVE.value]


def test_nothing_is_heard_when_sound_is_switched_off(ear: Ear):
    ear.annunciator.set_on(False)
    ear.annunciator.on_new([CRITICAL])
    assert ear.heard == []
    assert ear.annunciator.sign.text == "off"


def test_a_missing_loudspeaker_is_told_once_in_words_and_marked_in_the_strip(ear: Ear, qtbot):
    told: list[tuple[str, str]] = []
    ear.annunciator.tell = lambda what, remedy: told.append((what, remedy))
    for _ in range(2):
        with qtbot.waitSignal(ear.annunciator._heard_back):
            ear.sounders[0].tell("no sound device")
    qtbot.waitUntil(lambda: ear.annunciator.sign is not None)
    assert ear.annunciator.sign.text == "none"
    assert [what.partition(":")[0] for what, _ in told] == ["No sound"]


def test_nobody_tries_to_sound_where_nobody_listens(qapp):
    annunciator = Annunciator(TestClock(), None)
    annunciator.on_new([CRITICAL])
    annunciator.silence()
    assert annunciator.sign is None


def test_every_priority_has_a_sound_of_its_own():
    assert len(set(TONE_OF.values())) == len(Priority)
    assert all(resource("sounds", f"{tone.value}.wav").exists() for tone in Tone)
