"""Cells → observations: what the source catalogue says which cell means, one territory key, one status per value.

Grain of the observations: one row per variable × region × year, texts as categories (see `data.stacking`). Columns:
  variable, ags (DG, 2, 3, 5 digits; 8 of tables whose source says so), year, time (ISO, as the table gives it),
  value (NaN without a number), symbol (as printed, or None), status, unit, table, stand (ISO date), file_sha256, line
  (of the official file)
status: ok, zero ('-' that means zero), secret, blocked, unreliable, later, not_delivered (a Land gave no figures
for its Kreise), not_existing (the region did not exist then and the file has no figure for it), withheld (a declared
correction says that the printed number is wrong, see `data.corrections`), missing. Only ok and zero carry a number.
`data.quality` adds implausible: the printed number is refused by a check.
"""

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from transferbuch.data.cells import JOIN, year_of
from transferbuch.data.corrections import Correction, apply_corrections
from transferbuch.data.sources import Source, Variable
from transferbuch.data.stacking import stack
from transferbuch.data.store import DataPackage, StoredTable
from transferbuch.data.symbols import STATUS
from transferbuch.errors import PersonFileError, Problem
from transferbuch.regions.keys import BUND, CITY_STATES, LEVELS
from transferbuch.regions.register import Register

OBSERVATION_COLUMNS = (
    "variable",
    "ags",
    "year",
    "time",
    "value",
    "symbol",
    "status",
    "unit",
    "table",
    "stand",
    "file_sha256",
    "line",
)
NUMBER_STATUS = ("ok", "zero")
STATUS_ORDER = (
    "ok",
    "zero",
    "later",
    "missing",
    "unreliable",
    "blocked",
    "withheld",
    "not_delivered",
    "secret",
    "not_existing",
    "not_convertible",
    "implausible",
)
"""Every status, from harmless to grave; what is computed from several figures is as good as the worst of them."""
STATUS_RANK = {status: rank for rank, status in enumerate(STATUS_ORDER)}
_DIGITS = {level: digits for digits, level in LEVELS.items()}
# Tables print the city of Aachen, kreisfrei (05313) until 20 October 2009, under the key that it has as a Gemeinde now
_PRINTED_AS = {"05334002": ("05313", "05354")}  # printed → key of that time, Kreis that stands beside it then


def compute_observations(
    package: DataPackage, sources: dict[str, Source], register: Register, corrections: Iterable[Correction] = ()
) -> pd.DataFrame:
    """Observations of all mapped variables; of several files for one year the one with the newest Stand counts.

    Raises PersonFileError as `read_figures` does, and when a correction no longer applies to the newest file.
    """
    return observe(read_figures(package, sources), sources, register, corrections)


def read_figures(package: DataPackage, sources: dict[str, Source]) -> pd.DataFrame:
    """Every printed cell that is a mapped variable, from every file: a year in two files stands here twice.

    A file without a Stand, its own or one that its source declares, stays in the package but gives no figure: none is
    shown without its date.
    Raises PersonFileError when a variable's mapping fits several columns of a file, or none in any file.
    """
    by_code = {code: source for source in sources.values() for code in (source.table, *source.also)}
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    matched: set[str] = set()
    usable = [
        stored for stored in package.tables if stored.table in by_code and (stored.stand or by_code[stored.table].stand)
    ]
    for stored in usable:
        source = by_code[stored.table]
        cells = _mark_empty_rows(package.read_cells(stored))
        for variable in source.variables:
            part, faults = _select(cells, variable, source, stored)
            problems += faults
            if len(part) or faults:
                matched.add(variable.id)
            if len(part):
                parts.append(part)
    present = {by_code[stored.table].table for stored in usable}
    problems += [
        Problem(
            f"catalogue/sources/{source.table}.yml",
            0,
            variable.id,
            "the mapping fits no column of any file",
            " / ".join(variable.columns[-1]) if variable.columns else variable.flat,
            "labels as the header of the table prints them",
            "compare with the file's header rows",
            "no-column",
        )
        for source in sources.values()
        if source.table in present
        for variable in source.variables
        if variable.id not in matched
    ]
    if problems:
        raise PersonFileError(sorted(set(problems)))
    return stack(parts) if parts else pd.DataFrame(columns=list(OBSERVATION_COLUMNS))


