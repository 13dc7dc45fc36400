"""The interface notebooks use: texts, tables, sentences in place of charts, cards, methods, rerun."""

import json
import re
import subprocess
import sys
from typing import get_args

import pytest

from tests.report.conftest import BURGENLAND, LEAVERS, record, row, spaces, table
from transferbuch.errors import PersonFileError
from transferbuch.indicators.catalogue import Chapter
from transferbuch.report import open_edition
from transferbuch.report.charts import Chart
from transferbuch.report.numbers import ABSENCES
from transferbuch.report.slice_model import CHAPTERS
from transferbuch.report.tables import Cell, Fragment, words
from transferbuch.report.tables import table as html_table

PEERS = ["15088", "15083", "15002"]
SOURCE = (
    "Quelle: Statistische Ämter des Bundes und der Länder, Tabelle 21111-02-06-4, Stand 24.02.2018 und "
    "13.03.2025; eigene Berechnung; Lizenz dl-de/by-2-0"
)


@pytest.fixture
def edition(make_slice):
    return open_edition("15084", make_slice(BURGENLAND, peers=PEERS))


@pytest.fixture
def open_slice(make_slice):
    return lambda *args, ags="15084", **content: open_edition(ags, make_slice(*args, ags=ags, **content))


def test_intro(edition):
    assert edition.intro().plain == (
        "Der Burgenlandkreis (Schlüssel 15084) gehört zu den 4 Landkreisen und kreisfreien Städten in Sachsen-Anhalt. "
        "Die Kennzahlen dieser Ausgabe beruhen auf 1 amtlichen Tabelle; sie hat den Stand 13.03.2025. "
        "Die einzige Kennzahl hat einen Wert für 2017 oder ein späteres Jahr; bei jeder Zahl steht, für wann sie gilt."
    )


def test_intro_of_a_city_state_with_contact(open_slice):
    edition = open_slice(
        [row("02000", 2023, 6.4)],
        ags="02000",
        parameters={"contact": "Bildungsbüro"},
        tables={**table(), **table("12411-01-01-4", stand="2026-03-10")},
    )
    assert edition.intro().plain == (
        "Hamburg (Schlüssel 02000) ist Land und kreisfreie Stadt zugleich. Die Kennzahlen dieser Ausgabe beruhen auf "
        "2 amtlichen Tabellen; die älteste hat den Stand 13.03.2025, die neueste den Stand 10.03.2026. Die einzige "
        "Kennzahl hat einen Wert für 2017 oder ein späteres Jahr; bei jeder Zahl steht, für wann sie gilt.\n\n"
        "Auskunft gibt: Bildungsbüro."
    )


def test_intro_of_the_model_region_says_that_it_is_invented(open_slice):
    plain = open_slice([row("99052", 2023, 6.4)], ags="99052").intro().plain
    assert plain.startswith("Modellregion – erfundene Daten: Diese Kommune gibt es nicht.")
    assert "1 erfundenen Tabelle im Format der amtlichen Statistik" in plain


def test_findings_are_a_list_with_its_source(edition):
    found = edition.findings([LEAVERS])
    assert spaces(found.html).startswith(
        '<ul class="tb-findings">\n<li>Im Abgangsjahr 2023 betrug der Anteil der Abgänge ohne Hauptschulabschluss im '
        "Burgenlandkreis 15,1 % (240 von 1.587)."
    )
    assert found.html.endswith(f'</ul>\n<p class="tb-source">{SOURCE}</p>')


def test_overview(edition):
    lines = spaces(edition.overview("allgemeinbildende-schulen").plain).split("\n")
    assert lines == [
        "Allgemeinbildende Schulen: Kennzahlen im Burgenlandkreis im Überblick",
        "Kennzahl | Burgenlandkreis | Land Sachsen-Anhalt | Deutschland | Jahr oder Stichtag",
        "Anteil der Abgänge ohne Hauptschulabschluss | 15,1 % | 12,7 % | 7,1 % | 2023",
        "Angestrebt werden niedrige Werte bei „Anteil der Abgänge ohne Hauptschulabschluss“.",
        SOURCE,
    ]


