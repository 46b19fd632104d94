"""Decodes payloads with typed msgspec; a value of the wrong type is set apart, the rest of its message holds."""

from __future__ import annotations

import contextlib
import json
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
_Plain = str | float | bool | None
Slots = tuple[Any, ...]
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
_TOO_BIG = float(1 << 63)
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
    texts: list[Any] = [(name, str | UnsetType, UNSET) for name in _TEXTS.get(kind, ())]
    texts.append(("attributes", dict[str, _Plain] | UnsetType, UNSET))
    if kind is DeviceKind.SENSOR:
        texts.append(("sampling_ms", float | UnsetType, UNSET))
    if kind is DeviceKind.SWITCH:
        values: list[Any] = [("position", str | UnsetType, UNSET)]
    elif kind in QUANTITIES:
        values = [(name, Number, UNSET) for name in QUANTITIES[kind]]
    else:
        values = [("values", dict[str, float])]
    # Unset, not a default: the number of keys that were given tells whether one was given twice.
    times: list[Any] = [("timestamp", datetime | None | UnsetType, UNSET), ("seq", Sequence_ | UnsetType, UNSET)]
    head: list[Any] = [(_ID_KEYS[kind], str), *times]
    # Required fields must stand first in a struct.
    required = [field for field in head + values if len(field) == 2]
    optional = [field for field in head + values + texts if len(field) == 3]
    quality = [("quality", str | UnsetType, UNSET)] if kind in (DeviceKind.ELEMENT, DeviceKind.WEATHER) else []
    return msgspec.defstruct(f"{kind.title()}Payload", required + optional + quality, gc=False)


class MsgspecDecoder:
    """The typed decoder of every topic; it never raises, whatever a payload holds."""

    def __init__(self) -> None:
        self._readers = {kind: _Reader(kind) for kind in _ID_KEYS}

    def decode(self, kind: DeviceKind, topic: str, payload: bytes, received_us: int) -> list[Decoded | Rejection]:
        reader = self._readers[kind]
        try:
            if len(payload) > MAX_PAYLOAD_BYTES:
                limit = f"{MAX_PAYLOAD_BYTES:,} are allowed"
                raise _Fault(Reason.TOO_LARGE, f"The payload has {len(payload):,} bytes, {limit}.")
            if not payload[:64].lstrip().startswith(b"["):
                return [reader.read(payload)]
            items = reader.split(payload)
        except _Fault as fault:
            return [Rejection(topic, payload, fault.reason, fault.detail, received_us)]
        found: list[Decoded | Rejection] = []
        for item in items:
            try:
                found.append(reader.read(item))
            except _Fault as fault:
                found.append(Rejection(topic, payload, fault.reason, fault.detail, received_us))
        return found