def observe(
    figures: pd.DataFrame, sources: dict[str, Source], register: Register, corrections: Iterable[Correction] = ()
) -> pd.DataFrame:
    """Observations from `figures` (see `read_figures`). Raises PersonFileError when a correction is outdated."""
    if figures.empty:
        return pd.DataFrame(columns=list(OBSERVATION_COLUMNS))
    frame = apply_corrections(_newest(figures), corrections)
    frame = _add_city_states(frame)
    frame["status"] = _statuses(frame, sources, register)
    # only now: without its own number Hamburg as a Kreis would take the figure of the Land
    frame.loc[frame["withheld"], "status"] = "withheld"
    frame["status"] = pd.Categorical(frame["status"], STATUS_ORDER)
    zero = frame["status"] == "zero"
    frame.loc[zero, "value"] = 0.0
    frame.loc[~frame["status"].isin(NUMBER_STATUS), "value"] = np.nan
    return frame.sort_values(["variable", "ags", "year"], ignore_index=True)[list(OBSERVATION_COLUMNS)]


def _mark_empty_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Adds `empty`: the file has no number at all for this region and time, so a '-' there says nothing of zero.

    New Kreise stand so in the last school year before a reform, and Kreise whose office did not deliver.
    """
    numbers = cells["value"].notna().groupby([cells["region"], cells["time"]], observed=True).transform("any")
    return cells.assign(empty=~numbers)


def _select(
    cells: pd.DataFrame, variable: Variable, source: Source, stored: StoredTable
) -> tuple[pd.DataFrame, list[Problem]]:
    """The cells of one file that are `variable`, and faults of the mapping."""
    if stored.family == "ffcsv":
        wanted = cells["codes"] == variable.flat if variable.flat else None
    else:
        wanted = _classic_rows(cells, variable) if variable.columns else None
    if wanted is None or not wanted.any():
        return pd.DataFrame(), []
    part = cells.loc[wanted.to_numpy(), ["line", "region", "time", "header", "value", "symbol", "empty"]]
    if part.duplicated(["region", "time"]).any():
        headers = " ; ".join(sorted(part["header"].unique())[:4])
        return pd.DataFrame(), [
            Problem(
                f"catalogue/sources/{source.table}.yml",
                0,
                variable.id,
                f"the mapping fits several cells of one region and time in {stored.file}",
                headers,
                "exactly one column (and row label) per region and time",
                "give more labels from above the column",
                "ambiguous-column",
            )
        ]
    given = [_DIGITS[level] for level in source.levels]
    part = _add_former_keys(part)
    part = part[part["region"].eq(BUND) | part["region"].str.len().isin(given)]
    years = {time: year_of(time) for time in part["time"].unique()}
    if source.day_of_year:
        time = part["time"].astype(str)
        part["time"] = time.where(time.str.len() != 4, time + f"-{source.day_of_year}")
        years |= {f"{time}-{source.day_of_year}": year for time, year in years.items()}
    same = {
        "variable": variable.id,
        "table": stored.table,
        "stand": stored.stand or source.stand,
        "file_sha256": stored.sha256,
        "unit": variable.unit,
    }
    everywhere = np.zeros(len(part), "int8")
    part = part.assign(
        year=part["time"].map(years).astype("int64"),
        **{name: pd.Categorical.from_codes(everywhere, [text]) for name, text in same.items()},
    )
    return part.rename(columns={"region": "ags"}).drop(columns="header"), []


def _classic_rows(cells: pd.DataFrame, variable: Variable) -> pd.Series:
    headers = {header for header in cells["header"].unique() if _ends_with(header, variable.columns)}
    rows = {row for row in cells["attributes"].unique() if _is_row(row, variable.rows)}
    return cells["header"].isin(headers) & cells["attributes"].isin(rows)


def _add_former_keys(part: pd.DataFrame) -> pd.DataFrame:
    """Rows of former kreisfreie Städte under their key of that time; later figures belong to a Gemeinde only.

    No other row of eight digits is ever used: it is contained in the row of its Kreis.
    """
    copies = []
    for printed, (former, beside) in _PRINTED_AS.items():
        if not part["region"].eq(former).any():
            times = part.loc[part["region"].eq(beside) & part["value"].notna(), "time"]
            copies.append(part[part["region"].eq(printed) & part["time"].isin(times)].assign(region=former))
    copies = [one for one in copies if len(one)]
    return stack([part, *copies]) if copies else part


def _ends_with(header: str, labels: tuple[tuple[str, ...], ...]) -> bool:
    path = header.split(JOIN) if header else []
    if len(path) < len(labels):
        return False
    return all(part in spellings for part, spellings in zip(path[len(path) - len(labels) :], labels, strict=True))


def _is_row(attributes: str, labels: tuple[tuple[str, ...], ...]) -> bool:
    parts = attributes.split(JOIN) if attributes else []
    return len(parts) == len(labels) and all(part in label for part, label in zip(parts, labels, strict=True))


def _newest(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per variable, region, year: newest Stand, then latest time of the year, then lowest file hash."""
    order = frame.sort_values(["stand", "time", "file_sha256"], ascending=[True, True, False], kind="stable")
    return order.drop_duplicates(["variable", "ags", "year"], keep="last")


