"""Which inlets are open: the durable one while this core leads, the live one while it does not or is held up."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend_core.kernel.clock import Clock
from backend_core.kernel.errors import BadConfig
from backend_core.kernel.links import LinkState
from backend_core.kernel.settings import Settings
from backend_core.kernel.supervision import Supervisor
from backend_core.runtime.toml_config import secret
from backend_core.storage.engine import mask
from backend_core.telemetry.events import SessionDoubted, SessionOpened
from backend_core.telemetry.model import BrokerTidings, Inlet
from backend_core.telemetry.mqtt_probe import MqttProbe
from backend_core.telemetry.mqtt_source import BrokerAddress, MqttSource
from backend_core.telemetry.service import TelemetryService

BLOCKED_FOR_S = 1.0
LOOK_EVERY_S = 0.25


@dataclass(slots=True)
class _Open:
    """An inlet that is open, and the task that reads it."""

    source: MqttSource
    task: asyncio.Task[None]


class Inlets:
    """Opens and closes the two inlets; `lead` and `follow` are called on each change of role."""

    def __init__(
        self,
        address: BrokerAddress,
        settings: Settings,
        telemetry: TelemetryService,
        clock: Clock,
        on_link: Callable[[LinkState], None],
        name: str,
    ) -> None:
        self._address = address
        self._topics = topic_filters(settings)
        self._durable_id = settings.text("mqtt.client_id")
        self._telemetry = telemetry
        self._clock = clock
        self._on_link = on_link
        self._name = name
        self._tasks = Supervisor(clock)
        self._open: dict[Inlet, _Open] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._probing: asyncio.Task[None] | None = None
        self.leads = False
        self.proves_lead: Callable[[], Awaitable[bool]] | None = None
        """Asked before the durable session is taken back: two cores must not take it from each other for ever."""
        self.on_session: Callable[[SessionOpened | SessionDoubted], None] | None = None
        self.on_tidings: Callable[[BrokerTidings], None] | None = None

    @property
    def link(self) -> LinkState | None:
        """The state of the broker as the better of the open inlets sees it."""
        links = [opened.source.link for opened in self._open.values()]
        return max(links, key=lambda link: link.ok, default=None)

    @property
    def hears(self) -> bool:
        """Whether this console reaches the broker, by whichever inlet."""
        link = self.link
        return link is not None and link.ok

    @property
    def takes(self) -> bool:
        """Whether the durable session is open: from then on the broker keeps for us whatever is published."""
        durable = self._open.get(Inlet.DURABLE)
        return durable is not None and durable.source.link.ok

    def depths(self) -> dict[str, int]:
        """Messages that have arrived and are not yet in a batch."""
        return {f"{inlet} inlet": opened.source.waiting for inlet, opened in self._open.items()}

    def dropped(self) -> dict[str, int]:
        """What the live inlet had to let go."""
        return {f"{inlet} inlet": opened.source.dropped for inlet, opened in self._open.items()}

    def lead(self) -> None:
        """This core leads now: take the durable session over, or keep it."""
        self.leads = True
        self._begin(Inlet.DURABLE)
        self._end(Inlet.LIVE)
        if self._probing is None:
            self._probing = self._tasks.spawn("broker probe", self._probe())

    def follow(self) -> None:
        """Another leads, or the database is away: look on."""
        self.leads = False
        self._end(Inlet.DURABLE)
        self._begin(Inlet.LIVE)
        if self._probing is not None:
            self._probing.cancel()
            self._probing = None

    async def watch(self) -> None:
        """Open the live inlet beside the durable one for as long as that is held up, or lost, for ever."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            if not self.leads:
                continue
            since_s = self._telemetry.blocked_since_s
            is_held_up = since_s is not None and self._clock.monotonic() - since_s > BLOCKED_FOR_S
            if is_held_up or self._is_lost:
                self._begin(Inlet.LIVE)
            elif since_s is None and self.takes:
                self._end(Inlet.LIVE)

    async def stop(self) -> None:
        """Disconnect from the broker; the durable session stays there."""
        for inlet in list(self._open):
            self._end(inlet)
        if self._closing:
            await asyncio.wait(self._closing, timeout=2.0)
        await self._tasks.stop()

    def abandon(self) -> None:
        """From any thread: close the sockets; what was not acknowledged is delivered to another."""
        for opened in list(self._open.values()):
            opened.source.abandon()

    def _begin(self, inlet: Inlet) -> None:
        if inlet in self._open:
            return
        client_id = self._durable_id if inlet is Inlet.DURABLE else f"live-{self._name}"
        source = MqttSource(self._address, self._topics, self._clock, inlet, client_id, self._on_link)
        if inlet is Inlet.DURABLE and self.proves_lead is not None:
            source.may_return = self.proves_lead
        source.on_session = self.on_session
        task = self._tasks.spawn(f"{inlet} inlet", self._telemetry.run(source))
        self._open[inlet] = _Open(source, task)

    async def _probe(self) -> None:
        """Pass on what the broker tells of itself, for as long as this core leads."""
        probe = MqttProbe(self._address, self._clock, f"probe-{self._name}")
        async with contextlib.aclosing(probe.tidings()) as tidings:
            async for told in tidings:
                if self.on_tidings is not None:
                    self.on_tidings(told)

    def _end(self, inlet: Inlet) -> None:
        opened = self._open.pop(inlet, None)
        if opened is not None:
            closing = self._tasks.spawn(f"close {inlet} inlet", self._close(opened))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    @property
    def _is_lost(self) -> bool:
        """Whether the durable session is gone; while the database is away it is not taken back."""
        durable = self._open.get(Inlet.DURABLE)
        if durable is None or durable.source.link.ok:
            return False
        return self._clock.now_us() - durable.source.link.since_us > BLOCKED_FOR_S * 1e6

    async def _close(self, opened: _Open) -> None:
        await opened.source.stop()
        done, _ = await asyncio.wait({opened.task}, timeout=1.0)
        if not done:
            opened.task.cancel()


