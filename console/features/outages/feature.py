"""Smart switches and outages as the shell knows them before they are opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Source, Workspace
from console.features.outages import words
from console.features.targets import SwitchTarget


def create(context: PanelContext) -> Panel:
    """Beside the diagram the short list, in its own workspace everything."""
    if context.workspace is Workspace.OPERATIONS:
        from console.features.outages.compact import CompactOutagesPanel

        return CompactOutagesPanel(context)
    from console.features.outages.panel import OutagesPanel

    return OutagesPanel(context)


FEATURE = Feature(
    id="outages",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(
        Placement(Workspace.OPERATIONS, Area.RIGHT, order=2, share=1.0),
        Placement(Workspace.OUTAGES, Area.CENTER),
    ),
    create=create,
    source=Source.RECORD,
    key="Ctrl+Alt+O",
    answers=(SwitchTarget,),
)
