"""What the liveness strip says, worked out from the last sign of life and the time that has passed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from backend_core.gateway.frame import CoreHealth, Frame
from backend_core.kernel.links import LinkName, LinkState
from console.shell import words

SILENT_AFTER_S = 6.0
LOST_AFTER_S = 3.0
OLD_DATA_S = 10.0
CONNECTING_S = 10.0
WORTH_SAYING = 2000
"""Fewer messages that wait on the disk are one breath of the database."""
BEHIND_S = 5.0
GREYED_S = 15.0


@dataclass(frozen=True, slots=True)
class Sign:
    """One entry of the strip: its name, what it says, and how it looks."""

    name: str
    text: str
    tone: str = "normal"


class Liveness:
    """Fed with frames; asked every second. Time is the caller's monotonic clock, so a dead core cannot stop it."""

    def __init__(self) -> None:
        self._health: CoreHealth | None = None
        self._heard_s: float | None = None
        self._heard_at: datetime | None = None
        self._met: set[LinkName] = set()
        self.failed: str = ""

    def hear(self, frame: Frame, monotonic_s: float, now: datetime) -> None:
        if frame.health is not None:
            self._health = frame.health
            self._met.update(name for name, link in frame.health.links.items() if link.ok)
            self._heard_s, self._heard_at = monotonic_s, now

    @property
    def health(self) -> CoreHealth | None:
        return self._health

    def is_live(self, monotonic_s: float) -> bool:
        return self._heard_s is not None and monotonic_s - self._heard_s < SILENT_AFTER_S

    def silence(self, monotonic_s: float, started_s: float) -> str:
        """Why nothing here may be believed; empty while the core is heard or has only just been started."""
        if self.failed:
            return words.core_failed(self.failed)
        if self.is_live(monotonic_s):
            return ""
        if self._heard_at is None:
            return words.NEVER_LIVE if monotonic_s - started_s >= SILENT_AFTER_S else ""
        return words.silent_since(self._heard_at.astimezone())

    def signs(self, now: datetime, monotonic_s: float) -> list[Sign]:
        """The entries of the strip; what the core said before it fell silent is not repeated as if it held."""
        health = self._health
        if self._heard_s is not None and not self.is_live(monotonic_s):
            unknown = (words.JOURNAL, words.BROKER, words.DATABASE, words.DATA_AGE)
            silent = Sign(words.CORE, words.silent_for(monotonic_s - self._heard_s), "high")
            return [silent, *(Sign(name, words.UNKNOWN, "high") for name in unknown)]
        if health is None:
            names = (words.CORE, words.JOURNAL, words.BROKER, words.DATABASE, words.DATA_AGE)
            return [Sign(name, words.STARTING, "tertiary") for name in names]
        age = health.data_age_p95_s
        return [
            Sign(
                words.CORE,
                words.core_word(health.leader, leads=health.leads, can_know=_is_up(health, LinkName.DATABASE)),
                "normal" if health.leader else "high",
            ),
            self._journal(monotonic_s),
            self._link(words.BROKER, health.links.get(LinkName.BROKER), now),
            self._database(health, now),
            Sign(words.DATA_AGE, words.age(age), "high" if age is not None and age > OLD_DATA_S else "normal"),
            Sign(words.CONSOLES, str(max(1, len(health.present)))),
        ]

    def record_age_s(self, monotonic_s: float) -> float | None:
        """How old what others changed may be at most; nothing before the record was read for the first time."""
        health = self._health
        if health is None or health.journal_age_s is None or self._heard_s is None:
            return None
        return health.journal_age_s + max(0.0, monotonic_s - self._heard_s)

    def is_behind(self, monotonic_s: float, longer_than_s: float = BEHIND_S) -> bool:
        """Whether changes by others have not arrived for so long; a leader knows its alarms without the journal."""
        age_s = self.record_age_s(monotonic_s)
        away = self._health is not None and any(not link.ok for link in self._health.links.values())
        leads = self._health is not None and self._health.leads
        return age_s is not None and age_s > longer_than_s and not (leads and away)

    def lost(self, now: datetime, monotonic_s: float) -> list[str]:
        """What is away or warned of, in sentences: links after 3 s (one never met yet: 10 s), the journal after 5."""
        if self._health is None:
            return []
        spooled = self._health.spooled
        sentences = {
            LinkName.BROKER: words.broker_lost,
            LinkName.DATABASE: lambda since: words.database_lost(since, spooled.messages, spooled.refusal),
        }
        found = []
        for name, sentence in sentences.items():
            link = self._health.links.get(name)
            patience_s = LOST_AFTER_S if name in self._met else CONNECTING_S
            if link is not None and not link.ok and now - _time(link.since_us) > timedelta(seconds=patience_s):
                found.append(sentence(_time(link.since_us).astimezone()))
        age_s = self.record_age_s(monotonic_s)
        if age_s is not None and self.is_behind(monotonic_s):
            found.append(words.journal_behind(age_s))
        return [*found, *self._health.warnings]

    def _journal(self, monotonic_s: float) -> Sign:
        is_behind = self.is_behind(monotonic_s)
        text = words.journal_word(self.record_age_s(monotonic_s), is_behind=is_behind)
        return Sign(words.JOURNAL, text, "high" if is_behind else "normal")

    def _database(self, health: CoreHealth, now: datetime) -> Sign:
        link = health.links.get(LinkName.DATABASE)
        if link is not None and link.ok and health.spooled.messages >= WORTH_SAYING:
            return Sign(words.DATABASE, words.storing(health.spooled.messages), "high")
        return self._link(words.DATABASE, link, now)

    def _link(self, name: str, link: LinkState | None, now: datetime) -> Sign:
        if link is None:
            return Sign(name, words.UNKNOWN, "tertiary")
        if link.ok:
            return Sign(name, words.latency(link.latency_ms))
        away_s = max(0.0, (now - _time(link.since_us)).total_seconds())
        if link.name not in self._met and away_s < CONNECTING_S:
            return Sign(name, words.CONNECTING, "tertiary")
        return Sign(name, words.away_for(away_s), "high")


def _is_up(health: CoreHealth, name: LinkName) -> bool:
    link = health.links.get(name)
    return link is not None and link.ok


def _time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
