"""What the world does wrong, said in a sentence with its remedy."""

from __future__ import annotations


class CoreError(Exception):
    """A failure that explains itself: what happened, and what the operator can do next."""

    exit_code = 2

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


class BadConfig(CoreError):
    """The configuration file says something that cannot be."""


class BadInput(CoreError):
    """A file, an argument or a form holds something that cannot be used."""


class DependencyAway(CoreError):
    """The database, the broker or another outside part does not answer."""

    exit_code = 3


class Fenced(CoreError):
    """Another core leads: this one's epoch is over and its write was refused."""

    exit_code = 3


class NotLeading(CoreError):
    """This console is on stand-by and may not do what only the leader does."""

    exit_code = 3


class ReadOnlyRecord(CoreError):
    """The database belongs to a newer program: this one may look and change nothing."""


class NoRoom(CoreError):
    """This computer's disk, or the share of it that was granted, takes no more."""

    exit_code = 3
