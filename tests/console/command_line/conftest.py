"""A desk for every test of the command line."""

from pathlib import Path

import pytest

from tests.console.command_line.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in ("DB_DSN", "LINEKEEPER_DATABASE__URL", "BROKER_HOST", "BROKER_PORT"):
        monkeypatch.delenv(name, raising=False)
    return Desk(tmp_path, capsys)
