"""A paper for a committee has at most four printed pages, however much its parameters file makes of its limits."""

import dataclasses
import json
import shutil

import pytest

from tests.notebooks.conftest import COMBINED, NOTEBOOKS, ROOT
from tests.notebooks.printing import CHROMIUM, print_page
from transferbuch.editions.execute import execute_notebook
from transferbuch.editions.forms import Gremienvorlage
from transferbuch.editions.templates import load_template
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.site.book import BookSettings, build_book
from transferbuch.transfer.loading import load_transfer_objects

MOST_PAGES = 4


def words(length: int) -> str:
    return ("Die Verwaltung berichtet dem Ausschuss darüber. " * 50)[:length].strip()


def longest(objects: list[str], titles: dict[str, str]) -> dict:
    """The paper with every text and list as long as it may be."""
    given = {
        "form": "gremienvorlage",
        "id": "lang",
        "title": words(100),
        "body": words(120),
        "day": "2025-09-16",
        "occasion": words(800),
        "question": words(240),
        "indicators": sorted(titles, key=lambda one: -len(titles[one]))[:5],
        "assessment": words(1000),
        "proposals": [words(280)] * 4,
        "objects": objects,
        "resolution": [words(280)] * 4,
        "finances": words(500),
        "effort": words(500),
        "contact": words(120),
    }
    for key in ("occasion", "assessment", "finances", "effort", "body", "contact", "title", "question"):
        with pytest.raises(ValueError, match="at most"):  # these are the limits
            Gremienvorlage.model_validate(given | {key: given[key] + " und noch ein Satz"})
    for key in ("indicators", "proposals", "resolution"):
        with pytest.raises(ValueError, match="at most"):
            Gremienvorlage.model_validate(given | {key: [*given[key], "noch einer"]})
    return Gremienvorlage.model_validate(given).model_dump(mode="json")


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: install the system package chromium")
@pytest.mark.parametrize(("ags", "names_objects"), [("99001", True), (COMBINED, False)])
def test_the_longest_paper_has_four_printed_pages_at_most(ags, names_objects, declared_slice, tmp_path):
    all_objects = load_transfer_objects(ROOT / "book" / "transfer")
    chosen = sorted(all_objects, key=lambda slug: -len(all_objects[slug].summary))[:3] if names_objects else []
    shutil.copytree(declared_slice(ags), tmp_path / "slice")
    path = tmp_path / "slice" / "slice.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    known = {one["id"]: one["title"] for one in content["indicators"]}
    content["parameters"]["formats"] = [longest(chosen, known)]
    content["named_objects"] = {
        slug: {"title": one.title, "summary": one.summary, "giver": one.giver.name}
        for slug in chosen
        for one in [all_objects[slug]]
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    (paper,) = (path for path in NOTEBOOKS if path.stem == "gremienvorlage")
    template = dataclasses.replace(load_template(paper, paper.name), name="vorlage", title=words(100), form="lang")
    (tmp_path / "book").mkdir()
    execute_notebook(template, ags, tmp_path, tmp_path / "book" / "vorlage.ipynb")
    (tmp_path / "book" / "index.md").write_text("# Ausgabe\n", encoding="utf-8")
    banner = "Modellregion – erfundene Daten"
    settings = BookSettings("Ausgabe", ("index", "vorlage"), banner=banner, footer=words(300))
    build_book(tmp_path / "book", tmp_path / "html", settings)
    printed = print_page(tmp_path / "html" / "vorlage.html", tmp_path / "vorlage.pdf")
    assert 1 < printed.sheets <= MOST_PAGES
    text = (tmp_path / "html" / "vorlage.html").read_text(encoding="utf-8")
    assert text.count(f"<li>{words(280)}</li>") == 8  # all of it is there
    assert all(known[one][:20] in text for one in content["parameters"]["formats"][0]["indicators"])


def test_indicators_named_in_the_model_region_are_in_the_catalogue(declared_slice):
    content = json.loads((declared_slice("99001") / "slice.json").read_text(encoding="utf-8"))
    named = {one for form in content["parameters"]["formats"] for one in form.get("indicators", ())}
    assert named and named <= set(load_indicators())
