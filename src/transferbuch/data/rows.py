"""A plain table as the file has it: the inverse of its cells, for consumers that want rows (registers, catalogues)."""

import pandas as pd

from transferbuch.data.store import DataPackage
from transferbuch.errors import DataRefused, Problem


def read_rows(package: DataPackage, table_code: str) -> pd.DataFrame:
    """One row per row of the file, columns labelled as in its header, every cell as text exactly as printed.

    Of several files of the table the one with the newest Stand is read. The index is the line of the file. An empty
    cell is an empty text, never a missing value. Raises DataRefused when the package has no plain table of this code.
    """
    found = [table for table in package.tables if table.table == table_code and table.family == "table"]
    if not found:
        raise DataRefused(
            Problem(
                package.folder.name,
                0,
                table_code,
                "the data package has no plain table of this code",
                expected=", ".join(sorted({table.table for table in package.tables if table.family == "table"})),
                do="import the file first: transferbuch data import PATH…",
                code="table-missing",
            )
        )
    newest = max(found, key=lambda table: (table.stand, table.sha256))
    return rows_of(package.read_cells(newest))


def rows_of(cells: pd.DataFrame) -> pd.DataFrame:
    """The rows of a plain table from its cells (`OfficialTable.cells`, or as a package stores them)."""
    labels = cells["header"].iloc[: int(cells["column"].max())].astype(str).tolist()
    texts = cells["text"].to_numpy(object).reshape(-1, len(labels))
    lines = pd.Index(cells["line"].to_numpy()[:: len(labels)], name="line")
    return pd.DataFrame(texts, columns=labels, index=lines, dtype=object)
