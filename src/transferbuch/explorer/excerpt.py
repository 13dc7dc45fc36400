"""The chosen part of a data slice, shown by the functions that editions are made with; nothing is computed here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from transferbuch.regions.keys import BUND
from transferbuch.report import EditionReport
from transferbuch.report.charts import Chart
from transferbuch.report.numbers import listed, year_spans
from transferbuch.report.sentences import COMPARABLE_YEARS, missing_sentence
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.tables import Fragment, joined, paragraph
from transferbuch.report.wording import compares_levels, phrase_with, region_heading

SERIES, COMPARISON = "series", "comparison"


@dataclass(frozen=True)
class Choice:
    """What is looked at: one indicator in one form, beside which regions, in which years (both ends included)."""

    indicator: str
    form: str = SERIES
    land: bool = True
    bund: bool = True
    group: bool = True
    first: int = 0
    last: int = 9999


@dataclass(frozen=True)
class Shown:
    """What a choice gives: a chart, None where there is nothing to draw, sentences, the part of the slice they show."""

    choice: Choice
    chart: Chart | None
    text: Fragment
    data: Slice


def show(data: Slice, choice: Choice) -> Shown:
    """The chart and the sentences of an edition for the chosen part of its slice; without a value a sentence why."""
    indicator, part = data.indicators[choice.indicator], excerpt_of(data, choice)
    if choice.first > choice.last:
        text = paragraph("Das erste Jahr liegt nach dem letzten. Bitte die Jahre anders wählen.")
        return Shown(choice, None, text, part)
    if data.latest(indicator.id, data.ags) and not part.latest(indicator.id, data.ags):
        return Shown(choice, None, _not_in_years(data, part, indicator, choice), part)
    report = EditionReport(part)
    drawn = report.series(indicator.id) if choice.form == SERIES else report.comparison(indicator.id)
    texts = [report.findings([indicator.id])]
    if isinstance(drawn, Chart):
        if choice.form == SERIES:
            texts += _beside(part, indicator, choice)
        return Shown(choice, drawn, joined(texts), part)
    if drawn.plain not in texts[0].plain:  # no value at all: both say so
        texts.insert(0, drawn)
    return Shown(choice, None, joined(texts), part)


def excerpt_of(data: Slice, choice: Choice) -> Slice:
    """The slice without the regions and the years that are not chosen.

    The trend is one of the last ten years; it is left out when a value of these is.
    """
    chosen = {data.land: choice.land or data.is_city_state, BUND: choice.bund, data.group: choice.group}
    hidden = frozenset(ags for ags, is_chosen in chosen.items() if not is_chosen)
    years, trends = range(choice.first, choice.last + 1), data.trends
    if (latest := data.latest(choice.indicator, data.ags)) and not all(
        year in years
        for year, value in data.values(choice.indicator, data.ags).items()
        if value.value is not None and latest.year - COMPARABLE_YEARS <= year <= latest.year
    ):
        trends = {name: trend for name, trend in trends.items() if name != choice.indicator}
    return replace(data, series=_Part(data.series, hidden, years), trends=trends)


def years_of(data: Slice, indicator: str) -> list[int]:
    """The years in which the municipality or a region that it is compared with has a number."""
    regions = (data.ags, *data.references)
    return sorted(
        {one.year for ags in regions for one in data.values(indicator, ags).values() if one.value is not None}
    )


def values_of(shown: Shown) -> list[Value]:
    """The values behind the cells of the chart's table, row by row; what the slice has no row for is left out."""
    chart, data, choice = shown.chart, shown.data, shown.choice
    if chart is None:
        return []
    if choice.form == COMPARISON:
        year = int(chart.columns[1])
        keys = {data.names[ags].label: ags for ags in data.kreise} | {region_heading(data, data.land): data.land}
        cells = [(keys[row[0]], year) for row in chart.rows]
    else:
        keys = {region_heading(data, ags): ags for ags in (data.ags, *data.references)}
        # "2022 (Bruch)": the year comes first
        cells = [(keys[heading], int(row[0].split()[0])) for row in chart.rows for heading in chart.columns[1:]]
    found = [data.values(choice.indicator, ags).get(year) for ags, year in cells]
    return [value for value in found if value is not None]


class _Part(dict[str, dict[str, dict[int, Value]]]):
    """Values by indicator, region and year without hidden regions and other years; made when they are asked for."""

    def __init__(self, whole: Mapping[str, Mapping[str, dict[int, Value]]], hidden: frozenset[str], years: range):
        super().__init__()
        self._whole, self._hidden, self._years = whole, hidden, years

    def __missing__(self, indicator: str) -> dict[str, dict[int, Value]]:
        self[indicator] = {
            ags: {year: value for year, value in values.items() if year in self._years}
            for ags, values in self._whole[indicator].items()
            if ags not in self._hidden
        }
        return self[indicator]


def _not_in_years(data: Slice, part: Slice, indicator: Indicator, choice: Choice) -> Fragment:
    """That the municipality has values only in other years, and of the chosen ones why not where tables say it."""
    years = [one.year for one in data.values(indicator.id, data.ags).values() if one.value is not None]
    chosen = (
        f"das Jahr {choice.first}" if choice.first == choice.last else f"die Jahre {choice.first} bis {choice.last}"
    )
    why = f"Für {data.own.accusative} liegt {phrase_with(indicator.phrase)} für {chosen} nicht vor."
    if any(one.status != "missing" for one in part.values(indicator.id, data.ags).values()):
        why = missing_sentence(part, indicator)
    return paragraph(why, f"Werte gibt es für {year_spans(years)}.")


def _beside(part: Slice, indicator: Indicator, choice: Choice) -> list[Fragment]:
    """Who the compared Kreise are, and why a chosen region is not in the chart of years."""
    wanted = {BUND: choice.bund, part.land: choice.land, part.group: choice.group}
    regions = [ags for ags in part.references if wanted[ags]]
    if not regions:
        return []
    if not compares_levels(indicator):
        return [paragraph("Anzahlen wachsen mit der Größe eines Gebiets und werden deshalb nicht verglichen.")]
    texts = []
    if part.group in regions:
        texts.append(f"Vergleichskreise: {listed(part.names[peer.ags].label for peer in part.compared.peers)}.")
    if lacking := [region_heading(part, ags) for ags in regions if part.latest(indicator.id, ags) is None]:
        texts.append(f"Ohne Wert in diesen Jahren: {listed(lacking)}.")
    return [paragraph(*texts)] if texts else []
