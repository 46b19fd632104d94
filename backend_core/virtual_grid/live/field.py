"""The newest state of the devices in the field: weather, solar and wind units, converters, sensors."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from backend_core.telemetry.model import DeviceKind
from backend_core.virtual_grid.model import Report
from backend_core.virtual_grid.rules import converter, sensor, solar, weather, wind
from backend_core.virtual_grid.rules.sensor import InjectedAnomaly, SensorParameters
from backend_core.virtual_grid.rules.story import Effects

WEATHER_STATION = "WEATHER-001"
_STANDARD_SENSORS = len(sensor.STANDARD)
# Streams of chance: a device keeps its own whatever else is there, so that more sensors change nothing for the others.
_WEATHER, _SOLAR, _WIND, _CONVERTER, _SENSOR = 10, 20, 30, 40, 1000


class LiveField:
    """Steps forward only when told; the voltages come from the solved grid."""

    def __init__(self, seed: int, buses: tuple[str, ...], voltage_pu: Callable[[str], float], sensors: int) -> None:
        self._seed = seed
        self._buses = buses
        self._voltage_pu = voltage_pu
        self._weather_rng = np.random.default_rng([seed, _WEATHER])
        self._weather_parameters = weather.WeatherParameters()
        self._weather = weather.start(self._weather_parameters, self._weather_rng)
        self.seen: Mapping[str, float] = {}
        """What the mast read last."""
        self.sources = (0.5, 0.3)
        """The capacity factors of sun and wind."""
        self._solar = {name: solar.start(p) for name, p in solar.STANDARD.items()}
        self._wind = {name: wind.start(p) for name, p in wind.STANDARD.items()}
        self._converters: dict[str, converter.ConverterState] = {}
        self._dice = {
            **{name: np.random.default_rng([seed, _SOLAR + n]) for n, name in enumerate(solar.STANDARD)},
            **{name: np.random.default_rng([seed, _WIND + n]) for n, name in enumerate(wind.STANDARD)},
            **{name: np.random.default_rng([seed, _CONVERTER + n]) for n, name in enumerate(converter.STANDARD)},
        }
        self._sensors = [self._sensor_parameters(n) for n in range(sensors)]
        self._sensor_rng = [np.random.default_rng([seed, _SENSOR + n]) for n in range(sensors)]
        self._sensor_state: dict[int, sensor.SensorState] = {}
        self._read_at_s = [0.0] * sensors
        self._due = [(sensor.next_interval_s(rng) / 3.0, n) for n, rng in enumerate(self._sensor_rng)]
        heapq.heapify(self._due)

    @property
    def ambient_c(self) -> float:
        """The air temperature."""
        return self.seen.get("air_temperature", 15.0)

    def weather_and_renewables(self, simulated_at: datetime, dt_s: float) -> Iterator[Report]:
        """The mast, then the plants under the same sky."""
        self._weather, self.seen = weather.step(
            self._weather_parameters, self._weather, weather.WeatherInputs(simulated_at), dt_s, self._weather_rng
        )
        yield Report(DeviceKind.WEATHER, WEATHER_STATION, self.seen)
        sunny = [self._solar_report(name, simulated_at, dt_s) for name in self._solar]
        windy = [self._wind_report(name, dt_s) for name in self._wind]
        self.sources = (_mean_capacity_factor(sunny), _mean_capacity_factor(windy))
        yield from sunny
        yield from windy

    def converters(self, dt_s: float, day_share: float, effects: Effects) -> Iterator[Report]:
        """Each converter near the middle of its range, following the day."""
        for n, (name, parameters) in enumerate(converter.STANDARD.items()):
            inputs = converter.ConverterInputs(
                active_power_kw=parameters.rated_kva * (0.30 + 0.05 * n + 0.35 * day_share),
                reactive_power_kvar=0.0 if parameters.is_direct else 0.08 * parameters.rated_kva,
                bus_voltage_pu=self._voltage_pu(self._buses[(2 * n + 1) % len(self._buses)]),
                ambient_c=self.ambient_c,
                cooling_fault=effects.cooling_faults.get(name, 0.0),
                # A tripped converter is switched on again as soon as its fan runs and its junction has cooled.
                reset=name not in effects.cooling_faults,
            )
            state = self._converters.get(name)
            if state is None:
                state = converter.start_running(parameters, replace(inputs, bus_voltage_pu=1.0))
            self._converters[name], readings = converter.step(parameters, state, inputs, dt_s, self._dice[name])
            yield Report(DeviceKind.CONVERTER, name, readings, parameters.kind.value)
            # Loss and efficiency have no place in a converter's own payload: its cooler's instruments tell them.
            cooling = converter.cooler(parameters, self._converters[name])
            yield Report(DeviceKind.ELEMENT, f"{name}.cooler", cooling)

    def sensors_due(
        self, until_s: float, day_share: float, effects: Effects
    ) -> Iterator[tuple[float, Report | None, InjectedAnomaly | None, str]]:
        """Each reading whose time has come: when, what (none in a gap), the anomaly that begins there, and whose."""
        while self._due and self._due[0][0] <= until_s:
            due_s, n = heapq.heappop(self._due)
            name = f"sensor_{n}"
            inputs = sensor.SensorInputs(
                self._voltage_pu(self._sensors[n].bus), day_share, self.ambient_c, name in effects.silenced
            )
            state = self._sensor_state.get(n) or sensor.start(self._sensors[n], inputs)
            rng = self._sensor_rng[n]
            self._sensor_state[n], output = sensor.step(
                self._sensors[n], state, inputs, due_s - self._read_at_s[n], rng
            )
            self._read_at_s[n] = due_s
            heapq.heappush(self._due, (due_s + sensor.next_interval_s(rng), n))
            report = Report(DeviceKind.SENSOR, name, output.quantities) if output.quantities is not None else None
            yield due_s, report, output.injected, name

    def skip_sensors_to(self, elapsed_s: float) -> None:
        """After a long pause the sensors go on from now instead of catching up."""
        self._due = [(max(due_s, elapsed_s), n) for due_s, n in self._due]
        heapq.heapify(self._due)

    def _sensor_parameters(self, n: int) -> SensorParameters:
        like = sensor.STANDARD[f"sensor_{n % _STANDARD_SENSORS}"]
        if n < _STANDARD_SENSORS and like.bus in self._buses:
            return like
        return replace(like, bus=self._buses[n % len(self._buses)])

    def _solar_report(self, name: str, simulated_at: datetime, dt_s: float) -> Report:
        inputs = solar.SolarInputs(
            simulated_at,
            self.seen["ghi"],
            self.seen["dni"],
            self.seen["dhi"],
            self.seen["air_temperature"],
            self.seen["wind_speed"],
        )
        self._solar[name], readings = solar.step(
            solar.STANDARD[name], self._solar[name], inputs, dt_s, self._dice[name]
        )
        return Report(DeviceKind.RES, name, readings, "solar")

    def _wind_report(self, name: str, dt_s: float) -> Report:
        inputs = wind.WindInputs(self.seen["wind_speed"], self.seen["air_temperature"], self.seen["pressure"])
        self._wind[name], readings = wind.step(wind.STANDARD[name], self._wind[name], inputs, dt_s, self._dice[name])
        return Report(DeviceKind.RES, name, readings, "wind")


def _mean_capacity_factor(reports: list[Report]) -> float:
    return sum(report.readings["capacity_factor"] for report in reports) / len(reports)
