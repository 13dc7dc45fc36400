"""Input that is hostile, endless or half there: refused with file and place, memory bounded, nothing half-imported.

Broken tables of each format are in test_importer, test_inkar and test_plain_tables; here is what can befall any file.
"""

import errno
import gzip
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data.small_tables import LEAVERS, MUNICIPALITIES, zipped
from tests.data.test_importer import FLAT_NAME, MEMBER, cut_after, refused, snapshot
from transferbuch.data import archives
from transferbuch.data.importer import import_files
from transferbuch.data.store import open_package

KREISE = "kreis_id,jahr,anteil\n" + "".join(
    f"{key},{year},{year - 2000}.5\n" for key in ("01001", "09761", "15084") for year in (2022, 2023)
)
"""A sound plain table: header and six rows."""


NOISE = random.Random(1).randbytes(11_000_000).replace(b"\n", b"1")
"""One line that no archive can pack well, so that it is no bomb."""


def sparse(path: Path, size: int, begin: bytes = b"") -> None:
    """A file of this size that takes no room on the disk; behind `begin` it holds zero bytes and no line end."""
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(size)


def many(block: bytes, times: int) -> bytes:
    """A gzip file that unpacks to `times` blocks, made without ever holding them."""
    return gzip.compress(block) * times


# --- too much ---


@pytest.mark.parametrize(
    ("name", "make", "place", "code"),
    [
        ("a.csv", lambda path: sparse(path, 10**9), 1, "line-too-long"),
        ("a.csv", lambda path: sparse(path, 10**9, LEAVERS.encode()), 21, "line-too-long"),
        ("b.csv", lambda path: sparse(path, 10**9, KREISE.encode()), 8, "line-too-long"),
        ("a.csv", lambda path: path.write_bytes((KREISE + "1" * 10_500_000).encode()), 8, "line-too-long"),
        ("a.csv.gz", lambda path: path.write_bytes(many(b"1" * 10**7, 100)), 1, "line-too-long"),
        ("a.csv.gz", lambda path: path.write_bytes(many(b"1;2;3;4;5\n" * 10**6, 100)), 0, "gzip-too-large"),
        ("a.zip", lambda path: path.write_bytes(zipped((MEMBER, b"1;2;3;4;5\n" * 2_000_000))), 0, "zip-too-large"),
        ("a.zip", lambda path: path.write_bytes(zipped((MEMBER, NOISE))), 1, "line-too-long"),
        ("a.dat", lambda path: sparse(path, 10**10), 0, "file-too-large"),
    ],
)  # fmt: skip
def test_what_is_too_large_is_refused_before_it_is_parsed(
    tmp_path: Path, name: str, make, place: int, code: str
) -> None:
    make(tmp_path / name)
    (tmp_path / "gut.csv").write_text(KREISE, encoding="utf-8")
    [problem] = refused([tmp_path / "gut.csv", tmp_path / name], tmp_path / "p")
    assert (problem.file, problem.line, problem.code) == (name, place, code)
    assert "at most" in problem.expected and problem.do
    assert not (tmp_path / "p").exists()


CHILD = """
import resource, sys
from pathlib import Path
from transferbuch.data.importer import import_files
from transferbuch.errors import DataRefused
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    import_files([Path(sys.argv[1])], Path(sys.argv[2]))
except DataRefused as refused:
    print(refused.problems[0].code, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)
"""


@pytest.mark.parametrize(
    ("name", "make", "most"),
    [
        ("a.csv", lambda path: sparse(path, 10**9, LEAVERS.encode()), 100),
        ("b.csv", lambda path: sparse(path, 10**9, KREISE.encode()), 100),
        ("c.csv.gz", lambda path: path.write_bytes(many(b"1" * 10**7, 100)), 100),
        ("d.csv.gz", lambda path: path.write_bytes(many(b"kreis_id;n\n" * 10**6, 100)), 800),
    ],
)
def test_memory_stays_bounded(tmp_path: Path, name: str, make, most: int) -> None:
    make(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, tmp_path / name, tmp_path / "p"], capture_output=True, text=True, check=True
    )
    code, megabytes = done.stdout.split()
    assert code in ("file-too-large", "line-too-long", "gzip-too-large")
    assert int(megabytes) < most


def test_a_table_of_more_cells_than_memory_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_CELLS", 17)
    (tmp_path / "a.csv").write_text(KREISE, encoding="utf-8")
    [problem] = refused([tmp_path / "a.csv"], tmp_path / "p")
    assert (problem.code, problem.value) == ("table-too-large", "21")


# --- archives ---


