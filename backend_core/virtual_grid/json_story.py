"""Reads a story from a JSON file of `sample_data/scenarios`."""

from __future__ import annotations

import json
from pathlib import Path

from backend_core.kernel.errors import BadInput
from backend_core.virtual_grid.model import Story
from backend_core.virtual_grid.rules.story import story_from


def open_story(path: Path) -> Story:
    """The story of a file that must be sound."""
    try:
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict):
            raise ValueError("it must be an object")
        return story_from(document)
    except OSError as problem:
        raise BadInput(f"The story {path.name} cannot be read: {problem.strerror}.", "Check its path.") from problem
    except ValueError as wrong:
        raise BadInput(f"The story {path.name} cannot be used: {wrong}.", "Compare it with first_hour.json.") from wrong
