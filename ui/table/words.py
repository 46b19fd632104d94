"""Every text a table says by itself."""


def new_above(count: int) -> str:
    return f"▲ {count} new above"


def rows_shown(shown: int, total: int) -> str:
    return f"{shown:,} of {total:,}"


FILTER_HINT = "Type to filter; Escape shows all rows again"
NOTHING_MATCHES = "No row contains these words."
NOTHING_MATCHES_WHY = "Rows are only hidden, not gone."
NOTHING_MATCHES_NEXT = "Press Escape to see all rows again."
