"""Trends as the shell knows them before they are opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Source, Workspace
from console.features.targets import TrendTarget
from console.features.trends import words


def create(context: PanelContext) -> Panel:
    from console.features.trends.panel import TrendsPanel

    return TrendsPanel(context)


FEATURE = Feature(
    id="trends",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(Placement(Workspace.OPERATIONS, Area.BOTTOM), Placement(Workspace.TRENDS, Area.CENTER)),
    create=create,
    source=Source.LIVE,
    key="Ctrl+Alt+T",
    answers=(TrendTarget,),
)
