"""The page on data and methods: tables used, how figures are computed, signs, what is missing, how to rerun."""

import re
from collections import Counter
from html import escape

from transferbuch.regions.names import capitalised
from transferbuch.report.absence import NOT_COMPUTABLE, NOT_HELD, not_existing
from transferbuch.report.notes import denominator_note
from transferbuch.report.numbers import ABSENCES, count, date_long, date_short, listed, number, year_spans
from transferbuch.report.own import INTERNAL_TERMS
from transferbuch.report.sentences import missing_sentence, newer_sentence
from transferbuch.report.slice_model import CHAPTERS, Indicator, OwnTable, Slice
from transferbuch.report.tables import Fragment, bullet_list, paragraph, table, words
from transferbuch.report.territory import MEANINGS, SIGNS, former_kreise
from transferbuch.vocabulary import PUBLIC

_AREAS = {
    "gemeinde": ("Gemeinde", "Gemeinden"),
    "stadtteil": ("Stadtteil", "Stadtteile"),
    "sprengel": ("Schulsprengel", "Schulsprengel"),
    "schule": ("Schule", "Schulen"),
}
"""Level of an own table → one area, several areas; a table of the whole municipality says so with its name."""


def sources(data: Slice) -> Fragment:
    """One row per official table: code (link to the database), title, Stand of the deliveries, licence, attribution."""
    rows = []
    for one in data.tables.values():
        stands = listed(date_short(stand) for stand in sorted({file.stand for file in one.files})) or "ohne Angabe"
        rows.append(
            [words(one.name, one.url), words(one.title), words(stands), words(one.licence), words(one.attribution)]
        )
    quality = Fragment(
        '<p><a href="../../methodik/datenqualitaet.html">Qualität der Daten</a>: was die Prüfung gefunden hat und '
        "welche Zahlen sie zurückhält.</p>",
        "Qualität der Daten: siehe methodik/datenqualitaet.html",
    )
    return table("Verwendete Tabellen", ["Tabelle", "Titel", "Stand", "Lizenz", "Namensnennung"], rows) + quality


def own_data(data: Slice) -> Fragment:
    """One row per own table: title, content, areas, period, source, Stand, licence; then what is left out.

    Internal tables are only in the slice of an internal edition, so the sentence for none speaks only of this edition.
    """
    if not data.own_data:
        return paragraph("Diese Ausgabe enthält keine eigenen Daten der Kommune.")
    rows = [
        [
            words(one.title),
            words("; ".join(column.label for column in one.columns)),
            words(_areas(data, one)),
            words(_periods(one.periods)),
            words(one.source),
            words(date_short(one.stand)),
            words(one.licence if one.access == PUBLIC else INTERNAL_TERMS),
        ]
        for one in data.own_data
    ]
    columns = ["Datensatz", "Inhalt", "Gebiete", "Zeitraum", "Quelle", "Stand", "Lizenz"]
    return table("Eigene Daten der Kommune", columns, rows) + paragraph(
        "Zahlen, die Rückschlüsse auf einzelne Personen oder Betriebe zulassen, sind in dieser Ausgabe nicht enthalten."
    )


