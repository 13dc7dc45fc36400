"""The portal's page on the quality of one data package: findings with sign-offs, completeness, breaks, tables.

A big package has thousands of figures and some hundred findings: they are grouped and folded, at most `_ROWS` per
group; the complete lists are downloads.
"""

import csv
import io
from collections.abc import Collection, Iterable
from html import escape
from pathlib import Path

import pandas as pd

from transferbuch.data.findings import RULES, Finding
from transferbuch.data.store import DataPackage
from transferbuch.editions.values import Computed
from transferbuch.report.numbers import count, date_short, listed
from transferbuch.site.inputs import Inputs

QUALITY_PAGE = "methodik/datenqualitaet"
SEVERITY_WORDS = {"refuse": "zurückgehalten", "warn": "zu klären", "info": "zur Kenntnis"}
_STATUS_WORDS = {
    "open": "offen",
    "accepted": "als richtig abgenommen",
    "corrected": "berichtigt",
    "withheld": "verworfen",
}
_ROWS = 60


def region_label(ags: str, inputs: Inputs) -> str:
    """ "Landkreis Börde", "Sachsen-Anhalt", "Deutschland"."""
    kreis = inputs.register.get(ags)
    return kreis.label if kreis else inputs.register.laender().get(ags, "Deutschland")


def review_text(one: Finding) -> str:
    """Who answers, and how the finding was signed off: function, day, reason, source."""
    review = one.review
    if review.status == "open":
        return f"Noch nicht abgenommen; zuständig: {one.responsible}."
    reason = "" if review.reason == one.german else f": {review.reason.rstrip('.')}"
    return f"{_STATUS_WORDS[review.status].capitalize()} am {date_short(review.date)} ({review.by}){reason}."


def write_quality_page(path: Path, inputs: Inputs, package: DataPackage, computed: Computed) -> None:
    """Write the Markdown page; the same package, catalogue and code give the same bytes."""
    findings = computed.findings
    stopped = [one for one in findings if one.stops]
    other = [one for one in findings if not one.stops]
    stands = sorted({table.stand for table in package.tables if len(table.stand) == 10})
    span = f" mit Stand {date_short(stands[0])} bis {date_short(stands[-1])}" if stands else ""
    counts = {word: sum(one.severity == key for one in other) for key, word in SEVERITY_WORDS.items()}
    text = f"""# Qualität der Daten

Diese Seite gilt für das Datenpaket `{package.id}`: {len(package.tables)} Dateien{span}. Jede Zahl, aus der eine
Kennzahl entsteht, wird vor der Berechnung geprüft. Ein Befund ist noch kein Fehler: Er nennt, was auffällt, wer
zuständig ist und ob jemand ihn abgenommen hat. Was zurückgehalten wird, erscheint auf keiner Seite; die Ausgabe selbst
entsteht trotzdem.

{_summary(stopped, counts)}

Alle Befunde und die Vollständigkeit zum Weiterrechnen:

<ul>
<li><a href="../daten/befunde.csv" download>Befunde als CSV</a> (Semikolon, Dezimalkomma, UTF-8)</li>
<li><a href="../daten/vollstaendigkeit.csv" download>Vollständigkeit als CSV</a></li>
</ul>

## Zurückgehaltene Zahlen

{_refused(stopped, inputs)}

## Weitere Befunde

{_groups(other, inputs)}

## Vollständigkeit

{_completeness(computed.completeness, inputs)}

## Brüche der Reihen

{_breaks(computed, inputs)}

## Eingelesene Tabellen

{_tables(package)}
"""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_quality_tables(folder: Path, inputs: Inputs, computed: Computed) -> None:
    """`befunde.csv` and `vollstaendigkeit.csv` beside the values of the site."""
    columns = [
        "kennung", "schwere", "regel", "tabelle", "variable", "ags", "region", "jahr", "wert", "befund", "zu_tun",
        "zustaendig", "datei", "zeile", "abnahme", "abgenommen_von", "abgenommen_am", "begruendung", "fundstelle",
    ]  # fmt: skip
    rows = [
        [
            one.id, SEVERITY_WORDS[one.severity], one.rule, one.table, one.variable, one.ags,
            region_label(one.ags, inputs), one.year or "",
            "" if one.value is None else f"{one.value:.10g}".replace(".", ","),
            one.german, RULES[one.rule].do_german, one.responsible, one.file, one.line or "",
            _STATUS_WORDS[one.review.status], one.review.by, one.review.date, one.review.reason, one.review.source,
        ]
        for one in computed.findings
    ]  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows([columns, *rows])
    (folder / "befunde.csv").write_text(text.getvalue(), encoding="utf-8-sig")
    computed.completeness.to_csv(
        folder / "vollstaendigkeit.csv", sep=";", index=False, encoding="utf-8-sig", lineterminator="\n"
    )


