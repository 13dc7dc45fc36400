"""How far goals have come, on numbers that one can check by hand, and every sentence about it."""

from typing import Any

import pytest

from tests.report.conftest import LEAVERS, record, row, series_break, spaces, table
from transferbuch.report.edition import EditionReport
from transferbuch.report.goal_progress import progress_of
from transferbuch.report.goal_words import goal_sentences, issues
from transferbuch.report.goals import goal_chart

OWN = "15084"


def goal(**changes: Any) -> dict[str, Any]:
    """A goal as a slice holds it: from the value of 2020 to at most 6 % in 2028, a low value is good."""
    base = {
        "id": "abschluesse",
        "title": "Weniger Abgänge ohne Abschluss",
        "access": "public",
        "target_field": "Ergebnisse und Wirkungen",
        "field": None,
        "indicator": LEAVERS,
        "measured_by": None,
        "unit": None,
        "decimals": 0,
        "readings": [],
        "start": {"year": 2020, "value": None},
        "target": 6.0,
        "direction": None,
        "direction_reason": None,
        "due": "2028-12-31",
        "past_due": False,
        "measures": [],
        "effects": [],
        "changes": {},
        "reviews": [],
    }
    return {**base, **changes}


def own(**changes: Any) -> dict[str, Any]:
    """A goal with own readings instead of an indicator."""
    base = {"indicator": None, "measured_by": "Stellenplan", "target": None, "target_field": "Ressourcen"}
    return goal(**base | changes)


def reading(day: str, value: float | None = None, state: str | None = None) -> dict[str, Any]:
    return {"day": day, "value": value, "state": state}


def series(start: float | None, now: float | None, year: int = 2024, half: float | None = 1.0, **more: Any) -> list:
    """The values of 2020 and of `year`, each ± `half`."""
    return [
        row(OWN, at, value, low=value and half and value - half, high=value and half and value + half, **more)
        for at, value in ((2020, start), (year, now))
        if value is not None
    ]


def progress(load, rows: list, one: dict[str, Any]):
    data = load(rows, goals=[one])
    return progress_of(data, data.goals[0])


def told(load, rows: list, one: dict[str, Any], **content: Any) -> str:
    """All that is said after the sentence on the newest value."""
    data = load(rows, goals=[one], **content)
    return spaces(" ".join(goal_sentences(data, data.goals[0])[one["indicator"] is not None :]))


@pytest.mark.parametrize(
    ("start", "now", "year", "share", "expected", "status"),
    [
        # from 10 to 6 in eight years: half a point a year, 8 in 2024
        (10.0, 8.0, 2024, 50, 8.0, "underway"),  # on the line; its interval of ±1 holds 8.0
        (10.0, 6.5, 2024, 87.5, 8.0, "on_track"),  # 6.5 ± 1 does not reach 8
        (10.0, 9.5, 2024, 12.5, 8.0, "behind"),
        (10.0, 8.9, 2024, 27.5, 8.0, "underway"),  # 8.9 ± 1 reaches 8: behind by chance, perhaps
        (10.0, 11.0, 2024, -25, 8.0, "away"),
        (10.0, 10.04, 2024, 0, 8.0, "still"),  # rounded the same
        (10.0, 5.5, 2024, 112.5, 8.0, "perhaps"),  # 5.5 ± 1 reaches 6
        (10.0, 4.9, 2024, 127.5, 8.0, "reached"),
        (10.0, 6.0, 2024, 100, 8.0, "perhaps"),
        (10.0, 9.0, 2028, 25, None, "underway"),  # the year of the goal has come: no course any more
        (10.0, 7.0, 2022, 75, 9.0, "on_track"),
    ],
)
def test_share_of_the_way_and_even_course(load, start, now, year, share, expected, status):
    found = progress(load, series(start, now, year), goal())
    assert (found.share, found.expected, found.status) == (pytest.approx(share), expected, status)


