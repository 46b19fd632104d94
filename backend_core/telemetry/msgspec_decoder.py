"""Decodes payloads with typed msgspec; a value of the wrong type is set apart, the rest of its message holds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from backend_core.kernel.identities import is_valid_quantity
from backend_core.kernel.positions import BY_WORD
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import Decoded, DeviceKind, Reason, Rejection
from backend_core.telemetry.quantities import QUANTITIES
from backend_core.telemetry.rules import MAX_PAYLOAD_BYTES

Number = float | UnsetType
Sequence_ = Annotated[int, Meta(ge=0, le=32767)]
MAX_KEYS = 200
MAX_DEPTH = 16

_ID_KEYS = {
    DeviceKind.SENSOR: "device_id",
    DeviceKind.BUS: "bus_id",
    DeviceKind.CONVERTER: "converter_id",
    DeviceKind.RES: "unit_id",
    DeviceKind.SWITCH: "switch_id",
    DeviceKind.ELEMENT: "device_id",
    DeviceKind.WEATHER: "device_id",
}
_TEXTS = {DeviceKind.SENSOR: ("phase",), DeviceKind.CONVERTER: ("type",), DeviceKind.RES: ("kind",)}
_WORDS_OF = {
    (DeviceKind.CONVERTER, "type"): ("TWO_LEVEL", "NPC", "BUCK"),
    (DeviceKind.RES, "kind"): ("solar", "wind"),
}
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DECLARED = {"good": Quality.GOOD, "uncertain": Quality.UNCERTAIN, "bad": Quality.BAD}


class _Fault(Exception):
    """Something about the message as a whole that its sender must mend."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def _typed(kind: DeviceKind) -> type[Struct]:
    """The struct of a kind: its id, time and sequence, its texts, and each of its quantities."""
    texts = [(name, str | UnsetType, UNSET) for name in _TEXTS.get(kind, ())]
    if kind is DeviceKind.SWITCH:
        values: list[Any] = [("position", str | UnsetType, UNSET)]
    elif kind in QUANTITIES:
        values = [(name, Number, UNSET) for name in QUANTITIES[kind]]
    else:
        values = [("values", dict[str, float])]
    head: list[Any] = [(_ID_KEYS[kind], str), ("timestamp", datetime | None, None), ("seq", Sequence_, 0)]
    # Required fields must stand first in a struct.
    required = [field for field in head + values if len(field) == 2]
    optional = [field for field in head + values + texts if len(field) == 3]
    quality = [("quality", str | UnsetType, UNSET)] if kind in (DeviceKind.ELEMENT, DeviceKind.WEATHER) else []
    return msgspec.defstruct(f"{kind.title()}Payload", required + optional + quality, gc=False)


class MsgspecDecoder:
    """The typed decoder of every topic; it never raises, whatever a payload holds."""

    def __init__(self) -> None:
        self._readers = {kind: _Reader(kind) for kind in _ID_KEYS}

    def decode(self, kind: DeviceKind, topic: str, payload: bytes, received_us: int) -> list[Decoded] | Rejection:
        if len(payload) > MAX_PAYLOAD_BYTES:
            detail = f"The payload has {len(payload):,} bytes, {MAX_PAYLOAD_BYTES:,} are allowed."
            return Rejection(topic, payload, Reason.TOO_LARGE, detail, received_us)
        try:
            return self._readers[kind].read(payload)
        except _Fault as fault:
            return Rejection(topic, payload, fault.reason, fault.detail, received_us)
        except RecursionError:
            detail = "The payload is nested deeper than any measurement."
            return Rejection(topic, payload, Reason.JSON, detail, received_us)


