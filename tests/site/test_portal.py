"""The portal's generated parts: table of contents, indicator pages, Steckbrief, lists."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.site.conftest import ROOT
from transferbuch.data.corrections import load_corrections
from transferbuch.data.sources import load_sources
from transferbuch.errors import PersonFileError
from transferbuch.indicators.catalogue import Formula, load_indicators
from transferbuch.project import Project
from transferbuch.regions.register import load_register
from transferbuch.site.address import public_address
from transferbuch.site.indicator_page import corrections_text, formula_text
from transferbuch.site.portal import Portal, _giver_sizes, portal_toc
from transferbuch.site.portal_ext import CHAPTER_TITLES
from transferbuch.site.profile import profile_html
from transferbuch.transfer.loading import load_transfer_objects

LABELS = {"a": "Abgänge ohne Abschluss", "b": "Abgänge", "c": "Bevölkerung", "d": "Zuzüge", "e": "Fortzüge"}


def test_the_portals_contents_lose_the_book_folder_and_gain_the_indicators():
    toc = {
        "format": "jb-book",
        "root": "book/index",
        "chapters": [
            {"file": "book/transfer/index", "sections": [{"glob": "book/transfer/*"}]},
            {"file": "book/indikatoren/index"},
        ],
    }
    assert portal_toc(toc, ["count_population"]) == {
        "format": "jb-book",
        "root": "index",
        "chapters": [
            {"file": "transfer/index", "sections": [{"glob": "transfer/*"}]},
            {"file": "indikatoren/index", "sections": [{"file": "indikatoren/count_population"}]},
        ],
    }


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ({"kind": "share", "numerator": ["a"], "denominator": ["b"]}, "100 × „Abgänge ohne Abschluss“ ÷ „Abgänge“."),
        (
            {"kind": "rate", "numerator": ["d"], "minus": ["e"], "denominator": ["c"], "per": 1000},
            "1.000 × („Zuzüge“ − „Fortzüge“) ÷ „Bevölkerung“.",
        ),
        ({"kind": "value", "numerator": ["c"]}, "„Bevölkerung“, wie veröffentlicht."),
        (
            {"kind": "share", "numerator": ["a"], "denominator": ["c"], "denominator_years_before": 1},
            "100 × „Abgänge ohne Abschluss“ ÷ „Bevölkerung“ des Vorjahres.",
        ),
        (
            {"kind": "change", "numerator": ["c"], "years": 10},
            "100 × („Bevölkerung“ ÷ „Bevölkerung“ vor 10 Jahren − 1).",
        ),
    ],
)
def test_formulas_read_like_a_sentence(formula, text):
    assert formula_text(Formula.model_validate(formula), LABELS) == text


def test_corrections_stand_on_the_indicators_page_where_the_data_hold_the_region():
    sources, register = load_sources(), load_register()
    inputs = SimpleNamespace(register=register, corrections=load_corrections(sources, register))
    share = load_indicators(sources=sources)["share_long_term_unemployed_pct"]
    labels = {"unemployed_long_term": "Langzeitarbeitslose"}

    def text(ags):
        return corrections_text(share, inputs, pd.DataFrame({"indicator": [share.id], "ags": [ags]}), labels)

    assert text("08216") == (
        "## Berichtigte amtliche Zahlen\n\n"
        "- „Langzeitarbeitslose“, Landkreis Rastatt, 2010: amtlich 6.851, nicht gezeigt. Die Tabelle nennt 6.851 "
        "Langzeitarbeitslose, aber nur 5.410 Arbeitslose insgesamt. Fundstelle: Tabelle 13211-02-05-4, Stand "
        "10.10.2017, Zeile 3389, Spalten „Arbeitslose“ und „langzeitarbeitslos“. Der Fehler ist dem Amt nicht "
        "gemeldet.\n\n"
    )
    assert text("99001") == ""


def giver(slug, kind, *keys):
    return SimpleNamespace(slug=slug, giver=SimpleNamespace(type=kind, ags=keys))


def test_the_size_of_a_giver_is_the_latest_population_of_its_kreis():
    rows = [
        ("count_population", "03457", 2023, 99_000.0, "ok"),
        ("count_population", "03457", 2024, 100_000.0, "ok"),
        ("count_population", "03457", 2025, float("nan"), "missing"),
        ("count_population", "09761", 2024, 399_999.0, "ok"),
        ("count_pupils", "05774", 2024, 30_000.0, "ok"),
    ]
    values = pd.DataFrame(rows, columns=["indicator", "ags", "year", "value", "status"])
    objects = [
        giver("leer", "Landkreis", "03457"),
        giver("gemeinde", "Stadt", "03457013"),
        giver("augsburg", "kreisfreie Stadt", "09761"),
        giver("paderborn", "Landkreis", "05774"),
        giver("verbund", "Verbund", "03457", "09761"),
        giver("programm", "Programm"),
    ]
    assert _giver_sizes(objects, values) == {
        "leer": "100.000 bis unter 200.000",
        "gemeinde": "100.000 bis unter 200.000",
        "augsburg": "200.000 bis unter 400.000",
    }


def test_the_portal_is_built_again_when_a_review_expires_and_not_every_day(monkeypatch):
    objects = {"a": SimpleNamespace(slug="a", next_review=dt.date(2027, 6, 30))}
    release = SimpleNamespace(
        project=Project(ROOT),
        inputs=SimpleNamespace(objects=objects, address=""),
        computed=SimpleNamespace(values=pd.DataFrame({"ags": ["99001"]})),
        package=SimpleNamespace(id="x"),
        gebietsstand="2025-12-31",
    )

    def mark(day):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(dt.datetime.fromisoformat(f"{day}T12:00+00:00").timestamp())))
        return Portal(release, []).inputs

    assert mark("2027-06-01") == mark("2027-06-30") != mark("2027-07-01") == mark("2027-08-01")


@pytest.mark.parametrize(
    ("config", "address"),
    [
        ("title: x\n", ""),
        ("html:\n  use_multitoc_numbering: false\n", ""),
        ("html:\n  baseurl: https://transfer.example.org/buch\n", "https://transfer.example.org/buch/"),
    ],
)
def test_the_public_address_is_optional(tmp_path, config, address):
    assert public_address(tmp_path) == ""
    (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
    assert public_address(tmp_path) == address


def test_a_wrong_public_address_is_refused_with_its_line(tmp_path):
    (tmp_path / "_config.yml").write_text("title: x\nhtml:\n  baseurl: transfer.example.org\n", encoding="utf-8")
    with pytest.raises(PersonFileError) as refused:
        public_address(tmp_path)
    (found,) = refused.value.problems
    assert (found.file, found.line, found.value) == ("_config.yml", 3, "transfer.example.org")


def test_every_chapter_of_the_catalogue_has_a_title():
    chapters = {one.chapter for one in load_indicators(sources=load_sources()).values()}
    assert chapters == set(CHAPTER_TITLES)


def test_the_steckbrief_escapes_text_and_links_related_objects_by_title():
    objects = load_transfer_objects(ROOT / "book" / "transfer")
    one = objects["leer-bildungsbericht-bildung-im-verlauf"].model_copy(
        update={"title": "x", "target_groups": ("A & B",)}
    )
    html = profile_html(one, {"regensburg-erster-bildungsbericht": "Erster <Bericht>"})
    assert "A &amp; B" in html and "Landkreis Leer" in html
    assert '<a href="regensburg-erster-bildungsbericht.html">Erster &lt;Bericht&gt;</a>' in html
