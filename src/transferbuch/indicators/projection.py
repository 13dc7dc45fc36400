"""Population of every region in the coming years: cohorts age, die, have children and move (`cohorts`).

  base        newest year with all 17 age groups (12411-02-03-4)
  births      those of the base year (12612), else a third of the children under three
  deaths      newest deaths per 10,000 inhabitants (AI002-1) of the region, else of its Land or Bund, fit the level of
              mortality by age on the age structure of that region and time; the level stays. Without any, a level
              that gives about 81 years of life expectancy
  migration   what is left between an earlier age structure and the base when deaths are accounted for, from cohorts
              that lived at the earlier date; a start without an earlier structure takes arrivals and departures by
              age (12711) brought to the mean balance of five years (AI002-1), because single years are exceptional
  variants    middle: as observed; low and high: fertility 10 % lower or higher, and net arrivals lower or higher by
              half of what lies between the quarters of all Kreise
Frames: `population` (ags, variant, year, group, count; the base year is observed), `backtest` (ags, start, year, group,
projected, observed, before: the count at the start), `assumptions` (one row per region, with the reason for none).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from transferbuch.indicators.cohorts import (
    AGES,
    EDGES,
    fitted_fertility,
    fitted_mortality,
    grouped,
    mortality,
    one_year_on,
    single_ages,
)

HORIZON = 15
LEAST_YEARS = 3
"""Migration is estimated over at least so many years; the back-test looks as far ahead at least."""
VARIANTS = ("low", "middle", "high")
DEFAULT_MORTALITY = 0.05
_ROUNDS = 6
GROUPS: dict[str, tuple[int, int]] = {
    "total": (0, 101),
    "under_3": (0, 3),
    "3_to_6": (3, 6),
    "6_to_10": (6, 10),
    "10_to_16": (10, 16),
    "16_to_19": (16, 19),
    "under_18": (0, 18),
    "18_to_67": (18, 67),
    "67_plus": (67, 101),
    "6_to_18": (6, 18),
    "15_to_18": (15, 18),
    "age_18": (18, 19),
    "age_67": (67, 68),
}
TESTED: dict[str, tuple[int, int]] = {
    "total": (0, 101),
    "under_3": (0, 3),
    "3_to_6": (3, 6),
    "6_to_10": (6, 10),
    "10_to_15": (10, 15),
    "15_to_18": (15, 18),
    "18_to_25": (18, 25),
    "25_to_65": (25, 65),
    "65_plus": (65, 101),
}
AGE_VARIABLES = tuple(
    f"population_{low}_to_{high}" if low else f"population_under_{high}"
    for low, high in zip(EDGES, EDGES[1:], strict=False)
) + ("population_75_plus",)
_MOVE_GROUPS = {"under_18": (0, 18), "18_to_25": (18, 25), "25_to_30": (25, 30), "30_to_50": (30, 50)} | {
    "50_to_65": (50, 65),
    "65_plus": (65, 101),
}
PROJECTED_VARIABLES = frozenset(
    (*AGE_VARIABLES, "births", "deaths_per_10000", "migration_balance_per_10000")
    + tuple(f"{way}_{group}" for way in ("arrivals", "departures") for group in _MOVE_GROUPS)
)
"""Everything that a projection reads."""
POPULATION_COLUMNS = ("ags", "variant", "year", "group", "count")
BACKTEST_COLUMNS = ("ags", "start", "year", "group", "projected", "observed", "before")
ASSUMPTION_COLUMNS = (
    "ags", "base", "earlier", "children_per_woman", "births", "births_from", "deaths", "deaths_from", "deaths_year",
    "net_moves", "spread", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Projection:
    """The three frames of the module."""

    population: pd.DataFrame
    backtest: pd.DataFrame
    assumptions: pd.DataFrame


@dataclass(frozen=True)
class _Start:
    """What is known of the regions `keys` in one year: single ages and the levels that follow from them."""

    keys: list[str]
    year: int
    ages: np.ndarray
    level: np.ndarray
    fertility: np.ndarray
    births: np.ndarray
    births_from: str
    deaths_from: np.ndarray  # key of the region whose deaths fit the level, "" for none
    deaths_year: np.ndarray


def project_population(observations: pd.DataFrame, keys: Iterable[str]) -> Projection:
    """Projection, back-test and assumptions for the regions `keys`, from converted observations.

    A region whose newest age structure is not complete, or has no earlier one, gets a reason in place of figures.
    """
    facts = _Facts(observations)
    structures = facts.structures
    keys = sorted(keys)
    years = sorted(structures)
    if not years:
        empty = pd.DataFrame([(key, *[None] * 10, "no_ages") for key in keys], columns=list(ASSUMPTION_COLUMNS))
        return Projection(
            pd.DataFrame(columns=list(POPULATION_COLUMNS)), pd.DataFrame(columns=list(BACKTEST_COLUMNS)), empty
        )
    base = years[-1]
    earlier = max((year for year in years if base - year >= 2 * LEAST_YEARS), default=None)
    earlier = earlier if earlier is not None else max((y for y in years if base - y >= LEAST_YEARS), default=None)
    able = [key for key in keys if key in structures[base].index and earlier and key in structures[earlier].index]
    reasons = {key: "no_ages" if key not in structures[base].index else "no_earlier" for key in keys if key not in able}
    parts = []
    rows: list[tuple] = [(key, base, *[None] * 9, why) for key, why in reasons.items()]
    if able:
        start = facts.start(able, base, structures[base])
        moves = _residual_moves(facts.start(able, earlier, structures[earlier]), start)
        spread = _spread(moves.sum(axis=1) / start.ages.sum(axis=1), able)
        parts = [_projected(start, moves, spread, variant) for variant in VARIANTS]
        deaths = (start.ages * -np.expm1(-mortality(start.level))).sum(axis=1)
        for number, key in enumerate(able):
            rows.append(
                (
                    key,
                    base,
                    earlier,
                    start.fertility[number],
                    start.births[number],
                    start.births_from,
                    deaths[number],
                    start.deaths_from[number],
                    start.deaths_year[number],
                    moves[number].sum(),
                    spread,
                    "",
                )  # fmt: skip
            )
    frame = pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS)).sort_values("ags", ignore_index=True)
    population = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(POPULATION_COLUMNS))
    return Projection(population, _backtest(facts, structures, keys), frame)


def tested_errors(backtest: pd.DataFrame) -> pd.DataFrame:
    """How far the newest year of the back-test was off in all Kreise, in percent of what was observed: one row per
    group: group, kreise, median (without sign), low and high (the middle 80 %), unchanged (median error of keeping the
    count of the start)."""
    newest = backtest[backtest["year"] == backtest["year"].max()]
    kreise = newest[newest["ags"].astype(str).str.fullmatch(r"\d{5}") & (newest["observed"] > 0)]
    error = (100 * (kreise["projected"] / kreise["observed"] - 1)).astype(float)
    naive = (100 * (kreise["before"] / kreise["observed"] - 1)).astype(float).abs()
    groups = error.groupby(kreise["group"], sort=False)
    found = {
        "kreise": groups.size(),
        "median": error.abs().groupby(kreise["group"], sort=False).median(),
        "low": groups.quantile(0.1),
        "high": groups.quantile(0.9),
        "unchanged": naive.groupby(kreise["group"], sort=False).median(),
    }
    return pd.DataFrame(found).round(2).rename_axis("group").reset_index()


class _Facts:
    """The observations that a projection reads, one table: (variable, year) × region."""

    def __init__(self, observations: pd.DataFrame):
        rows = observations[
            observations["variable"].isin(PROJECTED_VARIABLES) & observations["status"].isin(("ok", "zero"))
        ]
        self.table = rows.pivot_table(index="ags", columns=["variable", "year"], values="value", aggfunc="last")

    def years(self, variable: str) -> list[int]:
        if variable not in self.table.columns.get_level_values(0):
            return []
        return sorted(self.table[variable].columns)

    @cached_property
    def structures(self) -> dict[int, pd.DataFrame]:
        """By year: the 17 groups of all regions that have every one of them."""
        years = set.intersection(*(set(self.years(name)) for name in AGE_VARIABLES))
        wide = {year: self.table[[(name, year) for name in AGE_VARIABLES]].dropna() for year in years}
        return {year: frame for year, frame in wide.items() if len(frame)}

    def newest(self, variable: str, until: int, keys: list[str], span: int = 1) -> pd.DataFrame:
        """Mean of the newest `span` years up to `until`, for each key its own or that of Land or Bund:
        columns value, of (the region it is of, "" for none), year."""
        years = [year for year in self.years(variable) if year <= until]
        if not years:
            return pd.DataFrame({"value": np.nan, "of": "", "year": 0}, index=keys)
        values = self.table[variable][years[-span:]]
        rows = []
        for key in keys:
            for region in (key, key[:2], "DG"):
                if region in values.index and values.loc[region].notna().any():
                    own = values.loc[region].dropna()
                    rows.append((own.mean(), region, own.index[-1]))
                    break
            else:
                rows.append((np.nan, "", 0))
        return pd.DataFrame(rows, columns=["value", "of", "year"], index=keys)

    def start(self, keys: list[str], year: int, structure: pd.DataFrame) -> _Start:
        groups = structure.loc[keys].to_numpy()
        deaths = self._mortality(keys, year)
        level = deaths["level"].to_numpy()
        ages = single_ages(groups, level)
        births, births_from = self._births(keys, year, groups)
        return _Start(
            keys, year, ages, level, fitted_fertility(ages, births), births, births_from,
            deaths["of"].to_numpy(), deaths["year"].to_numpy(),
        )  # fmt: skip

    def _mortality(self, keys: list[str], year: int) -> pd.DataFrame:
        """Level of mortality known in `year`, by key: columns level, of (the region whose deaths fit it, "" for none),
        year. Fitted on the age structure nearest to the deaths: their number per inhabitant grows with the age of the
        inhabitants, so that of one time or region says nothing about another one's."""
        deaths = self.newest("deaths_per_10000", year, keys).assign(level=DEFAULT_MORTALITY)
        known = [one for one in self.structures if one <= year]
        for when, rows in deaths[deaths["of"] != ""].groupby("year"):
            then = self.structures[min(known, key=lambda one: (abs(one - when), one))]
            groups = then.reindex(rows["of"]).to_numpy()
            number = rows["value"].to_numpy() * groups.sum(axis=1) / 10_000
            level = np.full(len(rows), DEFAULT_MORTALITY)
            for _ in range(_ROUNDS):  # how the oldest group thins out depends on the level that is looked for
                level = fitted_mortality(single_ages(np.nan_to_num(groups), np.nan_to_num(level)), number)
            deaths.loc[rows.index, "level"] = level
        unknown = ~(np.isfinite(deaths["level"]) & (deaths["level"] > 0)) | (deaths["of"] == "")
        deaths.loc[unknown, ["level", "of", "year"]] = (DEFAULT_MORTALITY, "", 0)
        return deaths

    def _births(self, keys: list[str], year: int, groups: np.ndarray) -> tuple[np.ndarray, str]:
        if year in self.years("births"):
            known = self.table[("births", year)].reindex(keys)
            if known.notna().all():
                return known.to_numpy(), "births"
        return groups[:, 0] / 3, "children"

    def moves_of(self, start: _Start) -> np.ndarray | None:
        """Net arrivals by single age as known in the start year: 12711, brought to the mean balance of five years."""
        years = [year for year in self.years("arrivals_under_18") if year <= start.year]
        if not years:
            return None
        year, moves = years[-1], np.zeros_like(start.ages)
        balance = self.newest("migration_balance_per_10000", start.year, start.keys, span=5)["value"].to_numpy()
        table = self.table.reindex(start.keys)
        arrived = {group: table[(f"arrivals_{group}", year)].to_numpy() for group in _MOVE_GROUPS}
        left = {group: table[(f"departures_{group}", year)].to_numpy() for group in _MOVE_GROUPS}
        every = sum(arrived.values())
        surplus = every - sum(left.values()) - balance * start.ages.sum(axis=1) / 10_000
        for group, (low, high) in _MOVE_GROUPS.items():
            net = arrived[group] - left[group] - np.nan_to_num(surplus) * arrived[group] / every
            part = start.ages[:, low:high]
            moves[:, low:high] = net[:, None] * part / part.sum(axis=1, keepdims=True)
        return moves


