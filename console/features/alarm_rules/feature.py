"""The alarm rules as the shell knows them before they are opened."""

from console.features.alarm_rules import words
from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Source, Workspace


def create(context: PanelContext) -> Panel:
    from console.features.alarm_rules.panel import AlarmRulesPanel

    return AlarmRulesPanel(context)


FEATURE = Feature(
    id="alarm_rules",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(Placement(Workspace.ALARMS, Area.CENTER, order=1, tabbed=True),),
    create=create,
    source=Source.RECORD,
    key="Ctrl+Alt+L",
    controls=True,
    has_past=False,
)
