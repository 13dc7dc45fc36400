"""What a municipality adds and which report forms it declares: each fault is one message with file and line."""

import pytest

from transferbuch.editions.chapter_lists import KnownChapters
from transferbuch.editions.forms import REPORT_CHAPTERS
from transferbuch.editions.parameters import load_parameters
from transferbuch.editions.references import check_references
from transferbuch.errors import PersonFileError
from transferbuch.project import Project
from transferbuch.regions.register import load_register

NEEDS = {"sozialraeume": "areas", "analyse": "analyse", "profil": "profil", "gremienvorlage": "gremienvorlage"}
KNOWN = KnownChapters(frozenset({*REPORT_CHAPTERS, *NEEDS, "planung"}), NEEDS, frozenset({"planung"}))
INDICATORS = {"count_population", "rate_unemployment_pct"}
OBJECTS = {"herne-lueckenlose-bildungskette"}

WHOLE = """ags: "15084"
contact: "Bildungsbüro"
statements:
  - chapter: weiterbildung
    text: "Es fehlen Plätze."
    state: strittig
    by: "Steuerungsgruppe"
    day: 2025-05-20
    objection: {by: "Kämmerei", text: "Die Plätze reichen."}
comments:
  - {chapter: weiterbildung, text: "Dazu mehr im Herbst.", by: "Bildungsbüro", day: 2025-06-03}
practice:
  - {chapter: weiterbildung, slug: herne-lueckenlose-bildungskette}
  - {chapter: weiterbildung, title: "Sprachcafé", text: "Jeden Mittwoch."}
formats:
  - form: analyse
    id: arbeit
    title: "Journal"
    question: "Was hilft?"
    indicators: [rate_unemployment_pct]
    recommendations: ["Beraten."]
    decision: {text: "Wir beraten.", state: beschlossen, by: "Ausschuss", day: 2025-06-17}
  - form: profil
    id: leitung
    title: "Profil"
    role: "Leitung"
    indicators: [count_population, rate_unemployment_pct]
  - form: gremienvorlage
    id: beratung
    title: "Vorlage"
    body: "Ausschuss"
    day: 2025-09-16
    occasion: "Der Ausschuss bat darum."
    question: "Soll beraten werden?"
    indicators: [rate_unemployment_pct]
    assessment: "Die Quote ist hoch."
    resolution: ["Es wird beraten."]
    finances: "Keine."
    effort: "Gering."
"""


def problems_of(tmp_path, text: str) -> list[str]:
    folder = tmp_path / "parameters"
    folder.mkdir()
    (folder / "15084-b.yml").write_text(text, encoding="utf-8")
    project = Project(tmp_path)
    try:
        parameters = load_parameters(project, load_register(), set(KNOWN.names), needs=KNOWN.needs)
    except PersonFileError as error:
        return list(map(str, error.problems))
    return list(map(str, check_references(project, parameters, KNOWN, INDICATORS, OBJECTS)))


