"""Plays one short WAV file at a time on a thread of its own; a computer without a loudspeaker is told of, in words."""

from __future__ import annotations

import queue
import sys
import threading
import wave
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Protocol

import miniaudio

LONGEST_S = 4.0
TAIL_S = 0.2
END_WITHIN_S = 2.0
CARDS, NO_CARDS = Path("/proc/asound/cards"), "no soundcards"
_END = None


class NoDevice(Exception):
    """There is nothing to play on; `str()` of it says why."""


class Sounder(Protocol):
    """What a screen needs of sound."""

    def play(self, path: Path) -> None:
        """Start this sound, in place of the one that still plays."""
        ...

    def hush(self) -> None:
        """Break off the sound that plays."""
        ...

    def stop(self) -> None:
        """End for good."""
        ...


class SoundPlayer:
    """Opens the device for each sound and closes it after: one that is plugged in later is simply found."""

    def __init__(self, tell: Callable[[str], None], open_device: Callable[..., Any] | None = None) -> None:
        """`tell` is called on the player's thread after each sound: with why it could not be heard, or with nothing."""
        self._tell = tell
        self._open_device = open_device or _loudspeaker
        self._orders: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        self._hushed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._thread.start()

    def play(self, path: Path) -> None:
        self._hushed.set()
        self._orders.put(path)

    def hush(self) -> None:
        self._hushed.set()

    def stop(self) -> None:
        self._hushed.set()
        self._orders.put(_END)
        self._thread.join(END_WITHIN_S)

    # --- on the player's thread ---------------------------------------------------------

    def _run(self) -> None:
        while (path := self._newest()) is not _END:
            self._hushed.clear()
            try:
                self._sound(path)
            except (NoDevice, OSError, wave.Error) as trouble:
                self._tell(str(trouble))
            else:
                self._tell("")

    def _newest(self) -> Path | None:
        """The next order; of several that wait only the last matters."""
        order = self._orders.get()
        while order is not _END and not self._orders.empty():
            order = self._orders.get()
        return order

    def _sound(self, path: Path) -> None:
        with wave.open(str(path), "rb") as file:
            frames = file.readframes(file.getnframes())
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
        # The device still holds the last pieces when it asks for the next: silence pushes them out.
        frames += bytes(width * channels * round(TAIL_S * rate))
        done = threading.Event()
        feed = _feed(frames, width * channels, self._hushed, done)
        next(feed)
        try:
            with self._open_device(sample_rate=rate, nchannels=channels, buffersize_msec=50) as device:
                device.start(feed)
                done.wait(LONGEST_S)
        except miniaudio.MiniaudioError as error:
            raise NoDevice(str(error.args[0] if error.args else error)) from error


def _loudspeaker(**shape: int) -> Any:
    """A device that can be heard: miniaudio falls back on one that throws every sound away."""
    device = miniaudio.PlaybackDevice(app_name="Linekeeper", backends=_worth_asking(CARDS), **shape)
    if device.backend == "Null":
        device.close()
        raise NoDevice("no sound device")
    return device


def _worth_asking(cards: Path) -> list[miniaudio.Backend] | None:
    """The sound systems to try, None for all: ALSA writes forty lines of complaint where Linux knows no card."""
    if not sys.platform.startswith("linux"):
        return None
    listed = cards.read_text() if cards.exists() else NO_CARDS
    return [miniaudio.Backend.PULSEAUDIO] if NO_CARDS in listed else None


def _feed(
    frames: bytes, frame_size: int, hushed: threading.Event, done: threading.Event
) -> Generator[bytes, int, None]:
    """Hand out what the device asks for; `done` tells when it has taken all, or was told to be silent."""
    try:
        wanted = yield b""
        at = 0
        while at < len(frames) and not hushed.is_set():
            piece = frames[at : at + wanted * frame_size]
            at += len(piece)
            wanted = yield piece
    finally:
        done.set()
