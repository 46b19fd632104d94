"""What the spool has promised it keeps: through ends, torn writes, flipped bits, full disks and failing flushes."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from backend_core.kernel.errors import NoRoom
from backend_core.storage.folder import LocalFolder
from backend_core.storage.segment_log import Budget, SegmentLog
from backend_core.storage.segments import Entry
from tests.backend_core.storage.brittle_folder import BrittleFolder

FIRST = 1_795_000_000_000_000
HOUR_NS = 3_600_000_000_000


def entry(number: int, size: int = 20) -> Entry:
    return Entry(number, 0, b"grid/sensors/s", (b"%d " % number).ljust(size, b"x"))


def numbers(log: SegmentLog, at_most: int = 1000) -> list[int]:
    """Read everything that is left."""
    found: list[int] = []
    while some_records := log.read(at_most):
        found += [record.entry.received_ns for record in some_records]
    return found


def opened(folder: BrittleFolder | LocalFolder, **budget: float) -> SegmentLog:
    return SegmentLog(folder, Budget(**budget), FIRST, segment_bytes=200)  # type: ignore[arg-type]


@given(some.lists(some.integers(1, 5), min_size=1, max_size=12), some.integers(1, 7))
def test_records_come_back_in_their_order_whatever_the_batches(sizes: list[int], at_most: int):
    log, kept = opened(BrittleFolder()), 0
    for size in sizes:
        log.append([entry(kept + n) for n in range(size)])
        kept += size
    assert numbers(log, at_most) == list(range(kept))
    assert log.read(10) == []


def test_a_second_opening_finds_what_waits_and_the_numbers_go_on():
    folder = BrittleFolder()
    first = opened(folder)
    first.append([entry(n) for n in range(5)])
    last = first.append([entry(5)])
    again = opened(BrittleFolder.found(folder.flushed))
    assert again.state.records == 6
    assert again.append([entry(6)]) == last + 1
    assert numbers(again) == list(range(7))
    assert again.notes == []


def test_what_was_let_go_does_not_come_again_and_leaves_no_files():
    folder = BrittleFolder()
    log = opened(folder)
    for n in range(20):
        log.append([entry(n)])
    log.done_through(FIRST + 7)
    again = opened(BrittleFolder.found({name: bytes(data) for name, data in folder.files.items()}))
    assert numbers(again) == list(range(8, 20))
    again.done_through(FIRST + 19)
    assert (again.state.records, again.state.bytes, again.state.oldest_ns) == (0, 0, None)
    again.append([entry(20)])
    assert numbers(again) == [20]


def test_the_numbers_never_begin_anew_after_everything_was_let_go():
    folder = BrittleFolder()
    log = opened(folder)
    log.done_through(log.append([entry(1)]))
    again = SegmentLog(folder, Budget(), 5)
    assert again.append([entry(2)]) == FIRST + 1


def test_reading_goes_on_while_more_is_kept():
    log = opened(BrittleFolder())
    log.append([entry(0)])
    assert numbers(log) == [0]
    log.append([entry(1), entry(2)])
    assert numbers(log) == [1, 2]


def test_a_record_larger_than_a_piece_or_a_segment_is_kept_whole():
    log = opened(BrittleFolder())
    log.append([entry(0, 3 << 20), entry(1), entry(2, 1 << 20)])
    assert numbers(log) == [0, 1, 2]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_at_any_call_loses_nothing_that_was_promised(number: int):
    """The n-th call fails, for n = 1, 2, … until one run has none that fails."""
    for failing in range(1, 200):
        folder = BrittleFolder(lambda call, failing=failing: number if call == failing else None)  # type: ignore[misc]
        log, promised = opened(folder), []
        for n in range(0, 30, 3):
            batch = [entry(n + place) for place in range(3)]
            try:
                log.append(batch)
            except NoRoom:
                continue
            promised += [one.received_ns for one in batch]
        assert numbers(log) == promised
        assert numbers(opened(BrittleFolder.found(folder.flushed))) == promised
        if folder.calls < failing:
            return
    raise AssertionError("there was always one more call")


def test_the_power_may_fail_after_every_call_and_nothing_promised_is_lost():
    folder, promises = BrittleFolder(), [(0, 0)]
    log = opened(folder)
    for n in range(0, 12, 2):
        log.append([entry(n), entry(n + 1)])
        promises.append((len(folder.photos), n + 2))
    for taken, photo in enumerate(folder.photos):
        promised = max(count for since, count in promises if since <= taken)
        again = opened(BrittleFolder.found(photo))
        found = numbers(again)
        assert found == list(range(len(found))), "no number is skipped and none invented"
        assert len(found) >= promised
        again.append([entry(100)])
        assert numbers(again) == [100]


@settings(deadline=None)
@given(some.data())
def test_a_flipped_bit_costs_its_record_alone_and_is_told(dice: some.DataObject):
    folder = BrittleFolder()
    log = opened(folder)
    for n in range(0, 12, 2):
        log.append([entry(n), entry(n + 1)])
    held = dict(folder.flushed)
    names = sorted(name for name in held if name.endswith(".spool"))
    name = dice.draw(some.sampled_from(names[:-1]), label="file")
    data = bytearray(held[name])
    data[dice.draw(some.integers(0, len(data) - 1), label="byte")] ^= 1 << dice.draw(some.integers(0, 7))
    found_folder = BrittleFolder.found(held | {name: bytes(data)})
    again = opened(found_folder)
    found = numbers(again)
    assert len(found) == 11
    assert found == sorted(found)
    (note,) = again.notes
    assert note.startswith("1 records of the spool are lost")
    (loss,) = again.losses
    missing = next(n for n in range(12) if n not in found)
    assert loss.records == 1
    assert (loss.since_ns is None) is (missing == 0), "the very first has no neighbour before it"
    assert (loss.since_ns or 0) <= missing <= (loss.until_ns or 0) <= missing + 2
    again.done_through(FIRST + 11)
    assert [kept for kept in found_folder.files if kept.endswith(".damaged")] == [name.replace(".spool", ".damaged")]


def test_a_full_disk_gives_its_reserve_first_then_refuses_and_deletes_nothing():
    folder = BrittleFolder(room=4000)
    log = opened(folder)
    assert "ballast" not in folder.sizes(), "a spool that is not used occupies nothing"
    log.append([entry(0)])
    reserve = folder.sizes()["ballast"]
    kept = next(number for number in range(1, 1000) if not is_kept(log, number))
    with pytest.raises(NoRoom, match="disk of the spool is full"):
        log.append([entry(kept)])
    assert "ballast" not in folder.sizes()
    assert sum(folder.sizes().values()) > 4000 - reserve
    assert "reserve" in log.notes[0]
    assert numbers(log) == list(range(kept))
    log.done_through(FIRST + kept - 1)
    log.append([entry(kept)])
    assert "ballast" in folder.sizes(), "with room again the reserve is taken again"


def is_kept(log: SegmentLog, number: int) -> bool:
    try:
        log.append([entry(number)])
    except NoRoom:
        return False
    return True


def test_a_spent_budget_of_bytes_refuses_until_something_was_let_go():
    log = opened(BrittleFolder(), max_bytes=300)
    log.append([entry(1), entry(2), entry(3)])
    with pytest.raises(NoRoom, match="limit_mb"):
        log.append([entry(4, 200)])
    log.done_through(log.read(9)[-1].seq)
    log.append([entry(4, 200)])
    assert numbers(log) == [4]


def test_a_message_that_waited_too_long_stops_the_acknowledging():
    log = opened(BrittleFolder(), max_hours=72.0)
    log.append([entry(0)])
    log.append([entry(72 * HOUR_NS)])
    with pytest.raises(NoRoom, match="72 h"):
        log.append([entry(72 * HOUR_NS + 1)])


def test_a_local_folder_is_this_users_alone_and_held_by_one_program(tmp_path: Path):
    folder = LocalFolder(tmp_path / "spool")
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert folder.hold()
    assert not LocalFolder(tmp_path / "spool").hold()
    log = opened(folder)
    log.append([entry(n) for n in range(20)])
    log.close()
    folder.let_go()
    second = LocalFolder(tmp_path / "spool")
    assert second.hold()
    again = opened(second)
    assert numbers(again) == list(range(20))
    again.done_through(FIRST + 19)
    assert sorted(path.name for path in (tmp_path / "spool").iterdir()) == ["drained", "lock"]
