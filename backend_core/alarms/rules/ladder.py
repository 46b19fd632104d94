"""Whether limits make sense together: LOLO < LO < HI < HIHI, each deadband under half the gap to its neighbour."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from backend_core.alarms.model import CONTACT_QUANTITY, AlarmRule, Level, RuleFault
from backend_core.alarms.rules.matching import RuleIndex, is_pattern, matches

MAX_DELAY_S = 86_400.0
_RANGE_LIMIT = "RANGE takes no limit: what a quantity can be at all is known by its kind."
_ORDER = (Level.LOLO, Level.LO, Level.HI, Level.HIHI)


def faults_of(rules: Sequence[AlarmRule], points: Iterable[str] = ()) -> tuple[RuleFault, ...]:
    """Everything wrong with these rules, alone and together, for every point known and every name written."""
    alone = [fault for rule in rules if (fault := fault_of(rule))]
    if alone:
        return tuple(alone)
    index = RuleIndex(rules)
    written: defaultdict[str, list[AlarmRule]] = defaultdict(list)
    for rule in rules:
        written[rule.point].append(rule)
    together: dict[str, RuleFault] = {}
    for point in [*sorted(written), *sorted(set(points) - written.keys())]:
        speaking = written[point] if "*" in point else index.resolve(point)
        if fault := _ladder_fault(speaking):
            together.setdefault(fault.sentence, fault)
    return tuple(together.values())


def fault_of(rule: AlarmRule) -> RuleFault | None:
    """What is wrong with a rule by itself."""
    sentence = _sentence(rule)
    return RuleFault(f"{rule.point} {rule.level}", sentence) if sentence else None


def _sentence(rule: AlarmRule) -> str | None:
    if not is_pattern(rule.point):
        return f"'{rule.point}' names no points: use the letters of ids, dots, and * for any text."
    if rule.level is Level.OFFLINE:
        return _contact_sentence(rule)
    if rule.level is Level.RANGE:
        return _delay_sentence(rule) if rule.limit is None else _RANGE_LIMIT
    if rule.limit is None or not math.isfinite(rule.limit):
        return f"{rule.level} needs a limit that is a number."
    if not (math.isfinite(rule.deadband) and rule.deadband >= 0.0):
        return "The deadband must be a number of 0 or more."
    return _delay_sentence(rule)


def _contact_sentence(rule: AlarmRule) -> str | None:
    if not matches(rule.point, f"{rule.point.rpartition('.')[0]}.{CONTACT_QUANTITY}"):
        return f"OFFLINE is about devices: write the point as <device>.{CONTACT_QUANTITY}, or with *."
    if rule.limit is not None and not (math.isfinite(rule.limit) and 1.0 <= rule.limit <= MAX_DELAY_S):
        return f"OFFLINE is limited in seconds of silence, from 1 to {MAX_DELAY_S:.0f}."
    return _delay_sentence(rule)


def _delay_sentence(rule: AlarmRule) -> str | None:
    for name, seconds in (("on-delay", rule.on_delay_s), ("off-delay", rule.off_delay_s)):
        if not (math.isfinite(seconds) and 0.0 <= seconds <= MAX_DELAY_S):
            return f"The {name} must lie between 0 and {MAX_DELAY_S:.0f} s."
    return None


def _ladder_fault(rules: Sequence[AlarmRule]) -> RuleFault | None:
    by_level = {rule.level: rule for rule in rules}
    ladder = [by_level[level] for level in _ORDER if level in by_level]
    for lower, upper in pairwise(ladder):
        if lower.limit is None or upper.limit is None:
            continue
        gap = upper.limit - lower.limit
        if gap <= 0.0:
            return _between(lower, upper, "must lie below")
        for rule in (lower, upper):
            if rule.deadband >= gap / 2.0:
                return RuleFault(
                    f"{rule.point} {rule.level}",
                    f"The deadband {rule.deadband:g} of {rule.level} on {rule.point} must be under half the gap of "
                    f"{gap:g} between {lower.level} {lower.limit:g} and {upper.level} {upper.limit:g}.",
                )
    return None


def _between(lower: AlarmRule, upper: AlarmRule, relation: str) -> RuleFault:
    return RuleFault(
        f"{upper.point} {upper.level}",
        f"{lower.level} {lower.limit:g} on {lower.point} {relation} {upper.level} {upper.limit:g} on {upper.point}.",
    )