def test_overview_shows_the_newest_year_that_can_be_compared(open_slice):
    plain = spaces(
        open_slice([*BURGENLAND, row("15084", 2024, 15.2)], peers=PEERS).overview("allgemeinbildende-schulen").plain
    )
    assert "| 15,1 % | 12,7 % | 7,1 % | 2023" in plain
    assert "Für eine Kennzahl gibt es neuere Werte (2024), aber keinen Vergleichswert dazu" in plain


def test_overview_keeps_signs_and_explains_them(open_slice):
    edition = open_slice([row("15084", 2023, status="secret"), row("15", 2023, 12.7), row("DG", 2023, status="later")])
    overview = edition.overview("allgemeinbildende-schulen")
    assert "| . | 12,7\u00a0% | … | 2023" in overview.plain
    assert "Zeichen: . unbekannt oder geheim gehalten; … fällt später an." in overview.plain
    assert '<abbr title="unbekannt oder geheim gehalten">.</abbr>' in overview.html


def test_counts_show_the_newest_own_value_without_comparison(open_slice):
    people = record("count_population", "value", unit="Personen", decimals=0, title="Bevölkerung", caveats=[])
    rows = [
        row("15084", 2018, 180190, indicator="count_population"),
        row("15", 2018, 2208321, indicator="count_population"),
        row("15084", 2024, 173684, indicator="count_population", time="2024-12-31"),
    ]
    lines = open_slice(rows, indicators=[people]).overview("allgemeinbildende-schulen").plain.split("\n")
    assert lines[2:5] == [
        "Bevölkerung | 173.684 | – | – | 31.12.2024",
        "Zeichen: – im Datenbestand nicht enthalten.",
        "Absolute Zahlen zeigt die Tabelle mit dem neuesten eigenen Wert, auch wenn es dazu keinen Wert für Land oder "
        "Bund gibt.",
    ]


def test_overview_tells_what_only_changes_have_to_be_read_with(open_slice):
    change = record("change", "change", years=10, title="Veränderung", caveats=["Gerundet.", "Mit Zensus."])
    level = record("level", title="Anteil", caveats=["Gerundet."])
    rows = [row("15084", 2023, 1.0, indicator=one) for one in ("change", "level")]
    edition = open_slice(rows, indicators=[change, level])
    assert edition.overview("allgemeinbildende-schulen").plain.endswith(
        "Hinweise zu Veränderungen:\n• „Veränderung“: Mit Zensus."
    )
    # once per page: the last table repeats neither this one nor what stands at a figure
    edition.series("level")
    rest = edition.others("allgemeinbildende-schulen").plain
    assert "Weitere Hinweise stehen bei Abbildung 1." in rest and "Mit Zensus" not in rest and "Gerundet" not in rest


def test_notes_of_the_last_table_are_folded_when_there_are_many(open_slice):
    many = [record(f"part{i}", title=f"Teil {i}", caveats=["Gerundet.", f"Hinweis {i}."]) for i in range(3)]
    rows = [row("15084", 2023, 1.0, indicator=one["id"]) for one in many]
    shown = open_slice(rows, indicators=many).others("allgemeinbildende-schulen")
    assert shown.plain.endswith(
        "Hinweise zu diesen Kennzahlen:\n• Gerundet.\n• „Teil 0“: Hinweis 0.\n• „Teil 1“: Hinweis 1.\n"
        "• „Teil 2“: Hinweis 2."
    )
    assert '<details class="tb-numbers"><summary>Hinweise zu diesen Kennzahlen</summary>' in shown.html


def test_others_are_those_without_a_chart(make_slice):
    second = record("second", title="Jugendquotient", unit="je 100", kind="value")
    rows = [*BURGENLAND, *(row("15084", year, float(year - 2000), indicator="second") for year in (2013, 2014, 2015))]
    edition = open_edition("15084", make_slice(rows, peers=PEERS, indicators=[record(), second]))
    assert "Anteil der Abgänge" in edition.others("allgemeinbildende-schulen").plain
    edition.series(LEAVERS)
    lines = edition.others("allgemeinbildende-schulen").plain.split("\n")
    assert lines[1:3] == [
        "Kennzahl | neuester Wert | Wert davor | erster Wert",
        "Jugendquotient (je 100) | 15,0 (2015) | 14,0 (2014) | 13,0 (2013)",
    ]
    edition.series("second")
    assert edition.others("allgemeinbildende-schulen").plain == (
        "Alle Kennzahlen dieses Kapitels sind oben als Diagramm zu sehen."
    )


