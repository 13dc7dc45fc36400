"""Parameters of municipalities: each fault is one clear message with file, line and exit code 10."""

from datetime import date
from pathlib import Path

import pytest

from transferbuch.editions.parameters import find_kreis, load_parameters
from transferbuch.errors import PersonFileError
from transferbuch.project import Project
from transferbuch.regions.register import load_register

CHAPTERS = {"ueberblick", "transfer"}


def load(tmp_path: Path, **files: str):
    folder = tmp_path / "parameters"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return load_parameters(Project(tmp_path), load_register(), CHAPTERS)


def fault(tmp_path: Path, **files: str) -> str:
    with pytest.raises(PersonFileError) as caught:
        load(tmp_path, **files)
    assert caught.value.exit_code == 10
    return str(caught.value)


def test_a_municipality_chooses_chapters_and_fields(tmp_path):
    found = load(
        tmp_path,
        **{"15084-burgenlandkreis.yml": 'ags: "15084"\nchapters: [transfer, ueberblick]\nfields: [Fachkräfte]\n'},
    )
    assert found["15084"].chapters == ("transfer", "ueberblick")
    assert found["15084"].fields == ("Fachkräfte",)


def test_no_files_means_defaults_for_everyone(tmp_path):
    assert load(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("01001-flensburg.yml", "ags: 01001\n", 1, ["an AGS is text", "octal", "quotes", "01001"]),
        ("05315-koeln.yml", "# Köln\nags: 05315\n", 2, ["an AGS is text", "quotes"]),
        ("15084-b.yml", 'ags: "15084"\nchapter: [transfer]\n', 2, ["unknown key", "did you mean 'chapters'"]),
        (
            "15084-b.yml",
            'ags: "15084"\nchapters: [transfr]\n',
            2,
            ["there is no such chapter", "transfr", "ueberblick"],
        ),
        ("15084-b.yml", 'ags: "15084"\nfields: [Fachkraft]\n', 2, ["unknown value", "did you mean 'Fachkräfte'"]),
        ("15084-b.yml", 'ags: "15084"\ntitle: [a, b]\n', 2, ["title"]),
        ("15999-b.yml", 'ags: "15999"\n', 1, ["no register knows this key", "15999"]),
        ("15-land.yml", 'ags: "15"\n', 1, ["expected five digits"]),
        ("15256-alt.yml", 'ags: "15256"\n', 1, ["was dissolved on 2007-06-30", "use 15084 Burgenlandkreis"]),
        ("15084-b.yml", 'ags: "15084"\ncontact: Frau Muster\n', 2, ["a contact is a function"]),
        ("15084-b.yml", 'ags: "15084"\nags: "15088"\n', 2, ["the key is given twice"]),
        ("15084-b.yml", 'ags: "15084"\n  title: x\n', 2, ["not valid YAML"]),
        ("burgenland.yml", 'ags: "15084"\n', 0, ["the file name does not begin with the key", "15084-<name>.yml"]),
    ],
)
def test_each_fault_names_file_and_line(tmp_path, name, text, line, words):
    message = fault(tmp_path, **{name: text})
    assert message.startswith(f"parameters/{name}:{line}:" if line else f"parameters/{name}:")
    for word in words:
        assert word in message


def test_two_files_for_one_municipality(tmp_path):
    message = fault(tmp_path, **{"15084-a.yml": 'ags: "15084"\n', "15084-b.yml": 'ags: "15084"\n'})
    assert "already has a file" in message and "parameters/15084-a.yml" in message


def test_all_faults_of_all_files_at_once(tmp_path):
    message = fault(
        tmp_path, **{"15084-a.yml": 'ags: "15084"\ntitel: x\nkontakt: y\n', "15999-b.yml": 'ags: "15999"\n'}
    )
    assert message.count("[unknown-key]") == 2 and message.count("[unknown-ags]") == 1


COBURG = 'ags: "09463+09473"\nname: Bildungsregion Coburg\n'


def test_stadt_and_landkreis_as_one_territory(tmp_path):
    [found] = load(tmp_path, **{"09463+09473-coburg.yml": COBURG}).values()
    assert found.ags == "09463+09473" and found.ags.members == ("09463", "09473")
    kreis = find_kreis(found.ags, {found.ags: found}, load_register())
    assert kreis.label == "Bildungsregion Coburg" and not kreis.is_city


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("09463+09473-c.yml", 'ags: "09463+09473"\n', 1, ["has no name", "kreis, region or regionalverband"]),
        ("09463+09473-c.yml", COBURG.replace("Bildungsregion ", ""), 2, ["does not say what it is", "Coburg"]),
        ("09473+09463-c.yml", 'ags: "09473+09463"\nname: Region C\n', 1, ["ascending order"]),
        ("09463+15084-c.yml", '# x\nags: "09463+15084"\nname: Region C\n', 2, ["different Länder"]),
        ("15084+15256-c.yml", 'ags: "15084+15256"\nname: Region C\n', 1, ["15256", "was dissolved on 2007-06-30"]),
        ("06415+06435-c.yml", 'ags: "06415+06435"\nname: Region C\n', 1, ["Hanau exists only since 2026-01-01"]),
        ("09463+09999-c.yml", 'ags: "09463+09999"\nname: Region C\n', 1, ["no register knows this key", "09999"]),
        ("c.yml", COBURG, 0, ["does not begin with the key"]),
        ("15084-b.yml", 'ags: "15084"\nname: Region B\n', 2, ["only a combined territory has a name"]),
    ],
)
def test_faults_of_combined_territories(tmp_path, name, text, line, words):
    message = fault(tmp_path, **{name: text})
    assert all(word in message for word in words), message
    assert f"parameters/{name}{f':{line}' if line else ''}: " in message


def test_a_kreis_belongs_to_one_combined_territory(tmp_path):
    other = 'ags: "09463+09474"\nname: Bildungsregion Nord\n'
    message = fault(tmp_path, **{"09463+09473-coburg.yml": COBURG, "09463+09474-nord.yml": other})
    assert "09463 already belongs to the combined territory of parameters/09463+09473-coburg.yml" in message
    assert "parameters/09463+09474-nord.yml:1: ags" in message


def test_files_belong_to_kreise_of_the_usual_or_of_the_asked_day(tmp_path):
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "06415-hanau.yml").write_text('ags: "06415"\n', encoding="utf-8")
    (tmp_path / "parameters" / "15084-b.yml").write_text('ags: "15084"\n', encoding="utf-8")
    project = Project(tmp_path)
    assert set(load_parameters(project, load_register(), CHAPTERS, date(2026, 1, 1))) == {"06415", "15084"}
    with pytest.raises(PersonFileError, match="--gebietsstand 2026-01-01"):
        load_parameters(project, load_register(), CHAPTERS)
