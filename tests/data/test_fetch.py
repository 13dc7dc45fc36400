"""Downloads against a local server with recorded answers: what arrives, what is refused, what is never told."""

import datetime as dt
import email.utils
import json
import os
import subprocess
import sys
import time
import traceback
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.office_server import METADATA, OPEN, TABLE, Answer, Office, description, interface_answer, office_server
from tests.data.small_tables import LEAVERS, MUNICIPALITIES, flat_table, zipped
from transferbuch.data import fetch
from transferbuch.data.access import Access, find_access
from transferbuch.data.download import USER_AGENT, Client, check_base_url
from transferbuch.data.fetch import FetchReport, FetchRequest, fetch_tables
from transferbuch.data.kept import KeptFiles
from transferbuch.data.store import open_package
from transferbuch.errors import DataRefused, UsageError

SCHOOL, TOWNS = "21111-02-06-4", "11111-02-01-4"
TOKEN = 'probe&token+"geheim"/0815'
TOO_LARGE = interface_answer(98, "Die Tabelle ist zu gross, um im Dialog abgerufen zu werden.", name=TOWNS)
NOTHING = interface_answer(104, "Es gibt keine Objekte zum angegebenen Selektionskriterium", name=TOWNS)
PAGE = b"<!DOCTYPE html><html><head><title>Wartungsarbeiten</title></head><body>Bitte warten</body></html>"


def towns(*years: int) -> bytes:
    """The zip that the interface delivers for these years: one Kreis per year."""
    rows = [
        f"11111;Feststellung des Gebietsstandes;STAG;Stichtag;{year}-12-31;KREISE;Kreise;15084;Burgenlandkreis;"
        f"{year - 2000};Anzahl;GEM001;Zahl der Gemeinden"
        for year in years
    ]
    return zipped((f"{TOWNS}_1773174974558_de_flat.csv", flat_table(rows)))


@pytest.fixture
def office() -> Iterator[Office]:
    with office_server() as running:
        yield running


class Run:
    """One run of the command's function with a client that does not really wait."""

    def __init__(self, office: Office, folder: Path, source: str = "open", access: Access | None = None, **client):
        self.waits: list[float] = []
        self.told: list[str] = []
        self.folder, self.office = folder, office
        if source == "rest" and access is None:
            access = Access(TOKEN)
        self.client = Client(office.url, access, self.waits.append, **({"timeout": 5.0} | client))
        self.source = source

    def __call__(self, *tables: str) -> FetchReport:
        request = FetchRequest(self.folder / "data", self.folder / "kept", tables, self.source, self.office.url)
        return fetch_tables(request, lambda done, total, what: self.told.append(what), self.client)


def outcomes(report: FetchReport) -> list[tuple[str, str]]:
    return [(one.table, one.outcome) for one in report.tables]


def texts(report: FetchReport, table: str) -> list[str]:
    """All cells of a table in the data package, in the order of its files."""
    package = report.imported.package
    return [text for stored in package.tables if stored.table == table for text in package.read_cells(stored)["text"]]


# --- what arrives ---