@pytest.mark.parametrize(
    "member",
    ["../../etc/a.csv", "/etc/a.csv", "..\\a.csv", "C:\\a.csv", "C:a.csv", "\\\\server\\a.csv", "a/../../b.csv"],
)
def test_a_zip_that_names_a_place_outside_itself(tmp_path: Path, member: str) -> None:
    (tmp_path / "a.zip").write_bytes(zipped((member, LEAVERS)))
    [problem] = refused([tmp_path / "a.zip"], tmp_path / "p")
    assert (problem.file, problem.code) == ("a.zip", "zip-unsafe-name")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_many_members_are_a_bomb_together(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(*((f"{number}.csv", b"1" * 4_000_000) for number in range(10))))
    [problem] = refused([tmp_path / "a.zip"], tmp_path / "p")
    assert (problem.code, problem.value) == ("zip-too-large", "40000000 bytes")


def test_folders_inside_a_zip_are_no_danger(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(("daten/2024..neu/abgaenge.csv", LEAVERS)))
    assert import_files([tmp_path / "a.zip"], tmp_path / "p").files[0].table == "21111-02-06-4"


def test_an_archive_in_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    inner = zipped(("a.csv", LEAVERS))
    for name, content in {
        "a.zip": zipped(("b.zip", inner)),
        "b.zip": zipped(("b.csv", gzip.compress(LEAVERS.encode()))),
        "c.csv.gz": gzip.compress(gzip.compress(LEAVERS.encode())),
    }.items():
        (tmp_path / name).write_bytes(content)
    found = refused([tmp_path / name for name in ("a.zip", "b.zip", "c.csv.gz")], tmp_path / "p")
    assert [(one.file, one.code) for one in found] == [
        ("a.zip", "no-table"), ("b.zip", "encoding"), ("c.csv.gz", "encoding"),
    ]  # fmt: skip


# --- places ---


def test_pipes_and_links_in_a_folder_are_left_out_with_the_reason(tmp_path: Path) -> None:
    folder, other = tmp_path / "amtlich", tmp_path / "anders"
    folder.mkdir()
    other.mkdir()
    (other / "b.csv").write_text(LEAVERS, encoding="utf-8")
    (folder / "a.csv").write_text(KREISE, encoding="utf-8")
    os.mkfifo(folder / "pipe.csv")
    (folder / "kreis").symlink_to(folder, target_is_directory=True)  # a walk that follows it never ends
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "weg.csv").symlink_to(folder / "gibtesnicht.csv")
    (folder / "zu_b.csv").symlink_to(other / "b.csv")
    report = import_files([folder], tmp_path / "p")
    assert [(file.file, file.table or file.why) for file in report.files] == [
        ("amtlich/a.csv", "AMTLICH-A"),
        ("amtlich/kreis", "a link to a folder; links are not followed"),
        ("amtlich/loop.csv", "a link that leads nowhere"),
        ("amtlich/pipe.csv", "a pipe or a device and no file"),
        ("amtlich/weg.csv", "a link that leads nowhere"),
        ("amtlich/zu_b.csv", "21111-02-06-4"),
    ]


def test_a_pipe_or_a_loop_that_was_named_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    found = refused([tmp_path / "pipe.csv", tmp_path / "loop.csv"], tmp_path / "p")
    assert [(one.file, one.what, one.code) for one in found] == [
        (str(tmp_path / "pipe.csv"), "no official table: a pipe or a device and no file", "no-table"),
        (str(tmp_path / "loop.csv"), "no official table: a link that leads nowhere", "no-table"),
    ]


