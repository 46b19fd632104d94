"""Which rule speaks for a point: its own before a pattern's, a narrower pattern before a wider one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from backend_core.alarms.model import AlarmRule, Level

_PATTERN = re.compile(r"[A-Za-z0-9_.:*-]{1,97}")


def is_pattern(text: str) -> bool:
    """Whether the text may name points: letters of ids and quantities, and `*` for anything."""
    return _PATTERN.fullmatch(text) is not None


def matches(pattern: str, point: str) -> bool:
    """Whether the pattern names the point; `*` stands for any text, dots too."""
    return pattern == point if "*" not in pattern else _compiled(pattern).fullmatch(point) is not None


class RuleIndex:
    """Rules ready to be asked for a point: a hundred thousand points' own rules cost no more than one."""

    def __init__(self, rules: Iterable[AlarmRule]) -> None:
        self._own: defaultdict[str, list[AlarmRule]] = defaultdict(list)
        self._patterns: list[AlarmRule] = []
        for rule in rules:
            if "*" in rule.point:
                self._patterns.append(rule)
            else:
                self._own[rule.point].append(rule)

    def resolve(self, point: str) -> tuple[AlarmRule, ...]:
        """The one rule of each level that holds for the point, mild before severe."""
        best: dict[Level, AlarmRule] = {}
        for rule in (*self._own.get(point, ()), *self._patterns):
            if matches(rule.point, point) and _narrower(rule, best.get(rule.level)):
                best[rule.level] = rule
        return tuple(sorted(best.values(), key=lambda rule: (rule.level.side, rule.level.rank)))


def _narrower(rule: AlarmRule, than: AlarmRule | None) -> bool:
    return than is None or _narrowness(rule) > _narrowness(than)


def _narrowness(rule: AlarmRule) -> tuple[bool, int, str]:
    # The text itself is the last word, so that two equally narrow patterns decide alike on every console.
    return ("*" not in rule.point, len(rule.point) - rule.point.count("*"), rule.point)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)
