"""Which objects are overdue, and what day it is."""

import datetime as dt
from types import SimpleNamespace

import pytest

from transferbuch.transfer.reviews import overdue, reference_day


def test_an_object_is_overdue_from_the_day_after_its_review_the_oldest_first():
    days = {"a": "2027-06-30", "b": "2026-12-31", "c": "2027-06-29", "d": "2027-07-01"}
    objects = {slug: SimpleNamespace(slug=slug, next_review=dt.date.fromisoformat(day)) for slug, day in days.items()}
    assert [one.slug for one in overdue(objects, dt.date(2027, 6, 30))] == ["b", "c"]
    assert [one.slug for one in overdue(objects, dt.date(2027, 7, 1))] == ["b", "c", "a"]


def test_the_reference_day_is_today_or_that_of_a_repeated_build(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798761599")  # one second before the year 2027
    assert reference_day() == dt.date(2026, 12, 31)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "gestern")
    with pytest.raises(ValueError, match="gestern"):
        reference_day()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert reference_day() == dt.date.today()
