"""Diagnostics as the shell knows them before they are opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Workspace
from console.features.diagnostics import words
from console.features.targets import DoctorTarget


def create(context: PanelContext) -> Panel:
    from console.features.diagnostics.panel import DiagnosticsPanel

    return DiagnosticsPanel(context)


FEATURE = Feature(
    id="diagnostics",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(Placement(Workspace.DIAGNOSTICS, Area.CENTER),),
    create=create,
    key="Ctrl+Alt+G",
    answers=(DoctorTarget,),
    has_past=False,
)
