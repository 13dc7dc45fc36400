"""Notebook templates are checked before anything runs."""

import nbformat
import pytest

from transferbuch.editions.templates import load_template, load_templates
from transferbuch.errors import PersonFileError
from transferbuch.project import Project

META = {"title": "Probe", "order": 1}


def write(
    tmp_path, source='ags = "99001"\ndata = "slice"', tags=("parameters",), meta=META, output=False, widgets=False
):
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["tags"] = list(tags)
    if output:
        cell.outputs = [nbformat.v4.new_output("stream", text="alt")]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Probe"), cell])
    if meta:
        notebook.metadata["transferbuch"] = meta
    if widgets:
        notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    path = tmp_path / "probe.ipynb"
    nbformat.write(notebook, path)
    return path


def fault(path) -> str:
    with pytest.raises(PersonFileError) as caught:
        load_template(path, "notebooks/probe.ipynb")
    assert caught.value.exit_code == 10
    return str(caught.value)


def test_a_sound_template_has_name_title_and_order(tmp_path):
    template = load_template(write(tmp_path), "notebooks/probe.ipynb")
    assert (template.name, template.title, template.order, template.needs) == ("probe", "Probe", 1, "")
    with_needs = write(tmp_path, meta=META | {"needs": "areas"})
    assert load_template(with_needs, "notebooks/probe.ipynb").needs == "areas"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tags": ()}, "the notebook has no cell(s) tagged `parameters`"),
        ({"source": 'ags = "1"\ndata = "x"\nagz = 1'}, "unknown parameter: nothing would ever set it (agz)"),
        ({"source": 'ags = "1"'}, "does not declare a parameter that every run sets (data)"),
        ({"source": "ags = ="}, "no valid Python"),
        ({"meta": None}, "metadata.transferbuch.title"),
        ({"output": True}, "holds outputs of an earlier run"),
        ({"meta": META | {"needs": "area"}}, "did you mean 'areas'?"),
        ({"meta": META | {"kind": "explore"}}, "did you mean 'explorer'?"),
        ({"meta": {"kind": "explorer"}}, "an explorer is no chapter"),
        ({"meta": {"kind": "explorer"}, "output": True}, "holds outputs of an earlier run"),
        ({"widgets": True}, "the template holds the state of widgets of an earlier run"),
    ],
)
def test_each_fault_is_named(tmp_path, change, words):
    message = fault(write(tmp_path, **change))
    assert message.startswith("notebooks/probe.ipynb: ") and words in message


def test_an_explorer_is_checked_and_belongs_to_no_edition(tmp_path):
    project = Project(tmp_path)
    project.notebooks.mkdir()
    write(project.notebooks).rename(project.notebooks / "kapitel.ipynb")
    explorer = write(project.notebooks, source="open_explorer()", tags=(), meta={"kind": "explorer", "title": "Probe"})
    assert [one.name for one in load_templates(project)] == ["kapitel"]
    explorer.write_text(explorer.read_text("utf-8").replace('"explorer"', '"chapter"'), "utf-8")
    with pytest.raises(PersonFileError, match="no cell"):
        load_templates(project)


SET = 'ags = "1"\ndata = "x"'


def test_a_chapter_that_opens_an_edition_must_print_what_the_municipality_adds(tmp_path):
    path = write(tmp_path)
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_code_cell("edition = open_edition(ags, data)"))
    nbformat.write(notebook, path)
    message = fault(path)
    assert "does not print key statements" in message and 'a code cell edition.additions("probe")' in message
    notebook.cells.append(nbformat.v4.new_code_cell('edition.additions("probe")'))
    nbformat.write(notebook, path)
    assert load_template(path, "notebooks/probe.ipynb").name == "probe"


def test_only_the_notebook_of_a_form_is_handed_its_id(tmp_path):
    meta = META | {"needs": "analyse"}
    assert "every run sets (form)" in fault(write(tmp_path, meta=meta))
    template = load_template(write(tmp_path, source=f'{SET}\nform = ""', meta=meta), "notebooks/probe.ipynb")
    assert template.parameters == {"form": ""} and template.file == "notebooks/probe.ipynb"
    assert "unknown parameter: nothing would ever set it (form)" in fault(write(tmp_path, source=f'{SET}\nform = ""'))


def test_a_file_that_is_no_notebook(tmp_path):
    path = tmp_path / "probe.ipynb"
    path.write_text("{")
    assert "this is not a notebook" in fault(path)


def test_a_missing_notebook(tmp_path):
    assert "there is no such notebook" in fault(tmp_path / "gone.ipynb")
