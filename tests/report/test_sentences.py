"""Computed sentences, word by word: for every kind of municipality, with gaps, missing values, zero and one."""

import pytest

from tests.report.conftest import BURGENLAND, CENSUS, LEAVERS, record, row, series_break, spaces, table
from transferbuch.report.sentences import finding, missing_sentence, newer_sentence, value_sentence


def told(data, indicator=LEAVERS):
    return spaces(finding(data, data.indicators[indicator]))


def test_value_comparison_and_the_gap_of_the_official_series(load):
    assert told(load(BURGENLAND)) == (
        "Im Abgangsjahr 2023 betrug der Anteil der Abgänge ohne Hauptschulabschluss im Burgenlandkreis 15,1 % "
        "(240 von 1.587). Das sind 2,4 Prozentpunkte mehr als im Land Sachsen-Anhalt (12,7 %) und 8,0 Prozentpunkte "
        "mehr als in Deutschland (7,1 %). Im Jahr 2015 waren es 12,2 %; für 2016 bis 2022 enthält der "
        "Datenbestand dieser Ausgabe keine Werte."
    )


@pytest.mark.parametrize(
    ("ags", "place", "land"),
    [
        ("15083", "im Landkreis Börde", "im Land Sachsen-Anhalt"),
        ("15002", "in der Stadt Halle (Saale)", "im Land Sachsen-Anhalt"),
        ("03241", "in der Region Hannover", "im Land Niedersachsen"),
        ("05378", "im Rheinisch-Bergischen Kreis", "im Land Nordrhein-Westfalen"),
        ("10041", "im Regionalverband Saarbrücken", "im Saarland"),
        ("99052", "im Mittleren Auenkreis", "im Modellland"),
    ],
)
def test_every_kind_of_municipality(load, ags, place, land):
    bund = "im Modellbund" if ags.startswith("99") else "in Deutschland"
    data = load([row(ags, 2023, top=9, bottom=100), row(ags[:2], 2023, 10.0), row("DG", 2023, 7.1)], ags=ags)
    assert told(data) == (
        f"Im Abgangsjahr 2023 betrug der Anteil der Abgänge ohne Hauptschulabschluss {place} 9,0 % (9 von 100). "
        f"Das sind 1,0 Prozentpunkte weniger als {land} (10,0 %) und 1,9 Prozentpunkte mehr als {bund} (7,1 %)."
    )


def test_a_city_state_is_not_compared_with_itself(load):
    data = load([row("02000", 2023, 6.4), row("02", 2023, 6.4), row("DG", 2023, 7.1)], ags="02000")
    assert told(data) == (
        "Im Abgangsjahr 2023 betrug der Anteil der Abgänge ohne Hauptschulabschluss in Hamburg 6,4 %. "
        "Das sind 0,7 Prozentpunkte weniger als in Deutschland (7,1 %)."
    )


@pytest.mark.parametrize(
    ("land", "bund", "sentence"),
    [
        (
            15.1,
            15.1,
            "Das ist gerundet der gleiche Wert wie im Land Sachsen-Anhalt (15,1 %) und in Deutschland (15,1 %).",
        ),
        (
            15.1,
            7.1,
            "Das ist gerundet der gleiche Wert wie im Land Sachsen-Anhalt (15,1 %), und es sind "
            "8,0 Prozentpunkte mehr als in Deutschland (7,1 %).",
        ),
        (
            12.7,
            15.149,
            "Das sind 2,4 Prozentpunkte mehr als im Land Sachsen-Anhalt (12,7 %), und es ist gerundet der "
            "gleiche Wert wie in Deutschland (15,1 %).",
        ),
    ],
)
def test_equal_values_after_rounding(load, land, bund, sentence):
    data = load([row("15084", 2023, top=240, bottom=1587), row("15", 2023, land), row("DG", 2023, bund)])
    assert told(data).endswith(sentence)