def test_a_goal_upwards_is_read_upwards(load):
    one = goal(target=90.0, direction="more")
    assert progress(load, series(80.0, 84.0), one).status == "underway"  # 84 ± 1, even course 85
    assert progress(load, series(80.0, 83.0), one).status == "behind"
    assert progress(load, series(80.0, 91.5), one).status == "reached"
    assert progress(load, series(80.0, 78.0), one).share == -20


BASE = (
    "Ausgangswert im Abgangsjahr 2020: 10,0 % (Vertrauensbereich 9,0 bis 11,0). Ziel: höchstens 6,0 % bis zum "
    "31.12.2028."
)
NO_FORECAST = "Das ist ein Rechenbeispiel und keine Vorausberechnung."
COURSE = "Bei gleichmäßigem Verlauf bis 2028 läge der Wert 2024 bei 8,0 %; der neueste Wert"
INSIDE = "Der Vertrauensbereich des neuesten Werts schließt den Zielwert"


@pytest.mark.parametrize(
    ("now", "change", "words"),
    [
        (
            7.5,
            "below",
            "Vom Weg zwischen Ausgangswert und Zielwert sind 63 % zurückgelegt. Die Veränderung seit 2020 ist "
            f"statistisch gesichert. {COURSE} ist mindestens so weit; der Abstand kann Zufall sein. {NO_FORECAST}",
        ),
        (
            9.5,
            "similar",
            "Vom Weg zwischen Ausgangswert und Zielwert sind 13 % zurückgelegt. Die Veränderung seit 2020 kann Zufall "
            f"sein. {COURSE} liegt dahinter zurück. {NO_FORECAST}",
        ),
        (
            6.5,
            "below",
            "Vom Weg zwischen Ausgangswert und Zielwert sind 88 % zurückgelegt. Die Veränderung seit 2020 ist "
            f"statistisch gesichert. {INSIDE} ein. {COURSE} ist mindestens so weit. {NO_FORECAST}",
        ),
        (
            5.5,
            "below",
            "Der Zielwert ist erreicht. Die Veränderung seit 2020 ist statistisch gesichert. "
            f"{INSIDE} aber ein; dass das Ziel erreicht ist, ist nicht gesichert.",
        ),
        (
            4.0,
            "below",
            "Der Zielwert ist erreicht. Die Veränderung seit 2020 ist statistisch gesichert. Auch der "
            "Vertrauensbereich des neuesten Werts liegt ganz jenseits des Zielwerts.",
        ),
        (
            11.0,
            "similar",
            "Der Wert ist weiter vom Ziel entfernt als zu Beginn. Die Veränderung seit 2020 kann Zufall sein. "
            f"{COURSE} liegt dahinter zurück. {NO_FORECAST}",
        ),
        (
            10.0,
            "similar",
            f"Der Wert ist gerundet der gleiche wie zu Beginn. {COURSE} liegt dahinter zurück. {NO_FORECAST}",
        ),
    ],
)
def test_the_way_with_its_uncertainty_in_words(load, now, change, words):
    assert told(load, series(10.0, now), goal(changes={LEAVERS: change})) == f"{BASE} {words}"


def test_a_percent_is_singular_and_a_way_under_way_is_never_none_or_all_of_it(load):
    one, course = goal(target=0.0, start={"year": 2020, "value": None}), " Bei gleichm"
    words = [
        told(load, series(50.0, now, half=None), one).partition(course)[0].split(". ")[-2] for now in (49.5, 49.9, 0.2)
    ]
    way = "Vom Weg zwischen Ausgangswert und Zielwert"
    assert words == [f"{way} {share} % zurückgelegt" for share in ("ist 1", "ist weniger als 1", "sind mehr als 99")]


def test_without_intervals_chance_is_not_judged(load):
    words = told(load, series(10.0, 5.0, half=None), goal())
    assert words == (
        "Ausgangswert im Abgangsjahr 2020: 10,0 %. Ziel: höchstens 6,0 % bis zum 31.12.2028. Der Zielwert ist "
        "erreicht. Die Veränderung seit 2020 lässt sich nicht darauf prüfen, ob sie Zufall ist: Es fehlen "
        "Vertrauensbereiche."
    )