def _summary(stopped: list[Finding], counts: dict[str, int]) -> str:
    amounts = {0: "Keine Zahl wird", 1: "Eine Zahl wird"}
    figures = amounts.get(len(stopped), f"{len(stopped)} Zahlen werden")
    rest = [f"{count(number)} {word}" for word, number in counts.items() if number and word != "zurückgehalten"]
    return f"{figures} zurückgehalten. Weitere Befunde: {listed(rest) or 'keine'}."


def _refused(stopped: list[Finding], inputs: Inputs) -> str:
    if not stopped:
        return "Zurzeit hält die Prüfung keine Zahl zurück."
    lead = (
        "Eine Zahl wird zurückgehalten, wenn sie unmöglich ist (ein Teil ist größer als das Ganze) oder wenn sie weit "
        "aus ihrer Reihe fällt und zugleich eine Summe nicht aufgeht, in der sie steht."
    )
    return f"{lead}\n\n{_html(_finding_tables(stopped, inputs, len(stopped)))}"


def _groups(findings: list[Finding], inputs: Inputs) -> str:
    """One folded section per rule, grave ones first; breaks have a section of their own."""
    parts = []
    for rule, words in RULES.items():
        group = [one for one in findings if one.rule == rule]
        if not group or rule == "break":
            continue
        severities = listed(dict.fromkeys(SEVERITY_WORDS[one.severity] for one in group))
        parts.append(
            f'<details class="tb-numbers"><summary>{escape(words.title)}: {count(len(group))} ({severities})'
            f'</summary>\n<p class="tb-note">Was zu tun ist: {escape(words.do_german)}.</p>\n'
            f"{_finding_tables(group, inputs, _ROWS)}</details>"
        )
    return _html("\n".join(parts)) if parts else "Keine weiteren Befunde."


def _finding_tables(findings: list[Finding], inputs: Inputs, limit: int) -> str:
    """One table per official table; where one office answers for all of it, its name stands above."""
    labels = {variable.id: variable.label for source in inputs.sources.values() for variable in source.variables}
    labels |= {one.id: one.title for one in inputs.indicators.values()}
    groups: dict[str, list[Finding]] = {}
    for one in findings[:limit]:
        groups.setdefault(one.table, []).append(one)
    parts = []
    for table, group in groups.items():
        offices = {one.responsible for one in group}
        office = f"; zuständig: {group[0].responsible}" if len(offices) == 1 else ""
        rows = [
            [
                region_label(one.ags, inputs),
                str(one.year or ""),
                labels.get(one.variable, "alle Zahlen"),
                "" if one.value is None else count(one.value),
                one.german,
                _signed(one, "" if office else one.responsible),
            ]
            for one in group
        ]
        head = ["Region", "Jahr", "Zahl", "amtlich", "Befund", "Abnahme"]
        parts.append(_table(f"Tabelle {table}{office}", head, rows, numbers={1, 3}, wide={4}))
    if len(findings) > limit:
        rest = count(len(findings) - limit)
        parts.append(f'<p class="tb-note">{rest} weitere stehen in der CSV-Datei.</p>\n')
    return "".join(parts)


def _signed(one: Finding, office: str) -> str:
    """ "offen", with the office that answers, or how it was signed off."""
    return review_text(one) if one.review.status != "open" else f"offen{f'; {office}' if office else ''}"


