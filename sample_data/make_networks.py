"""Writes the sample networks beside this script; run by hand when one of them changes, never while the program runs.

python sample_data/make_networks.py [glover5] [cigre_mv_der]
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

NETWORKS = Path(__file__).parent / "networks"
Row = dict[str, Any]

BASE_MVA = 100.0
HV_KV, LV_KV = 345.0, 15.0
LINE_RATING_MVA = 1200.0

# r, x and b in per unit on 100 MVA and 345 kV, sending end first: Glover, Sarma and Overbye, Power System Analysis.
GLOVER_LINES = {
    "L2-4": ("BUS-004", "BUS-002", 0.009, 0.100, 1.72),
    "L2-5": ("BUS-005", "BUS-002", 0.0045, 0.05, 0.88),
    "L4-5": ("BUS-004", "BUS-005", 0.00225, 0.025, 0.44),
}
GLOVER_ROUTES = {
    "L2-4": [[1060, 292], [1060, 408], [740, 408], [740, 476]],
    "L2-5": [[140, 292], [140, 408], [360, 408], [360, 476]],
    "L4-5": [[820, 292], [820, 358], [380, 358], [380, 292]],
}
GLOVER_TRANSFORMERS = {
    "T1": ("BUS-005", "BUS-001", 0.0015, 0.02, 400.0),
    "T2": ("BUS-004", "BUS-003", 0.00075, 0.01, 800.0),
}
# Who stands behind which load, so that the demo can tell which smart switches go dark with it.
GLOVER_SUPPLY_POINTS = {
    "LD2": {"maple-street": 310, "market-square": 540, "station-road": 275, "hospital": 12},
    "F-12B": {"harbour": 420, "quarry": 96, "mill-lane": 288, "depot": 44, "chapel-hill": 231, "school": 125},
    "LD3": {"north-mast": 160, "waterworks": 35},
}


def main(names: list[str]) -> None:
    makers = {"glover5": glover5, "cigre_mv_der": cigre_mv_der}
    for name in names or list(makers):
        target = NETWORKS / f"{name}.json"
        target.write_text(written(makers[name]()), encoding="utf-8")
        print(f"{target.name}: {target.stat().st_size:,} bytes")  # noqa: T201  (a script speaks to its caller)


def written(document: Row) -> str:
    """One object a line, so that a change of one element is a change of one line."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            rows = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f'  "{key}": [\n    {rows}\n  ]')
        else:
            parts.append(f'  "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def glover5() -> Row:
    loads = [
        {"id": "LD2", "bus_id": "BUS-002", "active_power_mw": 740.0, "reactive_power_mvar": 259.0, "customers": 14850},
        {"id": "F-12B", "bus_id": "BUS-002", "active_power_mw": 60.0, "reactive_power_mvar": 21.0, "customers": 1204}
        | {"feeder_id": "F-12B", "name": "Feeder F-12B"},
        {"id": "LD3", "bus_id": "BUS-003", "active_power_mw": 80.0, "reactive_power_mvar": 40.0, "customers": 2310},
    ]
    return {
        "format": "linekeeper.network",
        "version": 1,
        "name": "glover5",
        "title": "Glover 5-bus",
        "base_mva": BASE_MVA,
        "frequency_hz": 50.0,
        "notes": "Impedances and powers of the five-bus example of Glover, Sarma and Overbye, Power System Analysis "
        "and Design; ratings, breakers, feeder F-12B, capacitor and names are ours.",
        "substations": [
            {"id": "WEST", "name": "Substation West", "region": "West"},
            {"id": "EAST", "name": "Substation East", "region": "East"},
            {"id": "SOUTH", "name": "Substation South", "region": "South"},
        ],
        "voltage_levels": [
            {"id": "WEST-15", "substation_id": "WEST", "nominal_kv": LV_KV},
            {"id": "WEST-345", "substation_id": "WEST", "nominal_kv": HV_KV},
            {"id": "EAST-15", "substation_id": "EAST", "nominal_kv": LV_KV},
            {"id": "EAST-345", "substation_id": "EAST", "nominal_kv": HV_KV},
            {"id": "SOUTH-345", "substation_id": "SOUTH", "nominal_kv": HV_KV},
        ],
        "buses": [
            {"id": "BUS-001", "nominal_kv": LV_KV, "voltage_level_id": "WEST-15"},
            {"id": "BUS-002", "nominal_kv": HV_KV, "voltage_level_id": "SOUTH-345"},
            # Its generator holds 1.05 pu: the usual upper limit would ring with every noise of the meter.
            {"id": "BUS-003", "nominal_kv": LV_KV, "voltage_level_id": "EAST-15", "high_voltage_pu": 1.07},
            {"id": "BUS-004", "nominal_kv": HV_KV, "voltage_level_id": "EAST-345"},
            {"id": "BUS-005", "nominal_kv": HV_KV, "voltage_level_id": "WEST-345"},
        ],
        "lines": [_glover_line(name, *data) for name, data in GLOVER_LINES.items()],
        "transformers": [_glover_transformer(name, *data) for name, data in GLOVER_TRANSFORMERS.items()],
        "generators": [
            {"id": "G1", "bus_id": "BUS-001", "active_power_mw": 394.84, "voltage_setpoint_pu": 1.0}
            | {"max_active_power_mw": 600.0, "is_slack": True, "name": "Generator G1"},
            {"id": "G3", "bus_id": "BUS-003", "active_power_mw": 520.0, "voltage_setpoint_pu": 1.05}
            | {"max_active_power_mw": 1000.0, "max_reactive_power_mvar": 400.0, "min_reactive_power_mvar": -280.0}
            | {"name": "Generator G3"},
        ],
        "loads": loads,
        "shunts": [
            {"id": "C2", "bus_id": "BUS-002", "supplied_reactive_power_mvar": 200.0, "name": "Capacitor C2"},
        ],
        "switches": _glover_breakers(),
        "feeders": [{"id": "F-12B", "name": "Feeder F-12B", "head_switch_id": "CB-F12B"}],
        "supply_points": [
            {"name": name, "load_id": load_id, "customers": customers}
            for load_id, points in GLOVER_SUPPLY_POINTS.items()
            for name, customers in points.items()
        ],
        "placements": _glover_placements(),
    }


def _glover_line(name: str, sending: str, receiving: str, r_pu: float, x_pu: float, b_pu: float) -> Row:
    ohm = HV_KV**2 / BASE_MVA
    return {
        "id": name,
        "from_bus_id": sending,
        "to_bus_id": receiving,
        "resistance_ohm": round(r_pu * ohm, 9),
        "reactance_ohm": round(x_pu * ohm, 9),
        "susceptance_us": round(b_pu / ohm * 1e6, 9),
        "rating_ka": round(LINE_RATING_MVA / (math.sqrt(3) * HV_KV), 9),
        "name": f"Line {name[1:]}",
    }


def _glover_transformer(name: str, hv_bus: str, lv_bus: str, r_pu: float, x_pu: float, rated_mva: float) -> Row:
    to_own_base = rated_mva / BASE_MVA * 100
    return {
        "id": name,
        "hv_bus_id": hv_bus,
        "lv_bus_id": lv_bus,
        "rated_mva": rated_mva,
        "hv_kv": HV_KV,
        "lv_kv": LV_KV,
        "short_circuit_voltage_percent": round(math.hypot(r_pu, x_pu) * to_own_base, 12),
        "copper_loss_percent": round(r_pu * to_own_base, 12),
        "name": f"Transformer {name}",
    }


def _glover_breakers() -> list[Row]:
    at = [("CB-G1", "G1", "bus"), ("CB-G3", "G3", "bus")]
    at += [(f"CB-{t}-{side.upper()}", t, side) for t in GLOVER_TRANSFORMERS for side in ("hv", "lv")]
    for name, (sending, receiving, *_) in GLOVER_LINES.items():
        at += [(f"CB-{name}-B{sending[-1]}", name, "from"), (f"CB-{name}-B{receiving[-1]}", name, "to")]
    at += [("CB-LD2", "LD2", "bus"), ("CB-F12B", "F-12B", "bus"), ("CB-LD3", "LD3", "bus"), ("CB-C2", "C2", "bus")]
    return [
        {"id": breaker, "kind": "breaker", "element_id": element, "side": side, "breaking_capacity_ka": 40.0}
        | ({"normally_open": True} if breaker == "CB-C2" else {})
        for breaker, element, side in at
    ]


def _glover_placements() -> list[Row]:
    bars = {
        "BUS-001": (70, 118, 360),
        "BUS-002": (310, 476, 480),
        "BUS-003": (770, 118, 360),
        "BUS-004": (770, 292, 360),
        "BUS-005": (70, 292, 360),
    }
    spots = {"G1": (300, 48), "G3": (1000, 48), "LD3": (810, 190), "T1": (220, 205), "T2": (960, 205)}
    spots |= {"LD2": (400, 546), "F-12B": (540, 546), "C2": (680, 546)}
    rows: list[Row] = [{"element_id": bus, "x": x, "y": y, "width": width} for bus, (x, y, width) in bars.items()]
    rows += [{"element_id": name, "x": x, "y": y} for name, (x, y) in spots.items()]
    rows += [
        {"element_id": name, "x": route[0][0], "y": route[0][1], "route": route}
        for name, route in GLOVER_ROUTES.items()
    ]
    return rows


CIGRE_X_PX, CIGRE_Y_PX = 185.0, 90.0
SOURCE_KINDS = {"PV": "solar", "WP": "wind", "CHP diesel": "chp"}
SOURCE_NAMES = {"PV": "PV{0}", "WP": "WIND{0}", "CHP diesel": "CHP{0}", "Fuel cell": "FC{0}"}


def cigre_mv_der() -> Row:
    """From pandapower's `create_cigre_network_mv`; the licence of pandapower lies beside the file."""
    import pandapower.networks  # here, because it takes seconds and glover5 does without

    net = pandapower.networks.create_cigre_network_mv(with_der="all")
    source = net.ext_grid.iloc[0]
    return {
        "format": "linekeeper.network",
        "version": 1,
        "name": "cigre_mv_der",
        "title": "CIGRE MV with DER",
        "base_mva": 1.0,
        "frequency_hz": 50.0,
        "licence": "Derived from pandapower (BSD 3-Clause), see LICENCE-cigre_mv_der.txt. Benchmark: CIGRE TB 575.",
        "substations": [{"id": "MV-SUB", "name": "Primary substation", "region": "CIGRE"}],
        "voltage_levels": [
            {"id": "MV-110", "substation_id": "MV-SUB", "nominal_kv": 110.0},
            {"id": "MV-20", "substation_id": "MV-SUB", "nominal_kv": 20.0},
        ],
        "buses": [
            {"id": _bus(number), "nominal_kv": bus.vn_kv, "name": f"Bus {number}"}
            | {"voltage_level_id": "MV-110" if bus.vn_kv > 100 else "MV-20"}
            # The benchmark's far ends sit at 0.944 pu by design.
            | {"low_voltage_pu": 0.93, "high_voltage_pu": 1.07}
            for number, bus in net.bus.iterrows()
        ],
        "lines": [_cigre_line(line) for _, line in net.line.iterrows()],
        "transformers": [_cigre_transformer(number, trafo) for number, trafo in net.trafo.iterrows()],
        "external_grids": [
            {"id": "MV-GRID", "bus_id": _bus(source.bus), "voltage_setpoint_pu": source.vm_pu, "name": "110 kV grid"}
            | {"short_circuit_mva": source.s_sc_max_mva, "rx_ratio": source.rx_max},
        ],
        "loads": [_cigre_load(load) for _, load in net.load.iterrows()],
        "distributed_sources": [_cigre_source(unit) for _, unit in net.sgen.iterrows()],
        "storages": [_cigre_storage(battery) for _, battery in net.storage.iterrows()],
        "switches": [_cigre_switch(net, switch) for _, switch in net.switch.iterrows()],
        "feeders": [
            {"id": f"MV-F{number + 1}", "name": f"Feeder {number + 1}", "head_switch_id": f"MV-CB-T{number + 1}"}
            for number in net.trafo.index
        ],
        "placements": [_cigre_placement(number, bus) for number, bus in net.bus.iterrows()],
    }


def _bus(number: int) -> str:
    return f"MV-B{number:02d}"


def _cigre_line(line: Any) -> Row:
    return {
        "id": f"MV-L{line.from_bus}-{line.to_bus}",
        "from_bus_id": _bus(line.from_bus),
        "to_bus_id": _bus(line.to_bus),
        "resistance_ohm": round(line.r_ohm_per_km * line.length_km, 9),
        "reactance_ohm": round(line.x_ohm_per_km * line.length_km, 9),
        "susceptance_us": round(2 * math.pi * 50 * line.c_nf_per_km * line.length_km * 1e-3, 9),
        "rating_ka": line.max_i_ka,
        "length_km": line.length_km,
        "name": f"L{line.from_bus}-{line.to_bus}",
        "kind": "cable" if line.type == "cs" else "overhead",
    }


def _cigre_transformer(number: int, trafo: Any) -> Row:
    return {
        "id": f"MV-T{number + 1}",
        "hv_bus_id": _bus(trafo.hv_bus),
        "lv_bus_id": _bus(trafo.lv_bus),
        "rated_mva": trafo.sn_mva,
        "hv_kv": trafo.vn_hv_kv,
        "lv_kv": trafo.vn_lv_kv,
        "short_circuit_voltage_percent": trafo.vk_percent,
        "copper_loss_percent": trafo.vkr_percent,
        "phase_shift_deg": trafo.shift_degree,
        "name": f"T{number + 1}",
    }


def _cigre_load(load: Any) -> Row:
    name = load["name"].removeprefix("Load ")
    # 2 kW of peak a household, and one customer for each 50 kW of trade: the benchmark itself counts nobody.
    customers = round(load.p_mw * 500) if name.startswith("R") else max(1, round(load.p_mw * 20))
    powers = {"active_power_mw": round(load.p_mw, 9), "reactive_power_mvar": round(load.q_mvar, 9)}
    feeder = "MV-F2" if load.bus in (12, 13, 14) else "MV-F1"
    return {
        "id": f"MV-{name}",
        "bus_id": _bus(load.bus),
        **powers,
        "customers": customers,
        "feeder_id": feeder,
        "name": name,
    }


def _cigre_source(unit: Any) -> Row:
    name = SOURCE_NAMES.get(unit.type, "RFC{0}").format(unit.bus)
    return {
        "id": f"MV-{name}",
        "bus_id": _bus(unit.bus),
        "kind": SOURCE_KINDS.get(unit.type, "fuel_cell"),
        "active_power_mw": unit.p_mw,
        "rated_mva": unit.sn_mva,
        "name": name,
    }


def _cigre_storage(battery: Any) -> Row:
    name = f"BAT{battery.bus}"
    powers = {"charging_power_mw": battery.p_mw, "max_charging_power_mw": battery.max_p_mw}
    powers["max_discharging_power_mw"] = -battery.min_p_mw
    return {"id": f"MV-{name}", "bus_id": _bus(battery.bus), **powers, "name": name}


def _cigre_switch(net: Any, switch: Any) -> Row:
    if switch.et == "t":
        name = f"CB-T{switch.element + 1}"
        place = {"element_id": f"MV-T{switch.element + 1}", "side": "hv"}
    else:
        line = net.line.loc[switch.element]
        name = switch["name"] or f"LBS-{switch.bus}"
        side = "from" if line.from_bus == switch.bus else "to"
        place = {"element_id": f"MV-L{line.from_bus}-{line.to_bus}", "side": side}
    kind = {"CB": "breaker", "LBS": "load_break"}[switch.type]
    return {"id": f"MV-{name}", "kind": kind, **place, "normally_open": not switch.closed, "name": name}


def _cigre_placement(number: int, bus: Any) -> Row:
    x, y = json.loads(bus.geo)["coordinates"]
    # The benchmark's picture leaves one row between 110 and 20 kV; two let a transformer with its values stand there.
    row = 17 - y if number else 0
    return {"element_id": _bus(number), "x": x * CIGRE_X_PX, "y": row * CIGRE_Y_PX}


if __name__ == "__main__":
    main(sys.argv[1:])
