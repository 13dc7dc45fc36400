"""Composite indices of small areas: one engine for a 0–1 index in intervals, a load index in types, and z-score sums.

  standardise → combine (weights, domains) → standardise again, if asked → classes by cut points, intervals, quantiles
All of it follows one definition, so that weights, orientation, missing values and the effect of leaving one variable
out can be told beside every index. Standardisation is over the areas that get an index, each counting once.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from scipy.stats import spearmanr
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from statsmodels.stats.proportion import proportion_confint

from transferbuch.indicators.uncertainty import ALPHA
from transferbuch.records import Record

INDEX_COLUMNS = ("index", "class_", "missing", "reason")
LEAST_AREAS, LEAST_PERSONS = 3, 30
"""A type is described by an outcome only with three areas and thirty persons or more."""


class IndexVariable(Record):
    """One sub-indicator; `orientation` says whether a high value is a load or a good."""

    id: str
    weight: float = Field(default=1, gt=0)
    orientation: Literal["load", "good"] = "load"
    domain: str = Field(default="", description="variables of one domain are averaged before the domains are")


class IndexClasses(Record):
    """How the index becomes classes, from low to high load; exactly one of `intervals`, `quantiles`, `cuts`.

    intervals: equal widths between the lowest and the highest value; quantiles: equally many areas; cuts: upper ends of
    all classes but the last, which belong to the class below them.
    """

    labels: tuple[str, ...] = Field(min_length=2, description="German, from low to high load")
    by: Literal["intervals", "quantiles", "cuts"]
    cuts: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> "IndexClasses":
        if (self.by == "cuts") != bool(self.cuts):
            raise ValueError("`cuts` belong to `by: cuts` and only to it")
        if self.cuts and len(self.cuts) != len(self.labels) - 1:
            raise ValueError(f"{len(self.labels)} labels need {len(self.labels) - 1} cuts")
        if list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts rise and differ")
        return self


class IndexDefinition(Record):
    """A composite index; high values of the index are high load, unless all variables are turned round."""

    variables: tuple[IndexVariable, ...] = Field(min_length=2)
    standardise: Literal["minmax", "zscore", "none"] = Field(
        description="minmax: 0 to 1; zscore: mean 0, spread 1 (of all areas, not of a sample); none: as given"
    )
    combine: Literal["mean", "sum"] = "mean"
    again: Literal["minmax", "zscore", "none"] = Field(default="none", description="standardise the combined value too")
    classes: IndexClasses
    most_missing: int = Field(default=0, ge=0, description="areas with more missing variables get no index")

    @model_validator(mode="after")
    def _distinct(self) -> "IndexDefinition":
        ids = [one.id for one in self.variables]
        if len(ids) != len(set(ids)):
            raise ValueError("a variable comes twice")
        if self.most_missing >= len(ids):
            raise ValueError("an index needs at least one variable of each area")
        return self

    def without(self, variable: str) -> "IndexDefinition":
        """The same index without one of its variables."""
        rest = tuple(one for one in self.variables if one.id != variable)
        return self.model_copy(update={"variables": rest, "most_missing": min(self.most_missing, len(rest) - 1)})


def compute_index(
    areas: pd.DataFrame, definition: IndexDefinition, left_out: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row per area (index of `areas`): index, class_ (1 is the lowest load; 0 without), missing (ids of variables
    without a value, comma-separated), reason ("" with an index; "missing", or what `left_out` says of the area).

    areas: area × variable, NaN where a value is missing; left_out: area → why it gets no index, for example too few
    inhabitants. Raises ValueError when fewer than two areas are left.
    """
    ids = [one.id for one in definition.variables]
    given = areas[ids].astype(float)
    missing = given.isna()
    reason = pd.Series("", index=areas.index)
    reason[missing.sum(axis=1) > definition.most_missing] = "missing"
    for area, why in (left_out or {}).items():
        reason[area] = why
    used = given[reason == ""]
    if len(used) < 2:
        raise ValueError("an index needs at least two areas with values")
    scaled = _standardised(used, definition.standardise)
    for one in definition.variables:
        if one.orientation == "good":
            scaled[one.id] = 1 - scaled[one.id] if definition.standardise == "minmax" else -scaled[one.id]
    combined = _combined(scaled, definition)
    index = _standardised(combined.to_frame(), definition.again).iloc[:, 0]
    return pd.DataFrame(
        {
            "index": index.reindex(areas.index),
            "class_": classified(index, definition.classes).reindex(areas.index, fill_value=0),
            "missing": [",".join(name for name in ids if row[name]) for _, row in missing.iterrows()],
            "reason": reason,
        }
    )


