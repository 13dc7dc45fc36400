"""Notebook templates: read, check before anything runs, order.

Chapters that only internal editions have lie in `notebooks/intern/`. A notebook whose metadata say `"kind": "explorer"`
is for people in JupyterLab: it is checked with the others and belongs to no edition.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

import nbformat

from transferbuch.errors import PersonFileError, Problem
from transferbuch.project import Project, access_problems, visible_files
from transferbuch.records import collect, nearest
from transferbuch.vocabulary import INTERNAL, INTERNAL_FOLDER, PUBLIC, Access

PARAMETERS = ("ags", "data")
"""Names that every run hands to a notebook: the municipality's key and the folder of its data slice."""
FORM_PARAMETER = "form"
"""Name that a run hands to the notebook of a report form too: the id of the form, "" for the first one declared."""
PAGE_FORMS = ("datensammlung", "analyse", "profil", "gremienvorlage")
"""Report forms that are a page, each with a notebook of the same name (see `editions.forms`)."""
NEEDS = ("", "areas", "gemeinden", "goals", "own_data", *PAGE_FORMS)
CHAPTER, EXPLORER = KINDS = ("chapter", "explorer")


@dataclass(frozen=True)
class Template:
    """One chapter: `notebooks/<name>.ipynb` with title and order from its metadata."""

    name: str
    path: Path
    title: str
    order: int
    needs: str = ""
    """What an edition must have for this chapter: "areas" (an index of small areas), "gemeinden" (an own table of
    Gemeinden), "goals", "own_data" (an own table), or the report form that the page shows."""
    access: Access = PUBLIC
    form: str = ""
    """Id of the declared form that this page shows; name and title are then those of the form."""

    @property
    def file(self) -> str:
        """The notebook as commands and messages name it."""
        return f"notebooks/{f'{INTERNAL_FOLDER}/' if self.access == INTERNAL else ''}{self.path.stem}.ipynb"

    @property
    def parameters(self) -> dict[str, str]:
        """What a run hands to the notebook besides the municipality and its data."""
        return {FORM_PARAMETER: self.form} if self.needs in PAGE_FORMS else {}


def load_templates(project: Project) -> list[Template]:
    """All chapters of the project's audience in reading order; raises PersonFileError with every fault of every
    notebook."""
    files = visible_files(project.notebooks, "*.ipynb", project.is_internal)
    if not files:
        raise PersonFileError(
            Problem(
                "notebooks",
                0,
                "",
                "there is no notebook",
                expected="notebooks/<chapter>.ipynb",
                do="restore the folder from the repository",
                code="no-notebooks",
            )
        )
    found = collect([lambda path=path: _load_notebook(path, project.show(path)) for path in files])
    return sorted(filter(None, found), key=lambda template: (template.order, template.name))


def load_template(path: Path, name: str) -> Template:
    """One checked template; `name` is the path shown in messages. Raises PersonFileError, also for an explorer."""
    template = _load_notebook(path, name)
    if template is None:
        what, do = "an explorer is no chapter: nothing runs it for a municipality", "open it in JupyterLab"
        raise PersonFileError(Problem(name, 0, "metadata.transferbuch.kind", what, EXPLORER, CHAPTER, do, "no-chapter"))
    return template


