"""Is a Kreis above, below or like its Land, Germany and comparable Kreise – only where intervals allow to say so.

Grain of the comparisons: one row per indicator × Kreis × year × reference, where both have an interval. Columns:
  indicator, ags, year, reference ("land", "bund", "peers"), other (key of the region compared with), position
  ("above", "below", or "similar": the difference may be chance or rounding), p (two-sided, of no difference),
  stands_out (position not similar and still so when all indicators are looked at together)
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

from transferbuch.indicators.uncertainty import ALPHA
from transferbuch.regions.keys import BUND, CITY_STATES, is_kreis

LEAST_KREISE = 10
"""Among fewer Kreise a place says little."""
COMPARISON_COLUMNS = ("indicator", "ags", "year", "reference", "other", "position", "p", "stands_out")
LAND, WHOLE, PEERS = "land", "bund", "peers"
_Z = norm.ppf(1 - ALPHA / 2)
_ENDS = ("value", "low", "high")
Others = Callable[[str], str | None]


def land_of(ags: str) -> str | None:
    """The Land that a Kreis is compared with; None for city states, which are their Land, and for other regions."""
    return ags[:2] if is_kreis(ags) and ags not in CITY_STATES.values() else None


def bund_of(ags: str) -> str | None:
    """The Bund, for every Kreis."""
    return BUND if is_kreis(ags) else None


def compute_comparisons(values: pd.DataFrame, references: dict[str, Others]) -> pd.DataFrame:
    """All comparisons of Kreise (and combined ones) with their references, for all years.

    references: name → function that gives the key to compare a Kreis with, None for no such comparison; the values of
    those keys stand in `values` too.
    """
    known = values.loc[values["low"].notna(), ["indicator", "ags", "year", "value", "low", "high"]]
    if known.empty:
        return pd.DataFrame(columns=list(COMPARISON_COLUMNS))
    keys = pd.Series(known["ags"].unique())
    parts = []
    for name, other_of in references.items():
        # without any other all of them are None, which would be no texts
        others = pd.DataFrame({"ags": keys, "other": [other_of(key) for key in keys]}, dtype=object).dropna()
        own = known.merge(others, on="ags")
        both = own.merge(known, left_on=["indicator", "other", "year"], right_on=["indicator", "ags", "year"])
        parts.append(
            pd.DataFrame(
                {
                    "indicator": both["indicator"],
                    "ags": both["ags_x"],
                    "year": both["year"],
                    "reference": name,
                    "other": both["other"],
                    "p": difference_p(*(both[f"{column}_{side}"] for side in "xy" for column in _ENDS)),
                    "_gap": both["value_x"] - both["value_y"],
                }
            )
        )
    found = pd.concat(parts, ignore_index=True)
    distinct = found["p"] < ALPHA
    found["position"] = np.where(~distinct, "similar", np.where(found["_gap"] > 0, "above", "below"))
    found["stands_out"] = distinct & _controlled(found)
    return found[list(COMPARISON_COLUMNS)].sort_values(["indicator", "ags", "year", "reference"], ignore_index=True)


def difference_p(
    value: pd.Series, low: pd.Series, high: pd.Series, other: pd.Series, other_low: pd.Series, other_high: pd.Series
) -> np.ndarray:
    """Two-sided p of no difference between two values with 95 % intervals.

    The interval of the difference combines, of each value, the arm that points to the other one (square-and-add,
    Newcombe's method for two shares); p is how far it would have to be widened to reach zero. p < 0.05 exactly when the
    interval of the difference leaves zero out. A Kreis is part of its Land, which makes p a little too large.
    """
    gap = (value - other).to_numpy(float)
    above = gap > 0
    arm = np.where(above, np.hypot(value - low, other_high - other), np.hypot(high - value, other - other_low))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(gap == 0, 0.0, _Z * np.abs(gap) / arm)
    return 2 * norm.sf(z)


def _controlled(found: pd.DataFrame) -> pd.Series:
    """Which comparisons hold when all newest ones of a Kreis with one reference are looked at together.

    Among a hundred indicators five differ by chance alone at 5 %; Benjamini–Hochberg keeps the share of such among the
    picked ones below 5 %. Only the newest year of an indicator can be picked.
    """
    newest = found["year"] == found.groupby(["indicator", "ags", "reference"])["year"].transform("max")
    picked = found.loc[newest]
    adjusted = picked.groupby(["ags", "reference"])["p"].transform(false_discovery_control)
    return (adjusted < ALPHA).reindex(found.index, fill_value=False)


def add_places(values: pd.DataFrame) -> pd.DataFrame:
    """`values` with the columns `kreise` (how many other Kreise have a value in this year), `lower` and `equal` (how
    many of them a lower or the same one).

    Länder, Bund and groups are placed among the Kreise. All are 0 with fewer than ten Kreise, and without a number.
    """
    numbers = values["value"].to_numpy(float)
    is_kreis = values["ags"].str.fullmatch(r"\d{5}").to_numpy(bool)
    others, below, same = (np.zeros(len(values), int) for _ in range(3))
    for rows in values.groupby(["indicator", "year"], sort=False).indices.values():
        rows = rows[~np.isnan(numbers[rows])]
        kreise, itself = np.sort(numbers[rows[is_kreis[rows]]]), is_kreis[rows]
        if len(kreise) < LEAST_KREISE:
            continue
        lower, upto = (np.searchsorted(kreise, numbers[rows], side) for side in ("left", "right"))
        others[rows], below[rows], same[rows] = len(kreise) - itself, lower, upto - lower - itself
    return values.assign(kreise=others, lower=below, equal=same)
