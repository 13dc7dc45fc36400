"""Observations → indicator values, by the formula vocabulary of `catalogue.Formula`.

Grain of the values: one row per indicator × region × year, texts as categories. Columns:
  indicator, ags (DG, 2, 3, 5 digits), year, time (of the numerator), value (in the indicator's unit, unrounded;
  NaN without a number), status (as in observations; the worst of all terms), numerator, denominator (the summed
  terms; NaN where a formula has none), tables, stand (newest), files (sha256[:12] of every official file used),
  territory (how the number came to the asked Gebietsstand, the gravest of all terms: "" as published, "sum" exact sum
  of whole Kreise, "shares" estimated with official shares; "" without a number), low and high (ends of the 95 %
  interval in the indicator's unit; NaN where a formula has none, see `indicators.uncertainty`)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from transferbuch.data.observations import STATUS_ORDER, STATUS_RANK
from transferbuch.data.stacking import stack
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
_READ = ("variable", "ags", "year", "time", "value", "status", "table", "stand", "file_sha256", "territory")
_YEARS = 10_000
_MARK_RANK = {mark: rank for rank, mark in enumerate(TERRITORY_MARKS)}


def compute_values(
    observations: pd.DataFrame, indicators: Iterable[Indicator], precision: Mapping[str, Precision] | None = None
) -> pd.DataFrame:
    """Values of all indicators for every region and year for which the numerator's table has a row.

    precision: what is known of the figures, by variable; without it all are exact counts.

    One more status than observations have: `implausible`, a value outside the indicator's limits, which only an error
    in the official figures can give. Observations without the column `territory` count as published.
    """
    if observations.empty:
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    if "territory" not in observations:
        observations = observations.assign(territory="")
    frame = stack([observations[list(_READ)]]).sort_values(["variable", "ags", "year"], ignore_index=True)
    texts = {name: ["", *frame[name].cat.categories] for name in ("table", "stand", "file_sha256")}
    texts["file_sha256"] = [",".join(one[:12] for one in files.split(",")) for files in texts["file_sha256"]]
    ranks = {"status": STATUS_RANK, "territory": _MARK_RANK}
    frame = frame.assign(**{name: frame[name].astype(object).map(rank) for name, rank in ranks.items()})
    by_variable = {
        name: _series(rows, (precision or {}).get(str(name), Precision()), texts)
        for name, rows in frame.groupby("variable")
    }
    parts = [
        _compute(by_variable, one) for one in indicators if all(name in by_variable for name in one.formula.variables)
    ]
    return stack(parts) if parts else pd.DataFrame(columns=list(VALUE_COLUMNS))


@dataclass(frozen=True)
class _Series:
    """Observations of one variable, by region and year.

    `keys` says where: number of the region × 10,000 + year. `codes` has of each row the ranks of its status and mark
    and the numbers of its texts in `texts`, so that the worst and the newest are the largest. The last row of `value`,
    `slack` and `codes` is that of a region or year without any.
    """

    ags: pd.Categorical
    time: pd.Categorical
    keys: pd.Index
    value: np.ndarray
    slack: np.ndarray  # that rounding leaves
    codes: dict[str, np.ndarray]
    texts: dict[str, list[str]]
    is_sample: bool

    @property
    def year(self) -> np.ndarray:
        return self.keys.to_numpy() % _YEARS


@dataclass(frozen=True)
class _Sum:
    """Signed sum of variables at some keys, with `plus`, what is added, and the codes of every term."""

    value: pd.Series
    plus: pd.Series
    slack: pd.Series
    codes: dict[str, list[np.ndarray]]


def _series(rows: pd.DataFrame, precision: Precision, texts: dict[str, list[str]]) -> _Series:
    codes = {name: rows[name].cat.codes.to_numpy(int) + 1 for name in texts}
    codes |= {name: rows[name].to_numpy(int) for name in ("status", "territory")}
    none = {"status": STATUS_RANK["missing"]}
    ags, year = rows["ags"], rows["year"]
    slack = rounding_slack(precision, pd.MultiIndex.from_arrays([ags, year], names=["ags", "year"]))
    return _Series(
        ags.array,
        rows["time"].array,
        pd.Index(ags.cat.codes.to_numpy(int) * _YEARS + year.to_numpy(int)),
        np.append(rows["value"].to_numpy(float), np.nan),
        np.append(slack, 0.0),
        {name: np.append(code, none.get(name, 0)) for name, code in codes.items()},
        texts,
        precision.sample,
    )


def _compute(by_variable: Mapping[str, _Series], indicator: Indicator) -> pd.DataFrame:
    """Values of one indicator, in the regions and years of the first variable of its numerator."""
    formula = indicator.formula
    first = by_variable[formula.numerator[0]]
    top = _sum(by_variable, formula.numerator, formula.minus, first.keys)
    used, bottom = [top], None
    numerator, denominator = top.value, pd.Series(np.nan, index=top.value.index)
    if formula.denominator:
        bottom = _sum(by_variable, formula.denominator, (), first.keys - formula.denominator_years_before)
        used.append(bottom)
        denominator = bottom.value.where(bottom.value != 0)
    if formula.kind == "change":
        before = _sum(by_variable, formula.numerator, formula.minus, first.keys - formula.years)
        used.append(before)
        denominator = before.value.where(before.value != 0)
    factor = {"share": 100, "rate": formula.per, "ratio": 1}.get(formula.kind)
    if formula.kind == "value":
        value = numerator
    elif formula.kind == "change":
        value = 100 * (numerator / denominator - 1)
    else:
        value = factor * numerator / denominator
    codes = {name: [code for one in used for code in one.codes[name]] for name in first.codes}
    rank, mark = np.maximum.reduce(codes["status"]), np.maximum.reduce(codes["territory"])
    # a zero denominator has no share; zero is a number only for the numerator
    rank[rank == STATUS_RANK["zero"]] = STATUS_RANK["ok"]
    rank[value.isna() & (rank == STATUS_RANK["ok"])] = STATUS_RANK["missing"]
    if indicator.limits:
        rank[(rank == STATUS_RANK["ok"]) & ~value.between(*indicator.limits)] = STATUS_RANK["implausible"]
    ok = rank == STATUS_RANK["ok"]
    low, high = _interval(by_variable, first.keys, formula, top, bottom, value)
    texts = first.texts
    return pd.DataFrame(
        {
            "indicator": pd.Categorical.from_codes(np.zeros(len(value), "int8"), [indicator.id]),
            "ags": first.ags,
            "year": first.year,
            "time": first.time,
            "value": value.where(ok),
            "status": pd.Categorical.from_codes(rank, STATUS_ORDER),
            "numerator": numerator,
            "denominator": denominator,
            "tables": _joined(codes["table"], texts["table"]),
            "stand": pd.Categorical.from_codes(np.maximum.reduce(codes["stand"]), texts["stand"]),
            "files": _joined(codes["file_sha256"], texts["file_sha256"]),
            "territory": pd.Categorical.from_codes(np.where(ok, mark, 0), TERRITORY_MARKS),
            "low": low.where(ok),
            "high": high.where(ok),
        },
        columns=list(VALUE_COLUMNS),
    )


def _interval(
    by_variable: Mapping[str, _Series],
    keys: pd.Index,
    formula: Formula,
    top: _Sum,
    bottom: _Sum | None,
    value: pd.Series,
) -> tuple[pd.Series, pd.Series]:
    """Ends of the interval of each value in the indicator's unit; NaN where the formula has none."""
    none = pd.Series(np.nan, index=value.index)
    if any(by_variable[name].is_sample for name in formula.variables):
        return none, none
    if formula.events and all(name in by_variable for name in formula.events):
        events = _sum(by_variable, formula.events, (), keys)
        return scaled_interval(value, Term(events.value, events.slack))
    if bottom is None or formula.kind not in ("share", "rate"):
        return none, none
    whole = Term(bottom.value, bottom.slack)
    if formula.kind == "share":
        low, high = share_interval(Term(top.value, top.slack), whole)
        return 100 * low, 100 * high
    if formula.minus:
        # each side may be off by what rounding moved it; which of the two it was is not known
        gone = top.plus - top.value
        low, high = balance_interval(Term(top.plus, top.slack), Term(gone, top.slack), whole)
    else:
        low, high = rate_interval(Term(top.value, top.slack), whole)
    return formula.per * low, formula.per * high