def _standardised(values: pd.DataFrame, how: str) -> pd.DataFrame:
    if how == "none":
        return values.copy()
    scaler = MinMaxScaler() if how == "minmax" else StandardScaler()
    return pd.DataFrame(scaler.fit_transform(values), index=values.index, columns=values.columns)


def _combined(scaled: pd.DataFrame, definition: IndexDefinition) -> pd.Series:
    """Weighted mean (or sum) over domains of the weighted means of their variables; missing ones are left out."""
    weights = pd.Series({one.id: one.weight for one in definition.variables})
    known = scaled.notna()
    if definition.combine == "sum":
        return (scaled * weights).sum(axis=1)
    domains: dict[str, list[str]] = {}
    for one in definition.variables:
        domains.setdefault(one.domain or one.id, []).append(one.id)
    parts, shares = {}, {}
    for domain, ids in domains.items():
        weight = known[ids] * weights[ids]
        parts[domain] = (scaled[ids] * weights[ids]).sum(axis=1) / weight.sum(axis=1).replace(0, np.nan)
        # a domain with a name counts once, however many variables it has; without domains the weights themselves count
        shares[domain] = weights[ids[0]] if domain == ids[0] else 1.0
    frame, share = pd.DataFrame(parts), pd.Series(shares)
    return (frame * share).sum(axis=1) / (frame.notna() * share).sum(axis=1)


def classified(index: pd.Series, classes: IndexClasses) -> pd.Series:
    """Class of each value, from 1; an upper end belongs to the class below it."""
    ends = np.array(thresholds(index, classes))
    return pd.Series(np.searchsorted(ends, index.round(9), side="left") + 1, index=index.index)


def thresholds(index: pd.Series, classes: IndexClasses) -> list[float]:
    """Upper ends of all classes but the last."""
    count = len(classes.labels)
    if classes.by == "cuts":
        return list(classes.cuts)
    if classes.by == "intervals":
        return [round(end, 9) for end in np.linspace(index.min(), index.max(), count + 1)[1:-1]]
    return [round(end, 9) for end in index.quantile(np.linspace(0, 1, count + 1)[1:-1])]


def sensitivity(
    areas: pd.DataFrame, definition: IndexDefinition, left_out: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """What leaving one variable out changes: one row per variable: variable, changed (areas in another class), areas
    (compared), correlation (Spearman, of the two indices)."""
    whole = compute_index(areas, definition, left_out)
    rows = []
    for one in definition.variables if len(definition.variables) > 2 else ():
        part = compute_index(areas, definition.without(one.id), left_out)
        both = whole["index"].notna() & part["index"].notna()
        changed = int((whole["class_"] != part["class_"])[both].sum())
        rho = float(spearmanr(whole.loc[both, "index"], part.loc[both, "index"]).statistic)
        rows.append((one.id, changed, int(both.sum()), rho))
    return pd.DataFrame(rows, columns=["variable", "changed", "areas", "correlation"])


def cross_table(classes: pd.Series, count: pd.Series, whole: pd.Series, labels: int) -> pd.DataFrame:
    """An outcome by type: one row per class: class_, areas, share_pct, low, high (95 %, Wilson), shown.

    A type is shown with three areas and thirty persons or more. If exactly one type is not, the next smallest is
    withheld too: from a total known elsewhere the single one could be computed.
    """
    known = (classes > 0) & count.notna() & whole.notna()
    grouped = pd.DataFrame({"class_": classes[known], "count": count[known], "whole": whole[known]}).groupby("class_")
    found = grouped.agg(areas=("count", "size"), count=("count", "sum"), whole=("whole", "sum"))
    found = found.reindex(range(1, labels + 1), fill_value=0)
    shown = (found["areas"] >= LEAST_AREAS) & (found["whole"] >= LEAST_PERSONS)
    hidden = found.index[~shown & (found["areas"] > 0)]
    if len(hidden) == 1 and shown.any():
        shown[found.loc[shown, "whole"].idxmin()] = False
    low, high = proportion_confint(found["count"], found["whole"].clip(lower=1), alpha=ALPHA, method="wilson")
    share = 100 * found["count"] / found["whole"].where(found["whole"] > 0)
    return pd.DataFrame(
        {
            "class_": found.index,
            "areas": found["areas"],
            "share_pct": share.where(shown),
            "low": (100 * pd.Series(low, found.index)).where(shown),
            "high": (100 * pd.Series(high, found.index)).where(shown),
            "shown": shown,
        }
    ).reset_index(drop=True)
