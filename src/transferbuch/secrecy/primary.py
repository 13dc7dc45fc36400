"""Which figures of a municipality are secret by themselves, and how much room each needs.

A count from 1 up to below the threshold of its table or column is secret, a 0 where the table says so; an amount by
its (n, k) rule of dominance. A share is secret if the count it implies, or what is left of its base, is secret.
"""

import math

from transferbuch.data.own_mapping import OwnDataset, OwnMeasure
from transferbuch.secrecy.web import Need


def threshold_of(dataset: OwnDataset, measure: OwnMeasure) -> int:
    """Counts from 1 up to below it are secret."""
    return dataset.threshold if measure.threshold is None else measure.threshold


def need_of_count(value: float, threshold: int, zeros_are_secret: bool) -> Need | None:
    """Room of a count; None if it is not secret.

    The possible values must span the threshold, so that nobody can tell whether the count is small at all, and reach at
    least one below (nothing is below a 0) and one above.
    """
    if value == 0:
        return Need(0, 1, threshold) if zeros_are_secret else None
    return Need(1, 1, threshold) if 0 < value < threshold else None


def need_of_implied(low: float, high: float, value: float, threshold: int, zeros_are_secret: bool) -> Need | None:
    """Room of a count that a rounded share tells to lie in low … high."""
    whole = [number for number in range(math.ceil(low - 1e-9), threshold + 1) if number <= high + 1e-9]
    # a share that fits no whole number is of other counts than the table says; the nearest one is as secret
    nearest = whole or [round(value)]
    needs = [need_of_count(float(number), threshold, zeros_are_secret) for number in nearest]
    if not any(needs):
        return None
    return Need(min(1.0, value), 1, threshold)


def need_by_dominance(value: float, largest: float, k: float) -> Need | None:
    """Room of an amount: a large contributor must not be able to tell the others' amounts closely.

    The usual protection level of the (n, k) rule: 100/k times what the n largest hold, less the amount.
    """
    level = 100 / k * largest - value
    return Need(min(level, value), level, 2 * level) if value > 0 and level > 0 else None
