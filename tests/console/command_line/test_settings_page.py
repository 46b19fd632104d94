"""The guide's page of settings is what the declarations say today."""

from pathlib import Path

from console.command_line.settings import page

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "settings.md"


def test_the_guide_tells_every_setting_as_it_is_declared():
    assert GUIDE.read_text("utf-8") == page(), "run 'linekeeper settings > docs/guide/settings.md'"
