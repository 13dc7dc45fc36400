"""Chapters and pages of report forms: thin, well-formed, executed by nbval and papermill, right for everyone."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.conftest import NOTEBOOKS
from transferbuch.editions.execute import execute_notebook
from transferbuch.editions.templates import load_template
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.report.charts import PLOTLY, Chart
from transferbuch.report.maps import ChartSeries
from transferbuch.report.tables import Fragment
from transferbuch.site.figures import FigureText, figure_json

CHAPTERS = [
    "ueberblick",
    "rahmenbedingungen",
    "fruehkindliche-bildung",
    "allgemeinbildende-schulen",
    "berufliche-bildung-und-hochschulen",
    "weiterbildung",
    "non-formale-bildung",
    "integration",
    "sozialraeume",
    "eigene-daten",
    "gemeindeprofile",
    "vorausschau",
    "transfer",
    "ziele-und-wirkung",
    "daten-und-methoden",
    "datensammlung",
    "analyse",
    "profil",
    "gremienvorlage",
]
FORMS = CHAPTERS[-4:]
"""Pages of report forms: of a municipality that declares none, they say so."""
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def run_cells(path: Path, ags: str, data: Path) -> dict[str, Any]:
    """What each code cell displays, by cell id; executed here, because a kernel per municipality takes long."""
    namespace: dict[str, Any] = {}
    shown = {}
    for cell in read(path).cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), namespace)
        if "parameters" in cell.metadata.get("tags", []):
            namespace |= {"ags": ags, "data": str(data)}
        if last is not None:
            shown[cell.id] = eval(compile(ast.Expression(last.value), cell.id, "eval"), namespace)
    return shown


def stored(shown: Any) -> str:
    return json.dumps([one._repr_mimebundle_() for one in pieces(shown)], ensure_ascii=False, sort_keys=True)


def pieces(shown: Any) -> list[Any]:
    """The outputs of a cell: several charts, the one thing, or nothing where the municipality adds nothing."""
    return list(shown.charts) if isinstance(shown, ChartSeries) else [shown] if shown is not None else []


def test_the_chapters_are_there_in_reading_order():
    templates = sorted((load_template(path, path.name) for path in NOTEBOOKS), key=lambda template: template.order)
    assert [template.name for template in templates] == CHAPTERS
    orders = [template.order for template in templates]
    assert orders == sorted(set(orders))
    assert [template.name for template in templates if template.needs == template.name] == FORMS


@each_notebook
def test_metadata_say_chapter_title_and_inputs(path):
    meta = read(path).metadata
    assert meta.kernelspec.name == "python3"
    assert meta.transferbuch.chapter == path.stem
    assert set(meta.transferbuch.inputs) <= {
        "areas",
        "goals",
        "indicators",
        "outlook",
        "own_data",
        "parameters",
        "tables",
        "transfer",
        "values",
    }


@each_notebook
def test_headings_stand_in_markdown_cells_below_one_title(path):
    notebook = read(path)
    headings = [
        found for cell in notebook.cells if cell.cell_type == "markdown" for found in HEADING.findall(cell.source)
    ]
    assert headings[0] == ("#", notebook.metadata.transferbuch.title)
    assert {level for level, _ in headings[1:]} == {"##"}
    assert headings[-1] == ("##", "Diese Seite nachrechnen")
    titles = [title for _, title in headings]
    assert len(titles) == len(set(titles))


@each_notebook
def test_cells_are_thin_and_templates_bare(path):
    notebook = read(path)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[0].metadata.tags == ["parameters"]
    assert code[1].source == ("from transferbuch.report import open_edition\n\nedition = open_edition(ags, data)")
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    for cell in code[2:]:
        (statement,) = ast.parse(cell.source).body
        assert isinstance(statement, ast.Expr) and cell.source.startswith("edition."), cell.source
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[a-z][a-z-]+", one) for one in ids)


@each_notebook
def test_the_file_is_as_json_is_written_here(path):
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


@each_notebook
def test_named_indicators_are_in_the_catalogue(path):
    known = load_indicators()
    named = {
        constant.value
        for cell in read(path).cells
        if cell.cell_type == "code"
        for constant in ast.walk(ast.parse(cell.source))
        if isinstance(constant, ast.Constant)
        and isinstance(constant.value, str)
        and re.fullmatch(r"(share|count|rate|mean|change)_\w+", constant.value)
    }
    assert named <= set(known)


@pytest.mark.parametrize(
    ("chapter", "sentence"),
    [
        (
            "allgemeinbildende-schulen",
            "Abschlüsse, die später an einer beruflichen Schule nachgeholt werden, zählen hier",
        ),
        ("allgemeinbildende-schulen", "das Abitur an beruflichen Gymnasien ist hier nicht enthalten."),
        ("rahmenbedingungen", "der Bedarf an Kita-Plätzen in einem Jahr und an Grundschulplätzen in sechs Jahren."),
        ("ueberblick", "Hinweise darauf, wie der Übergang in Ausbildung und Beruf gelingt, geben die Arbeitslosigkeit"),
        ("ueberblick", "Gesichert heißt ein Unterschied nur, wenn er größer ist als dieser Spielraum;"),
        ("ueberblick", "**Nicht jede Reihe ist gleich weit eingelesen.** Das Jahr steht deshalb bei jeder Zahl."),
        ("daten-und-methoden", "außer wo der Strich einer Tabelle genau null bedeutet; das ist für jede Tabelle"),
    ],
)
def test_what_chapters_say_about_official_figures(chapter, sentence):
    (path,) = (path for path in NOTEBOOKS if path.stem == chapter)
    assert sentence in "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def test_notes_name_figures_by_their_number_on_the_page(model_slice):
    for path in NOTEBOOKS:
        figures: list[Chart] = []
        shown = run_cells(path, "99052", model_slice("99052")).values()
        for one in (piece for cell in shown for piece in pieces(cell)):
            texts = one.caveats if isinstance(one, Chart) else [one.plain]
            for number in (int(found) for text in texts for found in re.findall(r"bei Abbildung (\d+)\.", text)):
                assert number <= len(figures) and figures[number - 1].caveats
            if isinstance(one, Chart):
                figures.append(one)


def test_nbval_runs_every_chapter(working_folder):
    """nbval executes each cell in a real kernel; the templates hold no outputs, so there is nothing to compare."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval-lax",
            "--nbval-current-env",
            "-p",
            "no:cacheprovider",
            "-q",
            "--rootdir",
            str(working_folder),
            *(f"{chapter}.ipynb" for chapter in CHAPTERS),
        ],
        cwd=working_folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    cells = sum(cell.cell_type == "code" for path in NOTEBOOKS for cell in read(path).cells)
    assert f"{cells} passed" in done.stdout


