"""Classes of a number: equal width, equal numbers of areas, natural breaks, or given cut points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class Cut:
    """A threshold between two neighbouring classes; a value exactly at it belongs to the lower or the upper one."""

    at: float
    belongs: Literal["lower", "upper"] = "lower"


def class_of(value: float, cuts: Sequence[Cut]) -> int:
    """Class of the value from 1 (lowest) to len(cuts) + 1."""
    return 1 + sum(value > cut.at or (value == cut.at and cut.belongs == "upper") for cut in cuts)


def cut_points(
    rule: Literal["equal", "quantile", "natural"], values: np.ndarray, k: int, decimals: int | None = None
) -> tuple[Cut, ...]:
    """The k - 1 thresholds of `values`, which belong to the class below them.

    decimals: thresholds are rounded down to so many places; values of as many places keep their classes by that.
    Raises ValueError if there are fewer different values than classes, or thresholds that rounding makes equal.
    """
    values = np.sort(np.asarray(values, dtype=float))
    if len(np.unique(values)) < k:
        raise ValueError(f"{len(np.unique(values))} different values cannot make {k} classes")
    if rule == "equal":
        points = np.linspace(values[0], values[-1], k + 1)[1:-1].tolist()
    elif rule == "quantile":
        points = np.quantile(values, np.arange(1, k) / k).tolist()
    else:
        points = _natural(values, k)
    if decimals is not None:
        # 1e-9: 0.29 * 100 is 28.999999999999996
        points = [math.floor(point * 10**decimals + 1e-9) / 10**decimals for point in points]
    if any(a >= b for a, b in zip(points, points[1:], strict=False)):
        raise ValueError(f"the values lie too close together for {k} classes")
    return tuple(Cut(point) for point in points)


def _natural(values: np.ndarray, k: int) -> list[float]:
    """Highest values of the lower classes that leave the least squared deviation within classes (Fisher 1958).

    Exact by dynamic programming over the sorted values; k-means could end in a local optimum and need a seed.
    """
    count = len(values)
    sums, squares = np.concatenate([[0], values.cumsum()]), np.concatenate([[0], (values**2).cumsum()])

    def within(start: int, end: int) -> float:
        total = sums[end] - sums[start]
        return float(squares[end] - squares[start] - total * total / (end - start))

    best = [[math.inf] * (count + 1) for _ in range(k + 1)]
    split = [[0] * (count + 1) for _ in range(k + 1)]
    best[0][0] = 0.0
    for classes in range(1, k + 1):
        for end in range(classes, count + 1):
            for start in range(classes - 1, end):
                if start and end > start and values[start - 1] == values[start]:
                    continue  # equal values stay together
                loss = best[classes - 1][start] + within(start, end)
                if loss < best[classes][end]:
                    best[classes][end], split[classes][end] = loss, start
    points, end = [], count
    for classes in range(k, 1, -1):
        end = split[classes][end]
        points.append(float(values[end - 1]))
    return points[::-1]
