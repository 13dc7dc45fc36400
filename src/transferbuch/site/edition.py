"""One edition: data slice in, finished pages out. Runs in a process of its own, so it takes and returns plain facts."""

import csv
import html
import shutil
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from transferbuch.editions.execute import NotebookFailed, execute_notebook
from transferbuch.editions.templates import Template
from transferbuch.regions.names import RegionName
from transferbuch.regions.register import Kreis
from transferbuch.report.area_model import FILE as AREAS
from transferbuch.report.area_model import read_areas
from transferbuch.report.areas import area_rows
from transferbuch.report.own import own_rows
from transferbuch.report.slice_reader import OWN_FILE, read_slice
from transferbuch.site.audience import FICTIONAL_BANNER, INTERNAL_FOOTER, NO_ROBOTS, banner_of
from transferbuch.site.book import BookRefused, BookSettings, build_book
from transferbuch.site.brand import EditionBrand
from transferbuch.site.glossary import Term
from transferbuch.vocabulary import PUBLIC

_TEXTS = 'Texte: <a href="https://creativecommons.org/licenses/by/4.0/deed.de">CC BY 4.0</a>.'
_INTERNAL_NOTE = "Diese Ausgabe enthält auch interne Angaben der Kommune und ist nicht zur Veröffentlichung bestimmt."
FICTIONAL_ATTRIBUTION = f"{FICTIONAL_BANNER}, CC BY 4.0: Orte und Zahlen gibt es nicht. {_TEXTS}"


def attribution(stands: Iterable[str]) -> str:
    """Footer of pages with official figures; `stands` are the ISO dates on which the tables were given out."""
    years = sorted({stand[:4] for stand in stands if stand})
    span = f", {years[0]}" + (f"–{years[-1]}" if len(years) > 1 else "") if years else ""
    return (
        f"Amtliche Zahlen: © Statistische Ämter des Bundes und der Länder, Deutschland{span}; Lizenz "
        f'<a href="https://www.govdata.de/dl-de/by-2-0">dl-de/by-2-0</a>; eigene Berechnungen. {_TEXTS}'
    )


def footer_of(audience: str, fictional: bool, stands: Iterable[str]) -> str:
    """Footer of all pages of a book: whose figures and texts are, and that internal ones are not to be given away."""
    return (FICTIONAL_ATTRIBUTION if fictional else attribution(stands)) + (
        "" if audience == PUBLIC else INTERNAL_FOOTER
    )


@dataclass(frozen=True)
class EditionTask:
    """What a worker needs: `folder` holds `slice/`; pages go to `folder/html`."""

    kreis: Kreis
    title: str
    contact: str
    chapters: tuple[Template, ...]
    stands: tuple[str, ...]  # of the tables in the slice
    folder: Path
    inputs: str  # fingerprint of everything the edition depends on
    audience: str = PUBLIC
    subtitle: str = ""  # of an edition for a role
    glossary: tuple[Term, ...] = ()
    question: str = ""  # lead question of a Bildungsbericht
    brand: EditionBrand | None = None


@dataclass(frozen=True)
class EditionResult:
    """How one edition ended: `ok`, `cached`, `kept` (not asked for, same data) or `failed` with the reason."""

    ags: str
    name: str
    outcome: str
    seconds: float = 0.0
    notebooks: dict[str, float] = field(default_factory=dict)
    why: str = ""
    inputs: str = ""


def edition_title(kreis: Kreis, wanted: str = "") -> str:
    """Title of an edition: the municipality's own, or "Bildung im Burgenlandkreis"."""
    return wanted or f"Bildung {RegionName.of(kreis).locative}"


def build_edition(task: EditionTask) -> EditionResult:
    """Execute the chapters and assemble the book; a failure is a result, not an exception."""
    started, seconds = time.perf_counter(), {}
    kreis = task.kreis
    book, out = task.folder / "book", task.folder / "html"
    for folder in (book, out):
        shutil.rmtree(folder, ignore_errors=True)
    book.mkdir(parents=True)

    def ended(outcome: str, why: str = "") -> EditionResult:
        return EditionResult(
            str(kreis.ags), kreis.label, outcome, round(time.perf_counter() - started, 2), seconds, why, task.inputs
        )

    try:
        for chapter in task.chapters:
            begun = time.perf_counter()
            execute_notebook(chapter, str(kreis.ags), task.folder, book / f"{chapter.name}.ipynb")
            seconds[chapter.name] = round(time.perf_counter() - begun, 2)
        (book / "index.md").write_text(_start_page(task), encoding="utf-8")
        build_book(book, out, edition_settings(task))
        _write_downloads(task.folder / "slice", out / "daten")
        if task.brand and task.brand.logo:
            shutil.copyfile(task.brand.logo, out / task.brand.logo_name)
    except NotebookFailed as failed:
        source = " --data modellregion" if kreis.ags.is_fictional else ""
        source += "" if task.audience == PUBLIC else f" --audience {task.audience}"
        rerun = f"transferbuch run {failed.notebook} --ags {kreis.ags}{source}"
        return ended("failed", f"{failed}. Rerun: {rerun}")
    except BookRefused as refused:
        return ended("failed", "; ".join(str(problem) for problem in refused.problems[:5]))
    return ended("ok")