def _load_notebook(path: Path, name: str) -> Template | None:
    """One checked chapter, or None for a checked explorer."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError:
        raise PersonFileError(
            Problem(
                name, 0, "", "there is no such notebook", code="file-missing", do="use the path of a file in notebooks/"
            )
        ) from None
    except (ValueError, nbformat.ValidationError, nbformat.reader.NotJSONError) as error:
        raise PersonFileError(
            Problem(
                name,
                0,
                "",
                f"this is not a notebook: {str(error).splitlines()[0]}",
                expected="notebook format 4",
                do="save it again with JupyterLab",
                code="notebook-broken",
            )
        ) from None
    problems = _check_outputs(notebook, name)
    meta = notebook.metadata.get("transferbuch", {})
    kind = str(meta.get("kind", CHAPTER))
    if kind not in KINDS:
        expected, do = f"{EXPLORER}, or no such key for a chapter", nearest(kind, KINDS)
        field = "metadata.transferbuch.kind"
        problems.append(Problem(name, 0, field, "unknown value", kind, expected, do, "notebook-metadata"))
    if kind == EXPLORER:
        if problems:
            raise PersonFileError(problems)
        return None
    expected = PARAMETERS + ((FORM_PARAMETER,) if meta.get("needs") in PAGE_FORMS else ())
    problems += _check_parameters(notebook, name, expected)
    problems += _check_additions(notebook, name, path.stem)
    problems += [
        Problem(
            name,
            0,
            f"metadata.transferbuch.{key}",
            "the notebook's metadata lack this key",
            expected="title (text) and order (number)",
            do="copy the metadata of another chapter",
            code="notebook-metadata",
        )
        for key in ("title", "order")
        if key not in meta
    ]
    needs = str(meta.get("needs", ""))
    if needs not in NEEDS:
        known = f"one of {', '.join(filter(None, NEEDS))}, or no such key"
        what, do = "nothing is known that an edition could need by this name", nearest(needs, filter(None, NEEDS))
        field = "metadata.transferbuch.needs"
        problems.append(Problem(name, 0, field, what, needs, known, do, "notebook-metadata"))
    access = str(meta.get("access", PUBLIC))
    field = "metadata.transferbuch.access"
    if access in (PUBLIC, INTERNAL):
        problems += access_problems(path, access, name, field=field)
    else:
        expected, do = f"{PUBLIC} or {INTERNAL}", nearest(access, (PUBLIC, INTERNAL))
        problems.append(Problem(name, 0, field, "unknown value", access, expected, do, "notebook-metadata"))
    if problems:
        raise PersonFileError(problems)
    return Template(path.stem, path, str(meta["title"]), int(meta["order"]), needs, access)


def _check_parameters(
    notebook: nbformat.NotebookNode, name: str, parameters: tuple[str, ...] = PARAMETERS
) -> list[Problem]:
    tagged = [
        (number, cell) for number, cell in enumerate(notebook.cells, 1) if "parameters" in cell.metadata.get("tags", [])
    ]
    if len(tagged) != 1:
        return [
            Problem(
                name,
                0,
                "",
                f"the notebook has {len(tagged) or 'no'} cell(s) tagged `parameters`",
                expected=f"one cell that sets {' and '.join(parameters)}",
                do="tag the first code cell `parameters` (JupyterLab: Property Inspector)",
                code="no-parameters",
            )
        ]
    number, cell = tagged[0]
    field = f"cell {number}"
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        return [
            Problem(
                name,
                0,
                field,
                f"the parameters cell is no valid Python (its line {error.lineno})",
                do="correct the cell",
                code="parameters-syntax",
            )
        ]
    names = [
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    return [
        Problem(
            name,
            0,
            field,
            "unknown parameter: nothing would ever set it",
            given,
            f"only {', '.join(parameters)}",
            nearest(given, parameters),
            "unknown-parameter",
        )
        for given in names
        if given not in parameters
    ] + [
        Problem(
            name,
            0,
            field,
            "the parameters cell does not declare a parameter that every run sets",
            missing,
            f"{' and '.join(parameters)} with a default",
            f'add {missing} = "…"',
            "missing-parameter",
        )
        for missing in parameters
        if missing not in names
    ]


def _check_additions(notebook: nbformat.NotebookNode, name: str, chapter: str) -> list[Problem]:
    """A chapter that opens an edition prints what the municipality adds to it; a form's page is the municipality's."""
    if notebook.metadata.get("transferbuch", {}).get("needs") in PAGE_FORMS:
        return []
    call = f'edition.additions("{chapter}")'
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    if not any("open_edition(" in source for source in sources) or any(call in source for source in sources):
        return []
    what = "the chapter does not print key statements, comments and practice boxes of the municipality"
    do = "add this cell after the one that opens the edition"
    return [Problem(name, 0, "", what, "", f"a code cell {call}", do, "no-additions")]


def _check_outputs(notebook: nbformat.NotebookNode, name: str) -> list[Problem]:
    """Outputs in cells, and what JupyterLab keeps of widgets in the metadata."""
    widgets = [
        Problem(
            name,
            0,
            "metadata.widgets",
            "the template holds the state of widgets of an earlier run",
            expected="no such key",
            do="switch off “Save Widget State Automatically”, clear all outputs and save",
            code="notebook-outputs",
        )
    ] * ("widgets" in notebook.metadata)
    return widgets + [
        Problem(
            name,
            0,
            f"cell {number}",
            "the template holds outputs of an earlier run",
            expected="no outputs",
            do="clear all outputs and save",
            code="notebook-outputs",
        )
        for number, cell in enumerate(notebook.cells, 1)
        if cell.get("outputs")
    ]
