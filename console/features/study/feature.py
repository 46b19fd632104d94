"""The what-if study as the shell knows it before it is opened."""

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Workspace
from console.features.study import words
from console.features.targets import StudyTarget


def create(context: PanelContext) -> Panel:
    from console.features.study.panel import StudyPanel

    return StudyPanel(context)


FEATURE = Feature(
    id="study",
    title=words.TITLE,
    summary=words.SUMMARY,
    placements=(Placement(Workspace.STUDY, Area.RIGHT, order=0),),
    create=create,
    key="Ctrl+Alt+W",
    answers=(StudyTarget,),
)
