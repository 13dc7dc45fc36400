"""Own figures of the municipality in the report: one table per dataset, its newest period, secret cells as a dot."""

from transferbuch.report.area_words import level_name
from transferbuch.report.numbers import ABSENCES, date_short, listed, number
from transferbuch.report.slice_model import OwnColumn, OwnTable, Slice
from transferbuch.report.tables import Cell, Fragment, bullet_list, joined, paragraph, table, words
from transferbuch.vocabulary import PUBLIC

INTERNAL_TERMS = "intern, nicht zur Weitergabe"
SECRET_NOTE = (
    "Ein Punkt steht für eine geheime Zahl oder für eine, aus der sich eine geheime errechnen ließe; wie viel dahinter "
    "steht, sagt er nicht."
)
NOTHING = "Diese Ausgabe enthält keine eigenen Daten der Kommune."


def own_findings(data: Slice) -> Fragment:
    """What tables there are, for which years, and how many of their figures are not shown."""
    if not data.own_data:
        return paragraph(NOTHING)
    return bullet_list([finding_of(one) for one in data.own_data], "tb-findings", _sources(data))


def own_tables(data: Slice) -> Fragment:
    """The newest period of every own table."""
    if not data.own_data:
        return paragraph(NOTHING)
    return joined([_table(data, one) for one in data.own_data])


def own_rows(tables: tuple[OwnTable, ...]) -> list[list[str]]:
    """All cells of all own tables as text for a download, the first row heads the columns; numbers as printed."""
    rows = [["datensatz", "zeitraum", "gebiet", "schluessel", "merkmal", "einheit", "wert", "zeichen"]]
    for one in tables:
        labels = {column.id: column for column in one.columns}
        for (period, area, id), (_, status, text) in sorted(one.cells.items()):
            column, sign = labels[id], "" if status in ("ok", "zero") else ABSENCES[status].symbol
            value = "" if sign else "0" if status == "zero" else text
            rows.append([one.title, period, one.names[area], area, column.label, column.unit, value, sign])
    return rows


def finding_of(one: OwnTable) -> str:
    """One table in a sentence: title, periods, how many figures of the newest are shown and how many are secret."""
    newest = one.periods[-1]
    statuses = [status for (period, _, _), (_, status, _) in one.cells.items() if period == newest]
    hidden, shown = statuses.count("secret"), sum(status in ("ok", "zero") for status in statuses)
    span = one.periods[0] if len(one.periods) == 1 else f"{one.periods[0]} bis {newest}"
    counted = "eine Angabe" if shown == 1 else f"{number(shown)} Angaben"
    secret = {0: "keine ist geheim", 1: "eine ist geheim und deshalb nicht gezeigt"}.get(
        hidden, f"{number(hidden)} sind geheim und deshalb nicht gezeigt"
    )
    return f"{one.title} ({span}): Für {newest} zeigt die Tabelle {counted}; {secret}."


def _table(data: Slice, one: OwnTable) -> Fragment:
    newest = one.periods[-1]
    areas = sorted(one.names, key=lambda key: (one.names[key], key))
    times = [one.names[key] for key in areas]
    rows = []
    for key in areas:
        name = data.own.label if one.level == "kreis" else one.names[key]
        name = f"{name} ({key})" if times.count(one.names[key]) > 1 else name
        rows.append([words(name), *(own_cell(one, column, newest, key) for column in one.columns)])
    heading = "Kommune" if one.level == "kreis" else level_name(one.level)
    columns = [heading, *(f"{column.label}{unit_of(column)}" for column in one.columns)]
    notes = []
    if any(cell.absence is ABSENCES["secret"] for row in rows for cell in row):
        notes.append(SECRET_NOTE)
    if len(one.periods) > 1:
        notes.append("Frühere Zeiträume stehen in der Datei „eigene-daten.csv“ dieser Ausgabe.")
    return table(f"{one.title}, {newest}", columns, rows, notes, own_source(one))


def own_cell(one: OwnTable, column: OwnColumn, period: str, area: str) -> Cell:
    """A figure as its table prints it, the label of a class, or the sign for why there is none."""
    value, status, text = one.cells.get((period, area, column.id), (None, "missing", ""))
    if status not in ("ok", "zero") or value is None:
        return Cell(absence=ABSENCES[status])
    if column.kind == "class":
        return words(column.classes[int(value) - 1])
    return Cell(number(value, len(text.partition(",")[2])))


def unit_of(column: OwnColumn) -> str:
    """The unit behind a label, where it says more than the label."""
    unit = "in %" if column.unit == "Prozent" else column.unit
    return "" if column.kind == "class" or not unit or unit in ("Personen", "Kinder") else f" ({unit})"


def own_source(one: OwnTable) -> str:
    """Source line of one table: who gave it, of which day, under which terms."""
    terms = f"Lizenz {one.licence}" if one.access == PUBLIC else INTERNAL_TERMS
    return f"Quelle: {one.source}, Stand {date_short(one.stand)}; {terms}"


def _sources(data: Slice) -> str:
    return f"Quelle: {listed(dict.fromkeys(one.source for one in data.own_data))}"
