"""What a slice must be, one fault per test, and each fault as one clear message."""

import json

import pandas as pd
import pytest

from tests.report.conftest import BURGENLAND, LEAVERS, row
from transferbuch.errors import DataRefused, UsageError
from transferbuch.report import open_edition
from transferbuch.report.slice_reader import FORMAT, read_slice


def change(folder, **content):
    path = folder / "slice.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **content}), encoding="utf-8")


def refused(folder, ags="15084"):
    with pytest.raises(DataRefused) as caught:
        open_edition(ags, folder)
    (problem,) = caught.value.problems
    assert str(folder) not in str(problem)
    return str(problem)


def test_values_arrive_with_their_status(load):
    data = load(BURGENLAND, peers=["15088", "15083", "15002"])
    assert data.latest(LEAVERS, "15084").value == pytest.approx(15.1229, abs=1e-4)
    assert (data.latest(LEAVERS, "15084").numerator, data.latest(LEAVERS, "15084").year) == (240, 2023)
    assert data.number(LEAVERS, "15002", 2023) is None
    assert data.values(LEAVERS, "15002")[2023].status == "secret"
    assert data.newest_year(LEAVERS) == 2023 and data.newest_year("unknown") is None
    assert list(data.values(LEAVERS, "15084")) == [2013, 2014, 2015, 2023]
    assert data.own.locative == "im Burgenlandkreis"
    assert data.kreise == ("15002", "15083", "15084", "15088")


def test_optional_keys_may_be_absent(make_slice):
    folder = make_slice(BURGENLAND, peers=["15088", "15083", "15002"])
    content = json.loads((folder / "slice.json").read_text("utf-8"))
    del content["parameters"]
    (folder / "slice.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_slice(folder).parameters == {}


def test_no_slice_there(tmp_path):
    message = refused(tmp_path / "slice")
    assert message.startswith("slice/slice.json: there is no data slice here.")
    assert "transferbuch run notebooks/<chapter>.ipynb --ags <AGS>" in message


def test_description_cut_off(make_slice):
    folder = make_slice(BURGENLAND)
    text = (folder / "slice.json").read_text("utf-8")
    (folder / "slice.json").write_text(text[: len(text) // 2], encoding="utf-8")
    assert "the description of the data slice is cut off or no JSON" in refused(folder)


def test_values_cut_off(make_slice):
    folder = make_slice(BURGENLAND)
    raw = (folder / "values.parquet").read_bytes()
    (folder / "values.parquet").write_bytes(raw[: len(raw) // 2])
    assert "slice/values.parquet: a table of the data slice is cut off or no Parquet table" in refused(folder)


def test_values_missing(make_slice):
    folder = make_slice(BURGENLAND)
    (folder / "values.parquet").unlink()
    assert "slice/values.parquet: the data slice lacks a table" in refused(folder)


def test_values_without_a_column(make_slice):
    folder = make_slice(BURGENLAND)
    pd.read_parquet(folder / "values.parquet").drop(columns="status").to_parquet(folder / "values.parquet")
    assert "lacks columns (status)" in refused(folder)


def test_values_with_an_unknown_status(make_slice):
    assert "unknown status (guessed)" in refused(make_slice([row("15084", 2023, status="guessed")]))


def test_a_newer_format(make_slice):
    folder = make_slice(BURGENLAND)
    change(folder, format=FORMAT + 1)
    message = refused(folder)
    assert "slice/slice.json: format: the data slice comes from a newer version (5). Expected: format 4" in message


@pytest.mark.parametrize("key", ["ags", "names", "indicators", "tables", "data_package"])
def test_a_key_is_missing(make_slice, key):
    folder = make_slice(BURGENLAND)
    content = json.loads((folder / "slice.json").read_text("utf-8"))
    del content[key]
    (folder / "slice.json").write_text(json.dumps(content), encoding="utf-8")
    assert f"the description of the data slice lacks keys ({key})" in refused(folder)


def test_a_region_without_name(make_slice):
    folder = make_slice(BURGENLAND)
    change(folder, peers=["15999"])
    assert "the description of the data slice is incomplete ('names.15999')" in refused(folder)


def test_invented_and_real_data_cannot_be_mixed_up(make_slice):
    folder = make_slice(BURGENLAND)
    change(folder, fictional=True)
    assert "`fictional` contradicts the key (15084 Burgenlandkreis)" in refused(folder)


def test_the_slice_of_another_municipality(make_slice):
    message = refused(make_slice(BURGENLAND), ags="15088")
    assert "the data slice belongs to Burgenlandkreis (15084). Expected: 15088" in message


@pytest.mark.parametrize(
    ("ags", "words"),
    [
        (15084, "15084 is a number, but an AGS is text"),
        ("1508", "is not an AGS: expected 2, 3, 5 or 8 digits"),
        ("15", "expected five digits"),
        (None, "not NoneType"),
    ],
)
def test_a_key_that_is_none(make_slice, ags, words):
    with pytest.raises(UsageError, match=words) as caught:
        open_edition(ags, make_slice(BURGENLAND))
    assert 'ags = "15084"' in str(caught.value)