def _sum(by_variable: Mapping[str, _Series], plus: tuple[str, ...], minus: tuple[str, ...], keys: pd.Index) -> _Sum:
    total, added, slack = np.zeros(len(keys)), np.zeros(len(keys)), np.zeros(len(keys))
    codes: dict[str, list[np.ndarray]] = {}
    for name, sign in [*((one, 1) for one in plus), *((one, -1) for one in minus)]:
        series = by_variable[name]
        at = series.keys.get_indexer(keys)  # -1, the last row, where there is none
        total += sign * series.value[at]
        if sign > 0:
            added += series.value[at]
        slack += series.slack[at]
        for text, code in series.codes.items():
            codes.setdefault(text, []).append(code[at])
    return _Sum(pd.Series(total), pd.Series(added), pd.Series(slack), codes)


def _joined(parts: list[np.ndarray], texts: list[str]) -> pd.Categorical:
    """Comma-separated set of the texts with these numbers, sorted; each different combination is built once."""
    which = np.zeros(len(parts[0]), int)
    for part in parts:
        which, _ = pd.factorize(which * len(texts) + part)
    _, first = np.unique(which, return_index=True)
    combinations = [{one for part in parts for one in texts[part[at]].split(",") if one} for at in first]
    code, known = pd.factorize(np.array([",".join(sorted(one)) for one in combinations], dtype=object))
    return pd.Categorical.from_codes(code[which], known)
