"""Jumps from one year to the next: against the own series and against the region above.

The change is the logarithm of the ratio of two years. It is compared with the median of the own changes, and the
change less that of the Land (of the Bund for a Land) with the median of these. The robust z divides by the spread:
median absolute deviation of the own series (not less than that of all regions), what counts of this size vary by anyway
(Poisson: 1/a + 1/b), what rounding moves, and 5 %. Only a change that is extreme in both ways, and large, is a jump.
Where a sum is broken besides, and the figure goes back to what it was, less is enough: then the figure is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from transferbuch.data.findings import Finding, responsible_for
from transferbuch.data.sources import Break, Source, Variable
from transferbuch.data.sums import Figures, german
from transferbuch.regions.keys import BUND

_Z, _SUSPICIOUS_Z = 5.0, 3.0
_LARGE = np.log(1.4)
_MAD = 1.4826  # makes the median absolute deviation comparable with a standard deviation
_FLOOR = 0.05
_SHIFT = 0.5  # a count of zero has a logarithm too
_LEAST_CHANGES = 4
_RETURN = 3
"""A jump that is taken back within so many years puts the years between out of line; otherwise the level changed."""


@dataclass(frozen=True)
class _Jump:
    row: int
    first: int  # columns of the years out of line
    last: int
    returns: bool
    above: float  # change of the region above into the first year, logarithm
    firm: bool  # far out without any broken sum


def find_jumps(figures: Figures, sources: dict[str, Source], broken: set[tuple[str, str, int]]) -> Iterator[Finding]:
    """Findings jump and out_of_line; `broken`: (variable, region, year) whose sums do not add up.

    For a Kreis the sums of its Land count as well. A declared break explains a jump, and only a broken sum speaks
    against that.
    """
    ags = list(figures.row)
    for source in sources.values():
        for variable in source.variables:
            if variable.id not in figures.values:
                continue
            told_of: dict[str, set[int]] = {}
            for jump in _jumps(figures, variable):
                region = ags[jump.row]
                told = told_of.setdefault(region, set())
                for column in range(jump.first, jump.last + 1):
                    year = figures.years[column]
                    in_broken = {(variable.id, region, year), (variable.id, region[:2], year)} & broken
                    refused = bool(in_broken) and jump.returns
                    if (refused or jump.firm) and column not in told:
                        told.add(column)
                        yield _finding(figures, source, variable, jump, region, column, refused)


def _jumps(figures: Figures, variable: Variable) -> Iterator[_Jump]:
    values, errors = figures.values[variable.id], figures.errors[variable.id]
    ags = list(figures.row)[: len(values)]
    years = np.array(figures.years)
    held = ~np.isnan(values).all(axis=0)
    columns = np.flatnonzero(held)
    if len(columns) < 3:
        return
    x, error = values[:, columns], errors[:, columns]
    above = np.array([figures.row.get(BUND if len(one) == 2 else one[:2], -1) for one in ags])
    counts = variable.spread != "none"  # a rate of the Land less that of a Kreis would be no rate of the others
    change, spread = _changes(x, error, counts)
    rest = x[above] - x if counts else x[above]  # an error in a large Kreis is in the figure of its Land as well
    of_above, _ = _changes(np.where(above[:, None] >= 0, np.where(rest > 0, rest, np.nan), np.nan), error, counts)
    for one in (change, of_above):
        one[:, np.diff(years[columns]) != 1] = np.nan
    relative = change - np.where(np.isnan(of_above), 0.0, of_above)
    own, beside = np.abs(_robust(change, spread)), np.abs(_robust(relative, spread))
    is_region = np.array([len(one) == 5 or (len(one) == 2 and one != BUND) for one in ags])
    flagged = (own > _SUSPICIOUS_Z) & (beside > _Z) & (np.abs(relative) > _LARGE) & is_region[:, None]
    yield from _spikes(relative, of_above, spread, columns, is_region)
    for row in np.flatnonzero(flagged.any(axis=1)):
        taken_back = -1
        for column in np.flatnonzero(flagged[row]):
            if column <= taken_back:
                continue
            back = next(
                (
                    later
                    for later in range(column + 1, min(column + 1 + _RETURN, change.shape[1]))
                    if flagged[row, later]
                    and abs(relative[row, column : later + 1].sum()) < min(abs(relative[row, column]) / 2, _LARGE)
                ),
                None,
            )
            taken_back = back if back is not None else -1
            end = column + 1 if back is None else back
            yield _Jump(
                int(row),
                int(columns[column + 1]),
                int(columns[end]),
                back is not None,
                float(of_above[row, column]),
                bool(own[row, column] > _Z),
            )


def _spikes(
    relative: np.ndarray, of_above: np.ndarray, spread: np.ndarray, columns: np.ndarray, is_region: np.ndarray
) -> Iterator[_Jump]:
    """Single years that leave neighbours which are alike: half the difference of the changes before and after."""
    spike = (relative[:, :-1] - relative[:, 1:]) / 2
    away = np.minimum(np.abs(relative[:, :-1]), np.abs(relative[:, 1:]))
    returns = np.sign(relative[:, :-1]) == -np.sign(relative[:, 1:])
    z = np.abs(_robust(spike, (spread[:, :-1] + spread[:, 1:]) / 4))
    flagged = returns & (z > _Z) & (away > _LARGE) & (np.abs(spike) > _LARGE) & is_region[:, None]
    for row, column in np.argwhere(flagged):
        year = int(columns[column + 1])
        yield _Jump(int(row), year, year, True, float(of_above[row, column]), firm=True)


def _changes(x: np.ndarray, error: np.ndarray, counts: bool) -> tuple[np.ndarray, np.ndarray]:
    """(logarithm of the ratio to the year before, spread that size and rounding alone explain); NaN without both."""
    shift = _SHIFT if counts else 0.0
    usable = np.where(x + shift > 0, x, np.nan)
    change = np.diff(np.log(usable + shift), axis=1)
    before, now = usable[:, :-1] + shift, usable[:, 1:] + shift
    spread = (error[:, :-1] / before) ** 2 + (error[:, 1:] / now) ** 2
    if counts:
        spread = spread + 1 / before + 1 / now
    return change, spread


def _robust(change: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Distance from the median of the row in spreads."""
    centre = _medians(change)
    own = _medians(np.abs(change - centre))
    everyone = _medians(np.abs(change - _medians(change.reshape(1, -1))).reshape(1, -1))
    few = (~np.isnan(change)).sum(axis=1, keepdims=True) < _LEAST_CHANGES
    mad = np.where(few, everyone, np.fmax(own, everyone))
    centre = np.where(few, 0.0, centre)
    return (change - centre) / np.sqrt((_MAD * mad) ** 2 + spread + _FLOOR**2)


