"""German names of regions: hard cases word for word, and patterns that hold for every key of the register."""

import re

import pytest

from transferbuch.regions.names import RegionName, capitalised, slugify
from transferbuch.regions.register import load_register

REGISTER = load_register()
NAMES = [RegionName.of(kreis) for kreis in REGISTER]

# ags: label | nominative | genitive | dative | accusative | locative | slug
HARD_CASES = """
15083: Landkreis Börde | der Landkreis Börde | des Landkreises Börde | dem Landkreis Börde | den Landkreis Börde | im Landkreis Börde | landkreis-boerde
15084: Burgenlandkreis | der Burgenlandkreis | des Burgenlandkreises | dem Burgenlandkreis | den Burgenlandkreis | im Burgenlandkreis | burgenlandkreis
15002: Stadt Halle (Saale) | die Stadt Halle (Saale) | der Stadt Halle (Saale) | der Stadt Halle (Saale) | die Stadt Halle (Saale) | in der Stadt Halle (Saale) | stadt-halle-saale
15081: Altmarkkreis Salzwedel | der Altmarkkreis Salzwedel | des Altmarkkreises Salzwedel | dem Altmarkkreis Salzwedel | den Altmarkkreis Salzwedel | im Altmarkkreis Salzwedel | altmarkkreis-salzwedel
15086: Landkreis Jerichower Land | der Landkreis Jerichower Land | des Landkreises Jerichower Land | dem Landkreis Jerichower Land | den Landkreis Jerichower Land | im Landkreis Jerichower Land | landkreis-jerichower-land
05378: Rheinisch-Bergischer Kreis | der Rheinisch-Bergische Kreis | des Rheinisch-Bergischen Kreises | dem Rheinisch-Bergischen Kreis | den Rheinisch-Bergischen Kreis | im Rheinisch-Bergischen Kreis | rheinisch-bergischer-kreis
05374: Oberbergischer Kreis | der Oberbergische Kreis | des Oberbergischen Kreises | dem Oberbergischen Kreis | den Oberbergischen Kreis | im Oberbergischen Kreis | oberbergischer-kreis
05962: Märkischer Kreis | der Märkische Kreis | des Märkischen Kreises | dem Märkischen Kreis | den Märkischen Kreis | im Märkischen Kreis | maerkischer-kreis
14181: Mittlerer Erzgebirgskreis | der Mittlere Erzgebirgskreis | des Mittleren Erzgebirgskreises | dem Mittleren Erzgebirgskreis | den Mittleren Erzgebirgskreis | im Mittleren Erzgebirgskreis | mittlerer-erzgebirgskreis
14284: Niederschlesischer Oberlausitzkreis | der Niederschlesische Oberlausitzkreis | des Niederschlesischen Oberlausitzkreises | dem Niederschlesischen Oberlausitzkreis | den Niederschlesischen Oberlausitzkreis | im Niederschlesischen Oberlausitzkreis | niederschlesischer-oberlausitzkreis
05162: Rhein-Kreis Neuss | der Rhein-Kreis Neuss | des Rhein-Kreises Neuss | dem Rhein-Kreis Neuss | den Rhein-Kreis Neuss | im Rhein-Kreis Neuss | rhein-kreis-neuss
07232: Eifelkreis Bitburg-Prüm | der Eifelkreis Bitburg-Prüm | des Eifelkreises Bitburg-Prüm | dem Eifelkreis Bitburg-Prüm | den Eifelkreis Bitburg-Prüm | im Eifelkreis Bitburg-Prüm | eifelkreis-bitburg-pruem
16070: Ilm-Kreis | der Ilm-Kreis | des Ilm-Kreises | dem Ilm-Kreis | den Ilm-Kreis | im Ilm-Kreis | ilm-kreis
03241: Region Hannover | die Region Hannover | der Region Hannover | der Region Hannover | die Region Hannover | in der Region Hannover | region-hannover
05334: Städteregion Aachen | die Städteregion Aachen | der Städteregion Aachen | der Städteregion Aachen | die Städteregion Aachen | in der Städteregion Aachen | staedteregion-aachen
10041: Regionalverband Saarbrücken | der Regionalverband Saarbrücken | des Regionalverbandes Saarbrücken | dem Regionalverband Saarbrücken | den Regionalverband Saarbrücken | im Regionalverband Saarbrücken | regionalverband-saarbruecken
05774: Kreis Paderborn | der Kreis Paderborn | des Kreises Paderborn | dem Kreis Paderborn | den Kreis Paderborn | im Kreis Paderborn | kreis-paderborn
01053: Kreis Herzogtum Lauenburg | der Kreis Herzogtum Lauenburg | des Kreises Herzogtum Lauenburg | dem Kreis Herzogtum Lauenburg | den Kreis Herzogtum Lauenburg | im Kreis Herzogtum Lauenburg | kreis-herzogtum-lauenburg
14628: Landkreis Sächsische Schweiz-Osterzgebirge | der Landkreis Sächsische Schweiz-Osterzgebirge | des Landkreises Sächsische Schweiz-Osterzgebirge | dem Landkreis Sächsische Schweiz-Osterzgebirge | den Landkreis Sächsische Schweiz-Osterzgebirge | im Landkreis Sächsische Schweiz-Osterzgebirge | landkreis-saechsische-schweiz-osterzgebirge
09373: Landkreis Neumarkt i.d.OPf. | der Landkreis Neumarkt i.d.OPf. | des Landkreises Neumarkt i.d.OPf. | dem Landkreis Neumarkt i.d.OPf. | den Landkreis Neumarkt i.d.OPf. | im Landkreis Neumarkt i.d.OPf. | landkreis-neumarkt-i-d-opf
08111: Stadt Stuttgart | die Stadt Stuttgart | der Stadt Stuttgart | der Stadt Stuttgart | die Stadt Stuttgart | in der Stadt Stuttgart | stadt-stuttgart
07316: Stadt Neustadt an der Weinstraße | die Stadt Neustadt an der Weinstraße | der Stadt Neustadt an der Weinstraße | der Stadt Neustadt an der Weinstraße | die Stadt Neustadt an der Weinstraße | in der Stadt Neustadt an der Weinstraße | stadt-neustadt-an-der-weinstrasse
02000: Hamburg | Hamburg | Hamburgs | Hamburg | Hamburg | in Hamburg | hamburg
11000: Berlin | Berlin | Berlins | Berlin | Berlin | in Berlin | berlin
04011: Stadt Bremen | die Stadt Bremen | der Stadt Bremen | der Stadt Bremen | die Stadt Bremen | in der Stadt Bremen | stadt-bremen
99052: Mittlerer Auenkreis | der Mittlere Auenkreis | des Mittleren Auenkreises | dem Mittleren Auenkreis | den Mittleren Auenkreis | im Mittleren Auenkreis | mittlerer-auenkreis
99058: Oberer Tannwaldkreis | der Obere Tannwaldkreis | des Oberen Tannwaldkreises | dem Oberen Tannwaldkreis | den Oberen Tannwaldkreis | im Oberen Tannwaldkreis | oberer-tannwaldkreis
99056: Landkreis Weißenauer Land | der Landkreis Weißenauer Land | des Landkreises Weißenauer Land | dem Landkreis Weißenauer Land | den Landkreis Weißenauer Land | im Landkreis Weißenauer Land | landkreis-weissenauer-land
"""  # noqa: E501 one case per line reads best as a table