def edition_settings(task: EditionTask) -> BookSettings:
    """How the edition's book looks."""
    fictional = task.kreis.ags.is_fictional
    return BookSettings(
        title=task.title,
        pages=("index", *(chapter.name for chapter in task.chapters)),
        static_prefix="../../",
        home="../../index.html",
        banner=banner_of(task.audience, fictional),
        footer=footer_of(task.audience, fictional, task.stands),
        robots="" if task.audience == PUBLIC else NO_ROBOTS,
        config_values={
            "transferbuch_glossary": task.glossary,
            "transferbuch_glossary_page": "../../glossar.html",
        },
        brand=task.brand.name if task.brand else "",
        logo=task.brand.logo_name if task.brand else "",
        style=task.brand.style if task.brand else "",
    )


def _start_page(task: EditionTask) -> str:
    name = RegionName.of(task.kreis)
    chapters = "\n".join(
        f'<li class="tb-card"><a href="{chapter.name}.html">{html.escape(chapter.title)}</a></li>'
        for chapter in task.chapters
    )
    areas = (
        '\n<li><a href="daten/gebiete.csv" download>Indizes für Gebiete als CSV</a> (Klasse und Indexwert)</li>'
        if (task.folder / "slice" / AREAS).is_file()
        else ""
    )
    if (task.folder / "slice" / OWN_FILE).is_file():
        areas += (
            '\n<li><a href="daten/eigene-daten.csv" download>Eigene Daten der Kommune als CSV</a> '
            "(ohne geheime Zahlen)</li>"
        )
    internal = ""
    if task.audience != PUBLIC:
        subtitle = f"**{html.escape(task.subtitle)}.** " if task.subtitle else ""
        internal = f"\n{subtitle}{_INTERNAL_NOTE}\n"
    question = f'\n<p class="tb-question">Leitfrage: {html.escape(task.question)}</p>\n' if task.question else ""
    contact = f"\n**Ansprechstelle:** {html.escape(task.contact)}\n" if task.contact else ""
    return f"""# {task.title}
{internal}{question}
Diese Ausgabe zeigt Kennzahlen zur Bildung {name.locative} und eine Auswahl von Transfergegenständen: erprobte Beispiele
anderer Kommunen, die sich übertragen lassen. Jede Zahl nennt Quelle und Stand; Anteile und Quoten stehen neben den
Werten von Land und Bund.
{contact}
## Kapitel

<ul class="tb-cards">
{chapters}
</ul>

## Daten dieser Ausgabe

Alle Werte, aus denen die Seiten entstanden sind, zum Weiterrechnen und Nachprüfen:

<ul>
<li><a href="daten/werte.csv" download>Werte als CSV</a> (Semikolon, Dezimalkomma, UTF-8)</li>{areas}
<li><a href="daten/slice.zip" download>Datenscheibe als ZIP</a> (Werte als Parquet, Kennzahlen, Quellen, Parameter)</li>
</ul>
"""


def _write_downloads(slice_folder: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    values = pd.read_parquet(slice_folder / "values.parquet")
    values.to_csv(folder / "werte.csv", sep=";", decimal=",", index=False, encoding="utf-8-sig", lineterminator="\n")
    if areas := read_areas(slice_folder):
        with (folder / "gebiete.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(area_rows(areas))
    if (slice_folder / OWN_FILE).is_file():
        own = read_slice(slice_folder).own_data
        with (folder / "eigene-daten.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(own_rows(own))
    with zipfile.ZipFile(folder / "slice.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(slice_folder.iterdir()):
            # a fixed time, so that the same slice gives the same archive
            info = zipfile.ZipInfo(f"slice/{path.name}", (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, path.read_bytes())
