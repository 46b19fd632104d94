"""What an operator can do with a trend: choose points and times, measure, save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from console.features.contract import PanelContext
from console.features.trends import words
from console.features.trends.plot import samples_as_csv
from ui.plot import TrendView
from ui.plot.export import save_picture

if TYPE_CHECKING:
    from console.features.trends.panel import TrendsPanel


def register(panel: TrendsPanel, context: PanelContext) -> None:
    """Put everything into the palette and the title bar; keys work while the trend has the focus."""
    add, head = context.actions.add, context.head
    entries = (
        ("trends.points", words.ACTION_POINTS, panel.toggle_picker, "/"),
        ("trends.cursors", words.ACTION_CURSORS, panel.view.toggle_cursors, "C"),
        ("trends.yesterday", words.ACTION_YESTERDAY, panel.toggle_yesterday, "Y"),
        ("trends.live", words.ACTION_LIVE, panel.go_live, "End"),
        ("trends.save", words.ACTION_SAVE, lambda: ask_for_file(panel, context), "Ctrl+S"),
        ("trends.clear", words.ACTION_CLEAR, panel.clear, "Ctrl+Backspace"),
    )
    for action_id, title, run, key in entries:
        add(panel, action_id, title, run, key=key)
    head.add_action(words.POINTS, panel.toggle_picker, help_text=words.POINTS_HELP)
    head.add_action(words.CURSORS, panel.view.toggle_cursors, help_text=words.CURSORS_HELP)
    head.add_action(words.THEN, panel.show_then, help_text=words.THEN_HELP)
    head.add_action(words.YESTERDAY, panel.toggle_yesterday, help_text=words.YESTERDAY_HELP)
    head.add_action(words.SAVE, lambda: ask_for_file(panel, context), help_text=words.SAVE_HELP)


def ask_for_file(panel: TrendsPanel, context: PanelContext) -> QFileDialog:
    """Ask for a name without standing in the way; its ending decides between picture and samples."""
    dialog = QFileDialog(panel, words.SAVE_TITLE, "", words.FILES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile("trend.png")
    dialog.fileSelected.connect(lambda name: save(panel.view, Path(name), context))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def save(view: TrendView, path: Path, context: PanelContext) -> None:
    try:
        if path.suffix.lower() == ".csv":
            span = view.span
            path.write_text(samples_as_csv(view.traces, span.left, span.right), encoding="utf-8")
        else:
            path = path if path.suffix.lower() in (".png", ".svg") else path.with_suffix(".png")
            save_picture(view, path)
    except OSError as error:
        context.notices.say(words.not_saved(path.name, str(error)), tone="high")
        return
    context.notices.say(words.saved(path.name))
