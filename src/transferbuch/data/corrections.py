"""Declared corrections: official figures that are provably wrong, each with reason, source and status.

One YAML per table, `catalogue/corrections/<table>.yml`. An entry names the number as the official file prints it. As
soon as the newest file prints another one, the entry fails: a correction must not outlive the error it corrects.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, FiniteFloat, model_validator

from transferbuch.data.sources import Source, source_of_file
from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import CATALOGUE
from transferbuch.records import Place, Record, collect, find_places, load_record, nearest, read_person_text
from transferbuch.regions.keys import AGS, BUND, MODEL_LAND
from transferbuch.regions.register import Register


class Entry(Record):
    """One correction as it is written: which figure, what is done with it, why, and what the office knows."""

    variable: str = Field(description="a variable of catalogue/sources/<table>.yml")
    ags: AGS | Literal["DG"] = Field(description="key in quotes, or DG")
    year: int = Field(ge=1950, le=2100, description="year of the official figure")
    printed: FiniteFloat = Field(description="the number as the official file prints it; decimals after a point")
    action: Literal["withhold", "replace"]
    value: FiniteFloat | None = Field(default=None, description="replace: the right number; decimals after a point")
    reason: str = Field(min_length=1, description="German: why the printed number must be wrong")
    source: str = Field(
        min_length=1, description="German: where the error can be seen; replace: official source of the right number"
    )
    status: Literal["gemeldet", "vom Amt bestätigt", "nicht gemeldet"]
    author: str = Field(min_length=1, description="function, never a person")
    date: dt.date = Field(description="day on which the entry was made")

    @model_validator(mode="after")
    def _fits_its_action(self) -> "Entry":
        if (self.action == "replace") != (self.value is not None):
            raise ValueError("`value` belongs to `replace` and only to it")
        if self.value == self.printed:
            raise ValueError("`value` is the printed number, so nothing is corrected")
        return self


class _File(Record):
    corrections: tuple[Entry, ...] = Field(min_length=1, description="at least one correction")


@dataclass(frozen=True)
class Correction:
    """A checked entry with its place, for the message when it no longer applies."""

    entry: Entry
    file: str
    line: int


def load_corrections(
    sources: dict[str, Source], register: Register, folder: Path = CATALOGUE / "corrections"
) -> tuple[Correction, ...]:
    """All corrections in the order of files and entries. Raises PersonFileError with every fault of every file."""
    loaded = collect([lambda path=path: _load_file(path, sources, register) for path in sorted(folder.glob("*.yml"))])
    return tuple(correction for corrections in loaded for correction in corrections)


def named_rows(observations: pd.DataFrame, corrections: Iterable[Correction]) -> pd.DataFrame:
    """Rows of the variables that corrections name, without the Bund of the invented Land, which is not Germany."""
    named = observations[observations["variable"].isin({correction.entry.variable for correction in corrections})]
    invented = named.loc[named["ags"].str.startswith(MODEL_LAND), "file_sha256"].unique()
    return named[~(named["ags"].eq(BUND) & named["file_sha256"].isin(invented))]


def apply_corrections(observations: pd.DataFrame, corrections: Iterable[Correction]) -> pd.DataFrame:
    """`observations` (one row per variable × ags × year) with replaced values, and a column `withheld` (bool).

    A withheld row keeps its printed number here; whoever asked for the column takes it off. An entry without a row is
    not concerned: the data package does not hold this figure. Raises PersonFileError for every entry whose printed
    number is not that of the row.
    """
    frame = observations.assign(withheld=False)
    corrections = tuple(corrections)
    named = named_rows(frame, corrections)
    keys = zip(named["variable"], named["ags"], named["year"], strict=True)
    labels = dict(zip(keys, named.index, strict=True))
    problems = []
    for correction in corrections:
        entry = correction.entry
        label = labels.get((entry.variable, str(entry.ags), entry.year))
        if label is None:
            continue
        row = frame.loc[label]
        if row["value"] != entry.printed:
            problems.append(_outdated(correction, row))
        elif entry.action == "replace":
            frame.loc[label, "value"] = entry.value
        else:
            frame.loc[label, "withheld"] = True
    if problems:
        raise PersonFileError(problems)
    return frame


def _outdated(correction: Correction, row: pd.Series) -> Problem:
    found = repr(row["symbol"]) if pd.isna(row["value"]) else f"{row['value']:.15g}"
    entry = correction.entry
    return Problem(
        correction.file,
        correction.line,
        "printed",
        f"the correction of {entry.variable} for {entry.ags} in {entry.year} no longer applies",
        f"line {row['line']} of table {row['table']}, Stand {row['stand']}, prints {found}",
        f"{entry.printed:.15g}",
        "remove or adapt the entry",
        "correction-outdated",
    )


def _load_file(path: Path, sources: dict[str, Source], register: Register) -> list[Correction]:
    file = f"catalogue/corrections/{path.name}"
    source = source_of_file(path, file, sources)
    entries = load_record(path, _File, file).corrections
    places = find_places(read_person_text(path, file))
    problems = _check_entries(entries, file, places, source, register)
    if problems:
        raise PersonFileError(problems)
    return [Correction(entry, file, places["corrections", number, "printed"]) for number, entry in enumerate(entries)]


def _check_entries(
    entries: tuple[Entry, ...], file: str, places: dict[Place, int], source: Source, register: Register
) -> list[Problem]:
    """Faults that one entry alone does not show: unknown variables and regions, the same figure twice."""
    variables = [variable.id for variable in source.variables]
    problems, seen = [], {}
    for number, entry in enumerate(entries):

        def fault(field: str, what: str, value: str, expected: str, do: str, code: str, number: int = number) -> None:
            line = places["corrections", number, field]
            problems.append(Problem(file, line, f"corrections[{number + 1}].{field}", what, value, expected, do, code))

        if entry.variable not in variables:
            expected = f"a variable of catalogue/sources/{source.table}.yml"
            do = nearest(entry.variable, variables)
            fault("variable", "the table has no such variable", entry.variable, expected, do, "unknown-variable")
        is_gemeinde = "gemeinde" in source.levels and len(entry.ags) == 8
        region = entry.ags[:5] if is_gemeinde else entry.ags  # the register has no Gemeinden, but their Kreise
        if region != BUND and region not in register and region not in register.laender():
            do = register.nearest(entry.ags)
            fault("ags", "the register has no such region", entry.ags, "DG, a Land or a Kreis", do, "unknown-region")
        key = (entry.variable, entry.ags, entry.year)
        if key in seen:
            do = f"remove this entry or the one in line {seen[key]}"
            value = f"{entry.variable}, {entry.ags}, {entry.year}"
            fault("variable", "the figure is corrected twice", value, "one entry per figure", do, "duplicate-id")
        seen.setdefault(key, places["corrections", number, "variable"])
    return problems