class _Reader:
    """Reads the payloads of one kind of device: fast when all is well typed, patiently when something is not."""

    def __init__(self, kind: DeviceKind) -> None:
        self._kind = kind
        self._id_key = _ID_KEYS[kind]
        self._names = tuple(QUANTITIES.get(kind, ()))
        struct = _typed(kind)
        self._one = msgspec.json.Decoder(struct)
        self._many = msgspec.json.Decoder(list[Raw])
        fields = [field.encode_name for field in msgspec.structs.fields(struct)]
        self._slots = [(name, fields.index(name)) for name in self._names]
        self._texts = [(name, fields.index(name)) for name in _TEXTS.get(kind, ())]
        self._is_free = kind not in QUANTITIES
        self._unpack: Callable[[Any, Slots], Decoded] = self._free if kind not in QUANTITIES else self._named
        if kind is DeviceKind.SWITCH:
            self._unpack = self._switch

    def split(self, payload: bytes) -> list[bytes]:
        """The objects of an array, each still as it was written."""
        try:
            items = self._many.decode(payload)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise _Fault(Reason.JSON, f"The payload is no JSON: {error}.") from error
        if not items:
            raise _Fault(Reason.SCHEMA, "The array holds no object.")
        return [bytes(item) for item in items]

    def read(self, payload: bytes) -> Decoded:
        """One object; raises `_Fault` alone."""
        try:
            typed: Any = self._one.decode(payload)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return self._patiently(payload)
        slots = msgspec.structs.astuple(typed)
        written = len(slots) - slots.count(UNSET)
        if typed.attributes is not UNSET:
            written += len(typed.attributes)
        if self._is_free:
            written += len(typed.values)
        if written > MAX_KEYS or payload.count(b'":') != written or _has_odd(payload):
            _refuse_duplicate_keys(payload)
        decoded = self._unpack(typed, slots)
        if not decoded.values and not decoded.faults:
            raise _Fault(Reason.SCHEMA, "The message holds none of the quantities of its topic.")
        return decoded

    def _named(self, typed: Any, slots: Slots) -> Decoded:
        values: list[tuple[str, float]] = []
        texts: dict[str, str] = {}
        faults: list[str] = []
        for name, at in self._slots:
            value = slots[at]
            if value is UNSET:
                continue
            if -_TOO_BIG < value < _TOO_BIG:
                values.append((name, value))
            else:
                faults.append(f"'{name}' is a number out of range.")
        if self._texts and (given := {name: text for name, at in self._texts if (text := slots[at]) is not UNSET}):
            texts, faults = self._lawful_texts(given)
        if self._kind is DeviceKind.SENSOR:
            if typed.power is UNSET and typed.voltage is not UNSET and typed.current is not UNSET:
                values += _power(typed.voltage, typed.current)
            if typed.sampling_ms is not UNSET:
                texts["sampling_ms"] = f"{typed.sampling_ms:g}"
        return self._decoded(typed, values, faults, texts)

    def _free(self, typed: Any, slots: Slots) -> Decoded:
        values, faults = _lawful(typed.values.items())
        return self._decoded(typed, values, faults, {}, _declared(typed.quality))

    def _switch(self, typed: Any, slots: Slots) -> Decoded:
        values: list[tuple[str, float]] = []
        faults: list[str] = []
        if typed.position is not UNSET:
            position = BY_WORD.get(typed.position)
            if position is None:
                faults.append(f"The position '{typed.position[:40]}' is none of open, closed, intermediate, unknown.")
            else:
                values.append(("position", float(position)))
        return self._decoded(typed, values, faults, {})

    def _decoded(
        self,
        typed: Any,
        values: list[tuple[str, float]],
        faults: list[str],
        texts: dict[str, str],
        declared: Quality = Quality.GOOD,
    ) -> Decoded:
        device, moment, seq = getattr(typed, self._id_key), typed.timestamp, typed.seq
        if typed.attributes is not UNSET:
            texts = _as_texts(typed.attributes) | texts
        if moment is UNSET:
            moment = None
        return Decoded(device, moment, 0 if seq is UNSET else seq, values, faults, declared, texts)

    def _patiently(self, payload: bytes) -> Decoded:
        """Decode without types and convert each key by itself, so that one wrong value costs only itself."""
        found = _refuse_duplicate_keys(payload)
        if not isinstance(found, dict):
            raise _Fault(Reason.TYPE, f"The payload holds {_json_word(found)} where an object is expected.")
        device = found.get(self._id_key)
        if not isinstance(device, str):
            raise _Fault(Reason.SCHEMA, f"'{self._id_key}' is missing or no text.")
        moment = _moment(found.get("timestamp"))
        seq = found.get("seq", 0)
        if type(seq) is not int or not 0 <= seq <= 32767:
            raise _Fault(Reason.SCHEMA, "'seq' must be a whole number from 0 to 32767.")
        wrong: list[str] = []
        values = self._convert(found, wrong)
        texts, unlawful = self._lawful_texts({name: found[name] for name, _ in self._texts if name in found})
        wrong += unlawful
        if not values and not wrong:
            raise _Fault(Reason.SCHEMA, "The message holds none of the quantities of its topic.")
        if self._kind is DeviceKind.SENSOR and "power" not in found:
            measured = dict(values)
            if "voltage" in measured and "current" in measured:
                values += _power(measured["voltage"], measured["current"])
        if isinstance(attributes := found.get("attributes"), dict):
            texts = _as_texts(attributes) | texts
        return Decoded(device, moment, seq, values, wrong, _declared(found.get("quality", UNSET)), texts)

    def _lawful_texts(self, given: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
        texts: dict[str, str] = {}
        faults: list[str] = []
        for name, text in given.items():
            words = _WORDS_OF.get((self._kind, name))
            if not isinstance(text, str) or (words is not None and text not in words):
                faults.append(f"'{name}' is '{_printable(str(text))[:40]}', none of {', '.join(words or ('a text',))}.")
            else:
                texts[name] = _printable(text)[:200]
        return texts, faults

    def _convert(self, found: dict[str, Any], wrong: list[str]) -> list[tuple[str, float]]:
        if self._kind is DeviceKind.SWITCH:
            given = found.get("position", UNSET)
            if isinstance(given, str) and given in BY_WORD:
                return [("position", float(BY_WORD[given]))]
            if given is not UNSET:
                wrong.append(f"'position' is {_json_word(given)}, none of {', '.join(BY_WORD)}.")
            return []
        if self._names:
            given = {name: found[name] for name in self._names if name in found}
        else:
            given = found.get("values", {})
            if not isinstance(given, dict):
                raise _Fault(Reason.SCHEMA, "'values' must be an object of numbers.")
        wrong += [
            f"'{str(name)[:40]}' is {_json_word(value)}, not a number that can be kept."
            for name, value in given.items()
            if not _is_number(value)
        ]
        lawful, unlawful = _lawful((name, float(value)) for name, value in given.items() if _is_number(value))
        wrong += unlawful
        return lawful


def _has_odd(payload: bytes) -> bool:
    """Whether something stands in it that makes counting keys by their colons unsafe."""
    return b"\\" in payload or b" :" in payload or b"\n" in payload or b"\t" in payload or b"\r" in payload


def _power(voltage: float, current: float) -> list[tuple[str, float]]:
    """What a sensor that does not measure its power gets for it."""
    power = voltage * current
    return [("power", power)] if -_TOO_BIG < power < _TOO_BIG else []


def _as_texts(attributes: dict[str, Any]) -> dict[str, str]:
    """What a device tells of itself, as short plain texts."""
    plain = {_printable(name)[:64]: value for name, value in attributes.items() if not isinstance(value, dict | list)}
    return {name: _printable(str(value))[:200] for name, value in plain.items()}


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def _lawful(values: Iterable[tuple[str, float]]) -> tuple[list[tuple[str, float]], list[str]]:
    kept: list[tuple[str, float]] = []
    faults: list[str] = []
    for name, value in values:
        if not is_valid_quantity(name):
            faults.append(f"'{name[:40]}' is no lawful name of a quantity.")
        elif not -_TOO_BIG < value < _TOO_BIG:
            faults.append(f"'{name}' is a number out of range.")
        else:
            kept.append((name, value))
    return kept, faults


def _declared(word: Any) -> Quality:
    if word is UNSET:
        return Quality.GOOD
    return _DECLARED.get(word, Quality.UNCERTAIN) if isinstance(word, str) else Quality.UNCERTAIN


def _moment(given: Any) -> datetime | None:
    if given is None:
        return None
    try:
        return msgspec.convert(given, datetime)
    except msgspec.ValidationError as error:
        raise _Fault(Reason.TIME, "'timestamp' is no time such as 2026-11-21T14:03:27.250Z.") from error


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and -_TOO_BIG < value < _TOO_BIG


def _json_word(value: Any) -> str:
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number" if _is_number(value) else "a number out of range")


def _untyped(payload: bytes) -> Any:
    """Strict JSON, or JSON but for a number that is none: then the fault is that value's, not the message's."""
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        is_about_numbers = "out of range" in str(error) or b"NaN" in payload or b"Infinity" in payload
        if is_about_numbers and b"\\u" not in payload:
            with contextlib.suppress(ValueError, RecursionError):
                return json.loads(payload)
        raise _Fault(Reason.JSON, f"The payload is no JSON: {error}.") from error


def _refuse_duplicate_keys(payload: bytes) -> Any:
    """Decode untyped, refusing what JSON, our limits on size and depth, or unique keys do not allow."""
    found = _untyped(payload)
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
