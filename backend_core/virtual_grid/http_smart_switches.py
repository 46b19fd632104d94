"""Smart switches as real HTTP servers on loopback, each on a port of its own, that go dark when they lose power.

aiohttp is loaded when the first is lit: a third of a second that the demo's first readings need not wait for.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp.web import AppRunner

LOOPBACK = "127.0.0.1"
STATUS_PATH = "/rpc/Shelly.GetStatus"
_BACKLOG = 128


class Darkness(Enum):
    """How a device without power looks from outside: its host refuses for it, or nothing comes back at all."""

    REFUSES = "refuses"
    SWALLOWS = "swallows"


@dataclass(slots=True)
class _Device:
    """One smart switch: the port it keeps for life, and the server while it has power."""

    name: str
    tells_status: bool
    port: int
    held: socket.socket | None
    runner: AppRunner | None = None
    quantities: Mapping[str, float] = field(default_factory=dict)
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)


class SmartSwitchServers:
    """The runtime starts it for the demo; the virtual grid tells it who has power and what is measured."""

    def __init__(self, tells_status: Mapping[str, bool], *, first_port: int = 0) -> None:
        """Takes the ports at once, so `addresses` is true before the first start; port 0 lets the system choose."""
        self._devices: dict[str, _Device] = {}
        for index, (name, tells) in enumerate(tells_status.items()):
            held = _bound(first_port + index if first_port else 0)
            self._devices[name] = _Device(name, tells, held.getsockname()[1], held)

    @property
    def addresses(self) -> dict[str, str]:
        """Where each answers, as an operator would enter it."""
        return {name: f"http://{LOOPBACK}:{device.port}" for name, device in self._devices.items()}

    def is_powered(self, name: str) -> bool:
        return self._devices[name].runner is not None

    async def start(self) -> None:
        """Power for all."""
        for name in self._devices:
            await self.set_powered(name, True)

    async def stop(self) -> None:
        """Every socket closed, every port given back."""
        for device in self._devices.values():
            async with device.changing:
                await _end_server(device)
                _let_go(device)

    async def set_powered(self, name: str, powered: bool, *, darkness: Darkness = Darkness.REFUSES) -> None:
        device = self._devices[name]
        async with device.changing:
            if powered:
                await self._light(device)
            else:
                await self._darken(device, darkness)

    def show(self, name: str, quantities: Mapping[str, float]) -> None:
        """What it measures from now on."""
        self._devices[name].quantities = dict(quantities)

    async def _light(self, device: _Device) -> None:
        if device.runner is not None:
            return
        held, device.held = device.held or _bound(device.port), None
        device.runner = await _serve(device, held)

    async def _darken(self, device: _Device, darkness: Darkness) -> None:
        await _end_server(device)
        _let_go(device)
        device.held = _bound(device.port)
        if darkness is Darkness.SWALLOWS:
            # The system completes the handshake for a queue nobody serves: the caller waits and gets nothing.
            device.held.listen(_BACKLOG)


async def _end_server(device: _Device) -> None:
    """Running answers are cut off, as a cut supply does."""
    if device.runner is not None:
        runner, device.runner = device.runner, None
        await runner.cleanup()


def _let_go(device: _Device) -> None:
    if device.held is not None:
        device.held.close()
        device.held = None


def _bound(port: int) -> socket.socket:
    """A socket that owns its port but does not listen: a dark device refuses, yet nobody else can take its place."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.setblocking(False)
    try:
        held.bind((LOOPBACK, port))
    except OSError:
        held.close()
        raise
    return held


async def _serve(device: _Device, held: socket.socket) -> AppRunner:
    from aiohttp import web

    async def greeting(_request: web.Request) -> web.Response:
        return web.Response(text=device.name)

    async def status(_request: web.Request) -> web.Response:
        if not device.tells_status:
            return web.Response(status=404, text="not found")
        return web.json_response(_status(device.quantities))

    application = web.Application()
    application.router.add_get(STATUS_PATH, status)
    application.router.add_get("/", greeting)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.0)
    await runner.setup()
    await web.SockSite(runner, held, backlog=_BACKLOG).start()
    return runner


def _status(seen: Mapping[str, float]) -> dict[str, object]:
    celsius = seen.get("temperature", 0.0)
    channel = {
        "id": 0,
        "output": True,
        "apower": seen.get("power", 0.0),
        "voltage": seen.get("voltage", 0.0),
        "current": seen.get("current", 0.0),
        "pf": seen.get("power_factor", 1.0),
        "freq": seen.get("frequency", 0.0),
        "aenergy": {"total": seen.get("energy", 0.0)},
        "temperature": {"tC": celsius, "tF": round(celsius * 1.8 + 32.0, 1)},
    }
    return {"switch:0": channel, "sys": {"restart_required": False}}
