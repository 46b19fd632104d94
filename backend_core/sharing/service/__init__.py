"""The part of the sharing domain that remembers: this core's place among the others, and how far it has heard."""

from backend_core.sharing.service.follower import JournalFollower
from backend_core.sharing.service.place import SharingService

__all__ = ["JournalFollower", "SharingService"]
