"""The single-line diagram as the shell knows it before it is opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Source, Workspace
from console.features.diagram import words
from console.features.targets import DiagramTarget, OverlayTarget


def create(context: PanelContext) -> Panel:
    from console.features.diagram.panel import DiagramPanel

    return DiagramPanel(context)


FEATURE = Feature(
    id="diagram",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(
        Placement(Workspace.OPERATIONS, Area.CENTER, order=0),
        Placement(Workspace.NETWORK, Area.CENTER, order=0),
        Placement(Workspace.STUDY, Area.CENTER, order=0),
    ),
    create=create,
    source=Source.LIVE,
    key="Ctrl+Alt+D",
    answers=(DiagramTarget, OverlayTarget),
    controls=True,
)
