"""One edition: data slice in, finished pages out. Runs in a process of its own, so it takes and returns plain facts."""

import html
import json
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from transferbuch.editions.cache import Cache
from transferbuch.editions.execute import NotebookFailed, execute_notebook
from transferbuch.editions.templates import Template
from transferbuch.errors import ReleaseRefused
from transferbuch.regions.names import RegionName
from transferbuch.regions.register import Kreis
from transferbuch.report.area_model import FILE as AREAS
from transferbuch.report.slice_reader import OWN_FILE
from transferbuch.site.audience import FICTIONAL_BANNER, INTERNAL_FOOTER, NO_ROBOTS, banner_of
from transferbuch.site.book import BookRefused, BookSettings, build_book
from transferbuch.site.brand import EditionBrand
from transferbuch.site.downloads import write_downloads
from transferbuch.site.gates import Link, check_book
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


EDITIONS, NOTEBOOKS = "editions", "notebooks"
"""Kinds of entries in the cache: pages of an edition (`html/`, `manifest.json`), and one executed notebook."""
PROPOSALS = "transfer"
"""Chapter with the transfer objects that are proposed to a municipality."""
_MANIFEST, _NOTEBOOK = "manifest.json", "notebook.ipynb"


@dataclass(frozen=True)
class EditionTask:
    """What a worker needs: `folder` holds `slice/`; pages go into the cache under `key`.

    `notebooks` are the keys of the executed chapters; `parts` fingerprints of all inputs, which make up `key`.
    """

    kreis: Kreis
    title: str
    contact: str
    chapters: tuple[Template, ...]
    stands: tuple[str, ...]  # of the tables in the slice
    folder: Path
    cache: Path
    key: str
    parts: Mapping[str, str]
    notebooks: Mapping[str, str]
    force: bool = False
    audience: str = PUBLIC
    subtitle: str = ""  # of an edition for a role
    glossary: tuple[Term, ...] = ()
    question: str = ""  # lead question of a Bildungsbericht
    brand: EditionBrand | None = None
    gebietsstand: str = ""  # if it is not the default

    def rerun(self, command: str) -> str:
        """The command line that runs `command` again with the edition's data; a package in another folder is not named:
        the report is published."""
        options = [f"--audience {self.audience}"] if self.audience != PUBLIC else []
        options += ["--data modellregion"] if self.kreis.ags.is_fictional else []
        options += [f"--gebietsstand {self.gebietsstand}"] if self.gebietsstand else []
        return " ".join(["transferbuch", command, *options])


@dataclass(frozen=True)
class EditionResult:
    """How one edition ended: `ok`, `cached`, `kept` (not asked for, same data), or what failed with the reason:
    `notebook failed` or `engine failed`. `notebooks`: seconds by chapter, without those that the cache had."""

    ags: str
    name: str
    outcome: str
    seconds: float = 0.0
    notebooks: dict[str, float] = field(default_factory=dict)
    why: str = ""
    inputs: str = ""

    @property
    def failed(self) -> bool:
        return self.outcome.endswith("failed")


def edition_title(kreis: Kreis, wanted: str = "") -> str:
    """Title of an edition: the municipality's own, or "Bildung im Burgenlandkreis"."""
    return wanted or f"Bildung {RegionName.of(kreis).locative}"


def build_edition(task: EditionTask) -> EditionResult:
    """Execute the chapters that the cache does not have and assemble the book; a failure is a result, no exception.

    Raises ReleaseRefused for what no published page may contain; the pages are then in `refused/` beside `work/`.
    """
    started, seconds = time.perf_counter(), {}
    kreis, cache = task.kreis, Cache(task.cache)
    book = task.folder / "book"
    shutil.rmtree(book, ignore_errors=True)
    book.mkdir(parents=True)

    def ended(outcome: str, why: str = "") -> EditionResult:
        return EditionResult(
            str(kreis.ags), kreis.label, outcome, round(time.perf_counter() - started, 2), seconds, why, task.key
        )

    try:
        for chapter in task.chapters:
            begun = time.perf_counter()
            if _chapter(task, chapter, cache, book / f"{chapter.name}.ipynb"):
                seconds[chapter.name] = round(time.perf_counter() - begun, 2)
        (book / "index.md").write_text(_start_page(task), encoding="utf-8")
        if task.force:
            cache.drop(EDITIONS, task.key)
        cache.keep(EDITIONS, task.key, lambda entry: _write_entry(task, book, entry))
    except NotebookFailed as failed:
        return ended(failed.outcome, f"{failed}. Rerun: {task.rerun(f'run {failed.notebook} --ags {kreis.ags}')}")
    except BookRefused as refused:  # what notebooks have printed is no page
        return ended(NotebookFailed.outcome, "; ".join(str(problem) for problem in refused.problems[:5]))
    return ended("ok")


def _chapter(task: EditionTask, chapter: Template, cache: Cache, target: Path) -> bool:
    """Bring the executed chapter to `target`; whether it had to be executed."""
    key = task.notebooks[chapter.name]
    if task.force:
        cache.drop(NOTEBOOKS, key)
    entry = cache.find(NOTEBOOKS, key)
    if is_new := entry is None:
        ags = str(task.kreis.ags)
        entry = cache.keep(
            NOTEBOOKS, key, lambda folder: execute_notebook(chapter, ags, task.folder, folder / _NOTEBOOK)
        )
    shutil.copyfile(entry / _NOTEBOOK, target)
    return is_new


def _write_entry(task: EditionTask, book: Path, entry: Path) -> None:
    """The finished pages with downloads, and the manifest: inputs, and links out of the edition that are to be checked.

    Raises BookRefused and ReleaseRefused.
    """
    html_folder = entry / "html"
    build_book(book, html_folder, edition_settings(task))
    write_downloads(task.folder / "slice", html_folder / "daten")
    if task.brand and task.brand.logo:
        shutil.copyfile(task.brand.logo, html_folder / task.brand.logo_name)
    problems, links = check_book(html_folder)
    if problems:
        place = f"kommunen/{task.folder.name}"
        shutil.copytree(html_folder, task.folder.parents[1] / "refused" / place, dirs_exist_ok=True)
        raise ReleaseRefused(replace(one, file=f"{place}/{one.file}") for one in problems)
    manifest = {"parts": dict(task.parts), "links": [asdict(link) for link in links]}
    (entry / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class BuiltEdition:
    """An edition as the cache has it: pages, fingerprints of its inputs, links out of it."""

    html: Path
    parts: Mapping[str, str]
    links: tuple[Link, ...]


def find_edition(cache: Cache, key: str) -> BuiltEdition | None:
    """The edition made of the inputs that `key` stands for, if the cache has it."""
    if not (entry := cache.find(EDITIONS, key)):
        return None
    manifest = json.loads((entry / _MANIFEST).read_text(encoding="utf-8"))
    return BuiltEdition(entry / "html", manifest["parts"], tuple(Link(**one) for one in manifest["links"]))


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
    objects = ""
    if any(chapter.name == PROPOSALS for chapter in task.chapters):
        objects = " und eine Auswahl von Transfergegenständen: erprobten Beispielen anderer Kommunen zum Übertragen"
    contact = f"\n**Ansprechstelle:** {html.escape(task.contact)}\n" if task.contact else ""
    return f"""# {task.title}
{internal}{question}
Diese Ausgabe zeigt Kennzahlen zur Bildung {name.locative}{objects}.
Jede Zahl nennt Quelle und Stand; Anteile und Quoten stehen neben den
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
