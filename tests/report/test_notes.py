"""Which caveats a chart prints, and how notes and legend entries are shortened."""

import pytest

from tests.report.conftest import LEAVERS, record, row
from transferbuch.report.notes import by_title, caveats_for, part_labels, wrapped


def indicator(load, **changes):
    return load([row("15084", 2023, 15.1)], indicators=[record(**changes)]).indicators[LEAVERS]


@pytest.mark.parametrize(
    ("caveat", "years", "shown"),
    [
        ("Bis 2010 sind Kinder doppelt gezählt.", (2016, 2016), False),
        ("Bis 2010 sind Kinder doppelt gezählt.", (2007, 2016), True),
        ("2015 prägt die Aufnahme von Schutzsuchenden den Saldo.", (2023, 2023), False),
        ("2015 prägt die Aufnahme von Schutzsuchenden den Saldo.", (2015, 2015), True),
        ("Für 2009 und 2010 enthält die Tabelle falsche Zahlen.", (2011, 2023), False),
        ("Für 2009 und 2010 enthält die Tabelle falsche Zahlen.", (2010, 2023), True),
        # years inside a sentence prove nothing
        ("Das Jahr ist das Ende des Schuljahres (2023 steht für 2022/23).", (2015, 2015), True),
        ("Die Bevölkerungszahlen beruhen ab 2011 auf dem Zensus 2011.", (2023, 2023), True),
    ],
)
def test_caveats_that_begin_with_other_years_are_left_out(load, caveat, years, shown):
    assert caveats_for(indicator(load, caveats=[caveat]), *years) == [caveat] * shown


def test_a_change_reaches_back_before_the_years_shown(load):
    five = indicator(load, kind="change", years=5, caveats=["Bis 2010 sind Kinder doppelt gezählt."])
    assert caveats_for(five, 2015, 2015) and not caveats_for(five, 2016, 2016)


def test_caveats_of_the_same_indicators_share_an_entry(load):
    records = [record("a", title="A", caveats=["Eins.", "Zwei."]), record("b", title="B", caveats=["Zwei.", "Drei."])]
    data = load([], indicators=records)
    assert by_title(data.indicators.values()) == ["„A“: Eins.", "Zwei.", "„B“: Drei."]
    assert by_title(data.indicators.values(), {"Zwei."}) == ["„A“: Eins.", "„B“: Drei."]
    assert by_title([data.indicators["a"]]) == ["„A“: Eins. Zwei."]


def test_labels_of_parts():
    schools = ["Anteil der Berufsschule an den Schulen", "Anteil der Berufsfachschule an den Schulen"]
    assert part_labels(schools) == ["Berufsschule", "Berufsfachschule"]
    assert part_labels(["Anteil der Abgänge", "Anteil der Abgänge mit Abschluss"]) == [
        "Anteil der Abgänge",
        "Anteil der Abgänge mit Abschluss",
    ]
    assert part_labels(["Teil 1", "Teil 2"]) == ["Teil 1", "Teil 2"]
    assert part_labels(["Anteil der Abgänge"]) == ["Anteil der Abgänge"]


def test_a_legend_entry_is_wrapped_but_no_unit_is_torn_off():
    assert wrapped("Land Sachsen-Anhalt") == "Land Sachsen-Anhalt"
    assert (
        wrapped("Landkreis Mansfeld-Südharz im Land: 12,7\u00a0%")
        == "Landkreis Mansfeld-Südharz im<br>Land: 12,7\u00a0%"
    )
