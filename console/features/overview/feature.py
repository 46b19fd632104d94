"""The overview as the shell knows it before it is opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Workspace
from console.features.overview import words


def create(context: PanelContext) -> Panel:
    from console.features.overview.panel import OverviewPanel

    return OverviewPanel(context)


FEATURE = Feature(
    id="overview",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(
        Placement(Workspace.OPERATIONS, Area.RIGHT, order=0),
        Placement(Workspace.NETWORK, Area.RIGHT, order=0),
    ),
    create=create,
    key="Ctrl+Alt+H",
)
