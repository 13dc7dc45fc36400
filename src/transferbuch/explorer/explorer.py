"""The explorer as a widget: fields to choose with, the chart, sentences and table of the choice, buttons that save.

Every field has a label and can be used with the keyboard; what happened is told in `hint` and, of saving, in `message`,
which are read aloud.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from ipywidgets import (
    HTML,
    Button,
    Checkbox,
    Dropdown,
    HBox,
    Label,
    Layout,
    Output,
    SelectMultiple,
    Text,
    ValueWidget,
    VBox,
    Widget,
)

from transferbuch.editions.parameters import LEAST_PEERS, MOST_PEERS
from transferbuch.explorer.excerpt import COMPARISON, SERIES, Choice, Shown, show, values_of, years_of
from transferbuch.explorer.saving import Saved, save_chart, save_table
from transferbuch.explorer.slices import Slices
from transferbuch.project import Project, find_project
from transferbuch.regions.keys import BUND
from transferbuch.report.charts import PLOTLY, Chart
from transferbuch.report.numbers import listed
from transferbuch.report.slice_model import CHAPTERS, Value
from transferbuch.report.wording import region_heading
from transferbuch.site.audience import banner_of
from transferbuch.site.figures import FigureTable, table_html

FOLDER = "_build/erkunden"
NO_PEERS, EDITION_PEERS, OWN_PEERS = "none", "edition", "own"
_WIDTH = "800px"
_STYLE = """<style>
.tb-explorer table { border-collapse: collapse; margin: 0; min-width: min(100%, 34rem); line-height: 1.4; }
.tb-explorer caption { text-align: left; font-weight: 600; padding-bottom: 0.3rem; }
.tb-explorer :is(th, td) { padding: 0.15rem 0.7rem 0.15rem 0; text-align: left; vertical-align: top; }
.tb-explorer tbody th { font-weight: 400; }
.tb-explorer .tb-number { text-align: right; }
.tb-explorer .tb-table { max-height: 26rem; overflow: auto; }
.tb-explorer p, .tb-explorer li { line-height: 1.45; margin: 0.3rem 0; }
</style>"""
_KEYS_ARE_OURS = """
let tries = 100;
const mark = () => {
  const whole = element.closest(".tb-explorer");
  if (whole) whole.addEventListener("focusin", event => { event.target.dataset.lmSuppressShortcuts = "true"; });
  else if (tries--) setTimeout(mark, 100);  // not yet part of the page
};
mark();"""
"""JupyterLab takes arrows and letters as its own commands where nothing can be typed, as in a list to choose from."""


def open_explorer(data: str = "", project: Project | None = None) -> "Explorer":
    """The explorer of a data package: a folder, `modellregion`, or "" for `_build/data` if there is one.

    Raises UsageError, PersonFileError and DataRefused as `transferbuch build` does.
    """
    project = project or find_project()
    return Explorer(project, Slices(project, data))


def _told(handler: Callable[..., None]) -> Callable[..., None]:
    """A handler of a widget whose errors are seen: without it, they end in a log that nobody opens."""

    @wraps(handler)
    def told(self: "Explorer", change: object = None) -> None:
        with self.faults:
            handler(self)

    return told


class Explorer(VBox):
    """One municipality and one indicator at a time; `shown` is what is displayed of it."""

    shown: Shown

    def __init__(self, project: Project, slices: Slices) -> None:
        self._project, self._slices, self._busy = project, slices, False
        self._peers: tuple[str, ...] = ()
        names = [(name, ags) for ags, name in slices.municipalities.items()]
        self.municipality = _field(Dropdown, "Kommune", "Landkreis oder kreisfreie Stadt", options=names)
        self.topic = _field(Dropdown, "Thema", "Kapitel, aus dem die Kennzahl ist")
        self.indicator = _field(Dropdown, "Kennzahl", "Was gezeigt wird")
        forms = [("Verlauf über die Jahre", SERIES), ("Vergleich der Kreise im Land", COMPARISON)]
        self.form = _field(Dropdown, "Darstellung", "Art des Diagramms", options=forms)
        self.land = _box("Land", "Werte des Landes daneben zeigen")
        self.bund = _box("Deutschland", "Werte des Bundes daneben zeigen")
        self.peers = _field(
            Dropdown,
            "Vergleichskreise",
            "Ähnliche Kreise als eine Linie daneben zeigen",
            options=[
                ("wie in der Ausgabe", EDITION_PEERS),
                ("eigene Auswahl", OWN_PEERS),
                ("keine", NO_PEERS),
            ],
        )
        self.own_peers = _field(
            SelectMultiple, "Eigene Auswahl", f"{LEAST_PEERS} bis {MOST_PEERS} Kreise; mehrere mit Strg oder Umschalt"
        )
        self.own_peers.rows = 8
        self.apply_peers = _button("Auswahl übernehmen", "Die gewählten Kreise als Vergleichskreise zeigen")
        self._choice_of_peers = VBox([self.own_peers, _row(self.apply_peers)])
        self.first = _field(Dropdown, "Jahre von", "Erstes Jahr", width="14rem")
        self.last = _field(Dropdown, "bis", "Letztes Jahr", width="9rem", label_width="2rem")
        self.folder = _field(Text, "Ordner", "Wohin gesichert wird, vom Projekt aus gesehen", value=FOLDER)
        self.save_chart = _button("Diagramm sichern", "Als HTML-Seite und als JSON in den Ordner schreiben")
        self.save_table = _button("Tabelle sichern", "Als CSV-Datei in den Ordner schreiben")
        self.chart, self.faults = Output(), Output()
        self.hint, self.text, self.table, self.message = HTML(), HTML(), HTML(), HTML()
        keys = Output(outputs=(_output({"application/javascript": _KEYS_ARE_OURS}),))
        super().__init__(
            [
                HTML(_STYLE),
                keys,
                self.municipality,
                self.topic,
                self.indicator,
                self.form,
                _row(
                    Label("Vergleich mit", layout=Layout(width="8.5rem", justify_content="flex-end")),
                    self.land,
                    self.bund,
                ),
                self.peers,
                self._choice_of_peers,
                _row(self.first, self.last),
                self.hint,
                self.faults,
                self.text,
                self.chart,
                self.table,
                self.folder,
                _row(self.save_chart, self.save_table),
                self.message,
            ],
            layout=Layout(width="100%", max_width=_WIDTH),
        )
        self.add_class("tb-explorer")
        with self._quietly():
            self._open()
        self._draw()
        for widget, handler in (
            (self.municipality, self._on_municipality),
            (self.topic, self._on_topic),
            (self.indicator, self._on_indicator),
            (self.peers, self._on_peers),
            *((one, self._on_choice) for one in (self.form, self.land, self.bund, self.first, self.last)),
        ):
            widget.observe(handler, "value")
        self.apply_peers.on_click(self._on_own_peers)
        self.save_chart.on_click(self._on_save_chart)
        self.save_table.on_click(self._on_save_table)

    @property
    def choice(self) -> Choice:
        """What the fields say."""
        has_group = self.peers.value == EDITION_PEERS or (self.peers.value == OWN_PEERS and bool(self._peers))
        return Choice(
            self.indicator.value,
            self.form.value,
            self.land.value,
            self.bund.value,
            has_group,
            self.first.value or 0,
            self.last.value or 0,
        )

    def as_frame(self) -> pd.DataFrame:
        """The values behind the table, one row per region and year, with all columns of `report.slice_model.Value`:
        `value` in the indicator's unit, NaN where `status` is not "ok"; no row where nothing is shown."""
        return pd.DataFrame(values_of(self.shown), columns=Value._fields)

    # --- what fields do ------------------------------------------------------------------------------------------

    @_told
    def _on_municipality(self) -> None:
        self.hint.value = _status("Wird geöffnet …")
        with self._quietly():
            self._open()
        self._draw()

    @_told
    def _on_topic(self) -> None:
        if not self._busy:
            with self._quietly():
                self._offer_indicators()
            self._draw()

    @_told
    def _on_indicator(self) -> None:
        if not self._busy:
            with self._quietly():
                self._offer_years()
            self._draw()

    @_told
    def _on_peers(self) -> None:
        self._choice_of_peers.layout.display = "" if self.peers.value == OWN_PEERS else "none"
        if not self._busy:
            self._use_peers(self.own_peers.value if self.peers.value == OWN_PEERS else ())

    @_told
    def _on_own_peers(self) -> None:
        self._use_peers(self.own_peers.value)

    @_told
    def _on_choice(self) -> None:
        if not self._busy:
            self._draw()

    @_told
    def _on_save_chart(self) -> None:
        self._save(save_chart)

    @_told
    def _on_save_table(self) -> None:
        self._save(save_table)

    # --- inside --------------------------------------------------------------------------------------------------

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """While fields are filled, their changes draw nothing."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    def _open(self) -> None:
        """Fill all fields for the chosen municipality; what can stay as it was chosen stays."""
        ags = self.municipality.value
        self._data, self._peers = self._slices.slice_of(ags), ()
        data = self._data
        self.land.description, self.bund.description = (region_heading(data, one) for one in (data.land, BUND))
        self.land.disabled = data.is_city_state
        self.own_peers.options = [(name, key) for key, name in self._slices.candidates(ags).items()]
        self.peers.value = EDITION_PEERS
        self._choice_of_peers.layout.display = "none"
        chapters = {one.chapter for one in data.indicators.values()}
        _offer(self.topic, [(title, name) for name, title in CHAPTERS.items() if name in chapters])
        self._offer_indicators()

    def _offer_indicators(self) -> None:
        of_topic = [one for one in self._data.indicators.values() if one.chapter == self.topic.value]
        _offer(self.indicator, [(one.title, one.id) for one in of_topic])
        self._offer_years()

    def _offer_years(self) -> None:
        years = years_of(self._data, self.indicator.value)
        for field, end in ((self.first, 0), (self.last, -1)):
            field.options, field.value = years, years[end] if years else None

    def _use_peers(self, peers: tuple[str, ...]) -> None:
        """Compare with these Kreise; () with those of the edition."""
        lacking = self.peers.value == OWN_PEERS and not LEAST_PEERS <= len(peers) <= MOST_PEERS
        self._peers = () if lacking else peers
        self._data = self._slices.slice_of(self.municipality.value, self._peers)
        self._draw()
        if lacking:
            self.hint.value = _status(
                f"Bitte {LEAST_PEERS} bis {MOST_PEERS} Kreise auswählen und die Auswahl übernehmen. "
                f"Ausgewählt: {len(peers)}."
            )

    def _draw(self) -> None:
        self.hint.value = self.message.value = ""
        self.shown = show(self._data, self.choice)
        chart, banner = self.shown.chart, banner_of(self._data.audience, self._data.fictional)
        self.text.value = (f"<p><strong>{escape(banner)}</strong></p>" if banner else "") + self.shown.text.html
        self.chart.outputs = (_displayed(chart),) if chart else ()
        self.table.value = _table(chart) if chart else ""
        for button in (self.save_chart, self.save_table):
            button.disabled = chart is None

    def _save(self, write: Callable[[Path, Shown], Saved]) -> None:
        if self.shown.chart is None:
            self.message.value = _status("Es gibt nichts zu sichern: Für diese Auswahl ist kein Diagramm da.")
            return
        folder = self._project.root / Path(self.folder.value.strip() or FOLDER).expanduser()
        try:
            saved = write(folder, self.shown)
        except OSError as error:
            why = f"In den Ordner „{self.folder.value}“ lässt sich nicht schreiben: {error.strerror}."
            self.message.value = _status(why)
            return
        self.message.value = _status(f"Gesichert: {listed(map(self._project.show, saved.files))}.", _kept(saved))


def _status(*sentences: str) -> str:
    return f'<p role="status">{escape(" ".join(filter(None, sentences)))}</p>'


def _kept(saved: Saved) -> str:
    if not saved.kept:
        return ""
    names = listed(path.name for path in saved.kept)
    return f"{names} gab es schon und {'bleibt' if len(saved.kept) == 1 else 'bleiben'} unverändert."


def _offer(field: Dropdown, options: list[tuple[str, str]]) -> None:
    """New options; the chosen one stays if it is still among them."""
    before = field.value
    field.options = options
    values = [value for _, value in options]
    field.value = before if before in values else values[0]


def _displayed(chart: Chart) -> dict[str, Any]:
    """The chart as JupyterLab's renderer of Plotly takes it; on white, because its texts are dark in every theme."""
    content, metadata = chart._repr_mimebundle_()
    figure = content[PLOTLY]
    ground = {"paper_bgcolor": "#ffffff", "plot_bgcolor": "#ffffff", "font": {"color": "#1d252b"}, "autosize": True}
    picture = {"format": "svg", "filename": chart.id}
    config = {"displaylogo": False, "responsive": True, "showSendToCloud": False, "toImageButtonOptions": picture}
    content[PLOTLY] = figure | {"layout": figure["layout"] | ground, "config": config}
    return _output(content, metadata)


def _output(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def _table(chart: Chart) -> str:
    rows = tuple(tuple(row) for row in chart.rows)
    shown = table_html(
        FigureTable(caption=chart.caption, columns=tuple(chart.columns), rows=rows), "Tabelle zum Diagramm"
    )
    notes = [chart.source, *chart.notes, *chart.caveats]
    return shown + "".join(f"<p>{escape(note)}</p>" for note in notes)


def _field(
    kind: type[ValueWidget], label: str, tooltip: str, width: str = "auto", label_width: str = "8.5rem", **given: Any
) -> Any:
    style = {"description_width": label_width}
    return kind(description=label, tooltip=tooltip, style=style, layout=Layout(width=width), **given)


def _box(label: str, tooltip: str) -> Checkbox:
    return Checkbox(True, description=label, tooltip=tooltip, indent=False, layout=Layout(width="auto"))


def _row(*widgets: Widget) -> HBox:
    return HBox(widgets, layout=Layout(flex_flow="row wrap"))


def _button(label: str, tooltip: str) -> Button:
    return Button(description=label, tooltip=tooltip, layout=Layout(width="auto"))
