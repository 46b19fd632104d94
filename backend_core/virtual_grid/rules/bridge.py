"""The kinds of power bridge the virtual grid knows."""

from enum import Enum


class Bridge(Enum):
    TWO_LEVEL = "TWO_LEVEL"
    NPC = "NPC"
    BUCK = "BUCK"