def _residual_moves(before: _Start, after: _Start) -> np.ndarray:
    """Net arrivals in a year by single age: what deaths do not explain between two age structures.

    Each cohort's difference is spread evenly over the ages it went through; an age gets the mean of the cohorts that
    passed it. Children born in between are left out: what is missing or left of them may be births as well as moves.
    """
    years = after.year - before.year
    ages, nobody = before.ages, np.zeros_like(before.ages)
    for _ in range(years):
        ages = one_year_on(ages, before.level, before.fertility, nobody).after
    rest = (after.ages - ages) / years
    moves, cohorts = np.zeros_like(rest), np.zeros(len(AGES))
    for passed in range(1, years + 1):
        moves[:, years - passed : len(AGES) - passed] += rest[:, years:]
        cohorts[years - passed : len(AGES) - passed] += 1
    return moves / cohorts.clip(min=1)


def _spread(rates: np.ndarray, keys: list[str]) -> float:
    """Half of what lies between the quarters of all Kreise in net arrivals per person and year."""
    kreise = rates[[len(key) == 5 for key in keys]]
    low, high = np.quantile(kreise, (0.25, 0.75)) if len(kreise) >= 4 else (0.0, 0.003)
    return float((high - low) / 2)


def _projected(start: _Start, moves: np.ndarray, spread: float, variant: str) -> pd.DataFrame:
    side = {"low": -1, "middle": 0, "high": 1}[variant]
    ages, fertility = start.ages, start.fertility * (1 + 0.1 * side)
    # who might come in addition, or stay away, is as old as those who move at all
    profile = np.abs(moves) / np.abs(moves).sum(axis=1, keepdims=True).clip(min=1e-9)
    shifted = moves + side * spread * ages.sum(axis=1, keepdims=True) * profile
    rate = np.where((shifted < 0) & (ages > 0), shifted / np.maximum(ages, 1), 0.0)
    frames = [_counts(start.keys, variant, start.year, ages)]
    for year in range(start.year + 1, start.year + HORIZON + 1):
        # those who leave are a share of those who are there; those who come do not depend on them
        ages = one_year_on(ages, start.level, fertility, np.where(shifted < 0, rate * ages, shifted)).after
        frames.append(_counts(start.keys, variant, year, ages))
    return pd.concat(frames, ignore_index=True)