def broker_address(settings: Settings) -> BrokerAddress:
    """Where the broker is, from `[mqtt]`."""
    given = settings.text("mqtt.url")
    url = urlsplit(given)
    try:
        port = url.port
    except ValueError as error:
        raise BadConfig(f"[mqtt] url '{mask(given)}' has no lawful port.", "Write mqtt://host:1883.") from error
    if url.scheme not in ("mqtt", "mqtts") or not url.hostname:
        raise BadConfig(
            f"[mqtt] url '{mask(given)}' is no broker address.", "Write mqtt://host:1883, or mqtts:// for TLS."
        )
    tls = _tls(settings) if url.scheme == "mqtts" else None
    return BrokerAddress(
        url.hostname,
        port or (8883 if tls else 1883),
        settings.text("mqtt.username") or url.username,
        secret(settings, "mqtt") or url.password,
        settings.text("mqtt.protocol"),
        tls,
    )


def topic_filters(settings: Settings) -> list[str]:
    """The filters of `[mqtt] topics`; one that no broker takes would keep us from every other."""
    filters = settings.texts("mqtt.topics")
    if not filters:
        raise BadConfig("[mqtt] topics is empty, so nothing would be heard.", "Leave the line out for the usual ones.")
    for given in filters:
        levels = given.split("/")
        is_odd = any(len(level) > 1 and ("#" in level or "+" in level) for level in levels)
        if not given or is_odd or "#" in levels[:-1] or "\0" in given:
            raise BadConfig(f"[mqtt] topics: '{given}' is no topic filter.", "Write it like grid/sensors/#.")
    return filters


def _tls(settings: Settings) -> ssl.SSLContext:
    authority, own = settings.text("mqtt.ca_file"), settings.text("mqtt.client_cert")
    try:
        context = ssl.create_default_context(cafile=authority or None)
        if own:
            context.load_cert_chain(own)
    except (OSError, ssl.SSLError) as error:
        which = f"ca_file '{authority}' or client_cert '{own}'"
        raise BadConfig(
            f"[mqtt] {which} cannot be used ({error}).", "Name PEM files that this user can read."
        ) from error
    return context
