"""Converters and renewables as the shell knows them before they are opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Source, Workspace
from console.features.converters import words


def create(context: PanelContext) -> Panel:
    from console.features.converters.panel import ConvertersPanel

    return ConvertersPanel(context)


FEATURE = Feature(
    id="converters",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(Placement(Workspace.CONVERTERS, Area.CENTER),),
    create=create,
    source=Source.LIVE,
    key="Ctrl+Alt+V",
)
