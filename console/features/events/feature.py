"""The event log as the shell knows it before it is opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Source, Workspace
from console.features.events import words
from console.features.targets import EventsTarget


def create(context: PanelContext) -> Panel:
    from console.features.events.panel import EventsPanel

    return EventsPanel(context)


FEATURE = Feature(
    id="events",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(Placement(Workspace.EVENTS, Area.CENTER),),
    create=create,
    source=Source.RECORD,
    key="Ctrl+Alt+E",
    answers=(EventsTarget,),
)