def test_two_runs_through_papermill_give_the_same_bytes_without_paths(working_folder):
    template = load_template(working_folder / "allgemeinbildende-schulen.ipynb", "allgemeinbildende-schulen.ipynb")
    for name in ("first", "second"):
        execute_notebook(template, "99001", working_folder, working_folder / f"{name}.out")
    first, second = ((working_folder / f"{name}.out").read_bytes() for name in ("first", "second"))
    assert first == second
    assert not any(path.encode() in first for path in (str(working_folder), "/tmp/", str(Path.home())))
    outputs = [output for cell in nbformat.reads(first.decode(), 4).cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} == {"execute_result"}  # no warnings, no prints
    assert sum(PLOTLY in output.data for output in outputs) == 10


@pytest.mark.parametrize("ags", ["99001", "99004", "99052", "99057", "99061"])
@each_notebook
def test_every_cell_shows_something_publishable(path, ags, model_slice):
    shown = run_cells(path, ags, model_slice(ags))
    assert list(shown) == [cell.id for cell in read(path).cells if cell.cell_type == "code"][2:]
    outputs = [one for cell in shown.values() for one in pieces(cell)]
    ids = [one.id for one in outputs if isinstance(one, Chart)]
    assert len(ids) == len(set(ids))
    for one in outputs:
        if isinstance(one, Chart):
            content, metadata = one._repr_mimebundle_()
            FigureText.model_validate(metadata[PLOTLY]["transferbuch"])
            figure_json(content[PLOTLY])
            assert "erfundene Daten)" in one.source
        else:
            assert isinstance(one, Fragment) and one.plain
            assert not re.search(r"<h[1-6]|<script", one.html)
        assert not re.search(r"\bnan\b|\bNone\b|/tmp/|  |\(\)| [.,;]", visible_text(one)), visible_text(one)
    assert [stored(one) for one in run_cells(path, ags, model_slice(ags)).values()] == list(map(stored, shown.values()))


@pytest.mark.parametrize("ags", ["99001", "99002+99057"])
@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_declared_has_no_empty_part(form, ags, declared_slice):
    path = next(path for path in NOTEBOOKS if path.stem == form)
    shown = run_cells(path, ags, declared_slice(ags))
    if form in ("analyse", "profil", "gremienvorlage"):
        assert "eingetragen" not in " ".join(one.plain for cell in shown.values() for one in pieces(cell))
    outputs = [one for cell in shown.values() for one in pieces(cell)]
    assert not any(re.search(r"\bnan\b|\bNone\b|  |\(\)", visible_text(one)) for one in outputs)


def visible_text(shown: Chart | Fragment) -> str:
    """Running text of one output; tables and legends are left out, their signs are no faulty punctuation."""
    if isinstance(shown, Chart):
        notes = [note for note in shown.notes if not note.startswith("Zeichen:")]
        return " ".join([shown.caption, shown.alt, shown.source, *notes, *shown.caveats])
    return re.sub(r"<table>.*?</table>|<pre>.*?</pre>|<[^>]+>|Zeichen: [^<]*", "", shown.html, flags=re.DOTALL)


def test_a_chapter_page_names_its_own_municipality(model_slice):
    path = next(path for path in NOTEBOOKS if path.stem == "allgemeinbildende-schulen")
    for ags, place in [
        ("99004", "in der Stadt St. Walrich"),
        ("99052", "im Mittleren Auenkreis"),
        ("99061", "im Landkreis Tannwald-Ellerfurt"),
    ]:
        shown = run_cells(path, ags, model_slice(ags))
        assert place in shown["wichtiges-saetze"].plain
        assert place in shown["ohne-abschluss-verlauf"].caption
        assert f"--ags {ags}" in shown["nachrechnen-befehl"].plain


def test_a_notebook_run_without_a_slice_says_what_to_do(tmp_path):
    from transferbuch.errors import DataRefused

    with pytest.raises(DataRefused, match=r"there is no data slice here.*transferbuch run notebooks/"):
        run_cells(NOTEBOOKS[0], "99001", tmp_path / "slice")
