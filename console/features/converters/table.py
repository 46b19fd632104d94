"""The columns of the two tables: how a unit's readings become cells."""

from __future__ import annotations

from console.features.converters import words
from console.features.converters.state import DERATES_C, THD_LIMIT_PERCENT, TRIPS_C, UnitRow
from ui.table import Column
from ui.table.strip import Strip, StripPart
from ui.values import NEVER_TEXT, Shown, format_age, show_value


def shown(row: UnitRow, quantity: str, unit: str = "", decimals: int = 1, *, factor: float = 1.0) -> Shown:
    reading = row.readings.get(quantity)
    if reading is None:
        return Shown(NEVER_TEXT, "tertiary")
    tone = tone_of(row, quantity)
    value = reading.value * factor
    return show_value(value, unit, decimals, trust=reading.quality, age_s=reading.age_s, tone=tone)


def tone_of(row: UnitRow, quantity: str) -> str:
    """Abnormal by the unit's own limits; everything else is grey."""
    value = row.value(quantity)
    if value is None or quantity not in ("temperature", "thd") or row.family.value != "converter":
        return "normal"
    if quantity == "thd":
        return "medium" if value > THD_LIMIT_PERCENT else "normal"
    return "critical" if value >= TRIPS_C else "high" if value >= DERATES_C else "normal"


def data_text(row: UnitRow) -> Shown:
    age_s = row.age_s
    if age_s is None:
        return Shown(NEVER_TEXT, "tertiary")
    return Shown(format_age(age_s), "tertiary" if row.is_current else "high", bold=not row.is_current)


def heat_strip(row: UnitRow) -> Strip | None:
    """How much of the way to the trip the junction has gone; what lies above the derating stands out."""
    celsius = row.value("temperature")
    if celsius is None:
        return None
    share, derates = max(0.0, min(celsius / TRIPS_C, 1.0)), DERATES_C / TRIPS_C
    parts = [StripPart(0.0, min(share, derates), "secondary")]
    if share > derates:
        parts.append(StripPart(derates, share, tone_of(row, "temperature")))
    parts.append(StripPart(share, 1.0, "dead"))
    return Strip(parts, words.junction(celsius))


def capacity_strip(row: UnitRow) -> Strip | None:
    factor = row.value("capacity_factor")
    if factor is None:
        return None
    share = max(0.0, min(factor, 1.0))
    return Strip([StripPart(0.0, share, "secondary"), StripPart(share, 1.0, "dead")], words.capacity(100.0 * factor))


# What a family never measures is left empty; `n/a` is for what should be there and was never seen.
_FOREIGN = {("solar", "wind_speed"), ("wind", "irradiance")}


def cell(row: UnitRow, quantity: str, decimals: int, factor: float) -> Shown:
    """In a table the age has a column of its own."""
    reading = row.readings.get(quantity)
    if reading is None:
        return Shown("") if (row.family.value, quantity) in _FOREIGN else Shown(NEVER_TEXT, "tertiary")
    tone = tone_of(row, quantity)
    return show_value(reading.value * factor, "", decimals, trust=reading.quality, tone=tone)


def _number(quantity: str, title: str, decimals: int, width: int, *, factor: float = 1.0) -> Column[UnitRow]:
    return Column(
        quantity,
        title,
        lambda row: cell(row, quantity, decimals, factor),
        sort=lambda row: row.readings[quantity].value if quantity in row.readings else float("-inf"),
        width=width,
        right=True,
    )


def _unit_column() -> Column[UnitRow]:
    return Column("unit", words.UNIT, lambda row: Shown(row.id), sort=lambda row: row.id, width=92)


def _kind_column() -> Column[UnitRow]:
    return Column(
        "kind",
        words.KIND,
        lambda row: Shown(words.KINDS.get(row.kind, row.kind), "secondary"),
        sort=lambda row: row.kind,
        width=116,
    )


def _data_column() -> Column[UnitRow]:
    return Column("data", words.DATA, data_text, sort=lambda row: row.age_s or 0.0, width=52, right=True)


def converter_columns() -> tuple[Column[UnitRow], ...]:
    return (
        _unit_column(),
        _kind_column(),
        _number("active_power", words.ACTIVE_KW, 1, 70),
        _number("reactive_power", words.REACTIVE_KVAR, 1, 70),
        _number("dc_voltage", words.LINK_V, 1, 78),
        _number("current_d", words.CURRENT_D_A, 1, 66),
        _number("current_q", words.CURRENT_Q_A, 1, 66),
        _number("thd", words.THD, 2, 62),
        _number("temperature", words.JUNCTION_C, 1, 84),
        Column("room", words.JUNCTION_ROOM, lambda row: "", strip=heat_strip, width=92),
        Column("curve", words.LAST_MINUTES, lambda row: "", spark=lambda row: row.curve, width=96, stretch=True),
        _data_column(),
    )


def renewable_columns() -> tuple[Column[UnitRow], ...]:
    return (
        _unit_column(),
        _kind_column(),
        _number("generation", words.GENERATION_KW, 0, 66),
        _number("capacity_factor", words.CAPACITY, 1, 70, factor=100.0),
        Column("room", words.CAPACITY_ROOM, lambda row: "", strip=capacity_strip, width=92),
        _number("irradiance", words.IRRADIANCE, 0, 84),
        _number("wind_speed", words.WIND, 1, 72),
        _number("temperature", words.WARMTH_C, 1, 60),
        Column("curve", words.GENERATION_CURVE, lambda row: "", spark=lambda row: row.curve, width=96, stretch=True),
        _data_column(),
    )
