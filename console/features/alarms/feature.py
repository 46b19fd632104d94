"""The alarm list as the shell knows it before it is opened."""

from console.features.alarms import words
from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Source, Workspace
from console.features.targets import AlarmsTarget, GuidanceTarget


def create(context: PanelContext) -> Panel:
    from console.features.alarms.panel import AlarmsPanel

    return AlarmsPanel(context)


FEATURE = Feature(
    id="alarms",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(
        Placement(Workspace.OPERATIONS, Area.RIGHT, order=1, share=1.6),
        Placement(Workspace.ALARMS, Area.CENTER),
    ),
    create=create,
    source=Source.RECORD,
    key="Ctrl+Alt+A",
    answers=(AlarmsTarget, GuidanceTarget),
)
