"""What earlier releases published: written without secrets, read with every fault named."""

import datetime as dt

import pytest

from transferbuch.errors import PersonFileError
from transferbuch.secrecy.ledger import FOLDER, read_ledger, write_release

CELL, OTHER = ("kinder", "kinder", "01", "2024"), ("kinder", "kinder", "02", "2024")


def test_releases_are_read_together(tmp_path):
    path = write_release(tmp_path, dt.date(2026, 5, 1), {OTHER: ".", CELL: "40"})
    assert path.read_text(encoding="utf-8").splitlines() == [
        "tabelle;merkmal;gebiet;zeitraum;wert",
        "kinder;kinder;01;2024;40",
        "kinder;kinder;02;2024;.",
    ]
    write_release(tmp_path, dt.date(2026, 11, 1), {CELL: "41", OTHER: "17"})
    found = read_ledger(tmp_path, "parameters/x")
    assert found.releases == 2 and found.suppressed == {OTHER}
    assert found.printed == {CELL: {"40", "41"}, OTHER: {"17"}}


def test_the_same_day_is_written_once(tmp_path):
    for text in ("40", "41"):
        write_release(tmp_path, dt.date(2026, 5, 1), {CELL: text})
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["2026-05-01.csv"]
    assert read_ledger(tmp_path, "x").printed == {CELL: {"41"}}


def test_without_releases_nothing_is_known(tmp_path):
    found = read_ledger(tmp_path, "x")
    assert (found.printed, found.suppressed, found.releases) == ({}, frozenset(), 0)


def test_faults_are_told_with_file_and_row_all_at_once(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "2026-05-01.csv").write_text("a;b\n", encoding="utf-8")
    (folder / "2026-06-01.csv").write_text(
        "tabelle;merkmal;gebiet;zeitraum;wert\nkinder;kinder;01;2024;40\nkinder;kinder;02;2024\n", encoding="utf-8"
    )
    with pytest.raises(PersonFileError) as error:
        read_ledger(tmp_path, "parameters/99001-stadt")
    first, second = map(str, error.value.problems)
    assert first.startswith("parameters/99001-stadt/veroeffentlicht/2026-05-01.csv:1: the first row is not that of a")
    assert second.startswith("parameters/99001-stadt/veroeffentlicht/2026-06-01.csv:3: the row has not five filled")
    assert error.value.exit_code == 10 and "[ledger]" in first