def test_differences_are_those_of_the_printed_values(load):
    # unrounded 15.14 − 12.65 = 2.49; printed are 15,1 and 12,7
    data = load([row("15084", 2023, 15.14), row("15", 2023, 12.65)])
    assert "Das sind 2,4 Prozentpunkte mehr als im Land Sachsen-Anhalt (12,7 %)." in told(data)


def test_only_values_of_the_same_year_are_compared(load):
    data = load(
        [
            row("15084", 2023, top=240, bottom=1587),
            row("15084", 2024, top=246, bottom=1614),
            row("15", 2023, 12.7),
            row("15", 2024, status="later"),
            row("DG", 2023, 7.1),
        ]
    )
    assert told(data) == (
        "Im Abgangsjahr 2024 betrug der Anteil der Abgänge ohne Hauptschulabschluss im Burgenlandkreis 15,2 % "
        "(246 von 1.614). Ein Vergleich mit dem Land Sachsen-Anhalt und Deutschland ist zuletzt für das Abgangsjahr "
        "2023 möglich: Damals waren es im Burgenlandkreis 15,1 % (240 von 1.587), im Land Sachsen-Anhalt 12,7 % und "
        "in Deutschland 7,1 %."
    )


def test_a_missing_comparison_value_is_left_out_not_guessed(load):
    data = load([row("15084", 2023, 15.1), row("15", 2023, status="secret"), row("DG", 2023, 7.1)])
    assert told(data) == (
        "Im Abgangsjahr 2023 betrug der Anteil der Abgänge ohne Hauptschulabschluss im Burgenlandkreis 15,1 %. "
        "Das sind 8,0 Prozentpunkte mehr als in Deutschland (7,1 %)."
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("secret", ": Der Wert für das Abgangsjahr 2023 ist unbekannt oder wird geheim gehalten."),
        ("not_delivered", ": Der Wert für das Abgangsjahr 2023 wurde nicht geliefert."),
        ("unreliable", ": Der Wert für das Abgangsjahr 2023 wird nicht genannt, weil er nicht sicher genug ist."),
        ("blocked", ": Der Wert für das Abgangsjahr 2023 ist gesperrt, weil die Aussage nicht sinnvoll wäre."),
        ("later", ": Der Wert für das Abgangsjahr 2023 fällt erst später an."),
        (
            "not_existing",
            ": Der Wert für das Abgangsjahr 2023 fehlt, weil es die Stadt in heutiger Abgrenzung noch nicht gab.",
        ),
        (
            "withheld",
            ": Der Wert für das Abgangsjahr 2023 wird nicht gezeigt, weil die amtliche Zahl nachweislich falsch ist.",
        ),
        (
            "implausible",
            ": Der Wert für das Abgangsjahr 2023 wird nicht gezeigt, weil die Prüfung der Daten ihn zurückhält.",
        ),
    ],
)
def test_a_value_that_is_missing_gets_its_sentence(load, status, reason):
    data = load([row("15002", 2023, status=status), row("15", 2023, 12.7)], ags="15002")
    assert told(data) == (
        f"Für die Stadt Halle (Saale) liegt der Anteil der Abgänge ohne Hauptschulabschluss nicht vor{reason}"
    )


def test_a_share_without_denominator_is_not_said_to_be_missing(load):
    data = load([row("15002", 2016, top=0, status="missing"), row("15", 2016, 4.3)], ags="15002")
    assert told(data) == (
        "Für die Stadt Halle (Saale) lässt sich der Anteil der Abgänge ohne Hauptschulabschluss in keinem Jahr "
        "berechnen."
    )
    rows = [row("15002", 2015, status="secret"), row("15002", 2016, top=0, status="missing")]
    assert told(load(rows, ags="15002")) == (
        "Für die Stadt Halle (Saale) liegt der Anteil der Abgänge ohne Hauptschulabschluss nicht vor: Der Wert für das "
        "Abgangsjahr 2016 lässt sich nicht berechnen."
    )


