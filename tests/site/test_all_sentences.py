"""Computed sentences of all 400 Kreise: grammar, missing values, nothing that was not compared; from the real files."""

import re
from collections import Counter

import pytest

from transferbuch.report import open_edition
from transferbuch.report.proposal_words import counter_reasons, reasons
from transferbuch.report.tables import bullet_list

FORBIDDEN = {
    "a value that Python prints": r"\b(?:None|nan|NaN|inf|True|False)\b|\d\.\d{5,}",
    "two signs in a row": r"  |,,|\.\.(?!\.)| ,| \.(?! )|;;|\(\)|: \.|\( ",
    "article without case": r"\bin der (?:Landkreis|Kreis|Regionalverband)\b|\bim (?:Stadt|Region)\b",
    "words that are contracted": r"\bvon dem\b|\bzu dem\b|\bzu der\b",
    "adjective without ending": r"\b(?:im|des|dem) [A-ZÄÖÜ][a-zäöüß-]+(?:isch|ober|unter)er Kreis",
    "plural of one": r"(?<![\d.,])1 (?:Werte|Personen|Kinder|Schulen|Kreise|Jahre)\b|\beine? (?:Werte|Kennzahlen) ",
    "singular of several": r"\b(?:[2-9]|\d{2,}) (?:Wert|Kind|Schule|Einrichtung|Gemeinde)\b",
    "verb of one for several": r"Das ist (?:[2-9]|\d{2,})[\d.,]* (?:Prozentpunkte|EUR|Personen)",
    "Land before a city state": r"Land (?:Hamburg|Berlin)\b",
    "minus as hyphen": r"(?<![\wäöüß/-])-\d",
    "decimal point": r"(?<![\d.])(?<!CC BY )\d+\.\d(?:\s|%)",
    "empty brackets or lists": r"\(\s*\)|: [.;]|„“",
}


@pytest.fixture(scope="module")
def texts(real_release, tmp_path_factory) -> dict[str, str]:
    """By key: every sentence that an edition computes; all Kreise and the combined territory of Coburg."""
    folder, found = tmp_path_factory.mktemp("alle"), {}
    for edition in real_release.plan():
        real_release.write_slice(folder, edition)
        report = open_edition(edition.ags, folder / "slice")
        parts = [report.intro(), report.findings(report.data.indicators), report.standouts(), report.peers()]
        parts += [report.outlook_findings(), report.outlook_assumptions(), report.missing()]
        parts += [report.need_profile(), report.transfer_cards()]
        for one in report.data.transfer:
            parts.append(bullet_list([*reasons(report.data, one), *counter_reasons(report.data, one)], ""))
        found[edition.ags] = "\n".join(part.plain for part in parts).replace("\u00a0", " ")
    return found


def test_all_400_kreise_have_sentences(texts):
    assert len([ags for ags in texts if "+" not in ags]) == 400
    assert min(len(text) for text in texts.values()) > 5_000


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_sentence_has(texts, what):
    pattern = re.compile(FORBIDDEN[what])
    found = {ags: hit for ags, text in texts.items() if (hit := pattern.search(text))}
    hits = {ags: texts[ags][max(0, hit.start() - 60) : hit.end() + 40] for ags, hit in found.items()}
    assert not hits, f"{len(hits)} of {len(texts)}: {dict(list(hits.items())[:3])}"


def test_every_sentence_begins_and_ends_as_one(texts):
    lines = [line.removeprefix("• ") for text in texts.values() for line in text.split("\n") if line.startswith("• ")]
    wrong = [line for line in lines if not line[0].isupper() and not line[0].isdigit() or line[-1] not in ".?!"]
    assert len(lines) > 40_000 and not wrong, wrong[:3]


def test_good_and_bad_are_told_only_where_a_direction_is_aimed_at(texts, real_release):
    phrases = [one.phrase for one in real_release.inputs.indicators.values() if one.polarity == "no_judgement"]
    judged = re.compile(r"^• [^\n]*?der Wert ist (?:un)?günstiger", re.MULTILINE)
    sentences = {line for text in texts.values() for line in judged.findall(text)}
    assert sentences
    wrong = [line for line in sentences if any(f" betrug {phrase} " in line for phrase in phrases)]
    assert not wrong, wrong[:2]


def test_reasons_for_no_trend_are_told(texts):
    told = Counter(re.findall(r"Kein Trend bestimmbar: ([^.]+), nötig sind fünf\.", "\n".join(texts.values())))
    assert "nur 3 vergleichbare Werte aus zehn Jahren" in told
    trends = re.findall(r"im Trend (gestiegen|gesunken), im Mittel um", "\n".join(texts.values()))
    assert len(trends) > 1_000
