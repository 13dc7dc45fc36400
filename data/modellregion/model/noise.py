"""Small helpers of all themes: parameters of the units as arrays, and noise that large units hardly show."""

import numpy as np

from model.units import ELSEWHERE, World, stream, trend


def spans(world: World, name: str, year: float) -> np.ndarray:
    """(unit,): the value of a span parameter in `year`."""
    return np.array([trend(getattr(unit, name), year) for unit in world.units])


def values(world: World, name: str) -> np.ndarray:
    """(unit,): a plain parameter."""
    return np.array([getattr(unit, name) for unit in world.units], dtype=float)


def in_land(world: World) -> np.ndarray:
    """(unit,): True for the units of the Modellland, False for the other Länder."""
    return np.array([unit.key != ELSEWHERE for unit in world.units])


def noise(world: World, topic: str, year: int, width: float, size: int = 1) -> np.ndarray:
    """(unit, size): factors around 1 with standard deviation `width`, a tenth of it for the other Länder."""
    damping = np.where(in_land(world), 1.0, 0.1)[:, None]
    draws = np.stack([stream(topic, unit.key, year).standard_normal(size) for unit in world.units])
    return 1 + width * damping * np.clip(draws, -2.5, 2.5)


def whole(cells: list[np.ndarray]) -> np.ndarray:
    """Columns side by side, rounded to whole numbers: (unit, column)."""
    return np.rint(np.stack(cells, axis=1)).astype(np.int64)
