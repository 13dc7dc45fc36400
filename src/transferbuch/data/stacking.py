"""Tables below each other without a copy of each text: of millions of rows few differ in their texts."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
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


def as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with plain texts in place of categories."""
    return frame.astype({name: str for name in frame.columns[frame.dtypes == "category"]})


def read_stacked(path: Path) -> pd.DataFrame:
    """A Parquet table with its texts as categories, as `stack` has them: a third of the memory."""
    schema = pq.read_schema(path)
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    frame = pq.ParquetFile(path, read_dictionary=texts).read().to_pandas(self_destruct=True, split_blocks=True)
    return frame.assign(**{name: _in_order(frame[name].array) for name in texts})


def _in_order(column: pd.Categorical) -> pd.Categorical:
    return column.set_categories(sorted(column.categories), ordered=True)


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
