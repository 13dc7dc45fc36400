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


OWN = """ags: "15084"
own_data:
  - id: teile
    title: Kinder
    file: teile.csv
    access: public
    level: stadtteil
    key: Nr
    period: Jahr
    source: Statistikstelle
    stand: 2025-02-14
    licence: CC BY 4.0
    columns:
      - {column: Kinder, id: children, label: Kinder, unit: Kinder, kind: count}
      - {column: Anteil, id: share, label: Anteil, unit: Prozent, kind: share, denominator: children}
"""


def test_own_data_are_declared_with_their_meaning(tmp_path):
    (found,) = load(tmp_path, **{"15084-b.yml": OWN})["15084"].own_data
    assert (found.file, found.access, found.level, found.stand.isoformat()) == (
        "teile.csv",
        "public",
        "stadtteil",
        "2025-02-14",
    )
    assert [(one.id, one.kind, one.denominator) for one in found.columns] == [
        ("children", "count", ""),
        ("share", "share", "children"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "    access: public\n",
            "",
            3,
            ["own_data[1].access: the key is missing", "internal (never in a public"],
        ),
        ("access: public", "access: geheim", 6, ["unknown value (geheim)", "one of public, internal"]),
        ("access: public", "access: internal", 3, ["an internal table must lie in intern/"]),
        ("file: teile.csv", "file: intern/teile.csv", 3, ["a public table must not lie in intern/"]),
        ("file: teile.csv", "file: ../teile.csv", 5, ["no absolute path, no `..`", "../teile.csv"]),
        ("file: teile.csv", "file: /daten/teile.csv", 5, ["no absolute path"]),
        ("file: teile.csv", "file: 'C:\\daten\\teile.csv'", 5, ["no absolute path"]),
        ("file: teile.csv", "file: teile.xls", 5, ["it must end in .csv or .xlsx"]),
        ("file: teile.csv", "file: teile.csv\n    sheet: A", 3, ["only a workbook (XLSX) has a `sheet`"]),
        ("level: stadtteil", "level: stadteil", 7, ["unknown value (stadteil)", "did you mean 'stadtteil'?"]),
        ("period: Jahr", "period: 2024", 9, ["put it in quotes"]),
        ("source: Statistikstelle", "source: Frau Muster", 10, ["not a person"]),
        ("stand: 2025-02-14", "stand: 14.02.2025", 11, ["a day that exists: 2024-05-13 (14.02.2025)"]),
        ("stand: 2025-02-14", "stand: 20250214", 11, ["a Stand is a day"]),
        ("    licence: CC BY 4.0\n", "", 3, ["a public table needs a `licence`"]),
        ("id: children, label", "id: Kinder, label", 14, ["own_data[1].columns[1].id"]),
        ("kind: count", "kind: cuont", 14, ["did you mean 'count'?"]),
        ("unit: Kinder, ", "", 14, ["every kind but class needs a unit"]),
        ("unit: Prozent", "unit: Anteil", 15, ["the unit of a share is Prozent"]),
        ("denominator: children", "denominator: kids", 3, ["the denominator 'kids' is no count of this table"]),
        ("denominator: children", "denominater: children", 15, ["unknown key", "did you mean 'denominator'?"]),
        ("id: share", "id: children", 3, ["`columns` has the id 'children' twice"]),
        ("column: Anteil", "column: Kinder", 3, ["`columns` has the column 'Kinder' twice"]),
        ("unit: Kinder, kind: count", "kind: class", 14, ["`classes` belong to kind class"]),
        (
            "    licence",
            "    parent: {level: schule, column: Schule}\n    licence",
            3,
            ["no stadtteil lies inside of a schule"],
        ),
        (
            "    licence",
            "    boundaries: {file: intern/g.geojson, key: nr}\n    licence",
            3,
            ["the boundaries of a public table must not lie in intern/"],
        ),
        (
            "    licence",
            "    boundaries: {file: ../g.geojson, key: nr}\n    licence",
            12,
            ["own_data[1].boundaries.file", "no `..`"],
        ),
    ],
)
def test_each_fault_of_a_mapping_names_file_and_line(tmp_path, old, new, line, words):
    assert OWN.count(old) == 1
    message = fault(tmp_path, **{"15084-b.yml": OWN.replace(old, new)})
    assert message.startswith(f"parameters/15084-b.yml:{line}: ")
    for word in words:
        assert word in message


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


PEERS = 'ags: "15084"\npeers: {}\n'


def test_a_municipality_chooses_whom_it_is_compared_with(tmp_path):
    [found] = load(tmp_path, **{"15084-b.yml": PEERS.format('["15083", "16070", "14729"]')}).values()
    assert found.peers == ("15083", "16070", "14729")


@pytest.mark.parametrize(
    ("peers", "words"),
    [
        ('["15083", "16070"]', ["too few Kreise to compare with: 2", "3 or more"]),
        ('["15083", "16070", "15084"]', ["it is the municipality itself", "15084"]),
        ('["15083", "16070", "14729", "16070"]', ["it comes twice", "16070"]),
        ('["15083", "16070", "99052"]', ["invented and real Kreise cannot be compared", "99052"]),
        ('["15083", "16070", "15256"]', ["15256", "was dissolved on 2007-06-30", "peers"]),
        ('["15083", "16070", "15999"]', ["no register knows this key", "15999"]),
        ("[15083, 16070, 14729]", ["15083", "quotes"]),
    ],
)
def test_faults_of_chosen_peers_name_line_and_field(tmp_path, peers, words):
    message = fault(tmp_path, **{"15084-b.yml": PEERS.format(peers)})
    assert message.startswith("parameters/15084-b.yml:2: "), message
    assert all(word in message for word in words), message
