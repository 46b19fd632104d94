"""Runs the pretend plant: ticks, solves, publishes, obeys orders, and tells its story."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from backend_core.kernel.clock import Clock
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.positions import Position
from backend_core.kernel.supervision import Supervisor
from backend_core.kernel.workers import Engine, Progress, Superseded, WorkerFailed, WorkerPool
from backend_core.virtual_grid.events import PlantChanged, TruthRecorded
from backend_core.virtual_grid.live.field import LiveField
from backend_core.virtual_grid.live.grid import LiveGrid
from backend_core.virtual_grid.live.supply import SupplyLights
from backend_core.virtual_grid.model import (
    DAY_BEFORE_STEP_S,
    CommandReply,
    DayOfHistory,
    GroundTruth,
    Message,
    PlantSetup,
    PlantStatus,
    Refusal,
    RunState,
    StoryKind,
    Survival,
)
from backend_core.virtual_grid.ports import MessageOutlet, SupplyPoints, TruthLog
from backend_core.virtual_grid.rules import commands, payloads
from backend_core.virtual_grid.rules.sensor import InjectedAnomaly
from backend_core.virtual_grid.rules.story import Effects, begun_between, effects_at

_log = logging.getLogger(__name__)
SURVIVE = "backend_core.virtual_grid.pandapower_worker:survive"
PREVIOUS_DAY = "backend_core.virtual_grid.pandapower_worker:previous_day"
STEP_S = 0.1
CONVERTER_STEPS, GRID_STEPS, RENEWABLE_STEPS, POSITION_STEPS = 5, 10, 20, 100
FALLEN_BEHIND_STEPS = 20
SOLVE_TIMEOUT_S = 30.0
DAY_BEFORE_TIMEOUT_S = 300.0
REMEMBERED_COMMANDS = 1000
REMEMBERED_TRUTHS = 1000


@dataclass(frozen=True, slots=True)
class PlantPorts:
    """Where the plant touches the world; only outlet, engine and clock are needed."""

    outlet: MessageOutlet
    engine: Engine
    clock: Clock
    bus: EventBus | None = None
    supply: SupplyPoints | None = None
    truth_log: TruthLog | None = None


class VirtualGrid:
    """Started and stopped from the console; the same object serves `simulate` and its dry run."""

    def __init__(self, setup: PlantSetup, ports: PlantPorts) -> None:
        self._setup = setup
        self._ports = ports
        self._tasks = Supervisor(ports.clock)
        self._switch_of = {setup.network.device_of(switch.id): switch.id for switch in setup.network.switches}
        self._reset()
        ports.outlet.listen("grid/commands/+", self.hear)

    def _reset(self) -> None:
        setup = self._setup
        self.grid = LiveGrid(setup.network, setup.seed)
        buses = tuple(bus.id for bus in setup.network.buses)
        self.field = LiveField(setup.seed, buses, self.grid.voltage_pu, setup.sensors)
        self.state = RunState.STOPPED
        self._step = 0
        self._messages = self._solutions = self._failed_solutions = 0
        self._is_solving = False
        self._solved_revision = -1
        self._effects = Effects()
        self._seen: deque[str] = deque(maxlen=REMEMBERED_COMMANDS)
        self._highest_epoch = 0
        self._supply = SupplyLights(self._ports.supply, setup.network)
        self._truths = _Truths(self._ports)

    @property
    def truths(self) -> tuple[GroundTruth, ...]:
        """What was done to the plant in this run, the newest last."""
        return tuple(self._truths.remembered)

    @property
    def elapsed_s(self) -> float:
        """Seconds of the run."""
        return self._step * STEP_S

    def status(self) -> PlantStatus:
        """For the console and for the log."""
        return PlantStatus(
            state=self.state,
            network=self._setup.network.name,
            seed=self._setup.seed,
            simulated_at=self._setup.simulated_after(self.elapsed_s),
            messages=self._messages,
            solutions=self._solutions,
            failed_solutions=self._failed_solutions,
            load_mw=self.grid.load_mw,
            shed_mw=self.grid.shed_mw,
            frequency_hz=self.grid.frequency_hz(),
            story_title=self._setup.story.title,
            incidents=self.grid.incidents,
        )

    async def start(self) -> None:
        """Begin the run from its start; positions are told at once, solved values after the first solution."""
        if self.state is not RunState.STOPPED:
            return
        self._reset()
        self.state = RunState.STARTING
        self._tell()
        self._tasks.spawn("virtual grid", self._run())

    async def stop(self) -> None:
        """End the run; the last values stay where they are and grow stale."""
        if self.state is RunState.STOPPED:
            return
        await self._tasks.stop()
        self.state = RunState.STOPPED
        self._tell()

    async def operate(self, device: str, position: Position) -> Refusal | None:
        """Move a switch of the plant as its own operator would; the grid is solved anew at once."""
        switch_id = self._switch_of.get(device)
        if switch_id is None:
            return Refusal.UNKNOWN_SWITCH
        if self.grid.operate(switch_id, position):
            await self._publish([payloads.switch(device, self._ports.clock.now(), position)])
            self._ask_for_solution(at_once=True)
        return None

    def hear(self, topic: str, payload: bytes) -> None:
        """An order has come in over the broker."""
        if self.state is not RunState.STOPPED and not topic.endswith("/reply"):
            self._tasks.spawn("virtual grid order", self.obey(topic, payload))

    async def obey(self, topic: str, payload: bytes) -> CommandReply | None:
        """Judge an order, carry it out, and answer when it can be known whom to answer."""
        command = commands.read(topic, payload)
        if isinstance(command, commands.Unreadable):
            if command.command_id is None:
                return None
            reply = CommandReply(command.command_id, Refusal.MALFORMED)
        else:
            positions = {device: self.grid.positions[switch] for device, switch in self._switch_of.items()}
            now = self._ports.clock.now()
            refusal = commands.judge(command, positions, self._seen, self._highest_epoch, now)
            self._seen.append(command.command_id)
            self._highest_epoch = max(self._highest_epoch, command.epoch)
            if refusal is None:
                refusal = await self.operate(command.switch_id, command.action)
            reply = CommandReply(command.command_id, refusal)
        await self._publish([Message(f"{topic}/reply", commands.reply_payload(reply))])
        return reply

    async def run_stepped(self, seconds: float, begins_at: datetime) -> None:
        """The dry run: as fast as it can be computed, each solution awaited, times counted from a fixed start."""
        self._reset()
        self.state = RunState.STARTING
        for _ in range(round(seconds / STEP_S)):
            at = begins_at + timedelta(seconds=self.elapsed_s)
            if self._step % GRID_STEPS == 0:
                await self._solve()
            await self._publish(list(self._next_messages(at)))
        self.state = RunState.STOPPED

    async def _run(self) -> None:
        clock = self._ports.clock
        origin_s = clock.monotonic()
        while True:
            ahead_s = origin_s + self.elapsed_s - clock.monotonic()
            if ahead_s > 0.0:
                await clock.sleep(ahead_s)
            elif -ahead_s > FALLEN_BEHIND_STEPS * STEP_S:
                # The computer slept or was overloaded: go on from here instead of publishing the past in a burst.
                origin_s -= ahead_s
            if self._step % GRID_STEPS == 0:
                self._ask_for_solution()
            await self._publish(list(self._next_messages(clock.now())))

    def _next_messages(self, at: datetime) -> Iterator[Message]:
        """Everything that is due in this step, and one step forward."""
        step, simulated_at = self._step, self._setup.simulated_after(self.elapsed_s)
        yield from self._follow_story(at)
        share = self.grid.daily_share(simulated_at)
        if step % RENEWABLE_STEPS == 0:
            for report in self.field.weather_and_renewables(simulated_at, RENEWABLE_STEPS * STEP_S):
                yield payloads.message(report, at)
        if step % GRID_STEPS == 0:
            dt_s = GRID_STEPS * STEP_S
            self.grid.advance(simulated_at, dt_s, self._effects, self.field.sources)
            for report in self.grid.reports(dt_s, self.field.ambient_c):
                yield payloads.message(report, at)
            self._supply.show(self.grid, self.field)
        if self.grid.is_solved:
            yield from self._field_messages(at, share)
        if step % POSITION_STEPS == 0:
            for device, switch_id in self._switch_of.items():
                yield payloads.switch(device, at, self.grid.positions[switch_id])
        self._step += 1

    def _field_messages(self, at: datetime, share: float) -> Iterator[Message]:
        if self._step % CONVERTER_STEPS == 0:
            for report in self.field.converters(CONVERTER_STEPS * STEP_S, share, self._effects):
                yield payloads.message(report, at)
        for due_s, sensed, injected, name in self.field.sensors_due(self.elapsed_s, share, self._effects):
            moment = at - timedelta(seconds=min(STEP_S, self.elapsed_s - due_s))
            if sensed is not None:
                yield payloads.message(sensed, moment)
            if injected is not None:
                self._truths.record(GroundTruth(moment, "chance", injected.kind.value, name, _in_words(injected)))

    def _follow_story(self, at: datetime) -> Iterator[Message]:
        story, now_s = self._setup.story, self.elapsed_s
        self._effects = effects_at(story, now_s)
        for event in begun_between(story, now_s - STEP_S, now_s):
            if event.kind is StoryKind.SWITCH:
                switch_id = self._switch_of.get(event.target)
                if switch_id is None or not self.grid.operate(switch_id, event.position):
                    continue
                yield payloads.switch(event.target, at, event.position)
                self._ask_for_solution(at_once=True)
            self._truths.record(GroundTruth(at, "story", event.kind.value, event.target, event.title))

    def _ask_for_solution(self, *, at_once: bool = False) -> None:
        """At most one question is open, unless a switch has moved: then the newest topology overtakes."""
        if self.state is RunState.STOPPED or not self._tasks.names() or (self._is_solving and not at_once):
            return
        self._tasks.spawn("virtual grid solution", self._solve())

    async def _solve(self) -> None:
        if self._step == 0 and not self.grid.is_solved:
            # The first case needs a demand before the first tick has given one.
            self.grid.advance(self._setup.simulated_start, 0.0, self._effects, self.field.sources)
        revision = self.grid.revision
        self._is_solving = True
        try:
            survival = await self._ports.engine.ask(
                "virtual grid", SURVIVE, self.grid.case(), not self.grid.is_solved, timeout_s=SOLVE_TIMEOUT_S
            )
        except Superseded:
            return
        except WorkerFailed as failed:
            self._failed_solutions += 1
            _log.warning("The virtual grid was not solved: %s", failed)
            self._is_solving = False
            return
        self._is_solving = False
        await self._accept(survival, revision)

    async def _accept(self, survival: Survival, revision: int) -> None:
        is_first = not self.grid.is_solved
        if is_first:
            self.state = RunState.RUNNING
            self.field.skip_sensors_to(self.elapsed_s)
        self._solutions += 1
        new = self.grid.accept(survival, revision)
        for incident in new:
            what = f"{incident.lost_mw:.1f} MW at {', '.join(incident.buses)}"
            self._truths.record(
                GroundTruth(self._ports.clock.now(), "physics", incident.kind.value, incident.buses[0], what)
            )
        await self._supply.light(self.grid)
        if is_first or new:
            self._tell()

    async def _publish(self, messages: list[Message]) -> None:
        for message in messages:
            await self._ports.outlet.publish(message.topic, message.payload, message.retain)
        self._messages += len(messages)

    def _tell(self) -> None:
        if self._ports.bus is not None:
            self._ports.bus.publish(PlantChanged(self.status()))


class _Truths:
    """Remembers what was done to the plant and passes it on."""

    def __init__(self, ports: PlantPorts) -> None:
        self._ports = ports
        self.remembered: deque[GroundTruth] = deque(maxlen=REMEMBERED_TRUTHS)

    def record(self, truth: GroundTruth) -> None:
        self.remembered.append(truth)
        if self._ports.truth_log is not None:
            self._ports.truth_log.record(truth)
        if self._ports.bus is not None:
            self._ports.bus.publish(TruthRecorded(truth))


def _in_words(injected: InjectedAnomaly) -> str:
    return f"{injected.quantity}, {injected.readings} readings, {injected.magnitude:+g}"


async def day_before(
    setup: PlantSetup, pool: WorkerPool, end_us: int, progress: Progress | None = None
) -> DayOfHistory:
    """The 24 hours before a run, computed in a worker; best asked for after the first solution, which has the haste."""
    day = await pool.run(
        PREVIOUS_DAY,
        setup.network,
        setup.seed,
        setup.simulated_start,
        end_us,
        DAY_BEFORE_STEP_S,
        timeout_s=DAY_BEFORE_TIMEOUT_S,
        progress=progress,
    )
    return cast(DayOfHistory, day)


def begin_of_dry_run() -> datetime:
    """The fixed time that a dry run counts from."""
    return datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