def deny(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The system refuses to open the file; for root no permission bit does that."""
    real = Path.open

    def opened(self: Path, *arguments, **options):
        if self.name == name:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", opened)


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(KREISE, encoding="utf-8")
    deny(monkeypatch, "b.csv")
    [problem] = refused([tmp_path], tmp_path / "p")
    assert (problem.file, problem.code) == (f"{tmp_path.name}/b.csv", "file-unreadable")
    assert problem.what == "the file cannot be read: Permission denied"


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text(KREISE, encoding="utf-8")
    (tmp_path / "zu").mkdir()
    real = os.scandir

    def scanned(path):
        if str(path).endswith("zu"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scanned)
    [problem] = refused([tmp_path], tmp_path / "p")
    assert (problem.file, problem.code) == (str(tmp_path / "zu"), "file-unreadable")


@pytest.mark.parametrize(
    ("content", "line", "what", "code"),
    [
        (b"", 0, "no official table: the file is empty", "no-table"),
        (b"\xef\xbb\xbf", 0, "no official table: the file is empty", "no-table"),
        (b"kreis_id;jahr;n\n", 1, "the table has no data row", "table-no-rows"),
        (KREISE.encode().replace(b"15084", b"\xe4\xc3\xb6"), 6, "the encoding is broken", "encoding"),
        (KREISE.encode().replace(b"15084", b"1508\x00"), 6, "the file holds a zero byte and is not text", "encoding"),
        (KREISE.encode()[:-7], 7, "the row has 2 cells", "table-row"),
    ],
)
def test_half_a_file(tmp_path: Path, content: bytes, line: int, what: str, code: str) -> None:
    (tmp_path / "a_b.csv").write_bytes(content)
    [problem] = refused([tmp_path / "a_b.csv"], tmp_path / "p")
    assert (problem.file, problem.line, problem.what, problem.code) == ("a_b.csv", line, what, code)


# --- nothing half-imported ---

BROKEN = {
    "formel.csv": KREISE.replace("23.5\n", "=1+1\n", 1).encode(),
    "doppelt.csv": (KREISE + "15084,2023,1.5\n").encode(),
    "nullen.csv": KREISE.replace("09761", "9761").encode(),
    "kopf.csv": KREISE.replace("kreis_id,", ",", 1).encode(),
    "bombe.zip": zipped(("a.csv", b"1;2;3;4;5\n" * 2_000_000)),
    "wege.zip": zipped(("../a.csv", LEAVERS)),
    "halb.csv": cut_after(LEAVERS, "Saalekreis, Land").encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_broken_file_among_good_ones_leaves_the_package_as_it_was(tmp_path: Path, name: str) -> None:
    folder, into = tmp_path / "amtlich", tmp_path / "p"
    folder.mkdir()
    (folder / "a.csv").write_text(LEAVERS, encoding="utf-8")
    import_files([folder], into)
    before = snapshot(into)
    (folder / "b.csv").write_text(KREISE, encoding="utf-8")
    (folder / name).write_bytes(BROKEN[name])
    (folder / "z.csv").write_text(KREISE.replace("kreis_id", "ags"), encoding="utf-8")
    found = refused([folder], into)
    assert {one.file for one in found} == {f"amtlich/{name}"}
    assert snapshot(into) == before


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    for name, content in BROKEN.items():
        (tmp_path / name).write_bytes(content)
    found = refused([tmp_path], tmp_path / "p")
    assert {one.file.rpartition("/")[2] for one in found} == set(BROKEN)
    codes = {"cell", "table-duplicate", "table-key-zero", "table-header", "table-cut-off"}
    assert {one.code for one in found} == codes | {"zip-too-large", "zip-unsafe-name"}
    assert all(one.do for one in found)
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("package_exists", [True, False], ids=["added to", "new"])
@pytest.mark.parametrize("full_at", [1, 2, 3], ids=["first table", "second table", "description"])
def test_a_full_disk_leaves_the_former_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_at: int, package_exists: bool
) -> None:
    into = tmp_path / "p"
    (tmp_path / "first.csv").write_text(LEAVERS, encoding="utf-8")
    (tmp_path / "b_c.csv").write_text(KREISE, encoding="utf-8")
    (tmp_path / FLAT_NAME).write_text(MUNICIPALITIES, encoding="utf-8")
    if package_exists:
        import_files([tmp_path / "first.csv"], into)
    before = snapshot(into)
    written = 0
    real = Path.write_bytes

    def write(self: Path, content: bytes) -> int:
        nonlocal written
        written += 1
        if written == full_at:
            real(self, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write)
        [problem] = refused([tmp_path / "b_c.csv", tmp_path / FLAT_NAME], into)
    assert (problem.file, problem.code) == ("p", "package-write")
    assert problem.what == "the data package cannot be written: No space left on device"
    assert written == full_at
    if package_exists:
        assert snapshot(into) == before
        assert [table.table for table in open_package(into).tables] == ["21111-02-06-4"]
    else:
        assert not into.exists()
    report = import_files([tmp_path / "b_c.csv", tmp_path / FLAT_NAME], into)  # and with room it works
    assert report.count("imported") == 2


def test_a_second_import_of_the_same_files_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_b.csv").write_text(KREISE, encoding="utf-8")
    import_files([tmp_path / "a_b.csv"], tmp_path / "p")
    before = snapshot(tmp_path / "p")
    monkeypatch.setattr(Path, "write_bytes", lambda *_: pytest.fail("something was written"))
    assert [file.outcome for file in import_files([tmp_path / "a_b.csv"], tmp_path / "p").files] == ["unchanged"]
    assert snapshot(tmp_path / "p") == before
