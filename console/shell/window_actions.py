"""Everything the window can do, each with a name, a key and a place in the palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count

from console.features.contract import Workspace
from console.features.targets import Subject
from console.shell import words
from console.shell.acknowledging import answer_in_words
from console.shell.main_window import MainWindow


def register(window: MainWindow, silence: Callable[[], None]) -> None:
    """Called once, when the window is whole."""
    _going(window)
    _answering(window, silence)
    _looking(window)
    _arranging(window)
    _rewinding(window)


def _going(window: MainWindow) -> None:
    add = window.actions_known.add
    for number, workspace in enumerate(Workspace, start=1):
        title = words.open_workspace(words.WORKSPACES[workspace])
        add(
            window,
            f"workspace.{workspace}",
            title,
            partial(window.go_to_workspace, workspace),
            key=f"Ctrl+{number % 10}",
            window_wide=True,
        )
    for feature in window.features:
        add(
            window,
            f"panel.{feature.id}",
            words.open_panel(feature.title),
            partial(window.open_feature, feature),
            key=feature.key or "",
            window_wide=True,
        )
    add(window, "shell.palette", words.PALETTE, window.palette_sheet.open, key="Ctrl+K", window_wide=True)
    add(window, "shell.settings", words.SETTINGS, window.open_settings, key="Ctrl+,", window_wide=True)
    add(window, "shell.help", words.HELP, window.show_help, key="F1", window_wide=True)
    add(window, "shell.window_help", words.WINDOW_HELP, partial(window.show_page, words.WINDOW_HELP, "window"))
    add(window, "shell.rewind_help", words.REWIND_HELP, partial(window.show_page, words.REWIND_HELP, "rewind"))
    add(window, "shell.news", words.NEWS, partial(window.show_page, words.NEWS, "whats_new"))
    add(window, "shell.consoles", words.WHO_IS_THERE, window.show_consoles)
    add(window, "shell.keys", words.KEYS_HELP, window.show_keys, key="Shift+F1", window_wide=True)
    add(window, "shell.back", words.BACK, window.go_back, key="Alt+Left", window_wide=True)
    add(window, "shell.quit", words.QUIT, window.close, key="Ctrl+Q", window_wide=True)


def _answering(window: MainWindow, silence: Callable[[], None]) -> None:
    add = window.actions_known.add

    def to_diagram(subject: Subject) -> None:
        if subject.element is not None:
            window.navigate.to_diagram(subject.element)

    def to_trend(subject: Subject) -> None:
        if subject.points:
            window.navigate.to_trend(subject.points)

    def to_guidance(subject: Subject) -> None:
        if subject.alarm_id is not None:
            window.navigate.to_guidance(subject.alarm_id)

    def to_moment(subject: Subject) -> None:
        if subject.at is not None:
            window.navigate.to_past(subject.at)
        else:
            window.notices.say(words.NO_MOMENT)

    def with_subject(step: Callable[[Subject], None]) -> Callable[[], None]:
        def run() -> None:
            subject = window.subject()
            if subject is None:
                window.notices.say(words.NO_SUBJECT)
            else:
                step(subject)

        return run

    def acknowledge() -> None:
        panel = window.focused_panel()
        if panel is not None and panel.acknowledge():
            return
        subject = window.urgent_unacknowledged()
        if subject is None or subject.alarm_id is None or subject.occurrence is None:
            window.notices.say(words.NOTHING_TO_ACKNOWLEDGE)
            return
        _acknowledge(window, subject.title, subject.alarm_id, subject.occurrence)

    def be_silent() -> None:
        silence()
        window.notices.say(words.SILENCED)

    add(window, "shell.diagram", words.TO_DIAGRAM, with_subject(to_diagram), key="F4", window_wide=True)
    add(window, "shell.trend", words.TO_TREND, with_subject(to_trend), key="F5", window_wide=True)
    add(window, "shell.guidance", words.TO_GUIDANCE, with_subject(to_guidance), key="F6", window_wide=True)
    add(window, "rewind.then", words.SHOW_THEN, with_subject(to_moment), key="Shift+F7", window_wide=True)
    add(window, "shell.acknowledge", words.ACKNOWLEDGE, acknowledge, key="F8", window_wide=True)
    add(window, "shell.silence", words.SILENCE, be_silent, key="F9", window_wide=True)


def _acknowledge(window: MainWindow, title: str, alarm_id: str, occurrence: int) -> None:
    from backend_core.alarms.model import AlarmId

    def tell(outcome: object) -> None:
        if sentence := answer_in_words(title, outcome):
            window.notices.say(sentence)

    window.operate.run(
        words.acknowledging(title),
        lambda core: core.alarms.acknowledge(AlarmId(alarm_id), occurrence),
        keys=[alarm_id],
        on_done=tell,
    )


def _looking(window: MainWindow) -> None:
    add, theme = window.actions_known.add, window.theme

    def fill_screen() -> None:
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    add(window, "look.mode", words.DAY_NIGHT, theme.toggle_mode, key="Ctrl+D", window_wide=True)
    add(window, "look.larger", words.ZOOM_IN, lambda: theme.step_zoom(1), key="Ctrl++", window_wide=True)
    add(window, "look.smaller", words.ZOOM_OUT, lambda: theme.step_zoom(-1), key="Ctrl+-", window_wide=True)
    add(window, "look.normal", words.ZOOM_RESET, lambda: theme.set_zoom(1.0), key="Ctrl+Shift+0", window_wide=True)
    add(window, "look.touch", words.TOUCH, lambda: theme.set_touch(not theme.touch))
    add(window, "look.full", words.FULL_SCREEN, fill_screen, key="F11", window_wide=True)


def _arranging(window: MainWindow) -> None:
    add = window.actions_known.add

    def detach() -> None:
        view = window.current
        key = window.focused_feature()
        if view and key:
            view.docks.detach(key)

    def reset() -> None:
        if view := window.current:
            view.docks.reset_layout()

    def keep() -> None:
        if view := window.current:
            place, kept = words.WORKSPACES[view.workspace], view.perspectives()
            name = next(name for n in count(1) if (name := f"{place} {n}") not in kept)
            view.keep_perspective(name)
            window.notices.say(words.perspective_kept(name))
            _offer(window, view.workspace, name)

    add(window, "layout.detach", words.DETACH, detach, key="Ctrl+Shift+D", window_wide=True)
    add(window, "layout.reset", words.RESET_LAYOUT, reset)
    add(window, "layout.keep", words.SAVE_PERSPECTIVE, keep, key="Ctrl+Shift+S", window_wide=True)
    for workspace, name in window.perspectives():
        _offer(window, workspace, name)


def _rewinding(window: MainWindow) -> None:
    add, rewind = window.actions_known.add, window.rewind

    def look_back() -> None:
        rewind.open()
        window.rewind_bar.type_time()

    add(window, "rewind.open", words.REWIND, look_back, key="F7", window_wide=True)
    add(window, "rewind.live", words.TO_LIVE, rewind.back_to_live, key="F12", window_wide=True)
    steps: tuple[tuple[str, str, str, Callable[[], object]], ...] = (
        ("play", words.PLAY_OR_PAUSE, "Ctrl+Shift+Space", rewind.toggle),
        ("second_back", words.BACK_SECOND_NAME, "Ctrl+Shift+Left", lambda: rewind.step(-1)),
        ("second_on", words.ON_SECOND_NAME, "Ctrl+Shift+Right", lambda: rewind.step(1)),
        ("minute_back", words.BACK_MINUTE_NAME, "Ctrl+Shift+PgUp", lambda: rewind.step(-60)),
        ("minute_on", words.ON_MINUTE_NAME, "Ctrl+Shift+PgDown", lambda: rewind.step(60)),
        ("alarm_before", words.TO_ALARM_BEFORE_NAME, "Ctrl+Shift+Up", lambda: rewind.to_alarm(backwards=True)),
        ("alarm_after", words.TO_ALARM_AFTER_NAME, "Ctrl+Shift+Down", lambda: rewind.to_alarm(backwards=False)),
    )
    for name, title, key, run in steps:
        add(window, f"rewind.{name}", words.rewind_action(title), run, key=key, window_wide=True)


def _offer(window: MainWindow, workspace: Workspace, name: str) -> None:
    """A kept perspective is two more actions of the palette: to use it, and to forget it."""

    def use() -> None:
        window.go_to_workspace(workspace).use_perspective(name)

    def forget() -> None:
        window.go_to_workspace(workspace).forget_perspective(name)
        window.notices.say(words.perspective_forgotten(name))
        for action in offered:
            action.deleteLater()

    add, known_as = window.actions_known.add, f"perspective.{workspace}.{name}"
    offered = [
        add(window, known_as, words.open_perspective(name), use),
        add(window, f"{known_as}.forget", words.forget_perspective(name), forget),
    ]
