"""The part of the outages domain that remembers: the watch, its rounds, its hearing and the list."""

from backend_core.outages.service.watch import OutageService

__all__ = ["OutageService"]
