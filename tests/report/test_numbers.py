"""German numbers, units, dates and signs, value by value."""

import pytest

from tests.report.conftest import spaces
from transferbuch.report.absence import NOT_HELD
from transferbuch.report.numbers import (
    ABSENCES,
    count,
    date_long,
    date_short,
    is_singular,
    legend,
    listed,
    number,
    quantity,
    signed,
    year_spans,
)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (173684, 0, "173.684"),
        (15.1229, 1, "15,1"),
        (9.1837, 1, "9,2"),
        (0, 1, "0,0"),
        (1234567.5, 2, "1.234.567,50"),
        (-1.24, 1, "\u22121,2"),
        (-0.04, 1, "0,0"),
        (999.95, 1, "1.000,0"),
    ],
)
def test_number(value, decimals, text):
    assert number(value, decimals) == text


def test_rounding_is_commercial_and_ignores_binary_noise():
    # babel alone gives 9,2 and 12,2: half to even, and 12.25 as the computer holds it
    assert number(9.25, 1) == "9,3"
    assert number(12.249999999999998, 1) == "12,3"
    assert number(-9.25, 1) == "\u22129,3"


@pytest.mark.parametrize(("value", "text"), [(0.44, "+0,4"), (-1.2, "\u22121,2"), (0.0, "0,0"), (-0.01, "0,0")])
def test_signed(value, text):
    assert signed(value, 1) == text


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (15.1, "%", 1, "15,1 %"),
        (21778, "EUR", 0, "21.778 EUR"),
        (46.2, "Jahre", 1, "46,2 Jahre"),
        (1, "Personen", 0, "1 Person"),
        (0, "Personen", 0, "keine Person"),
        (2, "Personen", 0, "2 Personen"),
        (1, "Schulen", 0, "eine Schule"),
        (0, "Schulen", 0, "keine Schule"),
        (1, "Kinder", 0, "ein Kind"),
        (1, "Prozentpunkte", 0, "1 Prozentpunkt"),
        (1.0, "Prozentpunkte", 1, "1,0 Prozentpunkte"),
        (44, "", 0, "44"),
        (0.6, "Personen", 0, "1 Person"),
    ],
)
def test_quantity(value, unit, decimals, text):
    assert spaces(quantity(value, unit, decimals)) == text


def test_number_and_unit_stay_on_one_line():
    assert quantity(15.1, "%", 1) == "15,1\u00a0%"
    assert quantity(1, "Schulen") == "eine\u00a0Schule"


def test_signed_quantity():
    assert spaces(quantity(0.44, "Prozentpunkte", 1, sign=True)) == "+0,4 Prozentpunkte"
    assert spaces(quantity(-1.2, "%", 1, sign=True)) == "\u22121,2 %"
    assert spaces(quantity(1, "Personen", sign=True)) == "+1 Person"


def test_verbs_agree_with_what_is_printed():
    assert is_singular(1, "Personen") and is_singular(0, "Schulen") and is_singular(1, "Prozentpunkte", 0)
    assert not is_singular(2, "Personen") and not is_singular(1.0, "%", 1) and not is_singular(0, "")


def test_counts_and_years():
    assert (count(1587.0), count(1413.8)) == ("1.587", "1.413,8")
    assert year_spans([2022, 2016, 2017, 2018, 2009]) == "2009, 2016 bis 2018 und 2022"
    assert year_spans([2016, 2017]) == "2016 und 2017"
    assert [listed(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a und b", "a, b und c"]


def test_dates():
    assert spaces(date_long("2024-12-31")) == "31. Dezember 2024"
    assert spaces(date_long("2016-03-01")) == "1. März 2016"
    assert date_short("2025-03-13") == "13.03.2025"
    assert date_short("") == "ohne Angabe"


def test_every_status_without_a_number_has_sign_and_words():
    from transferbuch.data.observations import STATUS_ORDER

    assert set(ABSENCES) == set(STATUS_ORDER) - {"ok", "zero"}
    assert {absence.symbol for absence in ABSENCES.values()} == {".", "–", "x", "/", "…"}


def test_legend_names_only_signs_that_are_used():
    assert legend([]) == ""
    assert legend([ABSENCES["secret"], ABSENCES["secret"]]) == ". unbekannt oder geheim gehalten"


def test_legend_has_one_entry_per_meaning():
    assert legend([ABSENCES["blocked"], ABSENCES["implausible"], ABSENCES["withheld"]]) == (
        "x gesperrt, weil die Aussage nicht sinnvoll wäre; x nicht gezeigt, weil die Prüfung der Daten ihn zurückhält"
        "; x nicht gezeigt, weil die amtliche Zahl nachweislich falsch ist"
    )
    assert legend([ABSENCES["not_delivered"], ABSENCES["later"], NOT_HELD]) == (
        "… fällt später an; – im Datenbestand nicht enthalten; – nicht geliefert"
    )


def test_a_figure_that_cannot_be_converted_says_why():
    absence = ABSENCES["not_convertible"]
    assert absence.symbol == "x"
    assert f"Der Wert für 2015 {absence.words}." == (
        "Der Wert für 2015 lässt sich nicht umrechnen, weil die amtlichen Werte für andere Gebiete gelten."
    )
