"""A real Mosquitto with the configuration the project ships, to be stopped, killed and started again on its port."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.processes import REPOSITORY, Program, answers, eventually, free_port

SHIPPED_CONFIG = REPOSITORY / "installers" / "mosquitto" / "linekeeper.conf"
_MISSING = "No Mosquitto: install it (apt-get install mosquitto, brew install mosquitto); `python3 dev.py setup` does."


class Mosquitto:
    """A broker with a queue that survives restarts; `limits` replace those of the shipped configuration."""

    def __init__(self, folder: Path, port: int | None = None, **limits: int) -> None:
        self.port = port or free_port()
        self._folder = folder
        self._program: Program | None = None
        self._config = folder / "mosquitto.conf"
        self._config.write_text(_config_for(self.port, folder, limits))

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._program is not None, "the broker is not running"
        return self._program.pid

    @property
    def is_running(self) -> bool:
        return self._program is not None and self._program.is_running

    @property
    def log(self) -> str:
        return (self._folder / "mosquitto.log").read_text(errors="replace")

    def start(self) -> None:
        self._program = Program([_binary(), "-c", self._config], self._folder / "mosquitto.log", cwd=self._folder)
        eventually(self._is_ready, "Mosquitto takes connections")

    def stop(self) -> None:
        """SIGTERM: it saves its queues and goes."""
        if self._program is not None:
            self._program.terminate()
            self._program = None

    def kill(self) -> None:
        """SIGKILL: what was not saved is gone."""
        if self._program is not None:
            self._program.kill()
            self._program = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _is_ready(self) -> bool:
        assert self._program is not None
        if not self._program.is_running:
            raise AssertionError(f"Mosquitto ended at once:\n{self.log[-2000:]}")
        return answers(self.port)


def _config_for(port: int, folder: Path, limits: Mapping[str, int]) -> str:
    """The shipped configuration on another port, with its queues in the test's folder."""
    shipped = SHIPPED_CONFIG.read_text()
    assert "\nlistener 1883 127.0.0.1\n" in shipped, (
        "the shipped configuration no longer names its listener as expected"
    )
    ours = shipped.replace("\nlistener 1883 127.0.0.1\n", f"\nlistener {port} 127.0.0.1\n")
    for name, value in limits.items():
        ours = re.sub(rf"^{name} .*\n", "", ours, flags=re.MULTILINE) + f"\n{name} {value}\n"
    account = "\nuser root" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    return f"{ours}\npersistence_location {folder}/\nlog_dest stdout\nlog_type all{account}\n"


def _binary() -> str:
    found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")
    if found is None:
        raise AssertionError(_MISSING)
    return found


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker of this test's own, running."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


@pytest.fixture
def silent_mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that has a port but is not running yet: for tests that begin while it is away."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    try:
        yield broker
    finally:
        broker.kill()