def _counts(keys: list[str], variant: str, year: int, ages: np.ndarray) -> pd.DataFrame:
    wide = pd.DataFrame(
        {group: grouped(ages, *span) for group, span in GROUPS.items()}, index=pd.Index(keys, name="ags")
    )
    long = wide.reset_index().melt("ags", var_name="group", value_name="count")
    return long.assign(variant=variant, year=year)[list(POPULATION_COLUMNS)]


def _backtest(facts: _Facts, structures: dict[int, pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    """From the earliest possible start, with what was known then, to every later year with an age structure."""
    years = sorted(structures)
    for start_year in years:
        later = [year for year in years if year - start_year >= LEAST_YEARS]
        if not later:
            break
        earlier = max((year for year in years if start_year - year >= LEAST_YEARS), default=None)
        able = [key for key in keys if key in structures[start_year].index]
        if earlier is not None:
            able = [key for key in able if key in structures[earlier].index]
        if not able:
            continue
        start = facts.start(able, start_year, structures[start_year])
        if earlier is not None:
            moves = _residual_moves(facts.start(able, earlier, structures[earlier]), start)
        else:
            moves = facts.moves_of(start)
        if moves is None:
            continue
        known = np.isfinite(moves).all(axis=1)
        return _tested(facts, structures, start, np.nan_to_num(moves), known, later)
    return pd.DataFrame(columns=list(BACKTEST_COLUMNS))


def _tested(
    facts: _Facts,
    structures: dict[int, pd.DataFrame],
    start: _Start,
    moves: np.ndarray,
    known: np.ndarray,
    later: list[int],
) -> pd.DataFrame:
    frames, ages = [], start.ages
    for year in range(start.year + 1, later[-1] + 1):
        ages = one_year_on(ages, start.level, start.fertility, moves).after
        if year not in later:
            continue
        observed = structures[year].reindex(start.keys).to_numpy()
        true_ages = single_ages(np.nan_to_num(observed), start.level)
        for group, (low, high) in TESTED.items():
            frames.append(
                pd.DataFrame(
                    {
                        "ags": start.keys,
                        "start": start.year,
                        "year": year,
                        "group": group,
                        "projected": grouped(ages, low, high),
                        "observed": grouped(true_ages, low, high),
                        "before": grouped(start.ages, low, high),
                    }
                )[known & ~np.isnan(observed).any(axis=1)]
            )
    return pd.concat(frames, ignore_index=True)