class _Reader:
    """Reads the payloads of one kind of device: fast when all is well typed, patiently when something is not."""

    def __init__(self, kind: DeviceKind) -> None:
        self._kind = kind
        self._id_key = _ID_KEYS[kind]
        self._names = tuple(QUANTITIES.get(kind, ()))
        self._texts = _TEXTS.get(kind, ())
        struct = _typed(kind)
        self._one = msgspec.json.Decoder(struct)
        self._many = msgspec.json.Decoder(list[Raw])
        self._keys = tuple(f'"{field.encode_name}"'.encode() for field in msgspec.structs.fields(struct))
        self._unpack: Callable[[Any], Decoded] = self._free if kind not in QUANTITIES else self._named
        if kind is DeviceKind.SWITCH:
            self._unpack = self._switch

    def read(self, payload: bytes) -> list[Decoded]:
        start = payload[:64].lstrip()
        if start.startswith(b"["):
            items = self._split(payload)
            if not items:
                raise _Fault(Reason.SCHEMA, "The array holds no object.")
            return [self._object(bytes(item)) for item in items]
        return [self._object(payload)]

    def _split(self, payload: bytes) -> list[Raw]:
        try:
            return self._many.decode(payload)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise _Fault(Reason.JSON, f"The payload is no JSON: {error}.") from error

    def _object(self, payload: bytes) -> Decoded:
        try:
            typed = self._one.decode(payload)
        except (msgspec.DecodeError, UnicodeError):
            return self._patiently(payload)
        count = payload.count
        if b"\\" in payload or any(count(key) > 1 for key in self._keys):
            _refuse_duplicate_keys(payload)
        decoded = self._unpack(typed)
        if not decoded.values and not decoded.faults:
            raise _Fault(Reason.SCHEMA, "The message holds none of the quantities of its topic.")
        return decoded

    def _named(self, typed: Any) -> Decoded:
        values = [(name, value) for name in self._names if (value := getattr(typed, name)) is not UNSET]
        texts = {name: text for name in self._texts if (text := getattr(typed, name)) is not UNSET}
        faults = [fault for name, text in texts.items() if (fault := _text_fault(self._kind, name, text))]
        is_sensor = self._kind is DeviceKind.SENSOR
        if is_sensor and typed.power is UNSET and typed.voltage is not UNSET and typed.current is not UNSET:
            values.append(("power", typed.voltage * typed.current))
        device = getattr(typed, self._id_key)
        return Decoded(device, typed.timestamp, typed.seq, values, faults, Quality.GOOD, texts)

    def _free(self, typed: Any) -> Decoded:
        values, faults = _lawful(typed.values.items())
        declared = _declared(typed.quality)
        return Decoded(getattr(typed, self._id_key), typed.timestamp, typed.seq, values, faults, declared, {})

    def _switch(self, typed: Any) -> Decoded:
        values: list[tuple[str, float]] = []
        faults: list[str] = []
        if typed.position is not UNSET:
            position = BY_WORD.get(typed.position)
            if position is None:
                faults.append(f"The position '{typed.position[:40]}' is none of open, closed, intermediate, unknown.")
            else:
                values.append(("position", float(position)))
        return Decoded(typed.switch_id, typed.timestamp, typed.seq, values, faults, Quality.GOOD, {})

    def _patiently(self, payload: bytes) -> Decoded:
        """Decode without types and convert each key by itself, so that one wrong value costs only itself."""
        found = _refuse_duplicate_keys(payload)
        if not isinstance(found, dict):
            raise _Fault(Reason.TYPE, f"The payload holds a {_json_word(found)} where an object is expected.")
        device = found.get(self._id_key)
        if not isinstance(device, str):
            raise _Fault(Reason.SCHEMA, f"'{self._id_key}' is missing or no text.")
        moment = _moment(found.get("timestamp"))
        seq = found.get("seq", 0)
        if type(seq) is not int or not 0 <= seq <= 32767:
            raise _Fault(Reason.SCHEMA, "'seq' must be a whole number from 0 to 32767.")
        wrong: list[str] = []
        values = self._convert(found, wrong)
        if not values and not wrong:
            raise _Fault(Reason.SCHEMA, "The message holds none of the quantities of its topic.")
        texts = {name: found[name] for name in self._texts if isinstance(found.get(name), str)}
        return Decoded(device, moment, seq, values, wrong, _declared(found.get("quality", UNSET)), texts)

    def _convert(self, found: dict[str, Any], wrong: list[str]) -> list[tuple[str, float]]:
        if self._kind is DeviceKind.SWITCH:
            given: dict[str, Any] = {"position": found["position"]} if "position" in found else {}
            if isinstance(given.get("position"), str) and given["position"] in BY_WORD:
                return [("position", float(BY_WORD[given["position"]]))]
        elif self._names:
            given = {name: found[name] for name in self._names if name in found}
        else:
            given = found.get("values", {})
            if not isinstance(given, dict):
                raise _Fault(Reason.SCHEMA, "'values' must be an object of numbers.")
        wrong += [
            f"'{str(name)[:40]}' is a {_json_word(value)}, not a number."
            for name, value in given.items()
            if not _is_number(value)
        ]
        lawful, unlawful = _lawful((name, float(value)) for name, value in given.items() if _is_number(value))
        wrong += unlawful
        return lawful


