"""A write-up of a transfer object begins on a new sheet and has two at most, whichever object it is and whatever the
municipality lacks; what follows it begins on a sheet of its own, so that it can be handed out alone."""

import json
import shutil

import pytest

from tests.notebooks.conftest import NOTEBOOKS, ROOT
from tests.notebooks.printing import CHROMIUM, print_page
from transferbuch.editions.execute import execute_notebook
from transferbuch.editions.templates import load_template
from transferbuch.site.book import BookSettings, build_book
from transferbuch.transfer.loading import load_transfer_objects

MOST_SHEETS = 2
TOP = 800
"""Points above the lower edge that only the first lines of a sheet have (A4: 842, less the margin)."""
SOURCE_LINES = 50
"""Points on the last sheet for what the model region lacks: the source line of official tables has four lines more."""
LEAD_TO_ENDS = """() => {
  const links = document.createElement('p');
  document.querySelectorAll('article.tb-proposal').forEach((one, at) => {
    for (const [name, where] of [['start', 'afterbegin'], ['end', 'beforeend']]) {
      const place = document.createElement('span'), link = document.createElement('a');
      place.id = `${name}-${at}`;
      link.href = '#' + place.id;
      link.textContent = place.id;
      one.insertAdjacentElement(where, place);
      links.append(link, ' ');
    }
  });
  document.querySelector('article.bd-article').append(links);
}"""
"""Links after the text, so that the PDF says where every write-up begins and ends."""
ABOVE, WORST = {"worse_than": ["peers", "land"], "stands_out": True, "worsening": True}, 1.0


def with_all_objects(content: dict) -> dict:
    """The slice of a municipality that lacks everything, with every object of the collection as a proposal.

    Givers are real and unknown to the model region: the municipality's own context stands for theirs, so that no
    write-up lacks the table of it.
    """
    objects = load_transfer_objects(ROOT / "book" / "transfer").values()
    indicators = [{"indicator": one["id"], "year": 2023, "strength": WORST, **ABOVE} for one in content["indicators"]]
    components = {component: WORST for one in objects for component in one.components}
    fields = {field: WORST for one in objects for field in one.fields}
    needs = content["needs"] | {"indicators": indicators, "fields": fields, "components": components, "focus": []}
    terms = {"type": 0.0, "context": 0.1}
    proposals = [
        {
            "object": one.model_dump(mode="json"),
            "sections": dict(one.sections),
            "score": 0.4,
            "fits_well": True,
            "need": 1.0,
            "fit": 0.2,
            "terms": terms,
            "distance": 3.0,
            "kept": 0.85,
            "conditions": [{"text": each.text, "of": each.of, "state": "not fulfilled"} for each in one.conditions],
            "giver_population": 1_950_000,
            "giver_context": content["context"],
        }
        for one in objects
    ]
    return content | {"needs": needs, "transfer": proposals}


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: install the system package chromium")
def test_every_write_up_has_two_sheets_of_its_own_at_most(declared_slice, tmp_path):
    shutil.copytree(declared_slice("99001"), tmp_path / "slice")
    path = tmp_path / "slice" / "slice.json"
    content = with_all_objects(json.loads(path.read_text(encoding="utf-8")))
    assert len(content["context"]) >= 8  # as many rows as beside a real giver
    path.write_text(json.dumps(content), encoding="utf-8")
    (chapter,) = (path for path in NOTEBOOKS if path.stem == "transfer")
    (tmp_path / "book").mkdir()
    execute_notebook(load_template(chapter, chapter.name), "99001", tmp_path, tmp_path / "book" / "transfer.ipynb")
    (tmp_path / "book" / "index.md").write_text("# Ausgabe\n", encoding="utf-8")
    settings = BookSettings("Ausgabe", ("index", "transfer"), banner="Modellregion – erfundene Daten", footer="Quelle.")
    build_book(tmp_path / "book", tmp_path / "html", settings)

    spots = print_page(tmp_path / "html" / "transfer.html", tmp_path / "transfer.pdf", LEAD_TO_ENDS).spots
    slugs = [one["object"]["slug"] for one in content["transfer"]]
    places = {slug: (spots[f"start-{at}"], spots[f"end-{at}"]) for at, slug in enumerate(slugs)}
    assert len(places) == len(slugs) > 80
    assert {slug: start for slug, (start, _) in places.items() if start.height < TOP} == {}
    sheets = {slug: end.sheet - start.sheet + 1 for slug, (start, end) in places.items()}
    assert {slug: count for slug, count in sheets.items() if count > MOST_SHEETS} == {}
    full = {
        slug: end for slug, (_, end) in places.items() if sheets[slug] == MOST_SHEETS and end.height < 51 + SOURCE_LINES
    }
    assert full == {}
    starts = [start.sheet for start, _ in places.values()]
    ends = [end.sheet for _, end in places.values()]
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    assert spots["die-vorschlage-im-einzelnen"].sheet < starts[0]
    assert spots["so-kann-es-weitergehen"].sheet > ends[-1]