def test_an_empty_cell_of_a_published_figure(load):
    data = load([row("15084", 2008, status="missing")], indicators=[record(kind="value")])
    assert told(data) == (
        "Für den Burgenlandkreis liegt der Anteil der Abgänge ohne Hauptschulabschluss nicht vor: Die eingelesenen "
        "Tabellen enthalten dazu keine Angabe."
    )


def test_no_row_at_all(load):
    data = load([row("15", 2023, 12.7)])
    assert spaces(missing_sentence(data, data.indicators[LEAVERS])) == (
        "Für den Burgenlandkreis liegt der Anteil der Abgänge ohne Hauptschulabschluss nicht vor: "
        "Die eingelesenen Tabellen enthalten dazu keine Angabe."
    )


def test_a_newer_year_without_number_is_told(load):
    data = load([row("15084", 2022, 14.0), row("15084", 2023, status="secret"), row("15", 2023, 12.0)])
    assert told(data).endswith("Der Wert für das Abgangsjahr 2023 ist unbekannt oder wird geheim gehalten.")


def test_a_sign_for_a_year_that_nobody_can_have_is_not_told(load):
    # the denominator of 2023 is missing everywhere, so a secret numerator explains nothing
    data = load([row("15084", 2022, 14.0), row("15084", 2023, status="secret"), row("15", 2023, status="missing")])
    assert told(data).endswith("im Burgenlandkreis 14,0 %.")


def test_a_year_that_nobody_has_yet_is_not_told(load):
    data = load([row("15084", 2022, 14.0), row("15084", 2023, status="missing"), row("15", 2023, status="missing")])
    one = data.indicators[LEAVERS]
    assert newer_sentence(data, one, data.latest(LEAVERS, "15084")) == ""


PUPILS = record(
    "count_pupils",
    "value",
    unit="Personen",
    decimals=0,
    title="Schülerinnen und Schüler",
    phrase="die Zahl der Schülerinnen und Schüler",
)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({2022: 1, 2023: 12000}, "12.000. Im Jahr 2022 war es 1 Person."),
        ({2022: 0, 2023: 1}, "1. Im Jahr 2022 war es keine Person."),
        ({2022: 16000, 2023: 0}, "0 (keine Person). Im Jahr 2022 waren es 16.000 Personen."),
    ],
)
def test_counts_in_singular_plural_and_zero(load, values, sentence):
    rows = [row("15084", year, value, indicator="count_pupils") for year, value in values.items()]
    data = load(
        [*rows, row("15", 2023, 200000, indicator="count_pupils")],
        indicators=[PUPILS],
        tables=table(period="school_start"),
    )
    # a count is not compared with the Land: it grows with the region
    assert told(data, "count_pupils") == (
        f"Zum Schuljahresbeginn 2023 betrug die Zahl der Schülerinnen und Schüler im Burgenlandkreis {sentence}"
    )


def test_one_school(load):
    schools = record("count_schools", "value", unit="Schulen", decimals=0, phrase="die Zahl der Grundschulen")
    rows = [row("15084", 2022, 1, indicator="count_schools"), row("15084", 2023, 1, indicator="count_schools")]
    data = load(rows, indicators=[schools], tables=table(period="school_start"))
    assert told(data, "count_schools") == (
        "Zum Schuljahresbeginn 2023 betrug die Zahl der Grundschulen im Burgenlandkreis 1 (eine Schule). "
        "Im Jahr 2022 war es eine Schule."
    )


@pytest.mark.parametrize(
    ("period", "time", "begin"),
    [
        ("date", "2024-12-31", "Am 31. Dezember 2024"),
        ("annual_mean", "2024", "Im Jahresdurchschnitt 2024"),
        ("year", "2024", "Im Jahr 2024"),
        ("school_start", "2024", "Zum Schuljahresbeginn 2024"),
        ("school_year", "2024", "Im Abgangsjahr 2024"),
        ("date", "2024", "Im Jahr 2024"),
    ],
)
def test_time_as_the_table_means_it(load, period, time, begin):
    data = load([row("15084", 2024, 15.1, time=time)], tables=table(period=period))
    one = data.indicators[LEAVERS]
    assert spaces(value_sentence(data, one, data.latest(LEAVERS, "15084"))).startswith(f"{begin} betrug der Anteil")


