"""What the screen remembers between runs: one JSON file, written when something changed and nobody waits for it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)


class ScreenMemory:
    """Every key is kept under a section; a broken file is put aside, never a reason not to start."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._sections: dict[str, dict[str, Any]] = {}
        self._dirty = False
        if path is not None and path.exists():
            self._read(path)

    def get(self, section: str, key: str, default: Any = None) -> Any:
        return self._sections.get(section, {}).get(key, default)

    def set(self, section: str, key: str, value: Any) -> None:
        kept = self._sections.setdefault(section, {})
        if kept.get(key) != value:
            kept[key] = value
            self._dirty = True

    def forget(self, section: str, key: str) -> None:
        if self._sections.get(section, {}).pop(key, None) is not None:
            self._dirty = True

    def keys(self, section: str) -> list[str]:
        return list(self._sections.get(section, {}))

    def save(self) -> None:
        """Write if anything changed; a full disk costs the layout, not the shift."""
        if not self._dirty or self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".new")
            draft.write_text(json.dumps(self._sections, ensure_ascii=False, indent=1), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            _log.warning("The screen's memory could not be written to %s: %s", self._path, error)
            return
        self._dirty = False

    def _read(self, path: Path) -> None:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            _log.warning("The screen's memory %s could not be read and starts empty: %s", path, error)
            return
        if isinstance(found, dict):
            self._sections = {name: part for name, part in found.items() if isinstance(part, dict)}


class PanelMemory:
    """One panel's part of it."""

    def __init__(self, memory: ScreenMemory, section: str) -> None:
        self._memory = memory
        self._section = section

    def get(self, key: str, default: Any = None) -> Any:
        return self._memory.get(self._section, key, default)

    def set(self, key: str, value: Any) -> None:
        self._memory.set(self._section, key, value)