def test_the_newest_value_is_told_with_date_interval_and_comparison(load):
    data = load([*series(10.0, 8.0), row("15", 2024, 9.0), row("DG", 2024, 7.0)], goals=[goal()])
    assert spaces(goal_sentences(data, data.goals[0])[0]) == (
        "Im Abgangsjahr 2024 betrug der Anteil der Abgänge ohne Hauptschulabschluss im Burgenlandkreis 8,0 % "
        "(Vertrauensbereich 7,0 bis 9,0). Das sind 1,0 Prozentpunkte weniger als im Land Sachsen-Anhalt (9,0 %) und "
        "1,0 Prozentpunkte mehr als in Deutschland (7,0 %)."
    )


def test_no_value_newer_than_the_start(load):
    assert (
        told(load, series(10.0, None), goal()) == f"{BASE} Einen neueren Wert als den Ausgangswert gibt es noch nicht."
    )


def test_a_newer_value_that_is_secret_is_said_to_be(load):
    data = load([*series(10.0, None), row(OWN, 2024, status="secret"), row("DG", 2024, 7.0)], goals=[goal()])
    assert (
        "Der Wert für das Abgangsjahr 2024 ist unbekannt oder wird geheim gehalten."
        in goal_sentences(data, data.goals[0])[0]
    )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("secret", "ist unbekannt oder wird geheim gehalten"),
        ("missing", "lässt sich nicht berechnen"),
        ("withheld", "wird nicht gezeigt, weil die amtliche Zahl nachweislich falsch ist"),
    ],
)
def test_a_start_without_a_number(load, status, why):
    words = told(load, [row(OWN, 2020, status=status), row(OWN, 2024, 8.0)], goal(past_due=True, due="2024-12-31"))
    assert words == (
        f"Ziel: höchstens 6,0 % bis zum 31.12.2024. Der Ausgangswert für das Abgangsjahr 2020 {why}. Wie weit das Ziel "
        "erreicht ist, lässt sich nicht messen. Die Frist ist am 31.12.2024 abgelaufen; ob das Ziel erreicht ist, "
        "lässt sich nicht sagen."
    )


def test_no_value_at_all(load):
    data = load([row(OWN, 2020, status="secret"), row("DG", 2020, 7.0)], goals=[goal()])
    assert goal_sentences(data, data.goals[0])[0].startswith("Für den Burgenlandkreis liegt der Anteil der Abgänge")


def test_a_break_between_start_and_now_makes_them_not_comparable(load):
    breaks = table(variables=["a"], breaks=[series_break(2022, "der Zensus 2022")])
    words = told(load, series(10.0, 5.0), goal(changes={LEAVERS: "below"}), tables=breaks)
    assert words == (
        f"{BASE} Zwischen 2020 und 2024 liegt der Zensus 2022. Ausgangswert und neuester Wert sind deshalb nicht "
        "vergleichbar; wie weit das Ziel erreicht ist, lässt sich nicht messen."
    )


def test_a_goal_against_the_usual_direction_says_why(load):
    words = told(load, series(10.0, 11.0), goal(target=12.0, direction="more", direction_reason="Sonderfall."))
    assert "Ziel: mindestens 12,0 %" in words
    assert words.endswith("gegen die übliche Richtung der Kennzahl. Begründung der Kommune: Sonderfall.")


