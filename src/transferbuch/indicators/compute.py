"""Observations → indicator values, by the formula vocabulary of `catalogue.Formula`.

Grain of the values: one row per indicator × region × year. Columns:
  indicator, ags (DG, 2, 3, 5 digits), year, time (of the numerator), value (in the indicator's unit, unrounded;
  NaN without a number), status (as in observations; the worst of all terms), numerator, denominator (the summed
  terms; NaN where a formula has none), tables, stand (newest), files (sha256[:12] of every official file used),
  territory (how the number came to the asked Gebietsstand, the gravest of all terms: "" as published, "sum" exact sum
  of whole Kreise, "shares" estimated with official shares; "" without a number), low and high (ends of the 95 %
  interval in the indicator's unit; NaN where a formula has none, see `indicators.uncertainty`)
"""

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from transferbuch.data.observations import NUMBER_STATUS, STATUS_ORDER, STATUS_RANK
from transferbuch.data.territory import TERRITORY_MARKS
from transferbuch.indicators.catalogue import Formula, Indicator
from transferbuch.indicators.uncertainty import (
    Precision,
    Term,
    balance_interval,
    rate_interval,
    rounding_slack,
    scaled_interval,
    share_interval,
)

VALUE_COLUMNS = (
    "indicator",
    "ags",
    "year",
    "time",
    "value",
    "status",
    "numerator",
    "denominator",
    "tables",
    "stand",
    "files",
    "territory",
    "low",
    "high",
)
_MARK_RANK = {mark: rank for rank, mark in enumerate(TERRITORY_MARKS)}


def compute_values(
    observations: pd.DataFrame, indicators: Iterable[Indicator], precision: Mapping[str, Precision] | None = None
) -> pd.DataFrame:
    """Values of all indicators for every region and year for which the numerator's table has a row.

    precision: what is known of the figures, by variable; without it all are exact counts.

    One more status than observations have: `implausible`, a value outside the indicator's limits, which only an error
    in the official figures can give. Observations without the column `territory` count as published.
    """
    if "territory" not in observations:
        observations = observations.assign(territory="")
    by_variable = {
        str(name): rows.set_index(["ags", "year"]).sort_index()
        for name, rows in observations.groupby("variable", sort=False)
    }
    parts = [compute_indicator(by_variable, indicator, precision or {}) for indicator in indicators]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    return pd.concat(parts, ignore_index=True)


def compute_indicator(
    by_variable: Mapping[str, pd.DataFrame], indicator: Indicator, precision: Mapping[str, Precision]
) -> pd.DataFrame:
    """Values of one indicator; `by_variable` holds observations indexed by (ags, year)."""
    formula = indicator.formula
    if not all(variable in by_variable for variable in formula.variables):
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    index = by_variable[formula.numerator[0]].index
    top = _sum(by_variable, precision, formula.numerator, formula.minus, index)
    used, bottom = [top], None
    numerator, denominator = top["sum"], pd.Series(np.nan, index=index)
    if formula.denominator:
        earlier = _years_before(index, formula.denominator_years_before)
        bottom = _sum(by_variable, precision, formula.denominator, (), earlier)
        bottom.index = index
        used.append(bottom)
        denominator = bottom["sum"].where(bottom["sum"] != 0)
    if formula.kind == "change":
        before = _sum(by_variable, precision, formula.numerator, formula.minus, _years_before(index, formula.years))
        before.index = index
        used.append(before)
        denominator = before["sum"].where(before["sum"] != 0)
    factor = {"share": 100, "rate": formula.per, "ratio": 1}.get(formula.kind)
    if formula.kind == "value":
        value = numerator
    elif formula.kind == "change":
        value = 100 * (numerator / denominator - 1)
    else:
        value = factor * numerator / denominator
    rank = pd.concat([part["rank"] for part in used], axis=1).max(axis=1)
    status = pd.Series(np.array(STATUS_ORDER, dtype=object)[rank.to_numpy(int)], index=index)
    # a zero denominator has no share; zero is a number only for the numerator
    status[status.isin(NUMBER_STATUS)] = "ok"
    status[value.isna() & (status == "ok")] = "missing"
    if indicator.limits:
        status[(status == "ok") & ~value.between(*indicator.limits)] = "implausible"
    mark = pd.concat([part["mark"] for part in used], axis=1).max(axis=1).where(status == "ok", 0)
    low, high = _interval(by_variable, precision, formula, top, bottom, value)
    frame = pd.DataFrame(
        {
            "indicator": indicator.id,
            "time": top["time"],
            "value": value.where(status == "ok"),
            "status": status,
            "numerator": numerator,
            "denominator": denominator,
            "tables": _joined([part["tables"] for part in used]),
            "stand": pd.concat([part["stand"] for part in used], axis=1).max(axis=1),
            "files": _joined([part["files"] for part in used]),
            "territory": np.array(TERRITORY_MARKS, dtype=object)[mark.to_numpy(int)],
            "low": low.where(status == "ok"),
            "high": high.where(status == "ok"),
        }
    )
    return frame.reset_index()[list(VALUE_COLUMNS)]