def test_charts_of_one_page_have_ids_of_their_own_and_repeat_no_caveat(edition):
    first, second = edition.series(LEAVERS), edition.series(LEAVERS)
    assert (first.id, second.id) == (f"zeitreihe-{LEAVERS.replace('_', '-')}", f"{first.id}-2")
    assert first.caveats == ["Nachgeholte Abschlüsse zählen nicht."]
    assert second.caveats == ["Weitere Hinweise stehen bei Abbildung 1."]
    assert edition.comparison(LEAVERS).id == "vergleich-share-leavers-without-certificate-pct"


def test_no_value_gives_a_sentence_in_place_of_a_chart(open_slice):
    edition = open_slice([row("15084", 2023, status="secret"), row("15088", 2023, 9.2)], peers=["15088"])
    sentence = (
        "Für den Burgenlandkreis liegt der Anteil der Abgänge ohne Hauptschulabschluss nicht vor: Der Wert für "
        "das Abgangsjahr 2023 ist unbekannt oder wird geheim gehalten."
    )
    for shown in (edition.series(LEAVERS), edition.comparison(LEAVERS), edition.findings([LEAVERS])):
        assert isinstance(shown, Fragment) and sentence in shown.plain
    assert edition.composition([LEAVERS], "Abgänge nach Abschluss").plain == (
        "Die Anteile für „Abgänge nach Abschluss“ liegen für den Burgenlandkreis in keinem Jahr vollständig vor. "
        "Ohne Wert: „Anteil der Abgänge ohne Hauptschulabschluss“."
    )


def test_a_city_state_has_no_other_kreise(open_slice):
    edition = open_slice([row("02000", 2023, 6.4), row("02", 2023, 6.4)], ags="02000")
    assert isinstance(edition.series(LEAVERS), Chart)
    assert edition.comparison(LEAVERS).plain == (
        "Hamburg ist zugleich das Land; einen Vergleich mit anderen Kreisen des Landes gibt es deshalb nicht."
    )


def test_nobody_to_compare_with(open_slice):
    edition = open_slice([row("15084", 2023, 15.1), row("15088", 2023, status="secret")], peers=["15088"])
    assert edition.comparison(LEAVERS).plain == (
        "Der Anteil der Abgänge ohne Hauptschulabschluss lässt sich nicht mit anderen Kreisen vergleichen: In den "
        "Jahren mit einem Wert für den Burgenlandkreis fehlen alle anderen Werte."
    )


def test_rerun(edition):
    rerun = edition.rerun("allgemeinbildende-schulen")
    command = "transferbuch run notebooks/allgemeinbildende-schulen.ipynb --ags 15084"
    assert f"<pre><code>{command}</code></pre>" in rerun.html
    assert command in rerun.plain and "0123456789abcdef" in rerun.plain


def test_sources(edition):
    assert edition.sources().plain.split("\n")[2] == (
        "21111-02-06-4 | Absolvierende/Abgehende | 24.02.2018 und 13.03.2025 | dl-de/by-2-0 | "
        "© Statistische Ämter des Bundes und der Länder, Deutschland, 2025"
    )
    assert '<a href="https://www.regionalstatistik.de">21111-02-06-4</a>' in edition.sources().html


def own_table(**changes) -> dict:
    base = {
        "title": "Kinder in den Stadtteilen",
        "id": "kinder",
        "columns": [
            {"id": "people", "label": "Bevölkerung", "unit": "Personen", "kind": "count", "classes": []},
            {"id": "children", "label": "Kinder unter 6 Jahren", "unit": "Kinder", "kind": "count", "classes": []},
        ],
        "level": "stadtteil",
        "areas": 8,
        "periods": ["2019", "2020", "2021", "2024"],
        "source": "Statistikstelle",
        "stand": "2025-02-14",
        "licence": "CC BY 4.0",
    }
    return {**base, **changes}


def test_own_tables_are_listed_with_what_is_left_out(open_slice):
    edition = open_slice(BURGENLAND, peers=PEERS, own_data=[own_table()])
    assert edition.own_data().plain.split("\n") == [
        "Eigene Daten der Kommune",
        "Datensatz | Inhalt | Gebiete | Zeitraum | Quelle | Stand | Lizenz",
        "Kinder in den Stadtteilen | Bevölkerung; Kinder unter 6 Jahren | 8 Stadtteile | 2019 bis 2021 und 2024 | "
        "Statistikstelle | 14.02.2025 | CC BY 4.0",
        "",
        "Zahlen, die Rückschlüsse auf einzelne Personen oder Betriebe zulassen, sind in dieser Ausgabe nicht "
        "enthalten.",
    ]


