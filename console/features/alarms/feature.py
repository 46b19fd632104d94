"""The alarm list and the alarm rules as the shell knows them before they are opened."""

from console.features.alarms import words
from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Workspace
from console.features.targets import AlarmsTarget, GuidanceTarget


def create(context: PanelContext) -> Panel:
    from console.features.alarms.panel import AlarmsPanel

    return AlarmsPanel(context)


def create_rules(context: PanelContext) -> Panel:
    from console.features.alarms.editor import AlarmRulesPanel

    return AlarmRulesPanel(context)


FEATURES = (
    Feature(
        id="alarms",
        title=words.TITLE,
        summary=words.SUMMARY,
        placements=(
            Placement(Workspace.OPERATIONS, Area.RIGHT, order=1, share=1.6),
            Placement(Workspace.ALARMS, Area.CENTER),
        ),
        create=create,
        key="Ctrl+Alt+A",
        answers=(AlarmsTarget, GuidanceTarget),
    ),
    Feature(
        id="alarm_rules",
        title=words.RULES_TITLE,
        summary=words.RULES_SUMMARY,
        placements=(Placement(Workspace.ALARMS, Area.CENTER, order=1, tabbed=True),),
        create=create_rules,
        key="Ctrl+Alt+L",
        controls=True,
    ),
)