def _medians(rows: np.ndarray) -> np.ndarray:
    """Median of the numbers in each row, NaN without any; `numpy.nanmedian` takes ten times as long for many rows."""
    ordered, count = np.sort(rows, axis=1), (~np.isnan(rows)).sum(axis=1)  # NaN are the last ones
    middle = np.column_stack([(count - 1) // 2, count // 2])
    return np.take_along_axis(ordered, middle, axis=1).mean(axis=1, keepdims=True)


def _finding(
    figures: Figures, source: Source, variable: Variable, jump: _Jump, region: str, column: int, refused: bool
) -> Finding:
    year, value = figures.years[column], float(figures.values[variable.id][jump.row, column])
    before = float(figures.values[variable.id][jump.row, jump.first - 1])
    since = figures.years[jump.first - 1]
    cause = next((one.what for one in source.breaks if explains(one, variable.id, region, year)), "")
    rule = "out_of_line" if refused else "jump"
    severity = "refuse" if refused else "info" if cause else "warn"
    change = _percent(float(np.log((value + _SHIFT) / (before + _SHIFT))))
    what, text = f"{change} since {since} ({before:.10g})", f"{_minus(change)} seit {since} ({german(before)})"
    if column == jump.first and not np.isnan(jump.above):
        rest, is_land = variable.spread != "none", len(region) == 2
        above = ("übriger Bund" if is_land else "übriges Land") if rest else "Bund" if is_land else "Land"
        what += f", the {'rest of the ' if rest else ''}region above {_percent(jump.above)}"
        text += f", {above} {_minus(_percent(jump.above))}"
    if jump.returns:
        what, text = f"{what}; taken back soon after", f"{text}; danach wieder wie vorher"
    if refused:
        what = f"{what}; a sum with this figure is broken"
    if cause and not refused:
        what, text = f"{what}; explained by: {cause}", f"{text}. Erklärung: {cause}"
    office = responsible_for(source, region)
    return Finding(rule, severity, source.table, variable.id, region, year, value, what, f"{text}.", office)


def _percent(change: float) -> str:
    return f"{100 * (np.exp(change) - 1):+.0f} %"


def _minus(text: str) -> str:
    return text.replace("-", "\u2212")


def explains(one: Break, variable: str, region: str, year: int) -> bool:
    """Whether a declared break lies between this year and the one before, or puts one of them out of line."""
    return one.kind != "labels" and one.concerns(variable, region) and one.between(year - 1, year)


def broken_figures(findings: Iterable[Finding], sources: dict[str, Source]) -> set[tuple[str, str, int]]:
    """(variable, region, year) that stand in a broken sum: the total, and for a row its parts as well."""
    parts: dict[str, set[str]] = {}
    for source in sources.values():
        for one in source.sums:
            if one.complete:
                parts.setdefault(one.total, set()).update(one.parts)
    broken = set()
    for one in findings:
        if one.rule in ("kreise_land", "parts_total", "part_exceeds_total"):
            names = {one.variable} | (parts.get(one.variable, set()) if one.rule == "parts_total" else set())
            broken |= {(name, one.ags, one.year) for name in names}
    return broken