@pytest.mark.parametrize(
    ("changes", "areas", "span"),
    [
        ({"level": "schule", "areas": 1, "periods": ["2023/24"]}, "1 Schule", "Schuljahr 2023/24"),
        (
            {"level": "sprengel", "areas": 2, "periods": ["2022/23", "2023/24"]},
            "2 Schulsprengel",
            "Schuljahre 2022/23 und 2023/24",
        ),
        (
            {"level": "gemeinde", "areas": 1204, "periods": ["1998/99", "1999/00", "2000/01"]},
            "1.204 Gemeinden",
            "Schuljahre 1998/99 bis 2000/01",
        ),
        ({"level": "kreis", "areas": 1, "periods": ["2024"]}, "Burgenlandkreis insgesamt", "2024"),
    ],
)
def test_areas_and_periods_of_own_tables_in_words(open_slice, changes, areas, span):
    edition = open_slice(BURGENLAND, peers=PEERS, own_data=[own_table(**changes), own_table(id="mehr")])
    lines = edition.own_data().plain.split("\n")
    assert lines[2].split(" | ")[2:4] == [areas, span]


def test_without_own_tables_the_page_says_so(edition):
    assert edition.own_data().plain == "Diese Ausgabe enthält keine eigenen Daten der Kommune."


def test_caveats_of_tables_with_the_same_content_are_told_once(open_slice):
    edition = open_slice(BURGENLAND, peers=PEERS, tables={**table(), **table("21111-02-06-4-B")})
    assert edition.caveats().plain == (
        "Tabellen 21111-02-06-4 und 21111-02-06-4-B, Absolvierende/Abgehende:\n\n"
        "• Das Jahr ist das Jahr, in dem das Schuljahr endet."
    )
    other = table("21111-01-03-4", title="Schulen und Schüler")
    assert (
        open_slice(BURGENLAND, peers=PEERS, tables={**other, **table()})
        .caveats()
        .plain.startswith(
            "Tabelle 21111-01-03-4, Schulen und Schüler; Tabelle 21111-02-06-4, Absolvierende/Abgehende:\n\n"
        )
    )


def test_definitions_and_symbols(open_slice):
    kinds = [
        record("a", "share"),
        record("b", "rate", per=1000, unit="je 1.000"),
        record("c", "ratio", unit="Kinder"),
        record("d", "value", unit=""),
        record("e", "change", years=10),
        record("f", "value", unit="Jahre", definition="Durchschnitt, wie veröffentlicht."),
        record("g", "share", definition="Kinder je 100.", tables=["12411-02-03-4"]),
    ]
    kinds[-1]["formula"]["denominator_years_before"] = 1
    lines = open_slice(BURGENLAND, peers=PEERS, indicators=kinds).definitions().plain.split("\n")[2:]
    assert [line.split(" | ")[2:4] for line in lines] == [
        ["Abgänge ohne Abschluss. Berechnung: 100 × Zähler ÷ Nenner.", "%"],
        ["Abgänge ohne Abschluss. Berechnung: 1.000 × Zähler ÷ Nenner.", "je 1.000"],
        ["Abgänge ohne Abschluss. Berechnung: Zähler ÷ Nenner.", "Kinder"],
        ["Abgänge ohne Abschluss. Wie veröffentlicht.", "ohne Einheit"],
        ["Abgänge ohne Abschluss. Berechnung: 100 × (Wert ÷ Wert 10 Jahre zuvor − 1).", "%"],
        ["Durchschnitt, wie veröffentlicht.", "Jahre"],
        [
            "Kinder je 100. Berechnung: 100 × Zähler ÷ Nenner. Nenner ist die Bevölkerung am 31. Dezember des "
            "Vorjahres.",
            "%",
        ],
    ]


