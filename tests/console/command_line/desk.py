"""The command line as a person uses it: what it prints, what it complains of, and how it ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from console.command_line.entry import main


class Outcome(NamedTuple):
    code: int
    printed: str
    complained: str


class Desk:
    """Runs commands in this process, with a config file of the test's own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.config = folder / "linekeeper.toml"
        self._capsys = capsys

    def write(self, text: str) -> Path:
        self.config.write_text(text, "utf-8")
        return self.config

    def run(self, *arguments: str) -> Outcome:
        """Run a command; nothing it says may be a traceback."""
        self._capsys.readouterr()
        with _logging_as_it_was():
            code = main(arguments)
        printed, complained = self._capsys.readouterr()
        assert "Traceback" not in printed + complained
        assert "error of its own" not in complained, complained
        return Outcome(code, printed, complained)

    def ask(self, *arguments: str) -> Outcome:
        """Run a command with the config file."""
        return self.run(*arguments, "--config", str(self.config))


@contextmanager
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    try:
        yield
    finally:
        root.handlers, root.level = handlers, level


def one_sentence(complaint: str) -> bool:
    """A complaint is a sentence and its remedy, on one line."""
    return complaint.strip().endswith((".", "?")) and len(complaint.strip().splitlines()) == 1
