"""Writes a file that is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend_core.kernel.errors import BadInput


@contextmanager
def whole_file(into: Path) -> Iterator[Path]:
    """A file beside the wanted one that takes its name when all went well, and is gone otherwise."""
    half = into.with_name(f".{into.name}.{os.getpid()}.part")
    try:
        yield half
        with half.open("rb+") as written:
            os.fsync(written.fileno())
        half.replace(into)
    except OSError as error:
        raise BadInput(f"'{into}' cannot be written ({error.strerror}).", "Choose another place.") from error
    finally:
        half.unlink(missing_ok=True)
