"""What is made again after a change: the editions that show it, and nothing else. A chapter is executed again only if
its cells, the code that these reach, or the data have changed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.site.conftest import BUILT, DAY, copy_built, write_notebook
from transferbuch.editions import fingerprints, matches
from transferbuch.editions.cache import Cache
from transferbuch.project import Project
from transferbuch.site.build import BuildRequest, build_site
from transferbuch.site.explain import explain_edition
from transferbuch.site.portal import Portal
from transferbuch.site.release import Release, load_release
from transferbuch.site.slices import Slices
from transferbuch.site.tasks import Tasks

CHAPTERS = {(ags, name) for ags in BUILT for name in ("ueberblick", "zusatz")} - {("99002", "zusatz")}
FIRST = {one for one in CHAPTERS if one[1] == "ueberblick"}
NOTHING = (set(), set(), False)


def of(*ags: str) -> set[tuple[str, str]]:
    """All chapters of these editions."""
    return {one for one in CHAPTERS if one[0] in ags}


@dataclass
class Changing:
    """A copy of the built project with the keys of what it was built from."""

    project: Project
    foreseen: dict[str, bool] = field(default_factory=dict)
    """Whether the last slice of an edition was known without writing it."""

    def __post_init__(self) -> None:
        self.release = load_release(self.project, "modellregion")
        self.built = self._keys(self.release)

    def _keys(self, release: Release) -> tuple[dict, dict, str]:
        tasks, editions, chapters = Tasks(release), {}, {}
        slices = Slices(release, Cache(self.project.build / "cache"))
        for edition in release.plan(BUILT):
            foreseen, mark = slices.fingerprint(edition), slices.write(edition)
            assert foreseen in ("", mark), "a slice that is not written again would have been another one"
            self.foreseen[edition.ags] = bool(foreseen)
            task = tasks.task(edition, mark)
            editions[edition.ags] = task.key
            chapters |= {(edition.ags, name): key for name, key in task.notebooks.items()}
        return editions, chapters, Portal(release, BUILT).inputs

    def again(self, release: Release | None = None) -> tuple[set, set, bool]:
        """Editions, chapters and whether the portal, that a build would make again."""
        now = self._keys(release or load_release(self.project, "modellregion"))
        editions, chapters = (
            {one for one in new if old.get(one) != new[one]} for old, new in zip(self.built[:2], now[:2], strict=True)
        )
        return editions, chapters, now[2] != self.built[2]

    def after(self, path: Path, change: Callable[[str], str], encoding: str = "utf-8") -> tuple[set, set, bool]:
        """The same after `change` of the text of a file, which is put back."""
        before = path.read_bytes()
        text = before.decode(encoding)
        assert (changed := change(text)) != text, "the test must change something"
        try:
            path.write_bytes(changed.encode(encoding))
            return self.again()
        finally:
            path.write_bytes(before)


@pytest.fixture(autouse=True)
def same_day(monkeypatch):
    for name, value in DAY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def changing(built_project, tmp_path_factory) -> Changing:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in DAY.items():
            patch.setenv(name, value)
        return Changing(copy_built(built_project, tmp_path_factory.mktemp("kopie") / "projekt"))


def test_nothing_changed_nothing_made_again(changing):
    assert set(changing.built[1]) == CHAPTERS
    assert changing.again() == NOTHING
    assert changing.foreseen == {ags: ags not in changing.release.own_given.tables for ags in BUILT}
    assert any(changing.foreseen.values())


def test_a_copied_project_finds_everything_in_its_cache(changing):
    """Keys say nothing about folders or machines."""
    report = build_site(changing.project, _request(changing.project), _quiet)
    assert {one.outcome for one in report.editions} == {"cached"} and report.portal == "up to date"


def test_a_template_changes_the_editions_that_have_the_chapter(changing):
    path = changing.project.notebooks / "zusatz.ipynb"
    found = changing.after(path, lambda text: text.replace("Zweites Kapitel", "Anderes Kapitel"))
    assert found == ({"99001", "99061"}, {("99001", "zusatz"), ("99061", "zusatz")}, False)
    everybody = changing.after(path.with_name("ueberblick.ipynb"), lambda text: text.replace("Ausgabe", "Fassung"))
    assert everybody == (set(BUILT), FIRST, False)


def test_a_new_chapter_is_executed_alone(changing):
    path = changing.project.notebooks / "drittes.ipynb"
    write_notebook(path, "Drittes", 3, "print(ags)")
    try:
        found = changing.again()
    finally:
        path.unlink()
    assert found == ({"99001", "99061"}, {("99001", "drittes"), ("99061", "drittes")}, False)


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("title", 'ags: "99002"\n', 'ags: "99002"\ntitle: "Bildung am See"\n'),
        ("contact", 'ags: "99002"\n', 'ags: "99002"\ncontact: "Bildungsbüro"\n'),
        ("field", '"Frühe Bildung"]', '"Integration und Sprache"]'),
        ("chapters", "chapters: [ueberblick]", "chapters: [ueberblick, zusatz]"),
    ],
)
def test_what_a_municipality_chooses_changes_its_edition_only(changing, what, old, new):
    """It is a part of the data slice, so its chapters run again too; other editions and the portal do not know it."""
    path = changing.project.parameters / "99002-seefurt.yml"
    editions, chapters, portal = changing.after(path, lambda text: text.replace(old, new, 1))
    assert (editions, portal) == ({"99002"}, False)
    assert {ags for ags, _ in chapters} == {"99002"}


def test_a_goal_changes_its_edition_and_so_does_the_day_on_which_it_is_due(changing):
    goal = """goals:
  - id: arbeit
    title: "Weniger junge Menschen sind arbeitslos"
    access: public
    target_field: "Ergebnisse und Wirkungen"
    indicator: rate_unemployment_15_25_pct
    start: {year: 2021}
    target: 5.0
    due: 2027-12-31
    measures:
      - {text: "Lotsen an Schulen", responsible: "Schulamt"}
