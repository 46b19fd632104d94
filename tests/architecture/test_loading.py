"""What is loaded when: no Qt in the core, nothing heavy in the window's process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source_tree import LAYOUT, ROOT, console, core, house

_WITHOUT_QT = """
import sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "PySide6QtAds", "shiboken6", "qasync", "pyqtgraph", "ui"):
            raise ImportError(f"{name} is not installed here")

sys.meta_path.insert(0, NoQt())
"""


def _python(code: str) -> str:
    """The output of a fresh interpreter; its last words when it fails."""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=110
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return run.stdout


def _imports(names: list[str]) -> str:
    return "import importlib\n" + "".join(f"importlib.import_module({name!r})\n" for name in names)


def test_the_core_loads_where_no_qt_is_installed():
    _python(_WITHOUT_QT + _imports([module.name for module in core() if not _belongs_in_a_worker(module.name)]))


def test_the_tests_of_the_core_load_where_no_qt_is_installed():
    arguments = ["--collect-only", "-q", "-p", "no:pytest-qt", "-p", "no:pytestqt", "-p", "no:cacheprovider"]
    arguments += ["-o", "qt_api=", "-o", "addopts=--import-mode=importlib", "tests/backend_core"]
    _python(_WITHOUT_QT + f"import pytest\nraise SystemExit(pytest.main({arguments!r}))")


def test_the_command_line_loads_where_no_qt_is_installed():
    assert (ROOT / "console" / "command_line").exists()
    names = [module.name for module in console() if module.folders[:2] == ("console", "command_line")]
    _python(_WITHOUT_QT + _imports([name for name in names if not name.endswith("__main__")]))


@pytest.mark.parametrize("heavy", LAYOUT["heavy"]["modules"])
def test_loading_the_whole_console_loads_nothing_heavy(heavy: str, loaded_by_the_console: set[str]):
    assert heavy not in loaded_by_the_console, f"{heavy} belongs in a worker process"


@pytest.fixture(scope="module")
def loaded_by_the_console() -> set[str]:
    """The top-level packages in memory once every module of the window's process has been imported."""
    names = [module.name for module in house() if not _belongs_in_a_worker(module.name)]
    names = [name for name in names if not name.endswith("__main__")]
    return set(_python(_imports(names) + "import sys\nprint(*{name.split('.')[0] for name in sys.modules})").split())


def _belongs_in_a_worker(name: str) -> bool:
    parts = name.split(".")
    in_a_worker = any(part.endswith(("_worker", "_solver", "_models")) or part.startswith("pdf_") for part in parts)
    return in_a_worker or parts[-1] == "env"
