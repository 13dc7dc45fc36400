"""What is kept of computed values: texts, the rows of a region together."""

import pandas as pd

from transferbuch.editions.values import _write_frame


def test_categories_are_kept_as_texts(tmp_path):
    frame = pd.DataFrame({"ags": ["15084", "03", "15084"], "status": ["ok", None, "secret"], "value": [1.0, 2.0, 3.0]})
    _write_frame(tmp_path / "texts.parquet", frame)
    _write_frame(tmp_path / "categories.parquet", frame.astype({"ags": "category", "status": "category"}))
    found = pd.read_parquet(tmp_path / "categories.parquet")
    pd.testing.assert_frame_equal(found, pd.read_parquet(tmp_path / "texts.parquet"))
    assert found["ags"].tolist() == ["03", "15084", "15084"] and found["value"].tolist() == [2.0, 1.0, 3.0]