def test_numerator_and_denominator_of_different_tables_take_the_numerators_time(load):
    tables = {**table(), **table("12411-01-01-4", period="date")}
    data = load([row("15084", 2023, 15.1, tables="12411-01-01-4,21111-02-06-4")], tables=tables)
    assert told(data).startswith("Im Abgangsjahr 2023 betrug")


def test_a_subordinate_clause_is_closed_by_a_comma(load):
    one = record(phrase="der Anteil der Kinder, die Leistungen erhalten")
    assert told(load([row("15084", 2023, 15.1)], indicators=[one])) == (
        "Im Abgangsjahr 2023 betrug der Anteil der Kinder, die Leistungen erhalten, im Burgenlandkreis 15,1 %."
    )


def test_a_change_has_a_sign_and_both_figures(load):
    change = record("change", "change", years=10, phrase="die Veränderung der Bevölkerungszahl in zehn Jahren")
    rows = [
        row("15084", 2024, -5.63, 173684, 184055, indicator="change", time="2024-12-31"),
        row("DG", 2024, 1.2, indicator="change", time="2024-12-31"),
    ]
    assert told(load(rows, indicators=[change], tables=table(period="date")), "change") == (
        "Am 31. Dezember 2024 betrug die Veränderung der Bevölkerungszahl in zehn Jahren im Burgenlandkreis "
        "\u22125,6 % (von 184.055 auf 173.684). Das sind 6,8 Prozentpunkte weniger als in Deutschland (+1,2 %)."
    )


def test_a_change_that_reaches_back_before_a_reform(load):
    change = record("change", "change", years=10, phrase="die Veränderung der Bevölkerungszahl in zehn Jahren")
    data = load(
        [row("15084", 2010, status="not_existing", indicator="change", time="2010-12-31")],
        indicators=[change],
        tables=table(period="date"),
    )
    assert told(data, "change").endswith(
        "Der Wert für den 31. Dezember 2010 fehlt, weil es den Kreis in heutiger Abgrenzung 10 Jahre zuvor noch "
        "nicht gab."
    )


def test_a_rate_says_its_unit_once(load):
    births = record(
        "births",
        "rate",
        per=1000,
        unit="je 1.000",
        title="Lebendgeborene je 1.000 Personen",
        phrase="die Zahl der Lebendgeborenen je 1.000 Personen",
    )
    rows = [row("15084", 2023, 7.64, 1407, 184081, indicator="births"), row("15", 2023, 7.8, indicator="births")]
    assert told(load(rows, indicators=[births], tables=table(period="year")), "births") == (
        "Im Jahr 2023 betrug die Zahl der Lebendgeborenen je 1.000 Personen im Burgenlandkreis 7,6 (1.407 bezogen auf "
        "184.081). Das sind 0,2 weniger als im Land Sachsen-Anhalt (7,8)."
    )


def test_euro_and_years(load):
    income = record("income", "value", unit="EUR", decimals=0, phrase="das verfügbare Einkommen je Person")
    rows = [
        row("15084", 2021, 21778, indicator="income"),
        row("15", 2021, 21741, indicator="income"),
        row("DG", 2021, 24415, indicator="income"),
    ]
    assert told(load(rows, indicators=[income], tables=table(period="year")), "income") == (
        "Im Jahr 2021 betrug das verfügbare Einkommen je Person im Burgenlandkreis 21.778 EUR. Das sind 37 EUR mehr "
        "als im Land Sachsen-Anhalt (21.741 EUR) und 2.637 EUR weniger als in Deutschland (24.415 EUR)."
    )