"""
    path = changing.project.parameters / "99002-seefurt.yml"
    assert changing.after(path, lambda text: text + goal) == ({"99002"}, of("99002"), False)
    with_goal = path.read_text("utf-8") + goal
    for day, again in (("1767225600", {"99002"}), ("1830297600", {"99001", "99002"})):  # 2028: due, Talbrück's own too
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", day)
            assert changing.after(path, lambda _: with_goal)[0] == again


def test_another_day_changes_nothing_that_does_not_show_it(changing, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(DAY["SOURCE_DATE_EPOCH"]) + 86_400))
    assert changing.again() == NOTHING


def test_a_logo_changes_the_look_and_executes_nothing(changing):
    parameters = changing.project.parameters
    brand = "brand:\n  name: Stadt Seefurt\n  logo: wappen.svg\n"
    yaml, logo = parameters / "99002-seefurt.yml", parameters / "99002-seefurt" / "wappen.svg"
    text, drawing = yaml.read_text("utf-8"), (parameters / "99001-talbrueck" / "wappen.svg").read_text("utf-8")
    keys = []
    try:
        yaml.write_text(text + brand, "utf-8")
        for picture in (drawing, drawing.replace("</svg>", "<title>See</title></svg>")):
            logo.write_text(picture, "utf-8")
            release = load_release(changing.project, "modellregion")
            assert changing.again(release) == ({"99002"}, set(), False)
            keys.append(changing._keys(release)[0]["99002"])
    finally:
        yaml.write_text(text, "utf-8")
        logo.unlink(missing_ok=True)
    assert keys[0] != keys[1], "another drawing"


def test_the_glossary_is_on_all_pages_and_executes_nothing(changing):
    path = changing.project.book / "glossar.md"
    found = changing.after(path, lambda text: text.replace("Jahr, in dem das Schuljahr endet", "Jahr am Ende"))
    assert found == (set(BUILT), set(), True)


def test_a_transfer_object_changes_the_editions_that_propose_or_name_it(changing):
    proposed = {
        edition.ags: {one.object.slug for one in changing.release.matches_of(edition)[1][:5]}
        for edition in changing.release.plan(BUILT)
    }
    only_talbrueck = proposed["99001"] - proposed["99002"] - proposed["99061"]
    nobody = set(changing.release.inputs.objects) - set().union(*proposed.values())
    folder = changing.project.transfer

    def reworded(text: str) -> str:
        return text.rstrip() + "\n\nEin weiterer Absatz, der nichts an der Zuordnung ändert.\n"

    slug = min(only_talbrueck)
    assert changing.after(folder / f"{slug}.md", reworded) == ({"99001"}, of("99001"), True)
    other = folder / f"{min(nobody)}.md"
    assert changing.after(other, reworded) == (set(), set(), True), "the portal shows all"


def test_a_weight_changes_the_editions_whose_proposals_it_changes(changing, monkeypatch):
    """The weight of the own assessment concerns those who have one: of these three, Talbrück alone."""
    settings = matches.load_match_settings()
    need = settings.need.model_copy(update={"component": settings.need.component + 1})
    heavier = settings.model_copy(update={"need": need})
    monkeypatch.setattr(matches, "load_match_settings", lambda: heavier)
    editions, chapters, _ = changing.again()
    assert (editions, chapters) == ({"99001"}, of("99001"))


@pytest.mark.parametrize(
    ("module", "editions", "chapters"),
    [
        ("report.numbers", set(BUILT), CHAPTERS - FIRST),  # cells of the first chapter import nothing
        ("site.book", set(BUILT), set()),
        ("site.figures", set(BUILT), set()),
        ("site.glossary_ext", set(BUILT), set()),
        ("editions.engine", set(BUILT), CHAPTERS),
        ("editions.execute", set(BUILT), CHAPTERS),
        ("editions.warm", set(BUILT), CHAPTERS),
        ("site.portal", set(), set()),
        ("site.portal_ext", set(), set()),
        ("explorer.excerpt", set(), set()),
        ("cli", set(), set()),
        ("indicators.compute", set(), set()),  # only through what it computes
    ],
)
def test_code_changes_what_it_makes(changing, monkeypatch, module, editions, chapters):
    assert fingerprints._file_of(f"transferbuch.{module}"), "the test must name a module"
    real = fingerprints._hash_of_file
    monkeypatch.setattr(
        fingerprints, "_hash_of_file", lambda name: "changed" if name == f"transferbuch.{module}" else real(name)
    )
    assert changing.again(changing.release)[:2] == (editions, chapters)


def test_another_library_changes_everything(changing, monkeypatch):
    real = fingerprints.version
    monkeypatch.setattr(fingerprints, "version", lambda name: "99.9" if name == "plotly" else real(name))
    assert changing.again(changing.release)[:2] == (set(BUILT), CHAPTERS)


def test_a_changed_number_changes_the_editions_of_its_land_and_is_explained(changing):
    """Each of these editions shows the Kreise of its Land; the number is told with its old and its new value."""
    path = changing.project.modellregion / "raw" / "13211-02-05-4.csv"
    before = path.read_bytes()
    row = re.compile(rb"(?m)^(2024;99061;.*;13,9);5,9")
    assert len(row.findall(before)) == 1
    try:
        path.write_bytes(row.sub(rb"\1;6,0", before))
        assert changing.again() == (set(BUILT), CHAPTERS, True)
        told = explain_edition(changing.project, "99061", "modellregion")
    finally:
        path.write_bytes(before)
    assert told.startswith("99061 Landkreis Tannwald-Ellerfurt: out of date\n")
    assert "  values rate_unemployment_15_25_pct 99061 2024: value 5.9 → 6.0\n" in told


def test_explain_names_the_input_that_changed_old_and_new(changing):
    project = changing.project

    assert explain_edition(project, "99061", "modellregion") == (
        "99061 Landkreis Tannwald-Ellerfurt: up to date, nothing that it is made of has changed"
    )
    slug = changing.release.matches_of(changing.release.plan(("99001",))[0])[1][0].object.slug
    changes = {
        project.parameters / "99001-talbrueck.yml": (
            'title: "Bildung in der Stadt Talbrück"',
            'title: "Bildung im Tal"',
        ),
        project.notebooks / "zusatz.ipynb": ("Zweites", "Anderes"),
        project.transfer / f"{slug}.md": ('summary: "', 'summary: "Neu: '),
    }
    kept = {path: path.read_bytes() for path in changes}
    try:
        for path, (old, new) in changes.items():
            path.write_text(kept[path].decode("utf-8").replace(old, new, 1), "utf-8")
        first, *lines = explain_edition(project, "99001", "modellregion").splitlines()
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
    assert first == "99001 Stadt Talbrück: out of date"
    assert "  title: Bildung in der Stadt Talbrück → Bildung im Tal" in lines
    assert '  parameters.title: "Bildung in der Stadt Talbrück" → "Bildung im Tal"' in lines
    assert [line for line in lines if re.fullmatch(r"  chapter zusatz: [0-9a-f]{16} → [0-9a-f]{16}", line)]
    assert [line for line in lines if line.startswith("  transfer[0].object.summary: ") and '→ "Neu: ' in line]
    assert len(lines) == 4 and not [line for line in lines if "ueberblick" in line], lines
    assert explain_edition(project, "99052", "modellregion") == (
        "99052 Mittlerer Auenkreis: not in the site yet; a build makes it"
    )


def _request(project: Project) -> BuildRequest:
    return BuildRequest("modellregion", project.build / "site", BUILT, workers=1, portal=True)


def _quiet(done: int, total: int, what: str) -> None:
    """Progress is not what these tests look at."""


def test_a_build_does_what_was_foreseen(built_project, tmp_path):
    """Glossary and a title changed: all pages are new, chapters of one edition were executed, the rest was taken."""
    project = copy_built(built_project, tmp_path / "projekt")
    glossary, yaml = project.book / "glossar.md", project.parameters / "99002-seefurt.yml"
    text = glossary.read_text("utf-8")
    glossary.write_text(text.replace("Jahr, in dem das Schuljahr endet", "Jahr am Ende des Schuljahres"), "utf-8")
    yaml.write_text(yaml.read_text("utf-8") + 'title: "Bildung am See"\n', "utf-8")
    request = BuildRequest("modellregion", project.build / "site", BUILT, workers=1, portal=False)
    report = build_site(project, request, _quiet)
    assert {one.ags: (one.outcome, set(one.notebooks)) for one in report.editions} == {
        "99001": ("ok", set()),
        "99002": ("ok", {"ueberblick"}),
        "99061": ("ok", set()),
    }
    assert "Bildung am See" in (project.build / "site/kommunen/99002/index.html").read_text("utf-8")
    glossary.write_text(text, "utf-8")
    back = build_site(project, request, _quiet)
    assert {one.ags: one.outcome for one in back.editions} == {"99001": "cached", "99002": "ok", "99061": "cached"}
    assert back.editions[1].notebooks == {}, "what is undone is found again"
