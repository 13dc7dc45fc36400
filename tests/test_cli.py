"""The command line's contract: exit codes, one form of message, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = """GENESIS-Tabelle: 12612-01-01-4
Geburten - Jahressumme -;;;
Statistik der Geburten;;;
Lebendgeborene (Anzahl);;;
;;;Insgesamt
2023;99;  Modellland;12
2023;99001;      Talbrück, kreisfreie Stadt;7
__________
"erdacht"
"© Probe.
CC BY 4.0"
Stand: 01.02.2024 / 10:00:00
"""


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "transferbuch", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_teaches_and_every_command_has_its_own():
    done = run("--help")
    assert done.returncode == 0
    for word in ("build", "check", "data", "new", "run", "serve", "Exit codes", "First steps"):
        assert word in done.stdout
    commands = "build", "check", "data import", "data fetch", "data check", "new transfer", "run", "serve"
    for command in map(str.split, commands):
        done = run(*command, "--help")
        assert done.returncode == 0 and "Usage: transferbuch" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["buidl"],
        ["build", "--workers", "viele"],
        ["run"],
        ["build", "--only", "15999"],
        ["build", "--land", "17"],
        ["build", "--gebietsstand", "1994-12-31"],
        ["build", "--only", "09462+09472"],
        ["serve", "--out", "nirgends"],
        ["build", "--audience", "presse"],
        ["check", "nirgends.md"],
        ["check", "README.md"],
        ["new", "transfer", "Kein Slug"],
        ["new", "transfer", "leer-leeraner-lupe"],
        ["new", "transfer", "neu", "--ags", "15999"],
        ["build", "--audience", "department", "--data", "modellregion"],
        ["build", "--audience", "council", "--out", "_build/site"],
    ],
)
def test_usage_errors_exit_2_without_traceback(arguments):
    done = run(*arguments)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr and done.stderr.strip()


def test_outside_a_project_the_message_says_what_to_do(tmp_path):
    done = run("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "not inside a Transferbuch project" in done.stderr and "Do: change into the checkout" in done.stderr


def test_check_finds_this_repository_in_order():
    done = run("check")
    assert done.returncode == 0, done.stderr
    assert "all in order" in done.stdout and "146 indicators" in done.stdout and "10 corrections" in done.stdout
    counts = json.loads(run("check", "--json").stdout)
    assert counts["problems"] == [] and counts["checked"]["notebooks"] == 20
    assert counts["checked"]["corrections"] == 10


def test_check_of_one_page_and_of_a_new_one(tmp_path):
    done = run("check", "book/transfer/leer-leeraner-lupe.md")
    assert done.returncode == 0 and done.stdout.endswith("all in order: 1 asked for\n"), done.stdout + done.stderr
    for name in ("book/transfer", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "_toc.yml").write_text("root: book/index\n", encoding="utf-8")
    done = run("new", "transfer", "leer-tisch", "--ags", "03457", "--title", "Der Tisch", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("written: book/transfer/leer-tisch.md\n")
    assert "transferbuch check book/transfer/leer-tisch.md" in done.stdout and "serve --watch" in done.stdout
    done = run("check", "book/transfer/leer-tisch.md", cwd=tmp_path)
    assert done.returncode == 10 and "Traceback" not in done.stderr
    assert "book/transfer/leer-tisch.md:22: class: this is still to be filled in." in done.stderr
    assert run("new", "transfer", "leer-tisch", cwd=tmp_path).returncode == 2


def test_an_overdue_review_is_told_by_check_and_is_no_fault():
    page = "book/transfer/leer-leeraner-lupe.md"
    late = subprocess.run(
        [sys.executable, "-m", "transferbuch", "check", page],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "4102444800"},  # 1 January 2100
        check=False,
    )
    assert late.returncode == 0
    assert late.stdout.startswith("notice: leer-leeraner-lupe „") and "the review was due on" in late.stdout


def test_import_reports_each_file_and_can_be_read_by_machines(tmp_path):
    file = tmp_path / "12612-01-01-4.csv"
    file.write_text(TABLE, encoding="utf-8")
    done = run("data", "import", str(file), "--into", str(tmp_path / "paket"))
    assert done.returncode == 0, done.stderr
    assert "imported   12612-01-01-4.csv  table 12612-01-01-4, Stand 2024-02-01, 2 cells" in done.stdout
    report = json.loads(run("data", "import", str(file), "--into", str(tmp_path / "paket"), "--json").stdout)
    assert [one["outcome"] for one in report["files"]] == ["unchanged"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TABLE.split("__________")[0], "cut off"),
        (TABLE.replace(";7", ";sieben"), "12612-01-01-4.csv:7:"),
        ('{"Status": {"Code": 98, "Content": "Die Tabelle ist zu gross"}}', "the interface answered with error 98"),
        ("Name;Alter\nA;1\n", "no official table"),
    ],
)
def test_a_refused_file_exits_12_and_leaves_nothing(tmp_path, text, words):
    file = tmp_path / "12612-01-01-4.csv"
    file.write_text(text, encoding="utf-8")
    done = run("data", "import", str(file), "--into", str(tmp_path / "paket"))
    assert done.returncode == 12 and words in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "paket").exists()


def test_a_data_folder_that_is_none_exits_12(tmp_path):
    done = run("build", "--data", str(tmp_path))
    assert done.returncode == 12 and "this folder is no data package" in done.stderr


def test_a_bug_of_ours_says_so(monkeypatch, capsys):
    from transferbuch import cli

    def broken(**_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1 and "This is a bug in Transferbuch" in capsys.readouterr().err


def test_data_check_tells_what_is_not_published_and_is_strict_when_asked():
    done = run("data", "check", "--data", "modellregion")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["table", "years", "complete", "refuse", "warn", "info"]
    assert lines[-1].endswith("1 refuse, 11 warn, 32 info; 1 figure is not published")
    worst = next(line for line in lines if line.startswith("refuse"))
    assert "out_of_line  leavers_without_certificate 99056 2019 = 480 (21111-02-06-4.csv:117)" in worst
    assert "Responsible: Statistisches Amt Modellland (erfunden). open [" in worst
    strict = run("data", "check", "--data", "modellregion", "--strict")
    assert strict.returncode == 12 and strict.stdout == done.stdout
    assert "21111-02-06-4.csv:117: leavers_without_certificate: out_of_line" in strict.stderr


def test_data_check_as_json_is_complete_and_stable():
    done = run("data", "check", "--data", "modellregion", "--json")
    assert done.returncode == 0 and done.stdout == run("data", "check", "--data", "modellregion", "--json").stdout
    content = json.loads(done.stdout)
    assert set(content) == {"package", "stopped", "tables", "findings", "completeness"}
    first = content["findings"][0]
    assert set(first) == {
        "id", "rule", "severity", "table", "variable", "ags", "year", "value", "what", "german", "responsible", "file",
        "line", "review", "stops", "do",
    }  # fmt: skip
    assert (first["severity"], first["stops"], content["stopped"]) == ("refuse", True, 1)
    assert first["review"]["status"] == "open"
    assert len({one["id"] for one in content["findings"]}) == len(content["findings"])
    (row,) = [one for one in content["tables"] if one["table"] == "22543-01-02-4"]
    assert (row["first_year"], row["last_year"]) == (2011, 2025) and row["complete_pct"] < 100


def test_match_gives_every_term_of_every_score_and_reasons_for_the_first():
    done = run("match", "99001", "--data", "modellregion", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["ranked"]) >= 85 and found["settings"]["first"] == 5
    assert all(set(one["terms"]) >= {"field", "conditions", "context", "evidence"} for one in found["ranked"])
    first = found["ranked"][: found["settings"]["first"]]
    assert all(one["reasons"] and one["counter_reasons"] for one in first)
    assert len({one["giver"] for one in first}) == 5
    assert found["needs"]["components"]["Zusammenarbeit"] == 0.75  # level 1 of 4 in its own assessment
    assert run("match", "99999", "--data", "modellregion").returncode == 2
