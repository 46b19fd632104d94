"""What should not have happened is written where it lasts, and told once to the operator."""

import asyncio
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning

from console.shell.black_box import CRASH_NAME, LOG_NAME, BlackBox


@pytest.fixture
def box(qapp, tmp_path: Path) -> Iterator[BlackBox]:
    loop = asyncio.new_event_loop()
    made = BlackBox(tmp_path / "state")
    made.open(loop)
    yield made
    made.close()
    loop.close()


def log_of(box: BlackBox) -> str:
    return (box.folder / LOG_NAME).read_text()


def mistake() -> ValueError:
    try:
        raise ValueError("two plus two is five")
    except ValueError as error:
        return error


@pytest.mark.allow_log_errors
def test_a_mistake_on_the_screen_is_logged_and_told_in_words(box: BlackBox, qtbot):
    told: list[str] = []
    box.tell = lambda what, remedy: told.append(what)
    error = mistake()
    sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["Something went wrong in the screen by a mistake in this program. The rest goes on."]
    assert "two plus two is five" in log_of(box)


@pytest.mark.allow_log_errors
def test_a_mistake_on_another_thread_comes_to_the_same_place(box: BlackBox):
    def fail() -> None:
        raise mistake()

    thread = threading.Thread(target=fail, name="poller")
    thread.start()
    thread.join()
    assert "the thread 'poller'" in log_of(box)
    assert box.mistakes == 1


@pytest.mark.qt_log_ignore("a warning of Qt's own")
def test_warnings_of_qt_come_to_the_same_place(box: BlackBox):
    qWarning("a warning of Qt's own")
    assert "a warning of Qt's own" in log_of(box)


def test_a_stand_still_writes_down_where_every_thread_is(box: BlackBox):
    box.note_stall(2.5)
    found = (box.folder / CRASH_NAME).read_text()
    assert "has stood still for 2.5 s" in found
    assert "test_a_stand_still_writes_down_where_every_thread_is" in found


def test_the_next_run_knows_that_the_last_one_broke_off(box: BlackBox):
    box.note_stall(2.5)
    again = BlackBox(box.folder)
    box.close()
    loop = asyncio.new_event_loop()
    again.open(loop)
    again.close()
    loop.close()
    assert again.last_run_crashed
    assert "stood still" in (box.folder / "crash.last.log").read_text()


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(qapp, tmp_path: Path, caplog):
    (tmp_path / "file").write_text("")
    box = BlackBox(tmp_path / "file")
    loop = asyncio.new_event_loop()
    with caplog.at_level(logging.WARNING):
        box.open(loop)
    box.note_stall(2.5)
    box.close()
    loop.close()
    assert "Nothing can be written" in caplog.text


def test_every_hook_is_given_back(qapp, tmp_path: Path):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    loop = asyncio.new_event_loop()
    box = BlackBox(tmp_path)
    box.open(loop)
    box.close()
    loop.close()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
