"""What a console may ask and order about settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backend_core.kernel.settings import Settings, Value


class SetupDesk:
    """The settings as they were read at start; changes are saved and hold from the next start on."""

    def __init__(self, settings: Settings, save: Callable[[Mapping[str, Value]], None] | None, place: str) -> None:
        self._settings = settings
        self._save = save
        self.place = place

    async def settings(self) -> Settings:
        """Every setting with its value."""
        return self._settings

    async def save(self, changes: Mapping[str, Value]) -> bool:
        """Write changes to the config file; false where there is none to write to."""
        if self._save is None:
            return False
        self._save(changes)
        return True
