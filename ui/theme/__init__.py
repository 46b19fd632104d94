"""The look: tokens by name, one palette, one stylesheet, one font; widgets never name a colour by its value."""

from ui.theme.theme import Mode, Theme

__all__ = ["Mode", "Theme"]
