"""Reads an HTTP reply as it trickles in, trusting none of it: bounded, never raising, content with a status line."""

from __future__ import annotations

import re

MAX_BYTES = 64 * 1024
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? ([1-5]\d\d)(?: |\r|$)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class HttpReply:
    """What has come back so far; the status is known as soon as the first line is."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._ended = False
        self.status: int | None = None
        self.is_garbage = False

    def take(self, chunk: bytes) -> None:
        """Add what was received; nothing means that the other side has closed."""
        if not chunk:
            self._ended = True
        self._received += chunk[: MAX_BYTES - len(self._received)]
        if self.status is None and not self.is_garbage:
            self._look_for_status()

    @property
    def is_full(self) -> bool:
        """Whether no more may be taken: it has ended, or the limit is reached."""
        return self._ended or len(self._received) >= MAX_BYTES

    @property
    def has_answered(self) -> bool:
        """Whether it is clear that HTTP is spoken here, or that it is not."""
        return self.status is not None or self.is_garbage or self.is_full

    @property
    def is_complete(self) -> bool:
        """Whether the whole body is here, or nothing more is to be expected."""
        if self.is_garbage or self.is_full:
            return True
        end = _HEAD_END.search(self._received)
        if end is None:
            return False
        if self._is_chunked():
            return self._received.endswith((b"0\r\n\r\n", b"0\n\n"))
        length = self._content_length()
        return length is not None and len(self._received) - end.end() >= length

    def header(self, name: bytes) -> bytes:
        """The value of a header, empty when it is missing."""
        end = _HEAD_END.search(self._received)
        head = bytes(self._received[: end.start()]) if end else b""
        for line in head.split(b"\n")[1:]:
            key, _, value = line.partition(b":")
            if key.strip().lower() == name:
                return value.strip()
        return b""

    def body(self) -> bytes | None:
        """The whole body; none when it was cut off at the limit or never ended."""
        end = _HEAD_END.search(self._received)
        if end is None or not self.is_complete or len(self._received) >= MAX_BYTES:
            return None
        rest = bytes(self._received[end.end() :])
        if self._is_chunked():
            return _joined(rest)
        length = self._content_length()
        if length is None:
            return rest
        return rest[:length] if len(rest) >= length else None

    def _look_for_status(self) -> None:
        first, newline, _ = bytes(self._received[:1024]).partition(b"\n")
        if not newline and not self.is_full and len(first) < 1024:
            self.is_garbage = bool(first) and not b"HTTP/".startswith(first[:5])
            return
        found = _STATUS_LINE.match(first)
        self.status = int(found.group(1)) if found and newline else None
        self.is_garbage = self.status is None

    def _is_chunked(self) -> bool:
        return b"chunked" in self.header(b"transfer-encoding").lower()

    def _content_length(self) -> int | None:
        text = self.header(b"content-length")
        return int(text) if text.isdigit() and len(text) < 12 else None


def _joined(rest: bytes) -> bytes | None:
    """The body out of its chunks; none when they do not add up."""
    body = bytearray()
    while True:
        size_text, newline, rest = rest.partition(b"\n")
        digits = size_text.split(b";")[0].strip()
        if not newline or not re.fullmatch(rb"[0-9A-Fa-f]{1,6}", digits):
            return None
        size = int(digits, 16)
        if size == 0:
            return bytes(body)
        if len(rest) < size:
            return None
        body += rest[:size]
        rest = rest[size:].removeprefix(b"\r").removeprefix(b"\n")