def _interval(
    by_variable: Mapping[str, pd.DataFrame],
    precision: Mapping[str, Precision],
    formula: Formula,
    top: pd.DataFrame,
    bottom: pd.DataFrame | None,
    value: pd.Series,
) -> tuple[pd.Series, pd.Series]:
    """Ends of the interval of each value in the indicator's unit; NaN where the formula has none."""
    none = pd.Series(np.nan, index=value.index)
    if any(precision[name].sample for name in formula.variables if name in precision):
        return none, none
    if formula.events and all(name in by_variable for name in formula.events):
        events = _sum(by_variable, precision, formula.events, (), value.index)
        return scaled_interval(value, Term(events["sum"], events["slack"]))
    if bottom is None or formula.kind not in ("share", "rate"):
        return none, none
    whole = Term(bottom["sum"], bottom["slack"])
    if formula.kind == "share":
        low, high = share_interval(Term(top["sum"], top["slack"]), whole)
        return 100 * low, 100 * high
    if formula.minus:
        # each side may be off by what rounding moved it; which of the two it was is not known
        gone = top["plus"] - top["sum"]
        low, high = balance_interval(Term(top["plus"], top["slack"]), Term(gone, top["slack"]), whole)
    else:
        low, high = rate_interval(Term(top["sum"], top["slack"]), whole)
    return formula.per * low, formula.per * high


def _years_before(index: pd.MultiIndex, years: int) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([index.get_level_values("ags"), index.get_level_values("year") - years])


def _sum(
    by_variable: Mapping[str, pd.DataFrame],
    precision: Mapping[str, Precision],
    plus: tuple[str, ...],
    minus: tuple[str, ...],
    index: pd.MultiIndex,
) -> pd.DataFrame:
    """Signed sum of variables at `index` (and `plus`, what is added) with the worst status, the provenance of all
    terms and the `slack` that rounding leaves."""
    total, rank = pd.Series(0.0, index=index), pd.Series(0, index=index)
    added, slack = pd.Series(0.0, index=index), np.zeros(len(index))
    mark = pd.Series(0, index=index)
    time, stand = pd.Series("", index=index, dtype=object), pd.Series("", index=index, dtype=object)
    tables, files = [], []
    for position, (name, sign) in enumerate([*((one, 1) for one in plus), *((one, -1) for one in minus)]):
        rows = by_variable[name].reindex(index)
        total += sign * rows["value"]
        if sign > 0:
            added += rows["value"]
        if name in precision:
            slack += rounding_slack(precision[name], index)
        rank = np.maximum(rank, rows["status"].map(STATUS_RANK).fillna(STATUS_RANK["missing"]).astype(int))
        if position == 0:
            time = rows["time"].fillna("")
        stand = pd.concat([stand, rows["stand"].fillna("")], axis=1).max(axis=1)
        tables.append(rows["table"].fillna(""))
        files.append(rows["file_sha256"].fillna("").map(_beginnings))
        mark = np.maximum(mark, rows["territory"].map(_MARK_RANK).fillna(0).astype(int))
    return pd.DataFrame(
        {
            "sum": total,
            "plus": added,
            "slack": slack,
            "rank": rank,
            "time": time,
            "stand": stand,
            "tables": _joined(tables),
            "files": _joined(files),
            "mark": mark,
        },
        index=index,
    )


@cache
def _beginnings(files: str) -> str:
    """Comma-separated SHA-256 → the beginning of each; few different ones stand in many rows."""
    return ",".join(one[:12] for one in files.split(","))


def _joined(parts: list[pd.Series]) -> pd.Series:
    """Comma-separated set of the parts, sorted; each different combination is built once."""
    if len(parts) == 1:
        return parts[0].astype(object)
    combined = pd.Series(list(zip(*(part.to_numpy() for part in parts), strict=True)), index=parts[0].index)
    text = {
        combo: ",".join(sorted({one for part in combo for one in part.split(",") if one}))
        for combo in combined.unique()
    }
    return combined.map(text)
