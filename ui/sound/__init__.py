"""Short sounds from files, played on a thread of their own; which sound means what is for others to say."""

from ui.sound.player import NoDevice, Sounder, SoundPlayer

__all__ = ["NoDevice", "SoundPlayer", "Sounder"]
