"""Packet ids tell when a broker comes back without all that it had, and keep still otherwise."""

import pytest

from backend_core.telemetry.mqtt_reader import Sequence

NEW, AGAIN = False, True


def is_broken(newest: int, *arrived: tuple[int, bool]) -> bool:
    sequence = Sequence(newest)
    for mid, again in arrived:
        sequence.see(mid, again=again)
    return sequence.is_broken


@pytest.mark.parametrize(
    ("newest", "arrived"),
    [
        (0, [(1, NEW), (2, NEW)]),
        (0, [(900, NEW)]),
        (120, [(121, NEW)]),
        (120, [(119, AGAIN), (120, AGAIN), (121, NEW)]),
        (120, [(120, AGAIN), (121, AGAIN), (122, AGAIN), (123, NEW)]),
        (65_535, [(1, NEW)]),
        (65_534, [(65_534, AGAIN), (65_535, AGAIN), (1, AGAIN), (2, NEW)]),
    ],
    ids=["first", "joined late", "kept", "unacknowledged", "lost on the way", "round", "round, lost on the way"],
)
def test_a_session_that_goes_on_is_whole(newest: int, arrived: list[tuple[int, bool]]):
    assert not is_broken(newest, *arrived)


@pytest.mark.parametrize(
    "arrived",
    [[(101, NEW)], [(99, AGAIN), (100, AGAIN), (101, NEW)], [(1, NEW)], [(140, NEW)]],
    ids=["an older state", "an older state with its unacknowledged", "anew", "some let go"],
)
def test_a_session_that_goes_on_elsewhere_is_broken(arrived: list[tuple[int, bool]]):
    assert is_broken(120, *arrived)