def test_own_numbers(load):
    readings = [reading("2024-05-01", 3.0), reading("2022-05-01", 2.5)]
    one = own(readings=readings, target=4.0, direction="more", start={"year": 2020, "value": 2.0}, unit="Stellen")
    assert told(load, [], {**one, "decimals": 1}) == (
        "Gemessen an: Stellenplan. Angabe der Kommune vom 01.05.2024: 3,0 (Stellen). Ausgangswert 2020: 2,0 (Stellen). "
        "Ziel: mindestens 4,0 (Stellen) bis zum 31.12.2028. Vom Weg zwischen Ausgangswert und Zielwert sind 50 % "
        "zurückgelegt. Bei gleichmäßigem Verlauf bis 2028 läge der Wert 2024 bei 3,0; der neueste Wert ist mindestens "
        f"so weit. {NO_FORECAST} Einen Vertrauensbereich und einen Vergleich mit anderen Kommunen gibt es für eigene "
        "Angaben nicht."
    )


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("nicht begonnen", "still"),
        ("begonnen", "underway"),
        ("teilweise erreicht", "underway"),
        ("erreicht", "reached"),
    ],
)
def test_own_states(load, state, status):
    one = own(readings=[reading("2024-05-01", state=state), reading("2023-02-01", state="begonnen")], past_due=True)
    assert progress(load, [], one).status == status
    words = told(load, [], one)
    assert words.startswith(
        f"Gemessen an: Stellenplan. Angabe der Kommune vom 01.05.2024: {state}. Ziel: Zustand „erreicht“ bis zum "
        "31.12.2028. Frühere Angaben: 01.02.2023 begonnen."
    )
    assert ("Die Frist ist am 31.12.2028 abgelaufen; nach der neuesten Angabe" in words) == (state != "erreicht")


def test_overdue_goals_are_named_and_reached_ones_are_not(load):
    late = goal(due="2025-12-31", past_due=True)
    assert [spaces(one) for one in issues(load(series(10.0, 8.0), goals=[late]))] == [
        "Überfällig – „Weniger Abgänge ohne Abschluss“: Die Frist ist am 31.12.2025 abgelaufen; nach der neuesten "
        "Angabe ist das Ziel nicht erreicht. Ein Wert für 2025 liegt noch nicht vor."
    ]
    assert issues(load(series(10.0, 5.0), goals=[late])) == []
    assert issues(load(series(10.0, 8.0), goals=[goal(due="2025-12-31")])) == []


def test_goals_that_cannot_be_measured_are_named(load):
    plain, planned = own(measured_by=None), own(id="b", title="Mehr Räume")
    assert issues(load([], goals=[plain, planned])) == [
        "Nicht messbar – „Weniger Abgänge ohne Abschluss“: Dem Ziel fehlt eine Kennzahl, und es gibt keine eigene "
        "Angabe dazu.",
        "Nicht messbar – „Mehr Räume“: Gemessen werden soll an: Stellenplan. Eine Angabe dazu gibt es noch nicht.",
    ]


@pytest.mark.parametrize(
    ("changes", "clash"),
    [
        ({"target": 12.0, "direction": "more"}, "Das eine will mehr, das andere weniger bei derselben Kennzahl"),
        (
            {"target": 7.0},
            "Für denselben Tag (31.12.2028) nennen sie verschiedene Zielwerte: höchstens 6,0 % und höchstens 7,0 %",
        ),
        ({"target": 7.0, "due": "2026-12-31"}, ""),  # a step on the way
        ({"indicator": "share_other_pct", "target": 7.0}, ""),
        ({}, ""),
    ],
)
def test_goals_that_contradict_each_other_are_named(load, changes, clash):
    indicators = [record(), record("share_other_pct")]
    data = load(series(10.0, 8.0), goals=[goal(), goal(**{"id": "b", "title": "B", **changes})], indicators=indicators)
    found = [spaces(one) for one in issues(data)]
    lead = "Widerspruch – „Weniger Abgänge ohne Abschluss“ und „B“: "
    title = "(Anteil der Abgänge ohne Hauptschulabschluss)."
    assert found == ([f"{lead}{clash} {title}"] if clash else [])


