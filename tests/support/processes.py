"""Programs that a test starts, watches and ends, each by its own process id."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

_CHOICE = random.SystemRandom()


def free_port() -> int:
    """A port nobody listens on, below the range of outgoing connections: it can be taken again after a restart."""
    for _ in range(200):
        port = _CHOICE.randint(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port between 20000 and 32000")


def answers(port: int) -> bool:
    """Whether something on this computer accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def eventually(condition: Callable[[], bool], what: str, timeout_s: float = 20.0, every_s: float = 0.02) -> None:
    """Wait until the condition holds; for processes and sockets of others, which tell nobody when they are ready."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout_s:g} s")
        time.sleep(every_s)


class Program:
    """A child process with its output in a file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path = REPOSITORY,
        account: tuple[int, int] | None = None,
    ) -> None:
        self.log = log
        user, group = account or (None, None)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                user=user,
                group=group,
                extra_groups=None if account is None else [],
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        if self.is_running:
            self._process.send_signal(number)

    def terminate(self, timeout_s: float = 10.0) -> int:
        """Ask it to end and return its exit code; kill it when it will not."""
        if self.is_running:
            self._process.terminate()
        return self.wait(timeout_s)

    def kill(self) -> int:
        """End it at once, as a power cut does."""
        if self.is_running:
            self._process.kill()
        return self.wait()

    def wait(self, timeout_s: float = 10.0) -> int:
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5.0)
            raise AssertionError(
                f"did not end within {timeout_s:g} s; its last words:\n{self.output[-2000:]}"
            ) from None


def linekeeper(*arguments: str, log: Path, env: Mapping[str, str] | None = None) -> Program:
    """The product itself, as the program a person would start."""
    return Program([*linekeeper_command(), *arguments], log, env=env)


def linekeeper_command() -> list[str]:
    """How a person starts the product."""
    program = shutil.which("linekeeper", path=str(Path(sys.executable).parent))
    assert program is not None, "the command linekeeper is not in this environment: python3 dev.py setup"
    return [program]
