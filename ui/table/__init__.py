"""Tables: rows by key, columns as data, changes in sets; they never rebuild and never move under the cursor."""

from ui.table.columns import Column, RowChanges
from ui.table.model import TableModel
from ui.table.strip import Strip, StripPart
from ui.table.view import Table

__all__ = ["Column", "RowChanges", "Strip", "StripPart", "Table", "TableModel"]
