"""Every text of the converters panel."""

TITLE = "Converters and renewables"
SUMMARY = "Currents, link, powers, distortion and heat of the converters; light, wind and yield of the renewables."
CONVERTERS = "Converters"
RENEWABLES = "Renewables"

EMPTY = "Converters and renewable units appear here with their first reading."
EMPTY_WHY = "No message has come yet on grid/converters or grid/res."
EMPTY_NEXT = "Start the demo, or connect to the broker that carries them."
NONE_CHOSEN = "Choose a unit in one of the tables."
NO_CONVERTER = "No converter has reported yet."
NO_RENEWABLE = "No renewable unit has reported yet."

UNIT = "Unit"
KIND = "Kind"
ACTIVE_KW = "P kW"
REACTIVE_KVAR = "Q kvar"
LINK_V = "DC link V"
CURRENT_D_A = "d A"
CURRENT_Q_A = "q A"
THD = "THD %"
JUNCTION_C = "Junction °C"
JUNCTION_ROOM = "of 150 °C"
LAST_MINUTES = "P, 10 min"
GENERATION_KW = "kW"
CAPACITY = "Factor %"
CAPACITY_ROOM = "of rating"
IRRADIANCE = "Light W/m²"
WIND = "Wind m/s"
WARMTH_C = "°C"
GENERATION_CURVE = "kW, 10 min"
DATA = "Data"

KINDS = {
    "TWO_LEVEL": "two-level",
    "NPC": "three-level NPC",
    "BUCK": "buck",
    "converter": "converter",
    "solar": "solar",
    "wind": "wind",
}

TREND = "trend"
ALARMS = "alarms"
TREND_HELP = "Draw this unit's readings as a trend (F5)"
ALARMS_HELP = "List the alarms of this unit"
ACTION_TREND = "Converters: trend of the chosen unit"
ACTION_ALARMS = "Converters: alarms of the chosen unit"
ACTION_EVENTS = "Converters: events of the chosen unit"
NOW = "now"
NO_READINGS_YET = "no readings in these ten minutes"
DERATES = "derates at 125 °C"
TRIPS = "trips at 150 °C"
LIMIT_THD = "limit 8 %"

LABELS = {
    "active_power": "Active power",
    "reactive_power": "Reactive power",
    "current_d": "Current d",
    "current_q": "Current q",
    "voltage": "Voltage",
    "dc_voltage": "DC link",
    "thd": "Distortion",
    "ripple": "Current ripple",
    "temperature": "Junction",
    "cell": "Cell temperature",
    "air": "Air temperature",
    "generation": "Generation",
    "capacity_factor": "Capacity factor",
    "irradiance": "Light on the plane",
    "wind_speed": "Wind at the hub",
    "heat": "Loss",
    "efficiency": "Efficiency",
}
UNITS = {
    "active_power": "kW",
    "reactive_power": "kvar",
    "current_d": "A",
    "current_q": "A",
    "voltage": "V",
    "dc_voltage": "V",
    "thd": "%",
    "temperature": "°C",
    "generation": "kW",
    "capacity_factor": "%",
    "irradiance": "W/m²",
    "wind_speed": "m/s",
    "heat": "kW",
    "efficiency": "%",
}


def scope(converters_kw: float, renewables_kw: float) -> str:
    return f"converters {converters_kw:,.1f} kW · renewables {renewables_kw / 1000:,.2f} MW"


def units_reporting(current: int, known: int) -> str:
    return f"{current} of {known} report"


def unit_title(unit: str, kind: str) -> str:
    return f"{unit} · {kind}"


def no_data(seconds: float) -> str:
    return f"no data {seconds:.0f} s"


def mast(name: str, parts: list[str]) -> str:
    return f"Weather at {name}: " + " · ".join(parts) + "."


def capacity(percent: float) -> str:
    return f"{percent:.0f} % of its rating"


def junction(celsius: float) -> str:
    return f"{celsius:.0f} °C of the 150 °C at which it trips"


def picture_of_currents(current_d_a: float, current_q_a: float) -> str:
    return f"Current vector: d {current_d_a:.1f} A, q {current_q_a:.1f} A."


def picture_of_yield(generation_kw: float, driver: float, unit: str) -> str:
    return f"{generation_kw:,.0f} kW at {driver:.1f} {unit}."


def from_direction(degrees: str) -> str:
    return f"from {degrees}°"
