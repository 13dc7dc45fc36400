"""A small book as notebooks leave it: start page and one executed chapter with figure, table and parameters."""

import json
from copy import deepcopy
from pathlib import Path
from tempfile import mkdtemp

FIGURE_TEXT = {
    "id": "zeitreihe-ohne-abschluss",
    "caption": "Abgänge ohne Hauptschulabschluss, Prozent",
    "alt": "Liniendiagramm 2021 bis 2023: von 12,0 auf 15,1 Prozent; für 2022 gibt es keinen Wert.",
    "table": {
        "caption": "Abgänge ohne Hauptschulabschluss nach Jahr",
        "columns": ["Jahr", "Modellkreis", "Modellland"],
        "rows": [["2021", "12,0", "11,5"], ["2022", ".", "11,9"], ["2023", "15,1", "12,9"]],
    },
    "source": "Statistische Ämter, Tabelle 21111-02-06-4, Stand 15.05.2025, dl-de/by-2-0",
    "notes": ["Zeichen: . Zahl unbekannt oder geheim."],
}
PLOTLY = "application/vnd.plotly.v1+json"


def figure_output(**changes: object) -> dict:
    """A stored output with one chart; `changes` replace parts of its text."""
    figure = {
        "data": [{"type": "scatter", "x": [2021, 2022, 2023], "y": [12.0, None, 15.1], "name": "Modellkreis"}],
        "layout": {"height": 300, "xaxis": {"dtick": 1}},
    }
    return {
        "output_type": "display_data",
        "data": {PLOTLY: figure, "text/plain": "Liniendiagramm"},
        "metadata": {PLOTLY: {"transferbuch": {**deepcopy(FIGURE_TEXT), **changes}}},
    }


def html_output(html: str) -> dict:
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": "-"}, "metadata": {}}


def stderr_output(text: str) -> dict:
    return {"output_type": "stream", "name": "stderr", "text": text}


def notebook(*outputs: dict, title: str = "Überblick") -> str:
    """A chapter: title, parameters, text, one cell per output."""
    cells: list[dict] = [
        {"cell_type": "markdown", "source": f"# {title}"},
        {"cell_type": "code", "source": "ags = '99001'", "outputs": [], "metadata": {"tags": ["parameters"]}},
        {"cell_type": "markdown", "source": "## Schulabschlüsse\n\nDie Übergänge der Schülerinnen und Schüler."},
    ]
    cells += [
        {"cell_type": "code", "source": f"edition.show({number})", "outputs": [output]}
        for number, output in enumerate(outputs)
    ]
    for number, cell in enumerate(cells):
        cell.setdefault("metadata", {})["id"] = cell["id"] = f"zelle-{number}"
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "cells": cells,
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                "language_info": {"name": "python", "pygments_lexer": "ipython3"},
            },
        },
        ensure_ascii=False,
    )


TABLE = (
    '<div class="tb-table" role="region" aria-label="Kennzahlen" tabindex="0"><table><caption>Kennzahlen</caption>'
    '<thead><tr><th scope="col">Kennzahl</th><th scope="col">Wert</th></tr></thead><tbody><tr>'
    '<th scope="row">Bevölkerung</th><td class="tb-number">173.684</td></tr></tbody></table></div>'
)

PAGES = ("index", "ueberblick")


def make_source(parent: Path, **files: str) -> Path:
    """A book's source in a new folder below `parent`; `files` replace or add some (`__` stands for the dot)."""
    folder = Path(mkdtemp(prefix="quelle-", dir=parent))
    content = {
        "index__md": "# Modellkreis\n\nBericht zur Bildung im Modellkreis, Stand {2024}. Kosten: 5 $ bis 10 $.\n\n"
        "[Zum Überblick](ueberblick.ipynb)\n\n## Inhalt\n\nEin Kapitel.\n",
        "ueberblick__ipynb": notebook(html_output(TABLE), figure_output()),
        **files,
    }
    for name, text in content.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")
    return folder
