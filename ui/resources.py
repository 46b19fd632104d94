"""Where the files that ship beside the code are found, in a checkout, a wheel and a frozen program alike."""

import sys
from pathlib import Path


def resource_folder() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    return (Path(frozen) if frozen else Path(__file__).resolve().parent.parent) / "resources"


def resource(*parts: str) -> Path:
    """The path of one shipped file, for example `resource("styles", "console.qss")`."""
    return resource_folder().joinpath(*parts)