def test_development_stays_within_ten_years_and_the_unbroken_series(load):
    rows = [row("15084", year, float(year - 2000)) for year in range(2005, 2024)]
    assert told(load(rows)).endswith("Im Jahr 2022 waren es 22,0 %; 2013 waren es 13,0 %.")
    rows = [row("15084", year, float(year - 2000)) for year in (2018, 2020, 2021, 2022, 2023)]
    assert told(load(rows)).endswith("Im Jahr 2022 waren es 22,0 %; 2020 waren es 20,0 %.")


def test_a_gap_of_one_year(load):
    data = load([row("15084", 2021, 14.0), row("15084", 2022, status="secret"), row("15084", 2023, 15.0)])
    assert told(data).endswith(
        "Im Jahr 2021 waren es 14,0 %; für 2022 gibt es keinen Wert (unbekannt oder geheim gehalten)."
    )
    data = load([row("15084", 2021, 14.0), row("15084", 2023, 15.0)])
    assert told(data).endswith(
        "Im Jahr 2021 waren es 14,0 %; für 2022 enthält der Datenbestand dieser Ausgabe keinen Wert."
    )


POPULATION = record(
    "count_population", "value", unit="Personen", decimals=0, phrase="die Bevölkerungszahl", tables=["12411-01-01-4"]
)


def population(load, values, kind=POPULATION, tables="12411-01-01-4"):
    rows = [row("15084", year, value, indicator=kind["id"], tables=tables) for year, value in values.items()]
    counted = {"variables": ["a", "b"] if kind is POPULATION else ["b"], "breaks": CENSUS}
    known = {**table("12411-01-01-4", period="date", **counted), **table("12612-01-01-4", period="year")}
    return told(load(rows, indicators=[kind], tables=known), kind["id"])


def test_a_census_between_two_years_is_told(load):
    assert population(load, {2021: 180000, 2022: 176000}).endswith(
        "176.000. Im Jahr 2021 waren es 180.000 Personen; dazwischen liegt der Zensus 2022, ein Teil des Unterschieds "
        "kann auf ihn zurückgehen."
    )
    assert population(load, {2018: 180000, 2024: 176000}).endswith(
        "176.000. Im Jahr 2018 waren es 180.000 Personen; dazwischen liegt der Zensus 2022, ein Teil des Unterschieds "
        "kann auf ihn zurückgehen. Für 2019 bis 2023 enthält der Datenbestand dieser Ausgabe keine Werte."
    )
    assert population(load, {2010: 190000, 2022: 176000}).startswith(
        "Im Jahr 2022 betrug die Bevölkerungszahl im Burgenlandkreis 176.000. Im Jahr 2010 waren es 190.000 Personen; "
        "dazwischen liegen der Zensus 2011 und der Zensus 2022, ein Teil des Unterschieds kann auf sie zurückgehen."
    )
    assert population(load, {2022: 176000, 2023: 175000}).endswith("Im Jahr 2022 waren es 176.000 Personen.")
    assert population(load, {2011: 176000, 2021: 175000}).endswith("keine Werte.")


def test_a_census_since_the_last_comparison_with_the_land_is_told(load):
    age = record("age", "value", unit="Jahre", phrase="das Durchschnittsalter", tables=["12411-07-01-4"])
    rows = [
        row("15084", year, value, indicator="age", tables="12411-07-01-4")
        for year, value in ((2018, 48.0), (2024, 48.5))
    ]
    rows.append(row("15", 2018, 47.5, indicator="age", tables="12411-07-01-4"))
    data = load(
        rows, indicators=[age], tables=table("12411-07-01-4", period="year", variables=["a", "b"], breaks=CENSUS)
    )
    assert told(data, "age").endswith(
        "Damals waren es im Burgenlandkreis 48,0 Jahre und im Land Sachsen-Anhalt 47,5 Jahre. Zwischen 2018 und 2024 "
        "liegt der Zensus 2022, ein Teil des Unterschieds zwischen diesen Jahren kann auf ihn zurückgehen. Für 2019 "
        "bis 2023 enthält der Datenbestand dieser Ausgabe keine Werte."
    )


