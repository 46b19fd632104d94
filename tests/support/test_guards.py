"""The guards see what a careless test leaves behind, and let a careful one pass."""

from __future__ import annotations

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.support.mosquitto import SHIPPED_CONFIG
from tests.support.processes import REPOSITORY

HEAD = """
import logging, threading
import pytest
from PySide6.QtCore import QCoreApplication, QTimer, qWarning
from PySide6.QtWidgets import QWidget

kept = []
"""

CARELESS = {
    "a window is still there: QWidget 'lost'": "w = QWidget(objectName='lost'); w.show(); kept.append(w)",
    "a thread still runs: stray": "threading.Thread(target=threading.Event().wait, name='stray', daemon=True).start()",
    "a timer still runs: QTimer 'tick'": "t = QTimer(QCoreApplication.instance(), objectName='tick'); t.start(10_000)",
    "an error was logged: core: the pump is stuck": "logging.getLogger('core').error('the pump is stuck')",
    "Failure: Qt messages with level WARNING": "qWarning('a layout without a parent')",
}

CAREFUL = {
    "a window that was registered": "w = QWidget(); qtbot.addWidget(w); w.show()",
    "a window to be deleted later": "w = QWidget(); w.show(); w.close(); w.deleteLater()",
    "a thread that ended": "t = threading.Thread(target=int); t.start(); t.join()",
    "a warning in the log": "logging.getLogger('core').warning('the broker is away')",
    "an error that was announced": "logging.getLogger('announced').error('as expected')",
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the guards said of each inner test, run in a process of its own; nothing when it passed."""
    folder = tmp_path_factory.mktemp("guarded")
    bodies = [*CARELESS.values(), *CAREFUL.values()]
    marked = ["@pytest.mark.allow_log_errors\n" if "announced" in body else "" for body in bodies]
    pages = [
        f"{mark}def test_{i}(qtbot):\n    {body}\n" for i, (mark, body) in enumerate(zip(marked, bodies, strict=True))
    ]
    (folder / "pytest.ini").write_text(
        "[pytest]\nqt_log_level_fail = WARNING\nmarkers = allow_log_errors: expects errors\n"
    )
    (folder / "conftest.py").write_text('pytest_plugins = ("tests.support.guards",)\n')
    (folder / "test_inner.py").write_text(HEAD + "\n".join(pages))
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--junit-xml=said.xml", "-q"]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=100)
    said: dict[str, str] = dict.fromkeys(bodies, "")
    for case in ElementTree.parse(folder / "said.xml").iter("testcase"):
        said[bodies[int(case.attrib["name"].removeprefix("test_"))]] += " ".join(case.itertext())
    return said


@pytest.mark.parametrize("complaint", CARELESS)
def test_a_careless_test_fails_with_what_it_left(complaints: dict[str, str], complaint: str):
    assert complaint in complaints[CARELESS[complaint]]


@pytest.mark.parametrize("habit", CAREFUL)
def test_a_careful_test_passes(complaints: dict[str, str], habit: str):
    assert complaints[CAREFUL[habit]] == ""


def test_the_shipped_broker_configuration_holds_the_limits_that_lose_nothing():
    lines = set(SHIPPED_CONFIG.read_text().splitlines())
    assert {"max_queued_messages 200000", "max_inflight_messages 0", "persistence true"} <= lines