def _completeness(completeness: pd.DataFrame, inputs: Inputs) -> str:
    """Per table one folded matrix: years down, Länder across, percent of expected figures with a number."""
    owner = {code: source for source in inputs.sources.values() for code in (source.table, *source.also)}
    laender = sorted(completeness["land"].unique())
    parts = []
    for code, rows in completeness.groupby("table"):
        sums = rows.groupby(["year", "land"])[["expected", "number", "not_delivered"]].sum()
        whole = sums.sum()
        body = [
            [str(year), *(_share(sums.loc[(year, land)] if (year, land) in sums.index else None) for land in laender)]
            for year in sorted(rows["year"].unique())
        ]
        title = f"{code}: {owner[str(code)].title}"
        share = _percent(whole["number"], whole["expected"])
        head = ["Jahr", *(f'<abbr title="{escape(inputs.register.land_name(land))}">{land}</abbr>' for land in laender)]
        parts.append(
            f'<details class="tb-numbers"><summary>{escape(title)} – {share} %</summary>\n'
            f"{_table(title, head, body, numbers=set(range(1, len(head))), raw_head=True)}</details>"
        )
    lead = (
        "Wie viele der erwarteten Zahlen eine Tabelle enthält, in Prozent: alle Größen der Tabelle, alle Kreise, die "
        "es am Stichtag gab. Hat das Amt für heutige Kreise nachberechnet und ist das vollständiger, zählen diese. "
        "Geheime Zahlen fehlen, gesperrte werden nicht erwartet. Ein Strich steht für nicht geliefert; leer heißt: Die "
        "Tabelle enthält das Land in diesem Jahr nicht. Die Spalten sind die Schlüssel der Länder."
    )
    return f"{lead}\n\n{_html(chr(10).join(parts))}"


def _share(sums: pd.Series | None) -> str:
    if sums is None or not sums["expected"]:
        return ""
    return "–" if sums["not_delivered"] and not sums["number"] else _percent(sums["number"], sums["expected"])


def _percent(part: float, whole: float) -> str:
    """Whole percent, rounded down, so that 100 means all of them; something is never 0."""
    return str(max(int(100 * part / whole), 1 if part else 0)) if whole else "0"


def _breaks(computed: Computed, inputs: Inputs) -> str:
    held = {(one.table, one.year) for one in computed.findings if one.rule == "break"}
    laender = set(computed.values["ags"].str[:2])
    rows = [
        [
            str(one.first) if one.until in ("", one.since[:4]) else f"{one.first} bis {one.until}",
            one.what[0].upper() + one.what[1:],
            "alle" if not one.laender else ", ".join(one.laender),
            f"{one.detail} Quelle: {one.source}.",
            source.table,
        ]
        for source in inputs.sources.values()
        for one in source.breaks
        if (source.table, one.first) in held and one.is_in(laender)
    ]
    if not rows:
        return "In den Jahren dieses Datenpakets liegt kein vermerkter Bruch."
    table = _table(
        "Vermerkte Brüche", ["Jahr", "Bruch", "Länder", "Was sich geändert hat", "Tabelle"], sorted(rows), wide={3}
    )
    lead = (
        "Werte vor und nach einem Bruch sind nicht voll vergleichbar. Sätze und Diagramme der Ausgaben nennen ihn, wo "
        "er zwischen zwei gezeigten Jahren liegt."
    )
    folded = f'<details class="tb-numbers"><summary>{len(rows)} Brüche</summary>\n{table}</details>'
    return f"{lead}\n\n{_html(folded)}"


def _tables(package: DataPackage) -> str:
    rows = [
        [one.table, one.title, date_short(one.stand), one.file, one.licence or "ohne Angabe"]
        for one in sorted(package.tables, key=lambda one: (one.table, one.stand, one.file))
    ]
    table = _table("Dateien des Datenpakets", ["Tabelle", "Titel", "Stand", "Datei", "Lizenz"], rows)
    return _html(f'<details class="tb-numbers"><summary>{len(rows)} Dateien</summary>\n{table}</details>')


def _table(
    caption: str,
    head: list[str],
    rows: Iterable[list[str]],
    numbers: Collection[int] = (),
    wide: Collection[int] = (),
    raw_head: bool = False,
) -> str:
    """The site's table markup: `numbers` are right-aligned, `wide` columns hold text; `raw_head`: head is HTML."""

    def right(position: int) -> str:
        kind = "tb-number" if position in numbers else "tb-wide" if position in wide else ""
        return f' class="{kind}"' if kind else ""

    def cell(position: int, text: str) -> str:
        if not position:
            return f'<th scope="row">{escape(text)}</th>'
        return f"<td{right(position)}>{escape(text)}</td>"

    heads = "".join(
        f'<th scope="col"{right(position)}>{text if raw_head else escape(text)}</th>'
        for position, text in enumerate(head)
    )
    body = "\n".join(f"<tr>{''.join(cell(position, text) for position, text in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="tb-table" role="region" tabindex="0" aria-label="{escape(caption)}">\n<table>\n'
        f"<caption>{escape(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n"
    )


def _html(text: str) -> str:
    return f"```{{raw}} html\n{text}\n```"
