"""The page on data and methods: tables used, how figures are computed, signs, what is missing, how to rerun."""

from html import escape

from transferbuch.report.numbers import ABSENCES, date_short, listed
from transferbuch.report.sentences import missing_sentence, newer_sentence
from transferbuch.report.slice_reader import CHAPTERS, Indicator, Slice
from transferbuch.report.tables import Fragment, bullet_list, paragraph, table, words


def sources(data: Slice) -> Fragment:
    """One row per official table: code (link to the database), title, Stand of the deliveries, licence, attribution."""
    rows = []
    for one in data.tables.values():
        stands = listed(date_short(stand) for stand in sorted({file.stand for file in one.files})) or "ohne Angabe"
        rows.append(
            [words(one.code, one.url), words(one.title), words(stands), words(one.licence), words(one.attribution)]
        )
    return table("Verwendete Tabellen", ["Tabelle", "Titel", "Stand", "Lizenz", "Namensnennung"], rows)


def caveats(data: Slice) -> Fragment:
    """The caveats of every table; tables that share them are named together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in data.tables.values():
        if one.caveats:
            groups.setdefault(one.caveats, []).append(one.code)
    parts = []
    for texts, codes in groups.items():
        title = data.tables[codes[0]].title
        lead = f"{'Tabelle' if len(codes) == 1 else 'Tabellen'} {listed(codes)}, {title}:"
        parts.append(paragraph(lead) + bullet_list(list(texts), "tb-caveats"))
    if not parts:
        return paragraph("Zu den verwendeten Tabellen sind keine Besonderheiten vermerkt.")
    return Fragment("\n".join(part.html for part in parts), "\n\n".join(part.plain for part in parts))


def definitions(data: Slice) -> Fragment:
    """One row per indicator: title (link to its page), chapter, computation, unit, tables."""
    rows = [
        [
            words(one.title, f"../../indikatoren/{one.id}.html"),
            words(CHAPTERS[one.chapter]),
            words(_computation(one)),
            words(one.unit or "Anzahl"),
            words(", ".join(one.tables)),
        ]
        for one in data.indicators.values()
    ]
    return table("Berechnung der Kennzahlen", ["Kennzahl", "Kapitel", "Berechnung", "Einheit", "Tabellen"], rows)


def symbols() -> Fragment:
    """Signs with their meaning; a zero is a number and no sign."""
    meanings: dict[str, list[str]] = {}
    for absence in ABSENCES.values():
        meanings.setdefault(absence.symbol, []).append(absence.meaning)
    rows = [[words(sign), words(" oder ".join(texts))] for sign, texts in meanings.items()]
    rows.append([words("0"), words("null, oder gerundet null")])
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
    amount = "hat eine" if have == 1 else f"haben {have}"
    lead = paragraph(f"Von {len(data.indicators)} Kennzahlen {amount} mindestens einen Wert für {data.own.accusative}.")
    return lead + bullet_list(sentences, "tb-missing") if sentences else lead


def rerun(data: Slice, notebook: str) -> Fragment:
    """The command in a sentence and as code; the fingerprint tells whether the same official files were used."""
    command = f"transferbuch run notebooks/{notebook}.ipynb --ags {data.ags}"
    why = "Diese Seite lässt sich mit den gleichen Daten neu erzeugen:"
    package = (
        f"Verwendet wurde das Datenpaket mit dem Kennzeichen {data.data_package}; die gleichen "
        "Tabellendateien ergeben überall das gleiche Kennzeichen."
    )
    return Fragment(
        f'<div class="tb-rerun"><p>{escape(why)}</p>\n<pre><code>{escape(command)}</code></pre>\n'
        f"<p>{escape(package)}</p></div>",
        f"{why}\n\n    {command}\n\n{package}",
    )


def _computation(indicator: Indicator) -> str:
    per = f"{indicator.per:,}".replace(",", ".")
    return {
        "share": "100 × Zähler ÷ Nenner",
        "rate": f"{per} × Zähler ÷ Nenner",
        "ratio": "Zähler ÷ Nenner",
        "value": "wie veröffentlicht",
        "change": f"Veränderung gegenüber dem Wert {indicator.years} Jahre zuvor in Prozent",
    }[indicator.kind]