def test_the_whole_of_it_is_in_order(tmp_path):
    assert problems_of(tmp_path, WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        # statements, comments, practice boxes
        ("state: strittig", "state: umstritten", 6, ["unknown value (umstritten)", "one of abgestimmt, strittig"]),
        ('    objection: {by: "Kämmerei", text: "Die Plätze reichen."}\n', "", 4, ["needs its `objection`"]),
        ("state: strittig", "state: abgestimmt", 4, ["an agreed statement has no objection"]),
        ('by: "Steuerungsgruppe"', 'by: "Frau Muster"', 7, ["a person's name is not allowed; name the function"]),
        ('by: "Kämmerei"', 'by: "kaemmerei@stadt.de"', 9, ["objection.by", "an e-mail address is not allowed"]),
        ("Es fehlen Plätze.", "Dr. Muster sieht das anders.", 5, ["a person's name is not allowed"]),
        ("Dazu mehr im Herbst.", "<script>x</script>", 11, ["comments[1].text"]),
        ("day: 2025-05-20", "day: 2025-02-30", 8, ["statements[1].day"]),
        ("- chapter: weiterbildung", "- chapter: weiterbildng", 4, ["no such chapter", "did you mean 'weiterbildung'"]),
        ("- chapter: weiterbildung", "- chapter: planung", 4, ["does not appear on this page (planung)"]),
        ("- chapter: weiterbildung", "- chapter: gremienvorlage", 4, ["does not appear on this page"]),
        ("- chapter: weiterbildung", "- chapter: sozialraeume", 4, ["the edition does not have this chapter"]),
        ('contact: "Bildungsbüro"', "chapters: [rahmenbedingungen]", 4, ["the edition does not have this chapter"]),
        ("slug: herne-lueckenlose-bildungskette", "slug: herne-kette", 13, ["no such transfer object", "herne-lueck"]),
        ("slug: herne-lueckenlose-bildungskette", 'title: "Nur Titel"', 13, ["needs both `title` and `text`"]),
        (', text: "Jeden Mittwoch."', ", slug: herne-lueckenlose-bildungskette", 14, ["either a `slug` or an own"]),
        # report forms
        ("form: profil", "form: profile", 23, ["formats[2].form: unknown value (profile)", "did you mean 'profil'?"]),
        ("  - form: profil\n    id", "  - id", 23, ["formats[2].form: the key is missing", "add `form:`"]),
        ('    role: "Leitung"\n', "", 23, ["formats[2].role: the key is missing", "for whom, by function"]),
        ('role: "Leitung"', 'rolle: "Leitung"', 26, ["unknown key (rolle)", "did you mean 'role'?"]),
        ("[count_population,", "[count_people,", 27, ["there is no such indicator", "count_population"]),
        ("[count_population,", "[rate_unemployment_pct,", 27, ["this indicator is already in the list"]),
        ("id: leitung", "id: Leitung", 24, ["formats[2].id"]),
        ("state: beschlossen", "state: entschieden", 22, ["unknown value (entschieden)", "vertagt"]),
        ('effort: "Gering."', 'effort: "Gering."\n    objects: [herne-kette]', 40, ["no such transfer object"]),
        ('contact: "Bildungsbüro"', 'title: "Bildung"', 28, ["the paper says nobody to ask"]),
        ('body: "Ausschuss"', 'body: "Herr Muster"', 31, ["a person's name is not allowed"]),
        ("Der Ausschuss bat darum.", "x" * 801, 33, ["at most 800"]),
    ],
)
def test_each_fault_names_file_and_line(tmp_path, old, new, line, words):
    assert old in WHOLE
    found = problems_of(tmp_path, WHOLE.replace(old, new, 1))
    at_line = [one for one in found if one.startswith(f"parameters/15084-b.yml:{line}:")]
    assert any(all(word in one for word in words) for one in at_line), found


REPORT = '  - {form: bildungsbericht, title: "Bericht", question: "Was?"}\n'


def test_a_bildungsbericht_is_one_order_of_chapters_and_the_only_one(tmp_path):
    text = WHOLE.replace('contact: "Bildungsbüro"', 'contact: "Bildungsbüro"\nchapters: [weiterbildung]')
    found = "\n".join(problems_of(tmp_path, text + 2 * REPORT))
    assert "parameters/15084-b.yml:3: chapters: a Bildungsbericht orders the chapters" in found
    assert "parameters/15084-b.yml:42: formats[5].form: an edition is one Bildungsbericht at most" in found


def test_chapters_of_a_bildungsbericht_exist_and_two_forms_have_two_ids(tmp_path):
    report = REPORT.replace('"Was?"', '"Was?", chapters: [weiterbildung, wetterbildung, planung]')
    text = WHOLE.replace("form: profil\n    id: leitung", "form: profil\n    id: arbeit") + report
    twice = text + '  - {form: profil, id: arbeit, title: "Zwei", role: "Rat", indicators: [count_population]}\n'
    found = "\n".join(problems_of(tmp_path, twice))
    assert found.count("there is no such chapter (wetterbildung)") == 1
    assert found.count("this chapter is internal, and everybody may read") == 1
    assert "formats[5].id: this page exists already (profil-arbeit)" in found  # analyse-arbeit is another page


def test_all_faults_at_once(tmp_path):
    text = WHOLE.replace("- chapter: weiterbildung", "- chapter: x").replace("[count_population,", "[y,")
    found = problems_of(tmp_path, text.replace("slug: herne-lueckenlose-bildungskette", "slug: z"))
    assert len(found) == 3
