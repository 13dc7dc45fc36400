"""Tables below each other without a copy of each text: of millions of rows few differ in their texts."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype


def stack(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Tables with the same columns below each other, their texts as categories.

    Categories have the order of the texts, so rows are sorted and compared by them as by the texts.
    """
    frames = list(frames)
    frames = [frame for frame in frames if len(frame)] or frames[:1]
    if frames[0].empty:  # no rows have no types
        return frames[0]
    return pd.DataFrame({name: _stacked([frame[name] for frame in frames]) for name in frames[0].columns})


def _stacked(columns: list[pd.Series]) -> np.ndarray | pd.Categorical:
    if is_numeric_dtype(columns[0].dtype):
        return np.concatenate([column.to_numpy() for column in columns])
    # not pandas' union_categoricals: it does not take texts of different kinds (of files, of our own lists)
    parts = [column.astype("category").array for column in columns]
    lists = {id(part.categories): part.categories for part in parts}  # most parts share theirs
    known = pd.Index(sorted(set().union(*lists.values())), dtype=str)
    places = {one: np.append(known.get_indexer(categories), -1) for one, categories in lists.items()}
    codes = np.concatenate([places[id(part.categories)][part.codes] for part in parts])
    return pd.Categorical.from_codes(codes, known, ordered=True)