def _lawful(values: Iterable[tuple[str, float]]) -> tuple[list[tuple[str, float]], list[str]]:
    kept: list[tuple[str, float]] = []
    faults: list[str] = []
    for name, value in values:
        if not is_valid_quantity(name):
            faults.append(f"'{name[:40]}' is no lawful name of a quantity.")
        elif not math.isfinite(value):
            faults.append(f"'{name}' is not a finite number.")
        else:
            kept.append((name, value))
    return kept, faults


def _text_fault(kind: DeviceKind, name: str, text: str) -> str | None:
    words = _WORDS_OF.get((kind, name))
    if words is None or text in words:
        return None
    return f"'{name}' is '{text[:40]}', none of {', '.join(words)}."


def _declared(word: Any) -> Quality:
    return Quality.GOOD if word is UNSET else _DECLARED.get(word, Quality.UNCERTAIN)


def _moment(given: Any) -> datetime | None:
    if given is None:
        return None
    try:
        return msgspec.convert(given, datetime)
    except msgspec.ValidationError as error:
        raise _Fault(Reason.TIME, "'timestamp' is no time such as 2026-11-21T14:03:27.250Z.") from error


def _is_number(value: Any) -> bool:
    if type(value) is int:
        return abs(value) < 1 << 63
    return type(value) is float and math.isfinite(value)


def _json_word(value: Any) -> str:
    kinds = {dict: "object", list: "array", str: "text", bool: "truth value", type(None): "null"}
    return kinds.get(type(value), "number out of range")


def _refuse_duplicate_keys(payload: bytes) -> Any:
    """Decode untyped, refusing what strict JSON, our limits on size and depth, or unique keys do not allow."""
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise _Fault(Reason.JSON, f"The payload is no JSON: {error}.") from error
    keys = _count_keys(found, MAX_DEPTH)
    if keys > MAX_KEYS:
        raise _Fault(Reason.SCHEMA, f"The object has {keys:,} keys, {MAX_KEYS} are allowed.")
    if keys != _written_keys(payload):
        raise _Fault(Reason.DUPLICATE_KEY, "A key stands twice in the object, so its value is ambiguous.")
    return found


def _count_keys(found: Any, depth: int) -> int:
    if depth == 0 and isinstance(found, dict | list):
        raise _Fault(Reason.JSON, f"The payload is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(found, dict):
        return len(found) + sum(_count_keys(value, depth - 1) for value in found.values())
    if isinstance(found, list):
        return sum(_count_keys(value, depth - 1) for value in found)
    return 0


def _written_keys(payload: bytes) -> int:
    """How many keys valid JSON text writes down: the colons that stand outside its strings."""
    return _STRING.sub(b"", payload).count(b":")
