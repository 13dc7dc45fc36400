"""Own data of a municipality: its tables, read by the mapping in its parameters file, one row per cell.

Grain of `OwnTable.rows`: one row per dataset × measure × area × period. Columns:
  dataset, ags (of the municipality), level, area (key of the area), area_name, parent (key of the wider area or ""),
  period (2023 or 2023/24), year (its first one), measure, value (NaN without a number; of a class its rank from 1),
  text (the cell as it stands in the file), symbol (as in official tables, or None), status, largest (what the largest
  contributors hold, where the mapping has a rule of dominance; else NaN), unit, access, source, stand (ISO date),
  file_sha256, line
status: ok, zero ('-' declared as zero), secret, blocked, unreliable, later, missing (empty cell or '-' declared as
missing). Only ok and zero carry a number. Nothing is corrected on the way; a table with one fault is not taken at all,
and of a table with one row per person no cell is even named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from transferbuch.data.own_areas import boundary_keys, check_area_key, expected_key, keys_with_lost_zeros
from transferbuch.data.own_cells import EXPECTED, has_decimal_comma, parse_own_cell
from transferbuch.data.own_mapping import AreaLevel, OwnDataset, OwnMeasure, parse_period
from transferbuch.data.own_tables import MAX_PROBLEMS, PlainFile, PlainTable, choose_table, read_plain_file
from transferbuch.data.persons import Declared, check_persons
from transferbuch.errors import DataRefused, PersonFileError, Problem
from transferbuch.records import Place, collect, find_places, nearest, read_person_text
from transferbuch.vocabulary import PUBLIC

OWN_COLUMNS = (
    "dataset",
    "ags",
    "level",
    "area",
    "area_name",
    "parent",
    "period",
    "year",
    "measure",
    "value",
    "text",
    "symbol",
    "status",
    "largest",
    "unit",
    "access",
    "source",
    "stand",
    "file_sha256",
    "line",
)


@dataclass(frozen=True)
class OwnTable:
    """One own table with its mapping; see the module for `rows`."""

    dataset: OwnDataset
    file_sha256: str
    rows: pd.DataFrame = field(repr=False)

    @property
    def is_public(self) -> bool:
        """Whether its figures may be published once disclosure control has passed them."""
        return self.dataset.access == PUBLIC

    @property
    def areas(self) -> int:
        """Number of areas in the table."""
        return int(self.rows["area"].nunique())

    @property
    def periods(self) -> tuple[str, ...]:
        """Years or school years in the table, oldest first."""
        return tuple(sorted(self.rows["period"].unique()))


def load_own_data(
    yaml: Path, name: str, ags: str, datasets: Sequence[OwnDataset], internal: bool = False
) -> tuple[OwnTable, ...]:
    """The tables that the parameters file `yaml` of the municipality `ags` declares; `name` is shown in messages.

    Without `internal`, only public ones: the files of the others are not opened. Raises PersonFileError with the faults
    of all tables, each with file and row, or the line of its mapping. It is a DataRefused with the same faults when one
    of the tables holds data about persons.
    """
    if not datasets:
        return ()
    places = find_places(read_person_text(yaml, name))
    readings = [
        _Reading(yaml, name, places, number, one, ags)
        for number, one in enumerate(datasets)
        if internal or one.access == PUBLIC
    ]
    tables = collect([reading.read for reading in readings])
    problems = _check_together(readings, tables)
    if problems:
        raise PersonFileError(sorted(problems))
    return tuple(tables)


def _check_together(readings: "list[_Reading]", tables: list[OwnTable]) -> list[Problem]:
    """Faults that only several tables of a municipality show: an id twice, internal bytes made public, no parent."""
    problems = []
    ids = [one.dataset.id for one in tables]
    hidden = {one.file_sha256 for one in tables if not one.is_public}
    for number, (reading, table) in enumerate(zip(readings, tables, strict=True)):
        if ids.index(table.dataset.id) < number:
            problems.append(
                reading.fault(("id",), "this id is already taken", table.dataset.id, "each id once", code="own-twice")
            )
        if table.is_public and table.file_sha256 in hidden:
            problems.append(
                reading.fault(
                    ("file",),
                    "a table that is internal elsewhere is public here",
                    table.dataset.file,
                    "one access for one table",
                    "remove one of the two entries",
                    "own-access",
                )
            )
        if parent := table.dataset.parent:
            wider = [one for one in tables if one.dataset.level == parent.level]
            known = {key for one in wider for key in one.rows["area"]}
            lost = sorted(set(table.rows["parent"]) - known) if wider else []
            problems += [
                reading.fault(
                    ("parent", "column"),
                    f"no table of the level {parent.level} has this area",
                    key,
                    do=nearest(key, known),
                    code="own-parent",
                )
                for key in lost
            ]
    return problems


class _Reading:
    """Reads one table; collects its faults, so that a person sees all of them at once."""

    def __init__(
        self, yaml: Path, name: str, places: Mapping[Place, int], number: int, dataset: OwnDataset, ags: str
    ) -> None:
        self.yaml, self.places, self.number, self.dataset, self.ags = name, places, number, dataset, ags
        self.folder = yaml.with_suffix("")
        self.shown = f"{name.rsplit('.', 1)[0]}/"
        self.file = self.shown + dataset.file
        self.problems: list[Problem] = []

    def fault(
        self, place: Place, what: str, value: str = "", expected: str = "", do: str = "", code: str = "own-mapping"
    ) -> Problem:
        """A fault of the mapping at `place` of this table's entry in the YAML."""
        entry = ("own_data", self.number)
        line = self.places.get((*entry, *place), self.places.get(entry, 0))
        dotted = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
        return Problem(self.yaml, line, f"own_data[{self.number + 1}]{dotted}", what, value, expected, do, code)

    def read(self) -> OwnTable:
        """The table; raises PersonFileError with all its faults, DataRefused for a file with data about persons."""
        path = self._find(("file",), self.dataset.file)
        file = read_plain_file(path, self.file)
        self._refuse_persons(file)  # of such a file nothing more is read, not even for messages
        table = choose_table(file, self.dataset.sheet)
        columns = self._find_columns(table)
        self._stop_if_wrong()
        rows = self._read_rows(table, columns)
        self._check_areas(rows)
        self._stop_if_wrong()
        frame = pd.DataFrame(rows, columns=list(OWN_COLUMNS))
        return OwnTable(self.dataset, table.sha256, frame)

    def _stop_if_wrong(self) -> None:
        if not self.problems:
            return
        shown, more = self.problems[:MAX_PROBLEMS], len(self.problems) - MAX_PROBLEMS
        if more > 0:
            shown.append(Problem(self.file, 0, "", "the table has more faults", f"{more} more", code="own-more"))
        raise PersonFileError(shown)

    def _find(self, place: Place, file: str) -> Path:
        path = self.folder / file
        if not path.is_file():
            do = f"put it into {self.shown} or correct the name"
            raise PersonFileError(
                self.fault(place, "the file does not exist", self.shown + file, "", do, "own-missing")
            )
        # a link could lead out of the project, or from the public folder into the internal one
        if self.folder.is_symlink() or path.resolve() != self.folder.resolve() / file:
            raise PersonFileError(
                self.fault(
                    place, "the file is a link to another place", file, do="put the file itself here", code="own-link"
                )
            )
        return path

    def _refuse_persons(self, file: PlainFile) -> None:
        """Every sheet and column counts, also those that are not read; the mapping speaks for the chosen sheet only."""
        data = self.dataset
        declared = Declared(data.key, data.name, data.period, data.level == "schule")
        several = len(file.sheets) > 1
        found = [
            problem
            for number, sheet in enumerate(file.sheets, 1)
            for problem in check_persons(
                self.file,
                sheet.rows,
                declared if not several or sheet.title == data.sheet else None,
                number if several else 0,
            )
        ]
        if found:
            raise DataRefused(found[:MAX_PROBLEMS])

    def _find_columns(self, table: PlainTable) -> dict[str, int]:
        """Index of each column of the mapping by its label; faults for labels that are missing or there twice."""
        data = self.dataset
        wanted: list[tuple[Place, str]] = [(("key",), data.key)]
        if data.name:
            wanted.append((("name",), data.name))
        if parse_period(data.period) is None:
            wanted.append((("period",), data.period))
        elif data.period in table.labels:
            what = "is this the period of the whole table, or the label of a column?"
            do = "give the column another label"
            self.problems.append(self.fault(("period",), what, data.period, do=do, code="own-period"))
        if data.parent:
            wanted.append((("parent", "column"), data.parent.column))
        wanted += [(("columns", number, "column"), one.column) for number, one in enumerate(data.columns)]
        wanted += [
            (("columns", number, "dominance", "largest"), one.dominance.largest)
            for number, one in enumerate(data.columns)
            if one.dominance
        ]
        found = {}
        for place, label in wanted:
            times = table.labels.count(_plain(label))
            if times == 1:
                found[label] = table.labels.index(_plain(label))
                continue
            what = "the table has no such column" if not times else "the table has this column twice"
            do = nearest(_plain(label), filter(None, table.labels)) if not times else "give each column its own label"
            self.problems.append(
                self.fault(place, what, label, f"a label of the first row of {self.file}", do, "own-column")
            )
        return found

    def _read_rows(self, table: PlainTable, columns: dict[str, int]) -> list[tuple[object, ...]]:
        data, ags = self.dataset, self.ags
        fixed = parse_period(data.period)
        with_comma = {
            one.id: any(has_decimal_comma(cells[columns[one.column]]) for _, cells in table.rows)
            for one in data.columns
        }
        rows: list[tuple[object, ...]] = []
        first: dict[tuple[str, str], int] = {}
        kind_of_period, parents = {}, {}
        if not table.rows:
            self._add(1, "", "the table has labels but no row")
        for line, cells in table.rows:
            key = cells[columns[data.key]]
            self._check_key(line, data.key, key, data.level)
            printed = data.period if fixed else cells[columns[data.period]]
            period = fixed or parse_period(printed)
            if period is None:
                self._add(line, data.period, "this is no year and no school year", printed, "2023 or 2023/24")
                continue
            kind_of_period.setdefault("/" in period[0], line)
            if (before := first.setdefault((key, period[0]), line)) != line:
                self._add(
                    line,
                    data.key,
                    "the area has a second row for this period",
                    f"{key}, {period[0]}",
                    "one row per area and period",
                    f"compare with row {before}",
                )
            parent = cells[columns[data.parent.column]] if data.parent else ""
            if data.parent:
                self._check_key(line, data.parent.column, parent, data.parent.level)
                if parents.setdefault(key, parent) != parent:
                    what = "the area lies in another wider area than in the rows before"
                    self._add(line, data.parent.column, what, parent, parents[key])
            name = cells[columns[data.name]] if data.name else ""
            for one in data.columns:
                text = cells[columns[one.column]]
                try:
                    cell = parse_own_cell(text, one, data, with_comma[one.id])
                except ValueError as error:
                    self._add(line, one.column, str(error), text, EXPECTED[one.kind])
                    continue
                place = (data.id, ags, data.level, key, name, parent, *period, one.id)
                origin = (one.unit, data.access, data.source, data.stand.isoformat(), table.sha256, line)
                value = float("nan") if cell.value is None else cell.value
                largest = self._largest(line, one, cells, columns) if one.dominance else float("nan")
                rows.append((*place, value, text, cell.symbol, cell.status, largest, *origin))
        if len(kind_of_period) == 2:
            line = max(kind_of_period.values())
            self._add(line, data.period, "years and school years in one table", expected="one of both in all rows")
        return rows

    def _largest(self, line: int, one: OwnMeasure, cells: Sequence[str], columns: Mapping[str, int]) -> float:
        """What the largest contributors of a cell hold; a cell with an amount needs it."""
        label = one.dominance.largest if one.dominance else ""
        text, amount = cells[columns[label]], cells[columns[one.column]]
        try:
            found = parse_own_cell(text, one, self.dataset, False).value
        except ValueError as error:
            self._add(line, label, str(error), text, EXPECTED[one.kind])
            return float("nan")
        if found is None and amount.isdigit() and int(amount) > 0:
            self._add(line, label, "the amount has no figure of its largest contributors", "", "a whole number")
        return float("nan") if found is None else found

    def _check_key(self, line: int, column: str, key: str, level: AreaLevel) -> None:
        if what := check_area_key(key, level, self.ags):
            do = "format the column as text in the spreadsheet and enter the keys again" if "zero" in what else ""
            self._add(line, column, what, key, expected_key(level, self.ags), do)

    def _check_areas(self, rows: list[tuple[object, ...]]) -> None:
        """Lost zeros, and areas that only the table or only the boundaries have."""
        at, line_at = OWN_COLUMNS.index("area"), OWN_COLUMNS.index("line")
        lines: dict[str, int] = {}
        for row in rows:
            lines.setdefault(str(row[at]), int(str(row[line_at])))
        known: set[str] = set()
        if self.dataset.boundaries:
            file = self.dataset.boundaries.file
            try:
                path = self._find(("boundaries", "file"), file)
                known = boundary_keys(path, self.shown + file, self.dataset.boundaries.key)
            except PersonFileError as error:
                self.problems += error.problems
        lost = dict(keys_with_lost_zeros(lines, known))
        for key, longer in lost.items():
            do = "format the column as text in the spreadsheet and enter the keys again"
            self._add(lines[key], self.dataset.key, "the key has lost its leading zero", key, longer, do)
        if not self.dataset.boundaries or self.problems:
            return
        for key in sorted(set(lines) - known):
            self._add(lines[key], self.dataset.key, "the area has no boundary", key, do=nearest(key, known))
        for key in sorted(known - set(lines)):
            self.problems.append(
                self.fault(
                    ("boundaries", "file"),
                    "the table has no row for an area of the boundaries",
                    key,
                    do=f"add its rows to {self.file}, with '.' or an empty cell where nothing is known",
                    code="own-boundaries",
                )
            )

    def _add(self, line: int, column: str, what: str, value: str = "", expected: str = "", do: str = "") -> None:
        self.problems.append(Problem(self.file, line, column, what, value[:60], expected, do, "own-table"))


def _plain(label: str) -> str:
    return " ".join(label.split())
