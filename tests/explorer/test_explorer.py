"""The explorer in use: fields set as by hand, what is then shown, and the files it writes."""

import csv
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.explorer.conftest import LEAVERS, ROOT, UNKNOWN
from transferbuch.editions.templates import load_template
from transferbuch.errors import PersonFileError
from transferbuch.report.charts import PLOTLY

NOTEBOOK = ROOT / "notebooks" / "erkunden.ipynb"


def choose(explorer, ags: str, topic: str, indicator: str) -> None:
    explorer.municipality.value = ags
    explorer.topic.value = topic
    explorer.indicator.value = indicator


def drawn(explorer) -> dict:
    (output,) = explorer.chart.outputs
    return output["data"][PLOTLY]


@pytest.fixture
def saved(explorer, tmp_path) -> Path:
    explorer.folder.value = str(tmp_path / "meine" / "bilder")
    choose(explorer, "99004", "allgemeinbildende-schulen", LEAVERS)
    return tmp_path / "meine" / "bilder"


def test_it_opens_with_something_to_see(explorer):
    assert explorer.municipality.label == "Birkenhain-Kreis (99054)"
    assert explorer.indicator.label == "Bevölkerung"
    assert drawn(explorer)["data"][0]["y"][-1] == 127655
    assert "Modellregion – erfundene Daten" in explorer.text.value
    assert "Am 31. Dezember 2024" in explorer.text.value.replace("\xa0", " ")


def test_choosing_changes_chart_sentence_and_table(explorer):
    choose(explorer, "99004", "allgemeinbildende-schulen", LEAVERS)
    # 21 of 387 in the raw file of 2024
    assert drawn(explorer)["data"][0]["y"][-1] == 5.4
    assert "5,4\xa0% (21 von 387; Vertrauensbereich" in explorer.text.value
    assert "Tabelle 21111-02-06-4, Stand" in explorer.text.value
    assert '<th scope="col">Stadt St. Walrich</th>' in explorer.table.value
    assert [one["name"] for one in drawn(explorer)["data"]] == [
        "Stadt St. Walrich",
        "Modellland",
        "Modellbund",
        "Vergleichskreise",
    ]
    assert "Vergleichskreise: Mittlerer Auenkreis, Landkreis Tannwald-Ellerfurt" in explorer.text.value
    explorer.land.value = False
    explorer.peers.value = "none"
    assert [one["name"] for one in drawn(explorer)["data"]] == ["Stadt St. Walrich", "Modellbund"]
    explorer.first.value, explorer.last.value = 2018, 2020
    assert drawn(explorer)["data"][0]["x"] == [2018, 2019, 2020]
    explorer.form.value = "comparison"
    assert "den Kreisen und kreisfreien Städten des Modelllandes" in explorer.table.value
    assert explorer.faults.outputs == ()


def test_the_chosen_indicator_stays_with_another_municipality(explorer):
    choose(explorer, "99004", "allgemeinbildende-schulen", LEAVERS)
    explorer.municipality.value = "99061"
    assert explorer.indicator.value == LEAVERS and explorer.shown.choice.indicator == LEAVERS
    assert drawn(explorer)["data"][0]["name"] == "Landkreis Tannwald-Ellerfurt"


def test_own_peers_need_three_and_are_named(explorer):
    choose(explorer, "99003", "allgemeinbildende-schulen", LEAVERS)
    explorer.peers.value = "own"
    assert "Bitte 3 bis 30 Kreise auswählen" in explorer.hint.value
    explorer.own_peers.value = ("99001", "99002")
    explorer.apply_peers.click()
    assert "Ausgewählt: 2." in explorer.hint.value
    assert "Vergleichskreise" not in [one["name"] for one in drawn(explorer)["data"]]
    explorer.own_peers.value = ("99001", "99002", "99055")
    explorer.apply_peers.click()
    assert explorer.hint.value == ""
    assert "Stadt Talbrück" in explorer.text.value and "Landkreis Talbrück" in explorer.text.value
    assert drawn(explorer)["data"][-1]["name"] == "Vergleichskreise"
    assert explorer.faults.outputs == ()


def test_values_can_be_worked_with(explorer):
    choose(explorer, "99004", "allgemeinbildende-schulen", LEAVERS)
    frame = explorer.as_frame().set_index(["ags", "year"])
    assert frame.loc[("99004", 2024), "value"] == pytest.approx(100 * 21 / 387)
    assert frame.loc[("99004", 2014), "status"] == "secret"
    assert frame["value"].isna().sum() == 1
    choose(explorer, "99004", "rahmenbedingungen", UNKNOWN)
    assert explorer.as_frame().empty


def test_without_a_value_there_is_a_sentence_and_nothing_to_save(explorer, tmp_path):
    explorer.folder.value = str(tmp_path)
    choose(explorer, "99004", "rahmenbedingungen", UNKNOWN)
    assert explorer.chart.outputs == () and explorer.table.value == ""
    assert "liegt der Anteil" in explorer.text.value and "nicht vor" in explorer.text.value
    assert explorer.save_chart.disabled and explorer.save_table.disabled
    explorer.save_chart.click()
    assert "Es gibt nichts zu sichern" in explorer.message.value
    assert list(tmp_path.iterdir()) == [] and explorer.faults.outputs == ()


