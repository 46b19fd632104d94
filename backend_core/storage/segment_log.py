"""Records on a local disk in the order they came: flushed, read back, and let go when they are kept elsewhere."""

from __future__ import annotations

import contextlib
import errno
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend_core.kernel.errors import NoRoom
from backend_core.storage import segments
from backend_core.storage.folder import File, Folder
from backend_core.storage.segments import Entry, Record

SEGMENT_BYTES = 8 << 20
BALLAST_BYTES = 64 << 20
_READ_BYTES = 1 << 20
_ENDING = ".spool"
_CURSOR, _BALLAST = "drained", "ballast"
_CURSOR_FORM = struct.Struct(">QI")
_HOUR_NS = 3_600_000_000_000
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may wait, and for how long."""

    max_bytes: int = 2 << 30
    max_hours: float = 72.0


@dataclass(frozen=True, slots=True)
class LogState:
    """What waits now, and since when its oldest has been received; `None` when nothing waits."""

    records: int = 0
    bytes: int = 0
    oldest_ns: int | None = None


_Span = tuple[int | None, int | None]


class Loss(NamedTuple):
    """Records that cannot be read any more, and between which others they had been received, where there are any."""

    records: int
    since_ns: int | None
    until_ns: int | None


@dataclass(slots=True)
class _Segment:
    """One file; only its first `size` bytes are known to stand on the disk."""

    name: str
    first_seq: int
    size: int
    rest: list[Record] | None = None  # its records still to be read, when it is damaged and was searched as a whole
    read_bytes: int = 0
    is_damaged: bool = False


class SegmentLog:
    """One owner, one thread. `append` returns when the disk has it; what it refused, nobody has promised to keep.

    Numbers begin with the microsecond in which the log was made, so that they are found again in damaged bytes.
    `notes` gathers sentences on what was damaged or lost, for whoever tells the operator.
    """

    def __init__(self, folder: Folder, budget: Budget, first_seq: int, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder = folder
        self._budget = budget
        self._segment_bytes = segment_bytes
        self._active: File | None = None
        self._segments: list[_Segment] = []
        self._read_seq = 0
        self._oldest_ns: int | None = None
        self._files_made = 0
        self._has_ballast = False
        self.notes: list[str] = []
        self.losses: list[Loss] = []
        self._done_seq = self._recall()
        self._next_seq = max(first_seq, self._done_seq + 1)
        self._recover()

    @property
    def state(self) -> LogState:
        """What waits."""
        if not self._segments:
            return LogState()
        begins = max(self._done_seq + 1, self._segments[0].first_seq)
        return LogState(self._next_seq - begins, self._held_bytes, self._oldest_ns)

    def append(self, entries: Sequence[Entry]) -> int:
        """Keep them all: the number of the last one. `NoRoom` when that cannot be promised; then none is kept."""
        seq = self._next_seq
        data = b"".join([segments.pack(seq + place, entry) for place, entry in enumerate(entries)])
        self._require_room(len(data), entries)
        for is_last_try in (False, True):
            try:
                self._write(data)
                break
            except OSError as error:
                # A file whose flush failed is not flushed again: the system may call the lost pages clean by then.
                self._leave_active()
                is_full = error.errno in _FULL
                if is_last_try or (is_full and not self._drop_ballast()):
                    raise _refusal(error) from error
                if not is_full:
                    self.notes.append(f"The disk did not take a piece of the spool ({error}); a new file was begun.")
        if self._oldest_ns is None:
            self._oldest_ns = entries[0].received_ns
        self._next_seq = seq + len(entries)
        return self._next_seq - 1

    def read(self, at_most: int) -> list[Record]:
        """The next records after those read before, oldest first; empty when none waits."""
        for segment, ends in self._unread():
            while found := self._take(segment, at_most, ends):
                # Numbers from `ends` on were written anew into the next file, because this one's flush had failed.
                wanted = [record for record in found if self._read_seq < record.seq < ends]
                if wanted:
                    self._end_losses(wanted[0].entry.received_ns)
                    self._read_seq = wanted[-1].seq
                    self._oldest_ns = wanted[0].entry.received_ns
                    return wanted
            self._tell_loss(segment, ends - 1 - self._read_seq)
            self._read_seq = ends - 1
        return []

    def done_through(self, seq: int) -> None:
        """All up to this number are kept elsewhere; files that hold no others go."""
        self._done_seq = max(self._done_seq, seq)
        with contextlib.suppress(OSError):  # only spares reading again what is known already
            self._folder.note(_CURSOR, _cursor_of(self._done_seq))
        while len(self._segments) > 1 and self._segments[1].first_seq <= self._done_seq + 1:
            self._discard(self._segments.pop(0))
        if self._segments and self._done_seq + 1 >= self._next_seq:
            self._leave_active()
            while self._segments:
                self._discard(self._segments.pop(0))
            self._oldest_ns = None
            self._leave_ballast()

    def close(self) -> None:
        """Let go of the file that is being written."""
        self._leave_active()

    # -- beginning ---------------------------------------------------------------------------------------------------

    def _recall(self) -> int:
        with contextlib.suppress(OSError):
            data = self._folder.read(_CURSOR, 0, _CURSOR_FORM.size)
            if len(data) == _CURSOR_FORM.size:
                seq: int = _CURSOR_FORM.unpack(data)[0]
                if data == _cursor_of(seq):
                    return seq
        return 0

    def _recover(self) -> None:
        sizes = self._folder.sizes()
        self._has_ballast = _BALLAST in sizes
        names = sorted(name for name in sizes if name.endswith(_ENDING))
        self._segments = [_Segment(name, _first_seq_of(name), sizes[name]) for name in names]
        self._files_made = max((_number_of(name) for name in names), default=0)
        if self._segments:
            self._end_cleanly(self._segments[-1])
        begins = self._segments[0].first_seq if self._segments else self._next_seq
        self._read_seq = max(self._done_seq, begins - 1)
        # All of it may have been let go already, when the program ended between the two.
        self.done_through(self._done_seq)
        if self._segments:
            first = self._folder.read(self._segments[0].name, 0, _READ_BYTES)
            one = segments.unpack(first, 0)
            self._oldest_ns = one[0].entry.received_ns if one else None

    def _end_cleanly(self, last: _Segment) -> None:
        """Cut off what the power, or the end of the program, left half written."""
        found = segments.scan(self._folder.read(last.name, 0, last.size), last.first_seq)
        if found.torn_bytes:
            self.notes.append(f"{found.torn_bytes} bytes at the end of the spool were no whole record; never promised.")
            last.size -= found.torn_bytes
            with contextlib.suppress(OSError):
                self._folder.truncate(last.name, last.size)
        end = found.records[-1].seq + 1 if found.records else last.first_seq
        self._next_seq = max(end, self._done_seq + 1)

    # -- writing -----------------------------------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        if self._active is None or self._segments[-1].size + len(data) > self._segment_bytes:
            self._begin_segment()
        assert self._active is not None
        self._active.write(data)
        self._active.sync()
        self._segments[-1].size += len(data)

    def _begin_segment(self) -> None:
        self._leave_active()
        self._take_ballast()
        self._files_made += 1
        name = f"{self._next_seq:020d}-{self._files_made:06d}{_ENDING}"
        self._active = self._folder.create(name)
        self._segments.append(_Segment(name, self._next_seq, 0))
        self._folder.sync()

    def _leave_active(self) -> None:
        """Write no more into this file; what of it was flushed stands."""
        if self._active is None:
            return
        with contextlib.suppress(OSError):
            self._active.close()
        self._active = None
        last = self._segments[-1]
        with contextlib.suppress(OSError):
            self._folder.truncate(last.name, last.size)
        if last.size == 0:
            self._segments.pop()
            with contextlib.suppress(OSError):
                self._folder.remove(last.name)

    @property
    def _held_bytes(self) -> int:
        return sum(segment.size for segment in self._segments)

    def _require_room(self, size: int, entries: Sequence[Entry]) -> None:
        if self._held_bytes + size > self._budget.max_bytes:
            megabytes = self._budget.max_bytes >> 20
            raise NoRoom(f"The spool holds its {megabytes} MB.", "Bring the database back, or raise [spool] limit_mb.")
        waits_ns = 0 if self._oldest_ns is None else entries[-1].received_ns - self._oldest_ns
        if waits_ns > self._budget.max_hours * _HOUR_NS:
            raise NoRoom(
                f"The spool's oldest message has waited {self._budget.max_hours:g} h.",
                "Bring the database back, or raise [spool] limit_hours.",
            )

    # -- reading -----------------------------------------------------------------------------------------------------

    def _end_losses(self, received_ns: int) -> None:
        """What was lost at the end of a file had been received before the first of the next."""
        ended = [loss if loss.until_ns is not None else loss._replace(until_ns=received_ns) for loss in self.losses]
        self.losses = ended

    def _unread(self) -> list[tuple[_Segment, int]]:
        """The files with records still to be read, each with the number that begins the next file."""
        begins = [segment.first_seq for segment in self._segments] + [self._next_seq]
        return [(one, ends) for one, ends in zip(self._segments, begins[1:], strict=True) if self._read_seq + 1 < ends]

    def _take(self, segment: _Segment, at_most: int, ends: int) -> list[Record]:
        if segment.rest is None:
            found = self._take_run(segment, at_most)
            if found is not None:
                return found
            segment.rest = self._search(segment, ends)
        taken, segment.rest = segment.rest[:at_most], segment.rest[at_most:]
        return taken

    def _take_run(self, segment: _Segment, at_most: int) -> list[Record] | None:
        """The next whole records, none at the end; `None` when there are bytes left that are no record."""
        left = segment.size - segment.read_bytes
        piece = self._folder.read(segment.name, segment.read_bytes, min(left, _READ_BYTES))
        found, read = segments.unpack_run(piece, 0, at_most)
        if piece and not found:
            size = segments.size_of_next(piece, 0)
            if size is None or not len(piece) < size <= left:
                return None
            found, read = segments.unpack_run(self._folder.read(segment.name, segment.read_bytes, size), 0, 1)
            if not found:
                return None
        segment.read_bytes += read
        return found

    def _search(self, segment: _Segment, ends: int) -> list[Record]:
        """Something in this file is no record: find all that are."""
        data = self._folder.read(segment.name, 0, segment.size)
        first = max(segment.first_seq, self._read_seq + 1)
        whole = [record for record in segments.scan(data, segment.first_seq).records if first <= record.seq < ends]
        self._tell_loss(segment, ends - first - len(whole), _between(whole, range(first, ends)))
        return whole

    def _tell_loss(self, segment: _Segment, lost: int, times_ns: _Span = (None, None)) -> None:
        if lost > 0 and not segment.is_damaged:
            segment.is_damaged = True
            since_ns, until_ns = times_ns
            self.losses.append(Loss(lost, self._oldest_ns if since_ns is None else since_ns, until_ns))
            self.notes.append(
                f"{lost} records of the spool are lost: the file {segment.name} is damaged. "
                "It is kept; what is whole in it is stored."
            )

    def _discard(self, segment: _Segment) -> None:
        with contextlib.suppress(OSError):
            if segment.is_damaged:
                self._folder.rename(segment.name, segment.name.removesuffix(_ENDING) + ".damaged")
            else:
                self._folder.remove(segment.name)

    # -- ballast -----------------------------------------------------------------------------------------------------

    def _take_ballast(self) -> None:
        """While something waits, occupy room; given back when the disk is full, it lets this program end its work."""
        if self._has_ballast or self._segments:
            return
        with contextlib.suppress(OSError):
            size = min(BALLAST_BYTES, self._folder.free_bytes() // 16)
            self._folder.reserve(_BALLAST, size)
            self._has_ballast = True

    def _drop_ballast(self) -> bool:
        if not self._has_ballast:
            return False
        self.notes.append("The disk of the spool is full; the room kept in reserve there is in use now.")
        self._leave_ballast()
        return True

    def _leave_ballast(self) -> None:
        if self._has_ballast:
            self._has_ballast = False
            with contextlib.suppress(OSError):
                self._folder.remove(_BALLAST)


def _between(whole: Sequence[Record], wanted: range) -> _Span:
    """When the records were received next to which others are missing."""
    missing = set(wanted) - {record.seq for record in whole}
    if not missing:
        return None, None
    since = [record.entry.received_ns for record in whole if record.seq < min(missing)]
    until = [record.entry.received_ns for record in whole if record.seq > max(missing)]
    return since[-1] if since else None, until[0] if until else None


def _cursor_of(seq: int) -> bytes:
    return _CURSOR_FORM.pack(seq, zlib.crc32(seq.to_bytes(8, "big")))


def _first_seq_of(name: str) -> int:
    return int(name.partition("-")[0])


def _number_of(name: str) -> int:
    return int(name.partition("-")[2].removesuffix(_ENDING))


def _refusal(error: OSError) -> NoRoom:
    if error.errno in _FULL:
        return NoRoom("The disk of the spool is full.", "Free space on this computer; nothing that waits is deleted.")
    return NoRoom(f"The disk of the spool fails ({error.strerror}).", "Look at this computer's disk.")
