"""Which figures a data package holds: per table, variable, year and Land, against the register.

Grain of the completeness: one row per table × variable × year × Land. Columns:
  table, variable, year, land, footing ("then": the Kreise of the figure's day; "now": today's Kreise, where the office
  recalculated), expected (Kreise of the register, less those whose cell is blocked because it makes no sense), number
  (a printed number, zero included, stopped ones too), hidden (secret, unreliable, later), not_delivered, missing
  (nothing printed, or no row)
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from transferbuch.data.findings import Finding, responsible_for
from transferbuch.data.observations import STATUS_ORDER, day_of
from transferbuch.data.sources import Source
from transferbuch.data.stacking import stack
from transferbuch.regions.keys import BUND
from transferbuch.regions.register import Register

_OLD = 5
"""A table whose newest year is so many years behind the newest one of all tables is an old series."""
_COUNTED = {
    **dict.fromkeys(("ok", "zero", "withheld", "implausible"), "number"),
    **dict.fromkeys(("secret", "unreliable", "later"), "hidden"),
    "blocked": "blocked",
    "not_delivered": "not_delivered",
}
_KIND = {status: _COUNTED.get(status, "missing") for status in STATUS_ORDER}
COLUMNS = (
    "table",
    "variable",
    "year",
    "land",
    "footing",
    "expected",
    "number",
    "hidden",
    "not_delivered",
    "missing",
)


def compute_completeness(observations: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The completeness of `observations`, for the Länder that occur in a table."""
    of_kreise = observations[observations["ags"].str.len() == 5]
    if of_kreise.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    of_kreise = of_kreise.assign(land=of_kreise["ags"].str[:2], kind=of_kreise["status"].map(_KIND))
    frame = stack([of_kreise[["table", "variable", "year", "time", "ags", "land", "kind"]]])
    frame["shown"] = frame.groupby(["table", "variable", "year"])["time"].transform("max")
    views = [_count(frame, register, footing) for footing in ("then", "now")]
    both = pd.concat(views, ignore_index=True)
    both["share"] = both["number"] / both["expected"]
    keys = ["table", "variable", "year", "land"]
    # the Kreise of the day come first and win when both views are equally complete
    best = both.sort_values([*keys, "share"], ascending=[True] * 4 + [False], kind="stable").drop_duplicates(keys)
    best = best.astype({name: str for name in ("table", "variable", "land", "footing")})
    return best[list(COLUMNS)].reset_index(drop=True)


def _count(frame: pd.DataFrame, register: Register, footing: str) -> pd.DataFrame:
    """Counts over the Kreise that existed on the figure's day (`then`) or exist today (`now`)."""
    keys = ["table", "variable", "year", "land"]
    existing: dict[tuple[str, str], set[str]] = {}
    for land, time in frame[["land", "shown"]].drop_duplicates().itertuples(index=False):
        kreise = register.kreise(land, on=day_of(time)) if footing == "then" else register.current(land)
        existing[land, time] = {str(kreis.ags) for kreis in kreise}
    pair = frame.groupby(["shown", "ags"], sort=False).ngroup()
    first = frame[~pair.duplicated()]
    stands = [ags in existing[ags[:2], time] for time, ags in zip(first["shown"], first["ags"], strict=True)]
    inside = frame[np.array(stands)[pair]]
    counts = inside.groupby([*keys, "kind"], sort=False).size().unstack(fill_value=0)
    counts = counts.reindex(columns=["number", "hidden", "not_delivered", "blocked"], fill_value=0)
    groups = frame.groupby(keys, sort=False)["shown"].first()
    expected = [len(existing[key[3], time]) for key, time in groups.items()]
    counts = counts.reindex(groups.index, fill_value=0).assign(footing=footing, expected=expected)
    counts["expected"] -= counts.pop("blocked")
    counts = counts[counts["expected"] > 0]
    counts["missing"] = counts["expected"] - counts[["number", "hidden", "not_delivered"]].sum(axis=1)
    return counts.reset_index()