def test_a_rate_on_the_population_may_owe_a_part_to_the_census(load):
    births = record("births", "rate", per=1000, unit="je 1.000", tables=["12411-01-01-4", "12612-01-01-4"])
    both = "12411-01-01-4,12612-01-01-4"
    assert population(load, {2021: 7.4, 2022: 7.1}, births, both).endswith(
        "Im Jahr 2021 waren es 7,4 je 1.000; dazwischen liegt der Zensus 2022, ein Teil des Unterschieds kann auf ihn "
        "zurückgehen."
    )
    assert population(load, {2021: 7.1, 2022: 7.1}, births, both).endswith(
        "Im Jahr 2021 waren es 7,1 je 1.000; dazwischen liegt der Zensus 2022."
    )
    births["formula"]["denominator_years_before"] = 1  # 2022 is divided by the population of 2021
    assert population(load, {2021: 7.4, 2022: 7.1}, births, both).endswith("Im Jahr 2021 waren es 7,4 je 1.000.")
    assert "Zensus 2022" in population(load, {2022: 7.4, 2023: 7.1}, births, both)


def test_a_change_over_a_census_says_so_with_the_value(load):
    change = record("change", "change", years=10, phrase="die Veränderung in zehn Jahren", tables=["12411-01-01-4"])
    rows = [
        row("15084", 2023, -5.1, 174000, 184000, indicator="change", tables="12411-01-01-4"),
        row("15084", 2024, -5.63, 173684, 184055, indicator="change", tables="12411-01-01-4"),
    ]
    known = table("12411-01-01-4", period="year", variables=["a", "b"], breaks=CENSUS)
    assert told(load(rows, indicators=[change], tables=known), "change") == (
        "Im Jahr 2024 betrug die Veränderung in zehn Jahren im Burgenlandkreis \u22125,6 % (von 184.055 auf 173.684); "
        "dazwischen liegt der Zensus 2022, ein Teil der Veränderung kann auf ihn zurückgehen. Im Jahr 2023 waren es "
        "\u22125,1 %."
    )


DOUBLE = series_break(
    2013, "der doppelte Abiturjahrgang 2013", until=2013, kind="cohort", laender=["15"], variables=["b"]
)
OTHER_LAND = series_break(2014, "der doppelte Abiturjahrgang 2014", until=2014, kind="cohort", laender=["05"])
NEW_NAMES = series_break(2014, "die neue Bezeichnung 2014", kind="labels")


@pytest.mark.parametrize(
    "years, expected",
    [
        # out of line is one year: a value beside it is named, two years around it are comparable
        ((2012, 2013), "; zu beachten ist der doppelte Abiturjahrgang 2013, ein Teil des Unterschieds kann auf ihn"),
        ((2013, 2014), "; zu beachten ist der doppelte Abiturjahrgang 2013, ein Teil des Unterschieds kann auf ihn"),
        ((2012, 2014), ""),
        ((2014, 2015), ""),
    ],
)
def test_a_double_cohort_is_told_where_one_of_the_years_is_its_own(load, years, expected):
    rows = [row("15084", year, 10.0 + year % 5) for year in years]
    known = table(variables=["a", "b"], breaks=[DOUBLE, OTHER_LAND, NEW_NAMES])
    text = told(load(rows, tables=known))
    assert expected in text and ("Abiturjahrgang" in text) == bool(expected) and "Bezeichnung" not in text


def test_no_sentence_judges_or_asserts_a_trend(load):
    text = told(load(BURGENLAND)).lower()
    assert not any(word in text for word in ("besser", "schlechter", "gestiegen", "gesunken", "trend", "günstig"))