def test_symbols(edition):
    lines = edition.symbols().plain.split("\n")
    assert ". | unbekannt oder geheim gehalten" in lines and "0 | null oder gerundet null" in lines
    assert "– | Kreis in heutiger Abgrenzung gab es noch nicht" in lines
    assert "– | im Datenbestand nicht enthalten" in lines and not any(" oder nicht " in line for line in lines)


def test_missing(open_slice):
    second = record("second", title="Jugendquotient", phrase="der Jugendquotient")
    rows = [
        row("15084", 2022, 14.0),
        row("15084", 2023, status="secret"),
        row("15084", 2023, status="missing", indicator="second"),
        row("15", 2023, 12.0),
    ]
    assert open_slice(rows, indicators=[record(), second]).missing().plain == (
        "Eine von 2 Kennzahlen hat mindestens einen Wert für den Burgenlandkreis.\n\n"
        "• Anteil der Abgänge ohne Hauptschulabschluss: Der Wert für das Abgangsjahr 2023 ist unbekannt oder wird "
        "geheim gehalten. Der neueste Wert ist von 2022.\n"
        "• Für den Burgenlandkreis lässt sich der Jugendquotient in keinem Jahr berechnen."
    )
    rows = [*BURGENLAND, row("15084", 2023, 30.0, indicator="second")]
    assert open_slice(rows, peers=PEERS, indicators=[record(), second]).missing().plain == (
        "Alle 2 Kennzahlen haben mindestens einen Wert für den Burgenlandkreis."
    )


def test_a_mistyped_name_is_answered_with_the_nearest(edition):
    with pytest.raises(PersonFileError, match="did you mean 'share_leavers_without_certificate_pct'"):
        edition.series("share_leavers_without_certificat_pct")
    with pytest.raises(PersonFileError, match="there is no such chapter"):
        edition.overview("schulen")


def test_tables_are_accessible():
    rows = [[words("Börde", "x.html"), Cell("9,4")], [words("Halle"), Cell(absence=ABSENCES["secret"])]]
    shown = html_table("Zahlen <2023>", ["Kreis", "Wert"], rows, source="Quelle: A")
    assert shown.html == (
        '<div class="tb-table" role="region" aria-label="Zahlen &lt;2023&gt;" tabindex="0">\n'
        "<table><caption>Zahlen &lt;2023&gt;</caption>\n"
        '<thead><tr><th scope="col">Kreis</th><th scope="col">Wert</th></tr></thead>\n<tbody>\n'
        '<tr><th scope="row"><a href="x.html">Börde</a></th><td class="tb-number">9,4</td></tr>\n'
        '<tr><th scope="row">Halle</th><td class="tb-number"><abbr title="unbekannt oder geheim gehalten">.</abbr></td>'
        "</tr>\n</tbody></table></div>\n"
        '<p class="tb-note">Zeichen: . unbekannt oder geheim gehalten.</p>\n<p class="tb-source">Quelle: A</p>'
    )
    with pytest.raises(ValueError, match="every row needs 2 cells"):
        html_table("Zahlen", ["Kreis", "Wert"], [[words("Börde")]])


def test_nothing_shown_has_a_heading_an_id_or_a_script(edition):
    shown = [
        edition.intro(),
        edition.findings([LEAVERS]),
        edition.overview("allgemeinbildende-schulen"),
        edition.others("allgemeinbildende-schulen"),
        edition.sources(),
        edition.caveats(),
        edition.definitions(),
        edition.symbols(),
        edition.missing(),
        edition.rerun("ueberblick"),
        edition.transfer_cards(),
        edition.need_profile(),
        edition.transfer_write_ups(),
    ]
    for fragment in shown:
        data = fragment._repr_mimebundle_()
        assert set(data) == {"text/html", "text/plain"}
        assert not re.search(r"<h[1-6]|<script| id=", data["text/html"])


def test_every_chapter_of_the_catalogue_has_its_title():
    assert set(CHAPTERS) == set(get_args(Chapter))


def test_importing_the_report_stays_light():
    code = "import sys, json, transferbuch.report; print(json.dumps(sorted(sys.modules)))"
    found = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    heavy = ("pandas", "scipy", "plotly", "sklearn", "transferbuch.indicators", "transferbuch.data")
    loaded = [
        one for one in found if one in heavy or one.startswith(("transferbuch.indicators.", "transferbuch.data."))
    ]
    assert loaded == ["transferbuch.indicators", "transferbuch.indicators.breaks"]