def caveats(data: Slice) -> Fragment:
    """The caveats of every table; tables that share them are named together, each with its own title."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in data.tables.values():
        if one.caveats:
            groups.setdefault(one.caveats, []).append(one.code)
    parts = []
    for texts, codes in groups.items():
        titled: dict[str, list[str]] = {}
        for code in codes:
            titled.setdefault(data.tables[code].title, []).append(code)
        named = [
            f"{'Tabelle' if len(same) == 1 else 'Tabellen'} {listed(same)}, {title}" for title, same in titled.items()
        ]
        parts.append(paragraph(f"{'; '.join(named)}:") + bullet_list(list(texts), "tb-caveats"))
    if not parts:
        return paragraph("Zu den verwendeten Tabellen sind keine Besonderheiten vermerkt.")
    return Fragment("\n".join(part.html for part in parts), "\n\n".join(part.plain for part in parts))


def breaks(data: Slice) -> Fragment:
    """One row per declared break that concerns this Land, in order of years, with the tables it lies in."""
    found: dict[tuple[int, str, str, str], list[str]] = {}
    for code, one in data.tables.items():
        for item in one.breaks:
            if not item.laender or data.land in item.laender:
                span = f"{item.since} bis {item.until}" if item.until and item.until != item.since else str(item.since)
                found.setdefault((item.since, span, item.what, item.detail), []).append(code)
    if not found:
        return paragraph("Für die verwendeten Tabellen ist kein Bruch vermerkt.")
    rows = [
        [words(span), words(capitalised(what)), words(detail), words(", ".join(codes))]
        for (_, span, what, detail), codes in sorted(found.items())
    ]
    return table("Brüche der Reihen", ["Jahr", "Bruch", "Was sich geändert hat", "Tabellen"], rows)


def definitions(data: Slice) -> Fragment:
    """One row per indicator: title (link to its page), chapter, definition with computation, unit, tables."""
    rows = [
        [
            words(one.title, f"../../indikatoren/{one.id}.html"),
            words(CHAPTERS[one.chapter]),
            words(f"{one.definition} {_computation(one)}".rstrip()),
            words(one.unit or "ohne Einheit"),
            words(", ".join(one.tables)),
        ]
        for one in data.indicators.values()
    ]
    return table("Berechnung der Kennzahlen", ["Kennzahl", "Kapitel", "Definition", "Einheit", "Tabellen"], rows)


def territory(data: Slice) -> Fragment:
    """The Gebietsstand, the former Kreise of the municipality, and how many of its values are converted."""
    place, former = data.own, former_kreise(data, data.ags)
    moved = [f"{one.since}: {one.detail}" for one in data.moves]
    lead = paragraph(
        f"Gebietsstand aller Werte ist der {date_long(data.gebietsstand)}.",
        f"{capitalised(place.nominative)} hat seit 1995 kein Gebiet eines aufgelösten Kreises übernommen."
        if not former
        else "",
    )
    if moved:
        told = "Einzelne Gemeinden haben den Kreis gewechselt; das ist nicht umgerechnet, sondern als Bruch vermerkt:"
        lead = lead + paragraph(told) + bullet_list(moved, "tb-former")
    if not former:
        return lead
    made = Counter(
        value.territory
        for one in data.indicators
        for value in data.values(one, data.ags).values()
        if value.value is not None
    )
    words_of = {"": "wie veröffentlicht", "sum": "zusammengezählt", "shares": "geschätzt"}
    counted = ", ".join(f"{count(made[kind])} {word}" for kind, word in words_of.items())
    return (
        lead
        + paragraph(f"Früher eigene Kreise, heute im Gebiet {place.genitive}:")
        + bullet_list(former, "tb-former")
        + paragraph(f"Werte dieser Ausgabe nach ihrem Gebiet: {counted}.")
        + bullet_list([f"{SIGNS[kind]} {capitalised(meaning)}." for kind, meaning in MEANINGS.items()], "tb-former")
    )


def symbols(data: Slice) -> Fragment:
    """Signs with their meanings, one row per meaning; a zero is a number and no sign."""
    meanings = {**ABSENCES, "not_existing": not_existing(data.own)}
    rows = [[words(one.symbol), words(one.meaning)] for one in (*meanings.values(), NOT_COMPUTABLE, NOT_HELD)]
    rows.append([words("0"), words("null oder gerundet null")])
    return table("Zeichen in den Tabellen", ["Zeichen", "Bedeutung"], rows)


def missing(data: Slice) -> Fragment:
    """One sentence per indicator without any value, or without one for the newest year that others have."""
    sentences = []
    for one in data.indicators.values():
        latest = data.latest(one.id, data.ags)
        if latest is None:
            sentences.append(missing_sentence(data, one))
        elif newer := newer_sentence(data, one, latest):
            sentences.append(f"{one.title}: {newer} Der neueste Wert ist von {latest.year}.")
    have = sum(data.latest(one.id, data.ags) is not None for one in data.indicators.values())
    lead = paragraph(f"{amount_of(have, len(data.indicators))} mindestens einen Wert für {data.own.accusative}.")
    return lead + bullet_list(sentences, "tb-missing") if sentences else lead


def amount_of(have: int, whole: int) -> str:
    """ "Alle 60 Kennzahlen haben", "41 von 60 Kennzahlen haben", "Eine von 60 Kennzahlen hat": begin of a sentence."""
    if have == whole:
        return "Die einzige Kennzahl hat" if whole == 1 else f"Alle {whole} Kennzahlen haben"
    return f"Eine von {whole} Kennzahlen hat" if have == 1 else f"{have} von {whole} Kennzahlen haben"


def rerun(data: Slice, notebook: str, form: str = "") -> Fragment:
    """The command in a sentence and as code; the fingerprint tells whether the same official files were used.

    notebook: its name without `.ipynb`; of an internal one with its folder, `intern/planung`;
    form: id of the report form that the page shows, "" for a chapter
    """
    # without it the command would look into the imported official data, where it exists
    source = " --data modellregion" if data.fictional else ""
    audience = "" if data.audience == PUBLIC else f" --audience {data.audience}"
    command = f"transferbuch run notebooks/{notebook}.ipynb --ags {data.ags}{source}{audience}"
    command += f" --form {form}" if form else ""
    why = "Diese Seite lässt sich mit den gleichen Daten neu erzeugen:"
    package = (
        f"Die verwendeten Tabellendateien haben zusammen das Kennzeichen {data.data_files}; die gleichen Dateien "
        "ergeben überall das gleiche Kennzeichen."
    )
    return Fragment(
        f'<div class="tb-rerun"><p>{escape(why)}</p>\n<pre><code>{escape(command)}</code></pre>\n'
        f"<p>{escape(package)}</p></div>",
        f"{why}\n\n    {command}\n\n{package}",
    )


def _areas(data: Slice, one: OwnTable) -> str:
    """ "8 Stadtteile", "1 Gemeinde"; of a table without smaller areas the name of the municipality."""
    if one.level not in _AREAS:
        return f"{data.own.label} insgesamt"
    return f"{number(one.areas)} {_AREAS[one.level][one.areas != 1]}"


def _periods(periods: tuple[str, ...]) -> str:
    """ "2019 bis 2024", "Schuljahr 2024/25", "Schuljahre 2021/22 und 2022/23"."""
    spans = year_spans(int(period[:4]) for period in periods)
    if "/" not in periods[0]:
        return spans
    named = re.sub(r"[0-9]{4}", lambda year: f"{year[0]}/{(int(year[0]) + 1) % 100:02d}", spans)
    return f"{'Schuljahr' if len(periods) == 1 else 'Schuljahre'} {named}"


def _computation(indicator: Indicator) -> str:
    """How the figure is made, as sentences behind the definition; "" for published ones, which say so themselves."""
    per = f"{indicator.per:,}".replace(",", ".")
    formula = {
        "share": "Berechnung: 100 × Zähler ÷ Nenner.",
        "rate": f"Berechnung: {per} × Zähler ÷ Nenner.",
        "ratio": "Berechnung: Zähler ÷ Nenner.",
        "value": "Wie veröffentlicht.",
        "change": f"Berechnung: 100 × (Wert ÷ Wert {indicator.years} Jahre zuvor − 1).",
    }[indicator.kind]
    if indicator.kind == "value" and "veröffentlicht" in indicator.definition:
        formula = ""
    denominator = [] if "Vorjahres" in indicator.definition else denominator_note([indicator])
    return " ".join(part for part in (formula, *denominator) if part)
