"""The order of rows and the differences between two orders, as plain lists."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Key = Hashable


def sorted_keys(keys: Iterable[Key], value: Callable[[Key], Any], *, descending: bool) -> list[Key]:
    """Keys by value; those without one come last in both directions, equals keep the order they arrived in."""
    valued: list[tuple[Any, Key]] = []
    without: list[Key] = []
    for key in keys:
        found = value(key)
        if found is None:
            without.append(key)
        else:
            valued.append((found, key))
    valued.sort(key=lambda pair: pair[0], reverse=descending)
    return [key for _, key in valued] + without


def runs(positions: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The unbroken runs in a set of positions, first and last included: 1 2 3 7 gives (1, 3) and (7, 7)."""
    first = last = None
    for position in sorted(positions):
        if first is None or last is None:
            first = last = position
        elif position == last + 1:
            last = position
        else:
            yield first, last
            first = last = position
    if first is not None and last is not None:
        yield first, last


def positions_of(keys: Sequence[Key]) -> Mapping[Key, int]:
    return {key: i for i, key in enumerate(keys)}