def test_the_chart_draws_the_target_and_says_it_in_text_and_table(load):
    data = load(series(10.0, 8.0), goals=[goal()])
    chart = goal_chart(data, data.goals[0], progress_of(data, data.goals[0]))
    line = chart.figure["data"][-1]
    assert (line["x"], line["y"], line["name"]) == ([2020, 2028], [10.0, 6.0], "Ziel")
    assert chart.figure["layout"]["xaxis"]["range"] == [2019.5, 2028.5]
    assert spaces(chart.alt).endswith("Ziel für 2028: höchstens 6,0 %.")
    assert [spaces(cell) for cell in chart.rows[-1]] == ["2028 (Ziel)", "höchstens 6,0 %"]
    assert chart.id == "ziel-abschluesse" and chart.source.endswith("; Ziel: Angabe der Kommune")


def test_over_a_break_the_chart_draws_no_course_to_the_target(load):
    data = load(series(10.0, 8.0), goals=[goal()], tables=table(variables=["a"], breaks=[series_break(2022, "der X")]))
    line = goal_chart(data, data.goals[0], progress_of(data, data.goals[0])).figure["data"][-1]
    assert (line["x"], line["y"], line["mode"]) == ([2028], [6.0], "markers")


def test_the_tables_of_the_chapter(load):
    measures = [
        {"text": "Lotsen", "responsible": "Schulamt", "transfer": "lotsen", "title": "Lotsen in Kitas", "effort": None}
    ]
    one = goal(measures=measures, effects=["rate_x"], changes={"rate_x": "below"})
    indicators = [record(), record("rate_x", title="Quote X", phrase="die Quote X")]
    rows = [*series(10.0, 8.0), *series(5.0, 3.0, indicator="rate_x"), row("DG", 2020, 7.0)]
    report = EditionReport(load(rows, goals=[one, own(id="b", title="Stellen")], indicators=indicators))
    starts = spaces(report.goal_starts().plain).split("\n")
    assert starts[1:4] == [
        "Ziel | Gemessen an | Ausgangswert | Zeit | Land Sachsen-Anhalt | Deutschland",
        "Weniger Abgänge ohne Abschluss | Anteil der Abgänge ohne Hauptschulabschluss | 10,0 % (9,0 bis 11,0) | 2020 | "
        "– | 7,0 %",
        "Stellen | Stellenplan | – | 2020 | – | –",
    ]
    assert starts[-1].startswith("Quelle: Statistische Ämter") and starts[-1].endswith("; Ziele: Angaben der Kommune")
    targets = report.goal_targets().plain
    assert "In den Zielfeldern „Leistungen und Programme“ und „Prozesse und Strukturen“ ist kein Ziel" in targets
    assert "Lotsen | Weniger Abgänge ohne Abschluss | Schulamt | – | Lotsen in Kitas" in report.goal_measures().plain
    assert 'href="../../transfer/lotsen.html"' in report.goal_measures().html
    assert report.goal_measures().plain.endswith("Ohne eingetragene Maßnahme: „Stellen“.")
    effects = spaces(report.goal_progress().charts[2].plain)
    assert (
        "Quote X | 5,0 % (4,0 bis 6,0) | 3,0 % (2,0 bis 4,0) | 2024 | gesunken, statistisch gesichert, günstiger"
        in effects
    )
    assert "Ob die Maßnahmen eine Veränderung bewirkt haben, zeigen diese Zahlen nicht" in effects


def test_one_goal_is_singular(load):
    late = goal(due="2024-12-31", past_due=True)
    assert EditionReport(load(series(10.0, 9.5, half=None), goals=[late])).goal_findings().plain.split("\n") == [
        "• Ein Ziel ist eingetragen.",
        "• Auf dem Weg: „Weniger Abgänge ohne Abschluss“.",
        "• Bei einem Ziel ist die Frist abgelaufen, ohne dass sich das Erreichen zeigt.",
    ]


def test_an_edition_without_goals_says_so(load):
    report = EditionReport(load([row(OWN, 2024, 8.0)]))
    for shown in (report.goal_findings(), report.goal_issues(), report.goal_measures(), *report.goal_progress().charts):
        assert shown.plain == "Diese Ausgabe enthält keine Ziele der Kommune."