@pytest.mark.parametrize("line", HARD_CASES.strip().splitlines())
def test_hard_cases(line):
    ags, forms = line.split(": ", 1)
    name = RegionName.of(REGISTER[ags])
    assert [
        name.label,
        name.nominative,
        name.genitive,
        name.dative,
        name.accusative,
        name.locative,
        name.slug,
    ] == forms.split(" | ")


@pytest.mark.parametrize("name", NAMES, ids=lambda name: f"{name.ags}-{slugify(name.label)}")
def test_patterns_that_hold_for_every_kreis(name):
    assert not re.search(r"kreis(es)? (Land)?kreis|stadt stadt|region region", name.genitive, re.IGNORECASE)
    assert len(re.findall(r"kreis\b|region\b|verband\b|^Stadt\b", name.label, re.IGNORECASE)) == (
        1 if name.gender else 0
    )
    article = {"m": "der des dem den im", "f": "die der der die in", "": ""}[name.gender].split()
    forms = [name.nominative, name.genitive, name.dative, name.accusative, name.locative]
    if name.gender:
        assert [form.split()[0] for form in forms] == article
    if name.gender == "m":
        assert re.match(r"des (\S+en )?\S*([Kk]reis|verband)es( |$)", name.genitive)
        assert re.match(r"der (\S+e )?\S*([Kk]reis|verband)( |$)", name.nominative)
        assert name.locative == "im " + name.dative.removeprefix("dem ")
    if name.gender == "f":
        assert re.match(r"der (Stadt|Region|Städteregion) ", name.genitive)
        assert name.locative == "in " + name.dative
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name.slug)


