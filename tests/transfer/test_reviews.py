"""Which reviews are overdue, and on which day that is asked."""

import datetime as dt
from pathlib import Path

import pytest
from tests.transfer.test_objects import PAGE

from transferbuch.errors import UsageError
from transferbuch.reference_day import reference_day
from transferbuch.transfer.loading import load_transfer_object
from transferbuch.transfer.objects import TransferObject
from transferbuch.transfer.reviews import overdue


@pytest.fixture
def objects(tmp_path: Path) -> dict[str, TransferObject]:
    found = {}
    for slug, day in (("a", "2026-03-02"), ("b", "2026-03-01"), ("c", "2025-01-31"), ("d", "2026-02-28")):
        page = tmp_path / f"{slug}.md"
        page.write_text(PAGE.replace("2027-06-30", day), encoding="utf-8")
        found[slug] = load_transfer_object(page)
    return found


def test_the_day_itself_is_in_time_and_the_oldest_comes_first(objects):
    assert [one.slug for one in overdue(objects, dt.date(2026, 3, 1))] == ["c", "d"]
    assert [one.slug for one in overdue(objects, dt.date(2026, 3, 3))] == ["c", "d", "b", "a"]
    assert overdue(objects, dt.date(2025, 1, 31)) == []


def test_a_build_can_be_repeated_as_of_an_earlier_day(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert reference_day() == dt.date.today()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225599")  # the last second of 2025 in UTC, whatever the time zone here
    assert reference_day() == dt.date(2025, 12, 31)


@pytest.mark.parametrize("given", ["gestern", "1e9", "99999999999999999999"])
def test_a_wrong_epoch_is_named(monkeypatch, given):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(UsageError) as error:
        reference_day()
    assert f"SOURCE_DATE_EPOCH: this is no point in time ({given})" in str(error.value)