def test_the_open_download_is_fetched_and_imported(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", LEAVERS.encode())
    report = Run(office, tmp_path)(SCHOOL)
    report.raise_for_failures()
    assert outcomes(report) == [(SCHOOL, "fetched")]
    assert texts(report, SCHOOL)[:2] == ["9120", "640"]
    assert (tmp_path / "kept" / f"{SCHOOL}_00.csv").read_bytes() == LEAVERS.encode()
    [asked] = office.asked
    assert (asked.method, asked.headers["user-agent"]) == ("GET", USER_AGENT) and "Transferbuch/" in USER_AGENT
    assert "username" not in asked.headers  # no account is needed, none is sent
    assert report.recap()[-1].startswith("1 fetched, 0 already there, 0 failed, 0 not asked; the data package has 1 ")


def test_the_interface_is_asked_for_all_years_with_the_token_in_the_header_only(office: Office, tmp_path: Path) -> None:
    office.give(METADATA, description("31.12.2022", "31.12.2024"))
    office.give(f"{TABLE} 2022-2024", towns(2022, 2023, 2024))
    run = Run(office, tmp_path, "rest")
    report = run(TOWNS)
    report.raise_for_failures()
    assert texts(report, TOWNS) == ["22", "23", "24"]
    assert [table.stand for table in report.imported.package.tables] == ["2026-03-10"]
    describe, table = office.asked
    assert describe.form == {"name": TOWNS, "area": "all", "language": "de"}
    assert table.form == {
        "name": TOWNS,
        "area": "all",
        "compress": "true",
        "format": "ffcsv",
        "job": "false",
        "startyear": "2022",
        "endyear": "2024",
        "language": "de",
    }
    for asked in office.asked:
        assert (asked.method, asked.headers["username"], asked.headers["password"]) == ("POST", TOKEN, "")
        assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert run.waits == [1.0]  # one pause between two requests


def test_without_codes_all_tables_of_the_database_are_fetched(office: Office, tmp_path: Path, monkeypatch) -> None:
    sources = fetch.load_sources()
    wanted = {code: sources[code] for code in (SCHOOL, TOWNS, "GV-ISYS")}  # the last is no table of this database
    monkeypatch.setattr(fetch, "load_sources", lambda: wanted)
    office.give(f"{OPEN}{SCHOOL}_00.csv", LEAVERS.encode())
    office.give(f"{OPEN}{TOWNS}_00.csv", LEAVERS.replace(SCHOOL, TOWNS).encode())
    assert outcomes(Run(office, tmp_path)()) == [(SCHOOL, "fetched"), (TOWNS, "fetched")]


def test_a_table_that_is_too_large_comes_in_parts_by_years(office: Office, tmp_path: Path) -> None:
    office.give(METADATA, description("2015", "2024"))
    for years in ("2015-2024", "2015-2019", "2015-2017"):
        office.give(f"{TABLE} {years}", TOO_LARGE)
    office.give(f"{TABLE} 2015-2016", towns(2015, 2016))
    office.give(
        f"{TABLE} 2017-2017", Answer(NOTHING, 404)
    )  # a year without figures; the interface says so with 404 too
    office.give(f"{TABLE} 2018-2019", towns(2018, 2019))
    office.give(f"{TABLE} 2020-2024", towns(2020, 2024))
    run = Run(office, tmp_path, "rest")
    report = run(TOWNS)
    report.raise_for_failures()
    assert [path.removeprefix(TABLE).strip() for path in office.paths()[1:]] == [
        *("2015-2024", "2015-2019", "2015-2017", "2015-2016", "2017-2017", "2018-2019", "2020-2024")
    ]
    assert sorted(file.name for file in report.tables[0].files) == [
        f"{TOWNS}_{years}_de_flat.zip" for years in ("2015-2016", "2018-2019", "2020-2024")
    ]
    assert len(report.imported.package.tables) == 3  # the parts stay separate files
    assert sorted(texts(report, TOWNS)) == ["15", "16", "18", "19", "20", "24"]
    assert f"{TOWNS} 2015-2016" in run.told


def test_one_year_that_is_too_large_is_refused_and_nothing_of_the_table_imported(
    office: Office, tmp_path: Path
) -> None:
    office.give(METADATA, description("2023", "2024"))
    office.give(f"{TABLE} 2023-2024", TOO_LARGE)
    office.give(f"{TABLE} 2023-2023", towns(2023))
    office.give(f"{TABLE} 2024-2024", TOO_LARGE)
    report = Run(office, tmp_path, "rest")(TOWNS)
    [problem] = report.problems
    assert (problem.file, problem.code) == (TOWNS, "fetch-status")
    assert problem.what == "the interface answered with status 98 instead of a table"
    assert "one year of it is too large already" in problem.do
    assert report.imported is None and not (tmp_path / "data").exists()


# --- patience ---


def test_503_twice_then_a_table_with_growing_waits(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", Answer(status=503), Answer(status=503), Answer(LEAVERS.encode()))
    run = Run(office, tmp_path)
    assert outcomes(run(SCHOOL)) == [(SCHOOL, "fetched")]
    assert run.waits == [2.0, 8.0]
    assert f"{SCHOOL}: HTTP 503 Service Unavailable; next try in 2 s" in run.told


@pytest.mark.parametrize(("given", "waited"), [("20", 20.0), ("1", 2.0), ("in 20 s", 2.0), ("date", 45.0)])
def test_429_waits_as_long_as_the_server_asks(office: Office, tmp_path: Path, given: str, waited: float) -> None:
    now = 1_790_000_000.0
    given = email.utils.formatdate(now + 45, usegmt=True) if given == "date" else given
    busy = Answer(status=429, headers={"Retry-After": given})
    office.give(f"{OPEN}{SCHOOL}_00.csv", busy, Answer(LEAVERS.encode()))
    run = Run(office, tmp_path, clock=lambda: now)
    assert outcomes(run(SCHOOL)) == [(SCHOOL, "fetched")]
    assert run.waits == [waited]


def test_a_server_that_asks_for_an_hour_is_left_alone(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", Answer(status=429, headers={"Retry-After": "3600"}))
    run = Run(office, tmp_path)
    [problem] = run(SCHOOL).problems
    assert "asks to wait 3600 s" in problem.what and "run the same command again later" in problem.do
    assert (len(office.asked), run.waits) == (1, [])


def test_a_time_out_then_a_table(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", Answer(hang=True), Answer(LEAVERS.encode()))
    run = Run(office, tmp_path, timeout=0.2)
    assert outcomes(run(SCHOOL)) == [(SCHOOL, "fetched")]
    assert f"{SCHOOL}: no answer in time; next try in 2 s" in run.told


def test_a_connection_that_breaks_and_a_busy_interface_are_asked_again(office: Office, tmp_path: Path) -> None:
    office.give(METADATA, interface_answer(6, "Zu viele parallele Anfragen"), description("2024", "2024"))
    office.give(f"{TABLE} 2024-2024", Answer(towns(2024)[:200], cut=True), Answer(towns(2024)))
    run = Run(office, tmp_path, "rest")
    assert outcomes(run(TOWNS)) == [(TOWNS, "fetched")]
    assert run.waits == [2.0, 1.0, 2.0]
    assert f"{TOWNS}: the connection broke after 200 of 300 bytes; next try in 2 s" in run.told


def test_after_four_tries_it_is_said_and_after_two_tables_the_service_is_left_alone(
    office: Office, tmp_path: Path
) -> None:
    tables = ("21111-02-06-4", "12411-01-01-4", "12612-01-01-4")
    for table in tables:
        office.give(f"{OPEN}{table}_00.csv", Answer(status=500))
    run = Run(office, tmp_path)
    report = run(*tables)
    assert [one.outcome for one in report.tables] == ["failed", "failed", "not asked"]
    assert report.tables[2].why == "the service does not answer"
    assert len(office.asked) == 8 and run.waits == [2.0, 8.0, 30.0, 1.0, 2.0, 8.0, 30.0]
    assert [problem.code for problem in report.problems] == ["fetch-unavailable"] * 2
    with pytest.raises(DataRefused, match="no proper answer from the service: HTTP 500") as refused:
        report.raise_for_failures()
    assert refused.value.exit_code == 12


# --- answers that are no table ---

NO_TABLES = {
    "error in JSON with HTTP 200": (
        Answer(interface_answer(15, "Bitte prüfen Sie die Angaben")),
        "the interface answered with status 15 instead of a table",
        "Bitte prüfen Sie die Angaben",
        "fetch-status",
    ),
    "web page": (
        Answer(PAGE),
        "the service answered with a web page instead of a table (HTTP 200)",
        "Wartungsarbeiten",
        "fetch-no-table",
    ),
    "nothing": (Answer(b""), "the answer is empty (HTTP 200)", "", "fetch-no-table"),
    "cut-off JSON": (
        Answer(interface_answer(98, "zu gross")[:60]),
        "the service answered with JSON that is broken or of another kind (HTTP 200)",
        "",
        "fetch-no-table",
    ),
    "another text": (Answer(b"a;b\n1;2\n"), "the answer is no official table (HTTP 200)", "", "fetch-no-table"),
    "another table": (
        Answer(LEAVERS.replace(SCHOOL, "21111-02-06-4-B").encode()),
        "the service delivered another table: 21111-02-06-4-B (HTTP 200)",
        "",
        "fetch-no-table",
    ),
    "cut-off zip": (
        Answer(zipped((f"{SCHOOL}_00.csv", LEAVERS))[:300]),
        "the archive is cut off or broken: File is not a zip file (HTTP 200)",
        "",
        "fetch-no-table",
    ),
    "unknown table": (Answer(b"gone", 404), "the service has no such table: HTTP 404", "", "fetch-missing"),
    "bad request": (Answer(b"", 400), "the service refuses the request: HTTP 400", "", "fetch-http"),
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_table_is_refused_without_a_second_try_and_the_others_are_imported(
    office: Office, tmp_path: Path, name: str
) -> None:
    answer, what, value, code = NO_TABLES[name]
    office.give(f"{OPEN}{SCHOOL}_00.csv", answer)
    office.give(f"{OPEN}{TOWNS}_00.csv", zipped((f"{TOWNS}_00.csv", MUNICIPALITIES)))
    report = Run(office, tmp_path)(SCHOOL, TOWNS)
    assert outcomes(report) == [(SCHOOL, "failed"), (TOWNS, "fetched")]
    [problem] = report.problems
    assert (problem.file, problem.what, problem.value, problem.code) == (SCHOOL, what, value, code) and problem.do
    assert len(office.asked) == 2
    assert [table.table for table in report.imported.package.tables] == [TOWNS]
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [f"{TOWNS}_00.csv", "downloads.json"]
    assert report.recap()[0] == f"failed         {SCHOOL}  {what}"


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (NOTHING, "the interface answered with status 104 instead of a table"),
        (description(None, None), "the description of the table names no years (HTTP 200)"),
        (PAGE, "the service's answer is no description of a table (HTTP 200)"),
    ],
)
def test_a_table_without_description_is_refused(office: Office, tmp_path: Path, answer: bytes, what: str) -> None:
    office.give(METADATA, answer)
    [problem] = Run(office, tmp_path, "rest")("99999-99-99-9").problems
    assert problem.what == what


def test_a_table_that_the_import_refuses_is_forgotten_and_asked_for_again(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", LEAVERS[:400].encode(), LEAVERS.encode())
    office.give(f"{OPEN}{TOWNS}_00.csv", zipped((f"{TOWNS}_00.csv", MUNICIPALITIES)))
    first = Run(office, tmp_path)(SCHOOL, TOWNS)
    assert outcomes(first) == [(SCHOOL, "failed"), (TOWNS, "fetched")]
    assert [problem.code for problem in first.problems] == ["table-cut-off"]
    assert [table.table for table in open_package(tmp_path / "data").tables] == [TOWNS]
    second = Run(office, tmp_path)(SCHOOL, TOWNS)
    assert outcomes(second) == [(SCHOOL, "fetched"), (TOWNS, "already there")]
    assert len(open_package(tmp_path / "data").tables) == 2


def test_an_answer_without_end_is_cut(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", b"x" * 200_000)
    [problem] = Run(office, tmp_path, max_bytes=100_000)(SCHOOL).problems
    assert (problem.what, problem.code) == ("the answer is larger than any official table", "fetch-too-large")
    assert not list((tmp_path / "kept").iterdir())


def test_a_redirect_to_another_host_is_not_followed(office: Office, tmp_path: Path) -> None:
    with office_server() as other:
        office.give(METADATA, Answer(status=302, headers={"Location": f"{other.url}/rest"}))
        [problem] = Run(office, tmp_path, "rest")(TOWNS).problems
        assert (problem.code, other.asked) == ("fetch-elsewhere", [])


# --- a broken run ---


def test_a_broken_run_continues_with_what_is_missing(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{TOWNS}_00.csv", zipped((f"{TOWNS}_00.csv", MUNICIPALITIES)))
    office.give(f"{OPEN}{SCHOOL}_00.csv", LEAVERS.encode())
    run = Run(office, tmp_path)

    def pull_the_plug(seconds: float) -> None:
        raise KeyboardInterrupt

    run.client._wait = pull_the_plug  # in the pause after the first table
    with pytest.raises(KeyboardInterrupt):
        run(TOWNS, SCHOOL)
    assert not (tmp_path / "data").exists()
    report = Run(office, tmp_path)(TOWNS, SCHOOL)
    assert outcomes(report) == [(TOWNS, "already there"), (SCHOOL, "fetched")]
    assert office.paths() == [f"{OPEN}{TOWNS}_00.csv", f"{OPEN}{SCHOOL}_00.csv"]
    assert len(report.imported.package.tables) == 2


def test_a_broken_run_knows_years_and_parts(office: Office, tmp_path: Path) -> None:
    office.give(METADATA, description("2021", "2024"))
    office.give(f"{TABLE} 2021-2024", TOO_LARGE)
    office.give(f"{TABLE} 2021-2022", towns(2021, 2022))
    office.give(f"{TABLE} 2023-2024", Answer(status=503))
    assert outcomes(Run(office, tmp_path, "rest")(TOWNS)) == [(TOWNS, "failed")]
    office.asked.clear()
    office.give(f"{TABLE} 2023-2024", towns(2023, 2024))
    report = Run(office, tmp_path, "rest")(TOWNS)
    assert office.paths() == [f"{TABLE} 2023-2024"]
    assert sorted(texts(report, TOWNS)) == ["21", "22", "23", "24"]


def test_a_file_that_was_changed_or_is_gone_is_downloaded_again(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", LEAVERS.encode())
    file = tmp_path / "kept" / f"{SCHOOL}_00.csv"
    for damage in (lambda: file.write_text("kaputt"), file.unlink):
        Run(office, tmp_path)(SCHOOL)
        damage()
        assert outcomes(Run(office, tmp_path)(SCHOOL)) == [(SCHOOL, "fetched")]
    assert file.read_bytes() == LEAVERS.encode()


def test_what_is_older_than_a_day_or_of_another_service_is_asked_for_again(tmp_path: Path) -> None:
    start = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    kept = KeptFiles(tmp_path, lambda: start)
    (tmp_path / "x").write_bytes(b"a")
    kept.add(kept.begin(SCHOOL, "open A"), "", tmp_path / "x", "a.csv")
    for hours, service, found in ((23, "open A", True), (25, "open A", False), (23, "rest A", False)):
        again = KeptFiles(tmp_path, lambda hours=hours: start + dt.timedelta(hours=hours))
        assert (again.find(again.begin(SCHOOL, service), "") is not None) is found


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2, "tables": {}}', '{"format": 1, "tables": {"A": {}}}'])
def test_a_broken_list_of_downloads_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "downloads.json").write_text(text)
    with pytest.raises(DataRefused, match="the list of downloads is broken or from another version"):
        KeptFiles(tmp_path)


def test_a_broken_data_package_is_refused_before_anything_is_asked_for(office: Office, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "datapackage.json").write_text("{")
    with pytest.raises(DataRefused, match="broken or cut off"):
        Run(office, tmp_path)(SCHOOL)
    assert office.asked == []


# --- access ---


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_access_is_asked_once_and_the_token_is_nowhere(office: Office, tmp_path: Path, status: int) -> None:
    words = f"Token {TOKEN} unbekannt, {json.dumps(TOKEN)}, probe%26token%2B%22geheim%22%2F0815"
    office.give(METADATA, Answer(interface_answer(15, words, username=TOKEN), status))
    run = Run(office, tmp_path, "rest")
    report = run(TOWNS, SCHOOL)
    assert outcomes(report) == [(TOWNS, "failed"), (SCHOOL, "not asked")]
    assert len(office.asked) == 1 and run.waits == []
    with pytest.raises(DataRefused, match="the service refuses the access") as refused:
        report.raise_for_failures()
    said = "\n".join([*report.recap(), *run.told, *traceback.format_exception(refused.value), repr(run.client.access)])
    said += repr(refused.value.problems) + "".join(
        path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()
    )
    assert "Token *** unbekannt" in said and "geheim" not in said and "0815" not in said


@pytest.mark.parametrize("page", [f"<html><title>Hallo {TOKEN}</title>".encode(), interface_answer(7, f"für {TOKEN}")])
def test_a_service_that_repeats_the_token_is_masked(office: Office, tmp_path: Path, page: bytes) -> None:
    office.give(METADATA, description("2024", "2024"))
    office.give(f"{TABLE} 2024-2024", page)
    [problem] = Run(office, tmp_path, "rest")(TOWNS).problems
    assert "***" in problem.value and "geheim" not in str(problem)


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRANSFERBUCH_")}
    return subprocess.run(
        [sys.executable, "-m", "transferbuch", "data", "fetch", *arguments],
        env=clean | environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_never_shows_the_token(office: Office, tmp_path: Path) -> None:
    office.give(METADATA, Answer(interface_answer(15, f"{TOKEN} unbekannt"), 401))
    folders = ("--into", str(tmp_path / "data"), "--keep", str(tmp_path / "kept"), "--base-url", office.url)
    done = command(TOWNS, "--source", "rest", *folders, TRANSFERBUCH_GENESIS_TOKEN=TOKEN)
    assert done.returncode == 12
    assert office.asked[0].headers["username"] == TOKEN
    assert f"{TOWNS}: the service refuses the access: HTTP 401 (*** unbekannt)." in done.stderr
    assert "Traceback" not in done.stderr and "geheim" not in done.stdout + done.stderr
    assert not (tmp_path / "data").exists()
    assert all("geheim" not in path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file())


def test_the_command_imports_and_tells_what_it_did(office: Office, tmp_path: Path) -> None:
    office.give(f"{OPEN}{SCHOOL}_00.csv", LEAVERS.encode())
    folders = ("--into", str(tmp_path / "data"), "--keep", str(tmp_path / "kept"), "--base-url", office.url)
    done = command(SCHOOL.lower(), *folders)
    assert done.returncode == 0, done.stderr
    assert f"fetched        {SCHOOL}  {SCHOOL}_00.csv" in done.stdout
    assert [table.table for table in open_package(tmp_path / "data").tables] == [SCHOOL]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["../../etc/passwd"], "this is no table code (../../ETC/PASSWD)"),
        (["12411"], "this is no table code (12411)"),
        ([TOWNS, "--source", "rest", "--base-url", "http://127.0.0.1:9"], "there is no access to the interface"),
        ([TOWNS, "--base-url", "http://www.regionalstatistik.de/genesisws"], "this address may not be asked"),
        ([TOWNS, "--source", "soap"], "Invalid value for '--source'"),
    ],
)
def test_wrong_use_exits_2_and_asks_nobody(tmp_path: Path, arguments: list[str], words: str) -> None:
    folders = ("--into", str(tmp_path / "data"), "--keep", str(tmp_path / "kept"))
    done = command(*arguments, *folders, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "address",
    [
        "http://www.regionalstatistik.de/genesisws",
        "http://127.0.0.1.example.org/",
        "http://localhost@example.org/",
        "https://name:geheim@example.org/ws",
        "https://example.org/ws?token=geheim",
        "https://example.org/ws#geheim",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https://",
        "https://example.org:port/",
        "https://example.org/a b",
        "www.regionalstatistik.de",
    ],
)
def test_addresses_that_may_not_be_asked(address: str) -> None:
    with pytest.raises(UsageError, match="this address may not be asked") as refused:
        check_base_url(address)
    assert "geheim" not in str(refused.value)


def test_addresses_that_may_be_asked() -> None:
    assert check_base_url("https://www-genesis.destatis.de/genesisWS/") == "https://www-genesis.destatis.de/genesisWS"
    assert check_base_url("http://localhost:8080/ws") == "http://localhost:8080/ws"
    assert check_base_url(fetch.BASE_URL) == fetch.BASE_URL


def test_access_from_the_environment() -> None:
    names = {"TRANSFERBUCH_GENESIS_USER": "RE001", "TRANSFERBUCH_GENESIS_PASSWORD": "ein wort"}
    assert find_access(names) == Access("RE001", "ein wort")
    assert find_access(names | {"TRANSFERBUCH_GENESIS_TOKEN": " abc\n"}) == Access("abc")
    assert Access("RE001", "ein wort").mask("re001: ein%20wort, ein+wort, Ein Wort") == "***: ***, ***, ***"
    assert "RE001" not in repr(find_access(names)) and "wort" not in repr(find_access(names))


@pytest.mark.parametrize("token", ["zwei\nzeilen", "zeichen\u2026"])
def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(UsageError, match="the value cannot be sent") as refused:
        find_access({"TRANSFERBUCH_GENESIS_TOKEN": token})
    assert "ze" not in refused.value.problems[0].value and token not in str(refused.value)


def fake_keyring(monkeypatch: pytest.MonkeyPatch, get_password) -> None:
    class KeyringError(Exception):
        pass

    module = types.ModuleType("keyring")
    module.__spec__ = types.SimpleNamespace(name="keyring")
    module.errors = types.SimpleNamespace(KeyringError=KeyringError)
    module.get_password = lambda service, name: get_password(service, name, KeyringError)
    monkeypatch.setitem(sys.modules, "keyring", module)


def test_access_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(service: str, name: str, error: type[Exception]) -> str | None:
        return {("transferbuch-genesis", "token"): "abc"}.get((service, name))

    fake_keyring(monkeypatch, entry)
    assert find_access({}) == Access("abc")


def test_without_keyring_or_entry_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(service: str, name: str, error: type[Exception]) -> str:
        raise error("geheim")

    fake_keyring(monkeypatch, lambda *_: None)
    with pytest.raises(UsageError, match="it has no entry transferbuch-genesis token"):
        find_access({})
    fake_keyring(monkeypatch, locked)
    with pytest.raises(UsageError, match="the keyring cannot be read: KeyringError") as refused:
        find_access({})
    assert "geheim" not in str(refused.value)
    monkeypatch.delitem(sys.modules, "keyring")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="the package keyring is not installed"):
        find_access({})


# --- recorded answers of the real service ---


def test_recorded_answers_of_the_regionaldatenbank(office: Office, tmp_path: Path, shared_raw: Path) -> None:
    recorded = shared_raw / "regionalstatistik-ffcsv-2026"
    office.give(METADATA, (recorded / f"{TOWNS}_de_metadata.json").read_bytes())
    office.give(f"{TABLE} 1995-2024", (recorded / "fehlerantwort_tabelle_zu_gross.json").read_bytes())
    office.give(f"{TABLE} 1995-2009", NOTHING)
    office.give(f"{TABLE} 2010-2024", (recorded / f"{TOWNS}_de_flat.zip").read_bytes())
    started = time.monotonic()
    report = Run(office, tmp_path, "rest")(TOWNS)
    report.raise_for_failures()
    assert len(texts(report, TOWNS)) == 489 and time.monotonic() - started < 10