def test_saved_figures_are_those_shown(explorer, saved):
    explorer.save_chart.click()
    explorer.save_table.click()
    names = sorted(path.name for path in saved.iterdir())
    stem = "99004-zeitreihe-share-leavers-without-certificate-pct"
    assert names == [f"{stem}.csv", f"{stem}.html", f"{stem}.json"]
    figure = json.loads((saved / f"{stem}.json").read_text("utf-8"))
    assert figure["data"] == explorer.shown.chart.figure["data"]
    assert figure["layout"]["meta"]["source"] == explorer.shown.chart.source
    with (saved / f"{stem}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["schluessel"], row["jahr"]): row for row in csv.DictReader(file, delimiter=";")}
    newest, secret = rows["99004", "2024"], rows["99004", "2014"]
    assert newest["wert"].startswith("5,4263565") and newest["einheit"] == "%" and newest["zeichen"] == ""
    assert newest["untergrenze"] and newest["quelle"] == explorer.shown.chart.source
    assert (secret["wert"], secret["untergrenze"], secret["zeichen"]) == ("", "", ".")
    assert {ags for ags, _ in rows} == {"99004", "99", "DG", "VK:99004"}


def test_the_saved_page_says_all_and_names_no_folder(explorer, saved):
    explorer.save_chart.click()
    (page,) = (path.read_text("utf-8") for path in saved.glob("*.html"))
    assert "Modellregion – erfundene Daten" in page and "5,4\xa0% (21 von 387;" in page
    assert "<h1>Stadt St. Walrich</h1>" in page and page.count("<td") == len(explorer.shown.chart.rows) * 4
    assert str(saved) not in page and "/tmp/" not in page.replace("plotly", "")


def test_nothing_is_overwritten(explorer, saved):
    explorer.save_table.click()
    (first,) = saved.iterdir()
    first.write_text("von Hand ergänzt", encoding="utf-8")
    explorer.save_table.click()
    assert first.read_text("utf-8") == "von Hand ergänzt"
    second = first.with_name(f"{first.stem}-2.csv")
    assert second.read_text("utf-8-sig").startswith("kennzahl;gebiet;")
    assert f"{second.name}. {first.name} gab es schon und bleibt unverändert." in explorer.message.value


def test_a_folder_that_cannot_be_written_gets_a_sentence(explorer, saved):
    saved.parent.mkdir(parents=True)
    saved.write_text("eine Datei, kein Ordner", encoding="utf-8")
    explorer.save_table.click()
    assert "lässt sich nicht schreiben" in explorer.message.value and explorer.faults.outputs == ()


def test_every_field_has_a_label(explorer):
    fields = [one for one in explorer.__dict__.values() if hasattr(one, "tooltip") and hasattr(one, "description")]
    named = [one for one in fields if one.__class__.__name__ != "HTML"]
    assert len(named) == 14
    assert all(one.description and one.tooltip for one in named)


def test_the_notebook_in_a_real_kernel(project):
    """Its own cells, then fields and buttons used by further ones; the notebook itself keeps no output."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells += [
        nbformat.v4.new_code_cell(
            f'explorer.municipality.value = "99004"\nexplorer.topic.value = "allgemeinbildende-schulen"\n'
            f'explorer.indicator.value = "{LEAVERS}"\nexplorer.save_chart.click()\nexplorer.save_table.click()\n'
            "print(explorer.message.value)"
        ),
        nbformat.v4.new_code_cell("print(explorer.shown.chart.rows[-1], explorer.faults.outputs)"),
        nbformat.v4.new_code_cell(
            f'explorer.topic.value = "rahmenbedingungen"\nexplorer.indicator.value = "{UNKNOWN}"\n'
            "print(explorer.chart.outputs, explorer.text.value)"
        ),
    ]
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(project.notebooks)}}
    )
    client.execute()
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    assert "application/vnd.jupyter.widget-view+json" in outputs[0][0].data
    assert "<td>127655.0</td>" in outputs[1][0].data["text/html"]
    said, newest, unknown = ("".join(one.text for one in found) for found in outputs[2:])
    assert "Gesichert: _build/erkunden/99004-zeitreihe-share-leavers-without-certificate-pct" in said
    assert "'5,4\\xa0% (" in newest and newest.rstrip().endswith("()")
    assert unknown.startswith("()") and "nicht vor" in unknown
    written = {path.suffix for path in (project.root / "_build" / "erkunden").iterdir()}
    assert written == {".html", ".json", ".csv"}


def test_the_notebook_is_no_chapter():
    meta = nbformat.read(NOTEBOOK, as_version=4).metadata.transferbuch
    assert meta == {"kind": "explorer", "title": "Kennzahlen erkunden"}
    with pytest.raises(PersonFileError, match=r"an explorer is no chapter.*open it in JupyterLab"):
        load_template(NOTEBOOK, "notebooks/erkunden.ipynb")


def test_the_notebook_is_thin_and_as_json_is_written_here():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
    code = [cell for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"]
    assert all(len(cell.source.splitlines()) <= 4 and cell.execution_count is None for cell in code)