def test_only_known_keys_have_an_adjective_or_no_article():
    adjectives = {name.ags for name in NAMES if re.match(r"der \S+e \S*[Kk]reis\b", name.nominative)}
    assert adjectives == {"05374", "05378", "05962", "14181", "14284", "99052", "99058"}
    assert {name.ags for name in NAMES if not name.gender} == {"02000", "11000"}
    assert {name.ags for name in NAMES if name.gender == "f" and not name.label.startswith("Stadt ")} == {
        "03241",
        "05334",
        "99057",
    }


@pytest.mark.parametrize("land", [None, "99"])
def test_labels_and_slugs_are_unique_among_todays_kreise(land):
    names = [RegionName.of(kreis) for kreis in REGISTER.current(land)]
    assert len({name.label for name in names}) == len({name.slug for name in names}) == len(names)


def test_short_names():
    expected = {
        "15083": "Börde",
        "15002": "Halle (Saale)",
        "15084": "Burgenlandkreis",
        "03241": "Region Hannover",
        "13072": "Rostock",
    }
    assert {ags: RegionName.of(REGISTER[ags]).short for ags in expected} == expected


def test_laender_and_bund():
    assert [RegionName.of_land(land).locative for land in ("15", "10", "99", "11")] == [
        "in Sachsen-Anhalt",
        "im Saarland",
        "im Modellland",
        "in Berlin",
    ]
    assert [RegionName.of_land(land).nominative for land in ("15", "10", "99")] == [
        "Sachsen-Anhalt",
        "das Saarland",
        "das Modellland",
    ]
    assert [RegionName.of_land(land).genitive for land in ("06", "07", "10", "99")] == [
        "Hessens",
        "des Landes Rheinland-Pfalz",
        "des Saarlandes",
        "des Modelllandes",
    ]
    whole, model = RegionName.of_bund(), RegionName.of_bund(fictional=True)
    assert (whole.ags, whole.nominative, whole.genitive, whole.locative) == (
        "DG",
        "Deutschland",
        "Deutschlands",
        "in Deutschland",
    )
    assert (model.ags, model.nominative, model.genitive, model.locative) == (
        "DG",
        "der Modellbund",
        "des Modellbundes",
        "im Modellbund",
    )
    with pytest.raises(KeyError):
        RegionName.of_land("17")


@pytest.mark.parametrize(
    ("ags", "preposition", "phrase"),
    [
        ("16070", "von", "vom Ilm-Kreis"),
        ("16070", "zu", "zum Ilm-Kreis"),
        ("16070", "mit", "mit dem Ilm-Kreis"),
        ("05374", "bei", "beim Oberbergischen Kreis"),
        ("08421", "zu", "zur Stadt Ulm"),
        ("08421", "von", "von der Stadt Ulm"),
        ("11000", "von", "von Berlin"),
    ],
)
def test_prepositions_contract_with_the_article(ags, preposition, phrase):
    assert RegionName.of(REGISTER[ags]).after(preposition) == phrase


def test_sentence_beginnings_and_slugs():
    assert capitalised(RegionName.of(REGISTER["03241"]).locative) == "In der Region Hannover"
    assert capitalised("") == ""
    assert slugify("Große Übersicht: Äpfel & Öl, Café") == "grosse-uebersicht-aepfel-oel-cafe"
    assert slugify("Ko\u0308ln") == "koeln"  # decomposed, as some systems write it
