"""Why there is no data: a point's walk from the broker to the screen, with a verdict for each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend_core.history.service import HistoryService
from backend_core.kernel.clock import Clock, from_us
from backend_core.kernel.identities import DeviceId, PointId, split_point
from backend_core.kernel.links import LinkName, LinkState
from backend_core.kernel.quality import WORDS, Quality
from backend_core.telemetry.model import DeviceKind, Rejection
from backend_core.telemetry.service import SourceScore, TelemetryService


class Verdict(StrEnum):
    """How a step of the walk stands."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One step of the walk: what it is, how it stands, what was seen, and what to do."""

    step: str
    verdict: Verdict
    seen: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of the scoreboard; `clock_offset_s` is device time minus receipt, `rejected` counts by reason."""

    device: str
    kind: str
    messages: int
    rejected: Mapping[str, int]
    last_received_us: int
    clock_offset_s: float
    last_topic: str
    last_payload: str


class DiagnosisDesk:
    """Looks along the walk without changing anything."""

    def __init__(
        self,
        telemetry: TelemetryService,
        history: HistoryService,
        links: Callable[[], Mapping[LinkName, LinkState]],
        topics: Sequence[str],
        clock: Clock,
    ) -> None:
        self._telemetry = telemetry
        self._history = history
        self._links = links
        self._topics = topics
        self._clock = clock

    async def sources(self) -> tuple[SourceRow, ...]:
        """Every device heard since this core started."""
        return tuple(self._source(device, score) for device, score in sorted(self._telemetry.scores.items()))

    async def rejections(self) -> tuple[Rejection, ...]:
        """The newest rejections with their payloads, newest first."""
        return tuple(reversed(self._telemetry.recent_rejections))

    async def why_no_data(self, point: PointId) -> tuple[Finding, ...]:
        """Walk the point's way; the first broken step is the cause."""
        device, _ = split_point(point)
        score = self._telemetry.scores.get(device)
        return (
            self._broker(),
            self._topic(device, score),
            self._payload(score),
            self._judgement(point, score),
            self._database(),
            self._screen(point),
        )

    def _source(self, device: str, score: SourceScore) -> SourceRow:
        kind = str(self._telemetry.kinds.get(DeviceId(device), "unknown"))
        payload = score.last_payload[:2000].decode("utf-8", "replace")
        return SourceRow(
            device,
            kind,
            score.messages,
            dict(score.rejections),
            score.last_received_us,
            score.clock_offset_s,
            score.last_topic,
            payload,
        )

    def _broker(self) -> Finding:
        link = self._links().get(LinkName.BROKER)
        if link is not None and link.ok:
            since = f"{from_us(link.since_us):%H:%M:%S} UTC"
            return Finding("Broker", Verdict.GOOD, f"Connected since {since}.")
        seen = link.detail if link is not None and link.detail else "Not connected."
        return Finding("Broker", Verdict.BROKEN, seen, "Check [mqtt] url and that the broker runs.")

    def _topic(self, device: str, score: SourceScore | None) -> Finding:
        if score is not None:
            return Finding("Topic", Verdict.GOOD, f"{score.messages:,} messages on {score.last_topic}.")
        if self._telemetry.kinds.get(DeviceId(device)) is DeviceKind.SMART_SWITCH:
            return Finding("Topic", Verdict.GOOD, f"None: {device} is a smart switch, its values come with its probes.")
        filters = ", ".join(self._topics)
        return Finding(
            "Topic",
            Verdict.BROKEN,
            f"No message of {device} has come since this core started. Subscribed: {filters}.",
            "Check that the device is powered and publishes to a topic of this list, with its id as the last level.",
        )

    def _payload(self, score: SourceScore | None) -> Finding:
        if score is None:
            return Finding("Last payload", Verdict.UNKNOWN, "There is none to look at.")
        age_s = (self._clock.now_us() - score.last_received_us) / 1e6
        text = score.last_payload[:400].decode("utf-8", "replace")
        verdict = Verdict.GOOD if age_s < 60.0 else Verdict.DOUBTFUL
        remedy = "" if verdict is Verdict.GOOD else "The device has fallen silent: check it and its network."
        return Finding("Last payload", verdict, f"{age_s:.1f} s ago: {text}", remedy)

    def _judgement(self, point: PointId, score: SourceScore | None) -> Finding:
        value = self._telemetry.live.values.get(point)
        if score is not None and score.rejections:
            reasons = ", ".join(f"{reason}: {count}" for reason, count in score.rejections.items())
            verdict = Verdict.DOUBTFUL if value is not None else Verdict.BROKEN
            return Finding(
                "Judgement", verdict, f"Rejected so far: {reasons}.", "Look at the payloads in the rejections."
            )
        if value is None:
            verdict = Verdict.UNKNOWN if score is None else Verdict.BROKEN
            return Finding("Judgement", verdict, f"No message has held {point}.", "Check the name of the quantity.")
        return Finding("Judgement", Verdict.GOOD, f"Accepted as {WORDS[value.quality]}.")

    def _database(self) -> Finding:
        link = self._links().get(LinkName.DATABASE)
        if link is None or not link.ok:
            seen = link.detail if link is not None else "Not opened."
            return Finding(
                "Database", Verdict.BROKEN, seen, "Live values go on; what waits is written when it is back."
            )
        depth, ms = self._history.depth, self._history.last_commit_ms
        return Finding("Database", Verdict.GOOD, f"Answers; {depth} batches wait, the last commit took {ms:.0f} ms.")

    def _screen(self, point: PointId) -> Finding:
        value = self._telemetry.live.values.get(point)
        if value is None:
            return Finding("Screen", Verdict.BROKEN, "Shows n/a: the point was never seen.")
        now_s = self._clock.monotonic()
        age_s, quality = now_s - value.received_monotonic_s, value.quality_at(now_s)
        seen = f"Shows {value.value:g} ({WORDS[quality]}), {age_s:.1f} s old, expected each {value.period_s:g} s."
        return Finding("Screen", Verdict.GOOD if quality is Quality.GOOD else Verdict.DOUBTFUL, seen)
