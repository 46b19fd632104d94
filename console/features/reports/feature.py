"""The reports panel as the shell knows it before it is opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Workspace
from console.features.reports import words


def create(context: PanelContext) -> Panel:
    from console.features.reports.panel import ReportsPanel

    return ReportsPanel(context)


FEATURE = Feature(
    id="reports",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(Placement(Workspace.REPORTS, Area.CENTER),),
    create=create,
    key="Ctrl+Alt+R",
)