def _add_city_states(frame: pd.DataFrame) -> pd.DataFrame:
    """Hamburg and Berlin are one Kreis each, but many tables print only the row of the Land: use it for both."""
    copies = []
    for land, kreis in CITY_STATES.items():
        of_land, of_kreis = frame[frame["ags"] == land], frame[frame["ags"] == kreis]
        has_number = dict(
            zip(zip(of_kreis["variable"], of_kreis["year"], strict=True), of_kreis["value"].notna(), strict=True)
        )
        rows = zip(of_land["variable"], of_land["year"], of_land["value"].notna(), strict=True)
        # without a row of its own the Kreis takes the symbol of the Land too ('-' may be zero)
        lacking = of_land[
            [
                (own := has_number.get((variable, year))) is None or (is_number and not own)
                for variable, year, is_number in rows
            ]
        ]
        if len(lacking):
            copies.append(lacking.assign(ags=kreis))
    added = stack([frame, *copies])
    return added.drop_duplicates(["variable", "ags", "year"], keep="last")


def _statuses(frame: pd.DataFrame, sources: dict[str, Source], register: Register) -> pd.Series:
    status = frame["symbol"].map(STATUS).astype(object)
    status[frame["value"].notna()] = "ok"
    status[status.isna()] = "missing"
    exists = _existence(frame[["ags", "time"]], register)
    # offices recalculate some figures for younger Kreise; in such a row a sign keeps its own meaning
    status[~exists & frame["value"].isna() & frame["empty"]] = "not_existing"

    is_dash = (status == "dash").to_numpy()
    digits = frame["ags"].str.len().to_numpy()
    is_kreis = (digits == 5) & exists.to_numpy()
    lands, _ = pd.factorize(frame["ags"].cat.categories.str[:2])
    value, keys = frame["value"].to_numpy(), [frame["variable"].cat.codes.to_numpy(), frame["year"].to_numpy()]
    land, of_land, has_land_row = _above(value, digits == 2, [*keys, lands[frame["ags"].cat.codes]])
    whole, of_bund, _ = _above(value, (frame["ags"] == BUND).to_numpy(), keys)
    other = is_kreis & ~is_dash
    all_dash, everywhere = (np.bincount(group, other)[group] == 0 for group in (land, whole))
    not_delivered = is_dash & is_kreis & ((all_dash & (of_land > 0)) | (everywhere & ~has_land_row & (of_bund > 0)))
    status[not_delivered] = "not_delivered"

    meaning = {variable.id: source.dash for source in sources.values() for variable in source.variables}
    rest = status == "dash"
    status[rest] = frame.loc[rest, "variable"].map(meaning).astype(object)
    status[rest & frame["empty"]] = "missing"
    return status


def _above(value: np.ndarray, is_above: np.ndarray, keys: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """For every row: number of its group (rows with the same `keys`), value of the row that is above the group's
    others (NaN without one), and whether there is such a row."""
    group = pd.Series(value).groupby(keys).ngroup().to_numpy()
    found, has = np.full(len(value), np.nan), np.zeros(len(value), bool)
    found[group[is_above]], has[group[is_above]] = value[is_above], True
    return group, found[group], has[group]


def _existence(frame: pd.DataFrame, register: Register) -> pd.Series:
    """False for keys of Kreise that did not exist on the day of the observation (a year counts at its end)."""
    pair = frame.groupby(["ags", "time"], sort=False).ngroup()
    first = frame[~pair.duplicated()]
    gone = [
        len(ags) == 5 and ((kreis := register.get(ags)) is None or not kreis.exists_on(day_of(time)))
        for ags, time in zip(first["ags"], first["time"], strict=True)
    ]
    return pd.Series(~np.array(gone)[pair], index=frame.index)


def day_of(time: str) -> dt.date:
    """The day a figure is about; one of a whole year counts at its end."""
    try:
        return dt.date.fromisoformat(time)
    except ValueError:
        return dt.date(year_of(time) or 1, 12, 31)