def find_gaps(completeness: pd.DataFrame, sources: dict[str, Source]) -> Iterator[Finding]:
    """Whole Länder and whole years without a number inside a series, columns of '-', series that end early."""
    owner = {code: source for source in sources.values() for code in (source.table, *source.also)}
    newest = int(completeness["year"].max()) if len(completeness) else 0
    for table, rows in completeness.groupby(completeness["table"].map(lambda code: owner[code].table)):
        source = sources[str(table)]
        with_numbers = rows[rows["number"] > 0]
        years = sorted({int(year) for year in with_numbers["year"]})
        yield from _not_delivered(rows, source)
        yield from _lands_missing(rows, with_numbers, source)
        absent = [year for year in range(years[0], years[-1]) if year not in years] if years else []
        if absent:
            span = ", ".join(map(str, absent))
            yield Finding(
                "years_missing", "info", source.table, "", BUND, 0, None,
                f"no figures for {span}, but before and after", f"Zwischen {years[0]} und {years[-1]} fehlen: {span}.",
                "Datenpflege",
            )  # fmt: skip
        if years and years[-1] <= newest - _OLD:
            yield Finding(
                "stale", "info", source.table, "", BUND, years[-1], None,
                f"the newest figures of Kreise are of {years[-1]}, other tables reach to {newest}",
                f"Die neuesten Zahlen für Kreise sind von {years[-1]}, andere Tabellen reichen bis {newest}.",
                "Datenpflege",
            )  # fmt: skip


def _not_delivered(rows: pd.DataFrame, source: Source) -> Iterator[Finding]:
    """One finding per year and Land whose Kreise have '-' in whole columns; one for Germany if no Land delivered."""
    columns = rows[(rows["not_delivered"] > 0) & (rows["number"] == 0)]
    for year, of_year in columns.groupby("year"):
        # Hamburg and Berlin take the figure of the Land, so they never show the gap
        everyone = set(rows.loc[rows["year"] == year, "land"]) - {"02", "11"}
        groups = [(BUND, of_year)] if everyone <= set(of_year["land"]) else of_year.groupby("land")
        for ags, part in groups:
            names = sorted(part["variable"].unique())
            whole = len(names) == rows.loc[rows["year"] == year, "variable"].nunique()
            labels = {variable.id: variable.label for variable in source.variables}
            what = "all columns" if whole else ", ".join(names)
            german = "alle Spalten" if whole else ", ".join(f"„{labels[name]}“" for name in names)
            yield Finding(
                "not_delivered", "info", source.table, "" if len(names) > 1 else names[0], str(ags), int(year), None,
                f"'-' for all Kreise although figures above exist: {what}",
                f"Strich für alle Kreise, obwohl es darüber Zahlen gibt: {german}.",
                responsible_for(source, str(ags)),
            )  # fmt: skip


def _lands_missing(rows: pd.DataFrame, numbers: pd.DataFrame, source: Source) -> Iterator[Finding]:
    """One finding per Land and year: no number in any column, though others and its own years around have some."""
    years = sorted({int(year) for year in numbers["year"]})
    delivered = set(zip(numbers["land"], numbers["year"], strict=True))
    told = rows[rows["not_delivered"] > 0]
    dashed = set(zip(told["land"], told["year"], strict=True))
    for land in sorted(rows["land"].unique()):
        own = [year for year in years if (land, year) in delivered]
        for year in years:
            if own and own[0] < year < own[-1] and not {(land, year)} & (delivered | dashed):
                yield Finding(
                    "land_missing", "warn", source.table, "", str(land), year, None,
                    f"no figure for any Kreis, but for {own[0]} to {own[-1]} around it",
                    f"Keine Zahl für einen Kreis des Landes, obwohl die Reihe von {own[0]} bis {own[-1]} reicht.",
                    responsible_for(source, str(land)),
                )  # fmt: skip
