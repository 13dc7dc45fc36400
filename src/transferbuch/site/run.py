"""One notebook for one municipality, the researcher's way."""

from pathlib import Path

from transferbuch.editions.execute import NotebookFailed, execute_notebook
from transferbuch.editions.forms import pages_of
from transferbuch.editions.plan import Edition
from transferbuch.editions.templates import Template, load_template
from transferbuch.errors import EditionsFailed, Problem, UsageError
from transferbuch.project import Project
from transferbuch.site.release import load_release
from transferbuch.vocabulary import INTERNAL_FOLDER


def run_notebook(
    project: Project, notebook: Path, ags: str, out: Path | None, data: str, gebietsstand: str = "", form: str = ""
) -> str:
    """Run one notebook for one municipality; returns the path of the executed notebook as shown to people.

    form: id of the declared report form, for the notebook of one; "": the first.
    """
    if notebook.resolve().parent.name == INTERNAL_FOLDER and not project.is_internal:
        what, do = "this chapter is internal", "add --audience internal"
        raise UsageError(Problem("--audience", 0, "", what, project.show(notebook), do=do, code="access"))
    template = load_template(notebook, project.show(notebook))
    release = load_release(project, data, gebietsstand)
    edition = release.plan(only=(ags,))[0]
    template = _with_form(template, edition, form)
    folder = project.build / "run" / edition.folder
    release.write_slice(folder, edition)
    target = out or project.build / "run" / f"{edition.folder}-{template.name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        execute_notebook(template, ags, folder, target)
    except NotebookFailed as failed:
        raise EditionsFailed(
            Problem(
                project.show(notebook),
                0,
                f"cell {failed.cell}",
                f"{failed.error}: {failed.message}",
                do="correct the cell and run again",
                code="notebook-failed",
            )
        ) from None
    return project.show(target)


def _with_form(template: Template, edition: Edition, form: str) -> Template:
    """The notebook as the page of the asked form; raises UsageError when the municipality declares no such form."""
    pages = {one.form: one for one in pages_of(template, edition.parameters.formats) if one.form}
    if form in pages or pages and not form:
        return pages[form] if form else next(iter(pages.values()))
    if not form:
        return template
    what = "the municipality declares no such form for this notebook"
    expected = f"one of {', '.join(pages)}" if pages else "a form declared under `formats`"
    raise UsageError(Problem("--form", 0, "", what, form, expected, "choose another id", "unknown-form"))
