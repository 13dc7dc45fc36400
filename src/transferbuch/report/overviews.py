"""Tables over many indicators of one chapter: levels beside Land and Bund, development over the years."""

from transferbuch.report.numbers import listed, year_spans
from transferbuch.report.slice_reader import Indicator, Slice, Value
from transferbuch.report.sources import source_of
from transferbuch.report.tables import Cell, Fragment, table, words
from transferbuch.report.wording import cell_text, region_heading, short_time, title_with_unit


def overview(data: Slice, indicators: list[Indicator], chapter: str) -> Fragment:
    """One row per indicator: title (link to its page), own value, Land and Bund of the same year, which year.

    The year is the newest own one for which Land or Bund has a value as well; without such a year the newest own.
    """
    rows, newer = [], []
    for one in indicators:
        own = _with_comparison(data, one) or next(reversed(data.values(one.id, data.ags).values()), None)
        latest = data.latest(one.id, data.ags)
        if own and latest and latest.year > own.year:
            newer.append(latest.year)
        row = [_title(one)]
        row += [_cell(data, one, ags, own.year) if own else Cell(status="missing") for ags in (data.ags, *data.above)]
        rows.append([*row, Cell(short_time(own)) if own and own.value is not None else Cell(status="missing")])
    columns = ["Kennzahl", *(region_heading(data, ags) for ags in (data.ags, *data.above)), "Jahr oder Stichtag"]
    notes = []
    if newer:
        amount = "eine Kennzahl" if len(newer) == 1 else f"{len(newer)} Kennzahlen"
        notes = [
            f"Für {amount} gibt es neuere Werte ({year_spans(newer)}), aber keinen Vergleichswert dazu; die "
            "Tabelle zeigt dann das letzte Jahr mit Vergleichswert."
        ]
    return table(
        f"{chapter}: Kennzahlen {data.own.locative} im Überblick",
        columns,
        rows,
        [*notes, *_judgements(indicators)],
        source_of(data, indicators, data.above),
    )


def _with_comparison(data: Slice, indicator: Indicator) -> Value | None:
    own = [one for one in reversed(data.values(indicator.id, data.ags).values()) if one.value is not None]
    return next(
        (one for one in own if any(data.number(indicator.id, ags, one.year) is not None for ags in data.above)),
        own[0] if own else None,
    )


def development(data: Slice, indicators: list[Indicator], chapter: str) -> Fragment:
    """One row per indicator: newest, previous and first own value, each with its year."""
    rows = []
    for one in indicators:
        numbers = [value for value in data.values(one.id, data.ags).values() if value.value is not None]
        if not numbers:
            newest = next(reversed(data.values(one.id, data.ags).values()), None)
            gap = Cell(status=newest.status if newest else "missing")
            rows.append([_title(one), gap, Cell(status="missing"), Cell(status="missing")])
            continue
        picked = [numbers[-1], *numbers[-2:-1], *(numbers[:1] if len(numbers) > 2 else [])]
        cells = [Cell(f"{cell_text(one, value.value or 0)} ({value.year})") for value in picked]
        rows.append([_title(one), *cells, *[Cell(status="missing")] * (3 - len(cells))])
    return table(
        f"{chapter}: weitere Kennzahlen {data.own.locative}",
        ["Kennzahl", "neuester Wert", "Wert davor", "erster Wert"],
        rows,
        source=source_of(data, indicators, ()),
    )


def _title(indicator: Indicator) -> Cell:
    return words(title_with_unit(indicator), f"../../indikatoren/{indicator.id}.html")


def _cell(data: Slice, indicator: Indicator, ags: str, year: int) -> Cell:
    value = data.number(indicator.id, ags, year)
    if value is None:
        return Cell(status=data.status(indicator.id, ags, year))
    return Cell(cell_text(indicator, value))


def _judgements(indicators: list[Indicator]) -> list[str]:
    """The only place where a direction is named: what is aimed at, not how this municipality stands."""
    lines = []
    for polarity, word in (("low_is_good", "niedrige"), ("high_is_good", "hohe")):
        titles = [f"„{one.title}“" for one in indicators if one.polarity == polarity]
        if titles:
            lines.append(f"Angestrebt werden {word} Werte bei {listed(titles)}.")
    return lines
