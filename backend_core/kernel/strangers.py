"""Words that a newer program wrote: they are kept and shown as what they are, and never make a list unreadable."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

W = TypeVar("W", bound=StrEnum)


def read_word(kind: type[W], word: str) -> W:
    """The member of this word, or a stranger that carries it: equal to no member, written back as it was read."""
    known = kind._value2member_map_.get(word)
    if isinstance(known, kind):
        return known
    stranger = str.__new__(kind, word)
    stranger._name_ = stranger._value_ = word
    return stranger


def is_stranger(word: StrEnum) -> bool:
    """Whether this program does not know what the word means."""
    return word.value not in type(word)._value2member_map_


def told(word: StrEnum) -> str:
    """How a stranger is shown: `type 17 (newer version)`."""
    return f"type {word.value} (newer version)"
