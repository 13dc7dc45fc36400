"""What the explorer writes: a chart as a page of its own and as JSON, its table as CSV; never over another file."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path
from typing import TextIO

from transferbuch.explorer.excerpt import Shown, values_of
from transferbuch.project import THEME
from transferbuch.regions.keys import edition_folder
from transferbuch.report.absence import absence_of
from transferbuch.report.charts import PLOTLY, Chart
from transferbuch.report.slice_model import Indicator, Slice, Value
from transferbuch.report.tables import Fragment
from transferbuch.report.territory import SIGNS
from transferbuch.report.wording import region_heading
from transferbuch.site.audience import banner_of
from transferbuch.site.edition import footer_of
from transferbuch.site.figures import FigureText, figure_html, figure_json
from transferbuch.site.theme import plotly_js

COLUMNS = (
    "kennzahl",
    "gebiet",
    "schluessel",
    "jahr",
    "wert",
    "untergrenze",
    "obergrenze",
    "einheit",
    "zeichen",
    "umgerechnet",
    "quelle",
)
"""Columns of a saved table; `zeichen` stands in place of a missing value, the ends are of the 95 % interval."""


@dataclass(frozen=True)
class Saved:
    """The files that were written, and those of the wished name that were there before and stay as they were."""

    files: tuple[Path, ...]
    kept: tuple[Path, ...]


def save_chart(folder: Path, shown: Shown) -> Saved:
    """Write the chart as HTML page with everything it needs inside, and its figure as JSON. Raises OSError.

    `shown`, here and in `save_table`, has a chart.
    """
    chart, data = _chart_of(shown), shown.data
    return _write_new(
        folder,
        _stem(data, chart),
        {
            ".html": lambda file: file.write(chart_page(data, chart, shown.text)),
            ".json": lambda file: _dump(chart, file),
        },
    )


def save_table(folder: Path, shown: Shown) -> Saved:
    """Write the values behind the chart's table as CSV (semicolon, decimal comma, UTF-8). Raises OSError."""
    chart, data = _chart_of(shown), shown.data
    indicator = data.indicators[shown.choice.indicator]

    def write(file: TextIO) -> None:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(data, chart, indicator, value) for value in values_of(shown))

    return _write_new(folder, _stem(data, chart), {".csv": write}, encoding="utf-8-sig")


def chart_page(data: Slice, chart: Chart, text: Fragment) -> str:
    """The chart as the site shows it, on a page that loads nothing and needs no network."""
    content, metadata = chart._repr_mimebundle_()
    figure = content[PLOTLY]
    height = figure["layout"]["height"]
    shown = figure_html(
        FigureText.model_validate(metadata[PLOTLY]["transferbuch"]), figure_json(figure), 1, height
    ).replace("<details ", "<details open ")
    static = THEME / "static"
    stands = [table.stand for table in data.tables.values()]
    banner = banner_of(data.audience, data.fictional)
    return f"""<!DOCTYPE html>
<html lang="de" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_NOTHING_FOREIGN}">
<title>{escape(chart.caption)}</title>
<style>
{(static / "transferbuch.css").read_text("utf-8")}
{_STYLE}
</style>
</head>
<body>
{f'<p class="tb-banner">{escape(banner)}</p>' if banner else ""}
<main class="bd-article">
<h1>{escape(data.own.label)}</h1>
{text.html}
{shown}<p><button type="button" class="tb-button" id="svg">Diagramm als SVG-Datei sichern</button></p>
</main>
<footer>{footer_of(data.audience, data.fictional, stands)}</footer>
<script>
{plotly_js().read_text("utf-8")}
</script>
<script>
{(static / "transferbuch.js").read_text("utf-8")}
</script>
<script>
document.getElementById("svg").addEventListener("click", async () => {{
  await transferbuch.drawAll();
  Plotly.downloadImage(document.querySelector(".tb-chart > div"),
                       {{format: "svg", filename: {json.dumps(_stem(data, chart))}, width: 800, height: {height}}});
}});
</script>
</body>
</html>
"""


_NOTHING_FOREIGN = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
_STYLE = """\
body { margin: 0; color: var(--tb-ink); background: var(--tb-paper); font-family: var(--pst-font-family-base); }
.tb-banner { margin: 0; }
main, footer { max-width: var(--tb-wide); margin: 0 auto; padding: 0 1rem; }
footer { padding-block: 1rem; font-size: 0.85rem; color: var(--tb-quiet); }
a { color: var(--tb-link); }
.tb-button { border-color: var(--tb-edge); }
.bd-article h1 { font-size: 1.5rem; }
table { border-collapse: collapse; }
@media print { .tb-button { display: none; } }"""
"""What the site has from the theme below ours."""


def _dump(chart: Chart, file: TextIO) -> None:
    """The figure as Plotly reads it; what belongs to it in words is its `meta`."""
    content, metadata = chart._repr_mimebundle_()
    figure = content[PLOTLY]
    figure = figure | {"layout": figure["layout"] | {"meta": metadata[PLOTLY]["transferbuch"]}}
    file.write(json.dumps(figure, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def _chart_of(shown: Shown) -> Chart:
    if shown.chart is None:
        raise ValueError("nothing is shown that could be saved")
    return shown.chart


def _row(data: Slice, chart: Chart, indicator: Indicator, value: Value) -> list[str]:
    absence = absence_of(data, indicator, value.ags, value.year)
    numbers = [_decimal(number) for number in (value.value, value.low, value.high)]
    return [
        indicator.title,
        region_heading(data, value.ags),
        value.ags,
        str(value.year),
        *numbers,
        indicator.unit,
        absence.symbol if absence else "",
        SIGNS.get(value.territory, "") if value.value is not None else "",
        chart.source,
    ]


def _decimal(number: float | None) -> str:
    """As many digits as a float is sure of, with a comma; "" for no number."""
    return "" if number is None else f"{number:.12g}".replace(".", ",")


def _stem(data: Slice, chart: Chart) -> str:
    return f"{edition_folder(data.ags)}-{chart.id}"


def _write_new(
    folder: Path, stem: str, writers: dict[str, Callable[[TextIO], object]], encoding: str = "utf-8"
) -> Saved:
    """Write all files under one name that none of them has yet: "name", "name-2", …"""
    folder.mkdir(parents=True, exist_ok=True)
    wished = [folder / f"{stem}{ending}" for ending in writers]
    kept = tuple(path for path in wished if path.exists())
    for number in count(1):
        paths = [folder / f"{stem}{'' if number == 1 else f'-{number}'}{ending}" for ending in writers]
        if not any(path.exists() for path in paths):
            break
    for path, write in zip(paths, writers.values(), strict=True):
        with path.open("x", encoding=encoding, newline="") as file:  # "x": not even one that came in between
            write(file)
    return Saved(tuple(paths), kept)
