"""A theme of its own for each test of the kit."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme()
    made.apply_to(qapp)
    yield made
    qapp.setStyleSheet("")
    made.deleteLater()
