"""The AGS as a type: what it takes, what it refuses, and what its messages say."""

import pickle

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from transferbuch.errors import PersonFileError
from transferbuch.records import Record, parse_record
from transferbuch.regions.keys import AGS, CombinedAGS, KreisAGS, edition_folder, edition_key


@pytest.mark.parametrize(
    ("text", "level", "land"),
    [
        ("15", "land", "15"),
        ("053", "regierungsbezirk", "05"),
        ("15084", "kreis", "15"),
        ("02000", "kreis", "02"),
        ("11000", "kreis", "11"),
        ("99001", "kreis", "99"),
        ("15084235", "gemeinde", "15"),
    ],
)
def test_an_ags_knows_its_level_and_land(text, level, land):
    key = AGS(text)
    assert (key, key.level, key.land) == (text, level, land)
    assert key.is_fictional == (land == "99")


@pytest.mark.parametrize("number", [513, 1001, 15084, 1415680])
def test_an_integer_is_refused_with_the_octal_explanation(number):
    with pytest.raises(ValueError, match=f"{number} is a number.*octal.*quotes"):
        AGS(number)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        *(
            (text, "2, 3, 5 or 8 digits")
            for text in ("", "1", "1508", "150840", "150842350", "15084 ", "15084\n", "1508a", "١٥٠٨٤", "DG")
        ),
        ("00001", "'00', which is no Land"),
        ("17001", "'17', which is no Land"),
        ("98", "no Land"),
        ("15000", "names no Kreis"),
        ("09100", "names no Kreis"),
        ("15000001", "names no Kreis"),
        (15084.0, "not float"),
        (True, "not bool"),
        (None, "not NoneType"),
        (b"15084", "not bytes"),
    ],
)
def test_what_has_not_the_structure_of_an_ags_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        AGS(wrong)


def test_a_kreis_key_has_five_digits():
    assert KreisAGS("15084") == "15084"
    assert KreisAGS(AGS("15084")).land == "15"
    for wrong, level in (("15", "land"), ("053", "regierungsbezirk"), ("15084235", "gemeinde")):
        with pytest.raises(ValueError, match=f"{level}; expected five digits"):
            KreisAGS(wrong)


def test_an_ags_is_text_for_everything_else():
    assert {AGS("15084"): 1}["15084"] == 1
    assert sorted([AGS("15084"), AGS("02000")]) == ["02000", "15084"]
    assert pickle.loads(pickle.dumps(KreisAGS("15084"))) == "15084"


def test_pydantic_validates_and_writes_text():
    class Model(BaseModel):
        ags: KreisAGS
        peers: list[AGS] = []

    model = Model(ags="15084", peers=["15", "15088"])
    assert isinstance(model.ags, KreisAGS) and isinstance(model.peers[0], AGS)
    assert model.model_dump_json() == '{"ags":"15084","peers":["15","15088"]}'
    assert TypeAdapter(dict[KreisAGS, int]).validate_python({"15084": 1}) == {"15084": 1}
    with pytest.raises(ValidationError, match="octal"):
        Model(ags=513)


def test_an_unquoted_key_in_a_persons_file_gives_line_and_cure():
    class Parameters(Record):
        ags: KreisAGS

    assert parse_record('ags: "01001"\n', Parameters, "p.yml").ags == "01001"
    with pytest.raises(PersonFileError) as caught:
        parse_record("# Flensburg\nags: 01001\n", Parameters, "p.yml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.field, problem.value) == ("p.yml", 2, "ags", "01001")
    assert "513 is a number" in problem.what and "quotes" in problem.what


def test_a_combined_key_joins_kreise_of_one_land_in_order():
    key = edition_key("09463+09473")
    assert isinstance(key, CombinedAGS) and key.members == ("09463", "09473") and key.land == "09"
    assert isinstance(edition_key("15084"), KreisAGS) and edition_folder(key) == "09463-09473"
    assert CombinedAGS("99001+99055").is_fictional
    for wrong in ("09463", "09473+09463", "09463+09463", "09463+15084", "09463+0947", "09463 + 09473", 9463):
        with pytest.raises(ValueError):
            CombinedAGS(wrong)
    with pytest.raises(ValueError):
        KreisAGS("09463+09473")
