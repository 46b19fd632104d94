"""Sounds are played beside the screen, and a computer without a loudspeaker says so."""

import sys
import threading
import wave
from contextlib import suppress
from pathlib import Path

import miniaudio
import pytest

from ui.resources import resource
from ui.sound import tones
from ui.sound.player import NoDevice, SoundPlayer, _loudspeaker, _worth_asking

TONE = resource("sounds", "low.wav")


class Told:
    """What the player said of each sound."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._came = threading.Semaphore(0)

    def __call__(self, trouble: str) -> None:
        self.words.append(trouble)
        self._came.release()

    def next(self) -> str:
        assert self._came.acquire(timeout=10), "nothing was said of the sound"
        return self.words[-1]


def silent_device(**shape: int) -> miniaudio.PlaybackDevice:
    """A real device of the library, with its real thread, that nobody can hear."""
    return miniaudio.PlaybackDevice(backends=[miniaudio.Backend.NULL], **shape)


def no_device(**shape: int) -> None:
    raise NoDevice("no sound device")


@pytest.fixture
def told() -> Told:
    return Told()


def test_a_sound_is_played_to_its_end(told: Told):
    player = SoundPlayer(told, silent_device)
    player.play(TONE)
    assert told.next() == ""
    player.stop()


def test_a_computer_without_a_loudspeaker_is_told_of_and_never_raised(told: Told):
    player = SoundPlayer(told, no_device)
    player.play(TONE)
    assert told.next() == "no sound device"
    player.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ALSA is Linux's")
def test_where_linux_knows_no_card_alsa_is_not_asked_and_cannot_complain(tmp_path: Path):
    cards = tmp_path / "cards"
    assert _worth_asking(cards) == [miniaudio.Backend.PULSEAUDIO]
    cards.write_text("--- no soundcards ---\n")
    assert _worth_asking(cards) == [miniaudio.Backend.PULSEAUDIO]
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n")
    assert _worth_asking(cards) is None


def test_looking_for_a_loudspeaker_writes_nothing(capfd: pytest.CaptureFixture[str]):
    with suppress(NoDevice, miniaudio.MiniaudioError):
        _loudspeaker(sample_rate=44_100, nchannels=1, buffersize_msec=50).close()
    assert capfd.readouterr().err == ""


def test_a_file_that_is_missing_is_told_of_too(told: Told, tmp_path: Path):
    player = SoundPlayer(told, silent_device)
    player.play(tmp_path / "gone.wav")
    assert "gone.wav" in told.next()
    player.stop()


def test_a_newer_sound_takes_the_place_of_the_one_that_plays(told: Told):
    player = SoundPlayer(told, silent_device)
    for name in ("not_live", "low", "critical"):
        player.play(resource("sounds", f"{name}.wav"))
    player.stop()
    assert told.words == [""] * len(told.words)


@pytest.mark.parametrize("name", tones.SOUNDS)
def test_the_sounds_that_ship_are_the_ones_the_script_writes(name: str):
    with wave.open(str(resource("sounds", f"{name}.wav")), "rb") as file:
        assert file.readframes(file.getnframes()) == tones.samples(tones.SOUNDS[name])
