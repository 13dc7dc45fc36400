"""Where figures come from: source lines below charts and tables, with table, Stand and licence."""

from collections.abc import Iterable

from transferbuch.report.numbers import date_short, listed
from transferbuch.report.slice_model import Indicator, Slice, Table, Value


def source_line(data: Slice, values: Iterable[Value], computed: bool) -> str:
    """ "Quelle: Statistische Ämter …, Tabelle 21111-02-06-4, Stand 13.03.2025; eigene Berechnung; Lizenz dl-de/by-2-0".

    Only tables and deliveries that these values come from are named; `computed` for values that no table prints.
    """
    values = list(values)
    codes = sorted({code for value in values for code in value.tables if code in data.tables})
    files = {mark for value in values for mark in value.files}
    return tables_line([data.tables[code] for code in codes], files, "eigene Berechnung" if computed else "")


def tables_line(tables: list[Table], files: set[str], own: str) -> str:
    """The same for whole tables: of deliveries those in `files` are named, or the newest; `own`: what we made of it."""
    parts = []
    for publisher in dict.fromkeys(publisher_of(table) for table in tables):
        named = [f"{table.name}, Stand {_stands(table, files)}" for table in tables if publisher_of(table) == publisher]
        parts.append(f"{publisher}, {'Tabelle' if len(named) == 1 else 'Tabellen'} {'; '.join(named)}")
    if own:
        parts.append(own)
    if licences := sorted({table.licence for table in tables if table.licence}):
        parts.append(f"{'Lizenz' if len(licences) == 1 else 'Lizenzen'} {listed(licences)}")
    return f"Quelle: {'; '.join(parts)}"


def publisher_of(table: Table) -> str:
    """The publisher as the attribution names it, without sign, country and year."""
    name = table.attribution.removeprefix("©").strip().rstrip(".")
    for tail in (", Deutschland", ", 20"):
        name = name.split(tail)[0]
    return name


def _stands(table: Table, files: set[str]) -> str:
    """Stand of every delivery that was used, oldest first: values of one table may come from several."""
    stands = sorted({file.stand for file in table.files if file.sha256 in files}) or [table.stand]
    return listed(date_short(stand) for stand in stands)


def source_of(data: Slice, indicators: Iterable[Indicator], above: Iterable[str]) -> str:
    """Source line for all years of several indicators, own values and those of the regions `above`; "" without any."""
    regions = (data.ags, *above)
    chosen = [one for one in indicators if data.latest(one.id, data.ags) is not None]
    used = [
        value
        for one in chosen
        for ags in regions
        for value in data.values(one.id, ags).values()
        if value.value is not None
    ]
    return source_line(data, used, any(one.kind != "value" for one in chosen)) if used else ""
