"""Where every smart switch stands now, and how it stood through the last day."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from backend_core.outages.model import Check, Note, Outage, SmartSwitch, Span, Standing, Verdict
from backend_core.outages.rules import timeline
from backend_core.outages.rules.verdict import FLAP_WINDOW, is_flapping

KEPT = timedelta(hours=24)
MAX_SPANS = 2_000
FLAP_QUIET = timedelta(minutes=10)
MAX_UNSAVED = 50_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What a round of checks changed: who went dark or came back for certain, and who began to flap."""

    turned: list[Check] = field(default_factory=list)
    flapping: list[Check] = field(default_factory=list)


@dataclass(slots=True)
class Backlog:
    """What rounds have brought while the database did not take it; bounded, and the loss is counted."""

    checks: list[Check] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    dropped: int = 0

    def add(self, checks: Iterable[Check], outage: Outage | None, notes: Iterable[Note]) -> None:
        """Remember more; the oldest go when there are too many. Of an outage only the newest form is kept."""
        self.checks += checks
        self.notes += notes
        excess = max(0, len(self.checks) - MAX_UNSAVED)
        del self.checks[:excess], self.notes[: max(0, len(self.notes) - MAX_UNSAVED)]
        self.dropped += excess
        if outage is not None:
            self.outages = [o for o in self.outages if o.started_at != outage.started_at] + [outage]


class LiveStandings:
    """The newest standing of each smart switch; one owner, the core thread."""

    def __init__(self, longest_gap_s: float) -> None:
        self._longest_gap_s = longest_gap_s
        self._standings: dict[str, Standing] = {}
        self._known: dict[str, deque[Verdict]] = {}
        self._flap_told: dict[str, datetime] = {}

    def all(self) -> tuple[Standing, ...]:
        """Every standing, by name."""
        return tuple(self._standings.values())

    def keep(self, switches: Sequence[SmartSwitch]) -> bool:
        """Take the list as it is now, keeping what is known of those that stay; whether anything is new."""
        fresh = {switch.name: self._kept(switch) for switch in switches}
        changed = fresh != self._standings
        self._standings = fresh
        return changed

    def load(self, past: Mapping[str, tuple[Span, ...]]) -> None:
        """Take the past from the store; its last stretch tells how each stands."""
        for name, spans in past.items():
            known = self._standings.get(name)
            if known is None or not spans:
                continue
            if known.spans:
                # Known already, and the store has come to know more of what was before.
                earlier = tuple(span for span in spans if span.started_at < known.spans[0].started_at)
                self._standings[name] = replace(known, spans=_joined(earlier, known.spans))
                continue
            last = spans[-1]
            self._standings[name] = replace(
                known, verdict=last.verdict, since=last.started_at, checked_at=last.ended_at, spans=spans
            )
            certain = [span.verdict for span in spans if span.verdict is not Verdict.UNKNOWN]
            self._known[name] = deque(certain[-1:], maxlen=FLAP_WINDOW)

    def take(self, checks: Iterable[Check]) -> Taken:
        """Take new checks, oldest first; one that is not newer than what is known changes nothing."""
        taken = Taken()
        for check in checks:
            before = self._standings.get(check.name)
            if before is None or (before.checked_at is not None and check.checked_at <= before.checked_at):
                continue
            after, turned = self._after(before, check)
            self._standings[check.name] = after
            if after.flapping and not before.flapping:
                self._note_flapping(check, taken)
            elif turned and not after.flapping:
                taken.turned.append(check)
        return taken

    def _note_flapping(self, check: Check, taken: Taken) -> None:
        """One that calms down and begins again within minutes is not told anew."""
        told = self._flap_told.get(check.name)
        if told is None or check.checked_at - told > FLAP_QUIET:
            self._flap_told[check.name] = check.checked_at
            taken.flapping.append(check)

    def _kept(self, switch: SmartSwitch) -> Standing:
        known = self._standings.get(switch.name)
        if known is None or known.switch.address != switch.address:
            self._known.pop(switch.name, None)
            return Standing(switch, spans=known.spans if known else ())
        return known if known.switch == switch else replace(known, switch=switch)

    def _after(self, before: Standing, check: Check) -> tuple[Standing, bool]:
        known = self._known.setdefault(check.name, deque(maxlen=FLAP_WINDOW))
        turned = check.verdict is not Verdict.UNKNOWN and check.verdict is not (known[-1] if known else Verdict.ONLINE)
        if check.verdict is not Verdict.UNKNOWN:
            known.append(check.verdict)
        spans = timeline.extend(before.spans, check.verdict, check.checked_at, self._longest_gap_s)
        holds = check.verdict is before.verdict and before.since is not None
        after = replace(
            before,
            verdict=check.verdict,
            since=before.since if holds else check.checked_at,
            checked_at=check.checked_at,
            response_ms=check.response_ms,
            error=check.error,
            flapping=is_flapping(tuple(known), before.flapping),
            spans=timeline.trimmed(spans, check.checked_at - KEPT, MAX_SPANS),
        )
        return after, turned


def _joined(earlier: tuple[Span, ...], later: tuple[Span, ...]) -> tuple[Span, ...]:
    """Two runs of stretches as one; the last of the earlier may reach into the later and then is one with it."""
    if earlier and later and earlier[-1].ended_at >= later[0].started_at and earlier[-1].verdict is later[0].verdict:
        return (*earlier[:-1], replace(later[0], started_at=earlier[-1].started_at), *later[1:])
    return (*earlier, *later)
