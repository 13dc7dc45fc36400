"""95 % intervals of indicator values: how far a value would move by chance alone, and by rounding for secrecy.

A count of people is one outcome of a process that would have given a somewhat different count under the same
conditions; of small counts that matters. Which interval belongs to which formula:
  share                 Wilson, numerator of denominator
  rate                  exact (Garwood), the numerator as a Poisson count, the denominator as fixed
  rate of a balance     of arrivals less departures: both exact intervals combined (MOVER: square-and-add)
  published rate        where the catalogue names the count behind it (`events`): that count's exact interval, scaled
  counts, means, changes  none: register totals and quotients of two of them
Figures of a sample (`Source.sample`) have none either: their error is larger than this and not published.
Where the office rounds figures to multiples of 3 or 5, the true figure may lie 1 or 2 higher or lower; the interval
then reaches from the lowest to the highest value that is possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from transferbuch.data.sources import Rounding, Source

ALPHA = 0.05
"""1 − confidence; every interval of the project is at 95 %."""


@dataclass(frozen=True)
class Precision:
    """What is known of the figures of one variable: who rounds them, and whether they are of a sample."""

    rounding: tuple[Rounding, ...] = ()
    sample: bool = False


@dataclass(frozen=True)
class Term:
    """One side of a formula for many regions and years: the figures, and how far rounding may have moved them."""

    value: pd.Series
    slack: pd.Series


def precision_of(sources: Mapping[str, Source]) -> dict[str, Precision]:
    """By variable, for all variables of the source catalogue."""
    return {
        variable.id: Precision(source.rounding, source.sample)
        for source in sources.values()
        for variable in source.variables
    }


def rounding_slack(precision: Precision, index: pd.MultiIndex) -> np.ndarray:
    """How far each figure at `index` (ags, year) may lie from the true one: 1 for multiples of 3, 2 for those of 5."""
    slack = np.zeros(len(index))
    if precision.rounding:
        land, year = index.get_level_values("ags").str[:2], index.get_level_values("year")
        for one in precision.rounding:
            concerned = (year >= one.since) & (land.isin(one.laender) if one.laender else True)
            slack[concerned] = np.maximum(slack[concerned], one.base // 2)
    return slack


def share_interval(top: Term, bottom: Term) -> tuple[pd.Series, pd.Series]:
    """Wilson interval of top / bottom, both ends between 0 and 1; NaN where a figure is missing, bottom is zero, or
    top lies outside of bottom (a quotient that is no share)."""
    whole = bottom.value.where(bottom.value > 0)
    part = top.value.where(top.value.between(0, whole))
    fewest, most = (part - top.slack).clip(lower=0), part + top.slack
    widest, narrowest = whole + bottom.slack, (whole - bottom.slack).clip(lower=1)
    low, _ = _wilson(fewest, widest)
    _, high = _wilson(np.minimum(most, narrowest), narrowest)
    return low, high


def rate_interval(top: Term, bottom: Term) -> tuple[pd.Series, pd.Series]:
    """Exact Poisson interval of top per bottom; NaN as for shares, top may be larger than bottom."""
    whole = bottom.value.where(bottom.value > 0)
    low, _ = _poisson((top.value - top.slack).clip(lower=0))
    _, high = _poisson(top.value + top.slack)
    return low / (whole + bottom.slack), high / (whole - bottom.slack).clip(lower=1)


def balance_interval(plus: Term, minus: Term, bottom: Term) -> tuple[pd.Series, pd.Series]:
    """Interval of (plus − minus) per bottom, of two independent Poisson counts."""
    (low_in, high_in), (low_out, high_out) = (rate_interval(one, bottom) for one in (plus, minus))
    arrived, left = plus.value / bottom.value, minus.value / bottom.value
    balance = arrived - left
    return (
        balance - np.hypot(arrived - low_in, high_out - left),
        balance + np.hypot(high_in - arrived, left - low_out),
    )


def scaled_interval(rate: pd.Series, events: Term) -> tuple[pd.Series, pd.Series]:
    """Interval of a published rate by the count behind it; NaN without events, of which no scale follows."""
    count = events.value.where(events.value > 0)
    low, _ = _poisson((count - events.slack).clip(lower=0))
    _, high = _poisson(count + events.slack)
    return rate * low / count, rate * high / count


def _wilson(count: pd.Series, total: pd.Series) -> tuple[pd.Series, pd.Series]:
    from statsmodels.stats.proportion import proportion_confint  # slow to import, and a check of files needs none

    known = count.notna() & total.notna()
    # statsmodels wants numbers everywhere; what is missing stays missing
    low, high = proportion_confint(
        count.where(known, 0).to_numpy(), total.where(known, 1).to_numpy(), alpha=ALPHA, method="wilson"
    )
    return pd.Series(low, count.index).where(known), pd.Series(high, count.index).where(known)


def _poisson(count: pd.Series) -> tuple[pd.Series, pd.Series]:
    from statsmodels.stats.rates import confint_poisson  # slow to import

    known = count.notna()
    low, high = confint_poisson(count.where(known, 0).to_numpy(), 1, method="exact-c", alpha=ALPHA)
    return pd.Series(low, count.index).where(known), pd.Series(high, count.index).where(known)
