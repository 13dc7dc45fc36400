"""German word stems: forms of one word meet, different words do not, browser and index agree."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.site.test_assets import CHROMIUM
from transferbuch.site import theme
from transferbuch.site.search import GermanSearch, stem


@pytest.mark.parametrize(
    "forms",
    [
        ("Schüler", "Schülerin", "Schülerinnen", "Schülern", "Schülers", "Schueler", "SCHÜLER"),
        ("Abschluss", "Abschlüsse", "Abschlüssen", "Abschluß", "Abschluesse"),
        ("Absolvent", "Absolventin", "Absolventinnen", "Absolventen"),
        ("Land", "Länder", "Ländern", "Landes", "Laender"),
        ("Übergang", "Übergänge", "Übergangs", "Uebergaenge"),
        ("Kind", "Kinder", "Kindern", "Kindes"),
        ("Börde", "Boerde"),
    ],
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len({stem(form) for form in forms}) == 1, {form: stem(form) for form in forms}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bildung", "Bild"),
        ("Ausbildung", "Bildung"),
        ("Kreis", "Kreise2"),
        ("Steuer", "Stur"),
        ("Bauer", "Bar"),
        ("Quelle", "Qualle"),
        ("Termin", "Term"),
        ("Berlin", "Berl"),
    ],
)
def test_different_words_have_different_stems(one, other):
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", ["2023", "21111", "ä", "in", "die", "ue", "est", "ern", ""])
def test_short_words_and_numbers_stay(word):
    assert stem(word) == word.replace("ä", "a").replace("ue", "u")


def test_a_text_gives_each_of_its_words_once_and_stop_words_are_left_out():
    words = GermanSearch({}).split("Der Wert und der andere Wert, 12 und 12")
    assert words == ["Der", "Wert", "und", "der", "andere", "12"]
    assert [word for word in words if GermanSearch({}).word_filter(word)] == ["Der", "Wert", "12"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install the system package chromium")
def test_browser_and_index_stem_every_word_of_the_project_alike():
    texts = [path.read_text("utf-8") for path in (Path(__file__).parents[2] / "book").rglob("*.md")]
    words = sorted(set(re.findall(r"\w+", "\n".join(texts))))
    assert len(words) > 500
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(path=str(theme.ASSETS / "stemmer.js"))
        stems = page.evaluate("words => { const stemmer = new Stemmer(); return words.map(stemmer.stemWord) }", words)
        browser.close()
    assert dict(zip(words, stems, strict=True)) == {word: stem(word) for word in words}
