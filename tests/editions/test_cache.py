"""The cache: whole entries or none, also with several writers; what was not used for longest goes first."""

import contextlib
import multiprocessing
import os
import shutil
import time
from pathlib import Path

import pytest

from transferbuch.editions.cache import Cache, link

KEYS = [f"{number:02d}" * 32 for number in range(5)]


def page(folder: Path, text: str = "Seite") -> None:
    (folder / "html").mkdir()
    (folder / "html" / "index.html").write_text(text, encoding="utf-8")


def fill(cache: Cache, sizes: dict[str, int]) -> None:
    """Entries of these sizes in bytes; the first was used longest ago."""
    for age, (key, size) in enumerate(sizes.items()):
        folder = cache.keep("editions", key, lambda place, size=size: (place / "a").write_bytes(bytes(size)))
        os.utime(folder / ".used", (1_700_000_000 + age, 1_700_000_000 + age))


def kept(cache: Cache) -> list[str]:
    return [entry.folder.name for _, entry in cache.entries()]


def unfinished(folder: Path) -> list[Path]:
    return list((folder / "making").glob("*"))


@pytest.fixture
def cache(tmp_path) -> Cache:
    return Cache(tmp_path)


def test_what_is_kept_is_found_by_its_key_and_kind_only(cache, tmp_path):
    assert cache.find("editions", KEYS[0]) is None
    folder = cache.keep("editions", KEYS[0], page)
    assert folder == tmp_path / "editions" / "00" / KEYS[0] == cache.find("editions", KEYS[0])
    assert (folder / "html" / "index.html").read_text("utf-8") == "Seite"
    assert cache.find("editions", KEYS[1]) is None and cache.find("notebooks", KEYS[0]) is None
    cache.drop("editions", KEYS[0])
    cache.drop("editions", KEYS[0])  # gone already
    assert cache.find("editions", KEYS[0]) is None and not unfinished(tmp_path)


def test_the_first_writer_of_a_key_stays(cache, tmp_path):
    first = cache.keep("editions", KEYS[0], page)
    assert cache.keep("editions", KEYS[0], lambda place: page(place, "zweite")) == first
    assert (first / "html" / "index.html").read_text("utf-8") == "Seite" and not unfinished(tmp_path)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_write_that_is_broken_off_leaves_nothing(cache, tmp_path, error):
    def write(place: Path) -> None:
        page(place)
        raise error

    with pytest.raises(error):
        cache.keep("editions", KEYS[0], write)
    assert cache.find("editions", KEYS[0]) is None
    assert [path for path in tmp_path.rglob("*") if path.name != "making"] == []


def test_half_an_entry_without_its_mark_is_replaced(cache, tmp_path):
    """As a copy of the folder leaves it that was broken off, for example in CI."""
    half = tmp_path / "editions" / "00" / KEYS[0]
    (half / "html").mkdir(parents=True)
    assert cache.find("editions", KEYS[0]) is None and kept(cache) == []
    assert cache.keep("editions", KEYS[0], page) == half
    assert (half / "html" / "index.html").is_file() and cache.find("editions", KEYS[0]) == half


def test_a_folder_that_cannot_be_written_to_is_told_and_not_taken_for_an_entry(cache, tmp_path):
    (tmp_path / "editions").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(OSError):
        cache.keep("editions", KEYS[0], page)
    assert not unfinished(tmp_path)


def _keep_often(folder: Path, name: str, start) -> None:
    cache = Cache(folder)
    start.wait()
    for key in KEYS * 20:
        found = cache.keep("editions", key, lambda place: [(place / str(n)).write_text(name) for n in range(20)])
        with contextlib.suppress(FileNotFoundError):  # the other one has dropped it since
            texts = [(found / str(n)).read_text() for n in range(20)]
            assert len(set(texts)) == 1, "files of two writers in one entry"
        if name == "a":
            cache.drop("editions", key)


def test_two_processes_keep_the_same_keys_at_once_while_one_drops_them(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(2)
    both = [spawn.Process(target=_keep_often, args=(tmp_path, name, start)) for name in "ab"]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one.exitcode for one in both] == [0, 0]
    assert not unfinished(tmp_path)
    for _, entry in Cache(tmp_path).entries():
        assert len(list(entry.folder.iterdir())) == 21, "every file and the mark"


def test_prune_removes_what_was_not_used_for_longest_until_the_limit_holds(cache):
    fill(cache, {KEYS[2]: 1000, KEYS[0]: 1000, KEYS[1]: 1000})
    assert cache.prune(3000) == (0, 0)
    assert cache.find("editions", KEYS[2])  # asked for: it is the youngest now
    assert cache.prune(1500) == (2, 2000)
    assert kept(cache) == [KEYS[2]]
    assert cache.prune(0) == (1, 1000) and kept(cache) == []


def test_one_limit_for_all_kinds(cache):
    fill(cache, {KEYS[0]: 1000})
    cache.keep("notebooks", KEYS[1], lambda place: (place / "a").write_bytes(bytes(1000)))
    assert sorted(kind for kind, _ in cache.entries()) == ["editions", "notebooks"]
    assert cache.prune(1000) == (1, 1000)
    assert [kind for kind, _ in cache.entries()] == ["notebooks"]


def test_a_kept_entry_counts_as_used_when_it_was_made(cache):
    fill(cache, {KEYS[0]: 10})
    before = time.time() - 60
    cache.keep("editions", KEYS[1], page)
    used = {entry.folder.name: entry.used for _, entry in cache.entries()}
    assert used[KEYS[0]] == 1_700_000_000 and used[KEYS[1]] > before


def test_a_removed_entry_leaves_the_pages_of_the_site(cache, tmp_path):
    folder = cache.keep("editions", KEYS[0], page)
    shutil.copytree(folder / "html", tmp_path / "site", copy_function=link)
    shown = tmp_path / "site" / "index.html"
    assert shown.stat().st_ino == (folder / "html" / "index.html").stat().st_ino, "no second copy on the disk"
    assert cache.prune(0)[0] == 1
    assert shown.read_text("utf-8") == "Seite"


def test_without_links_the_site_gets_copies(cache, tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    folder = cache.keep("editions", KEYS[0], page)
    monkeypatch.setattr(os, "link", refuse)
    shutil.copytree(folder / "html", tmp_path / "site", copy_function=link)
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "Seite"


def test_what_killed_builds_left_goes_after_a_day(cache, tmp_path):
    for name, days in (("alt", 2), ("neu", 0)):
        folder = tmp_path / "making" / name
        folder.mkdir(parents=True)
        (folder / "seite.html").write_text("halb", encoding="utf-8")
        when = time.time() - days * 86_400
        os.utime(folder, (when, when))
    assert cache.prune() == (0, 0), "nothing of it ever was an entry"
    assert [path.name for path in unfinished(tmp_path)] == ["neu"], "somebody may be writing it"


def test_entries_while_another_build_removes_them(cache):
    fill(cache, dict.fromkeys(KEYS, 10))
    seen = []
    for _, entry in cache.entries():
        seen.append(entry.folder.name)
        for key in KEYS[1:3]:
            cache.drop("editions", key)
    assert seen == [KEYS[0], KEYS[3], KEYS[4]]


def test_prune_while_another_build_prunes(cache, monkeypatch):
    fill(cache, dict.fromkeys(KEYS, 1000))
    listed = list(cache.entries())
    cache.drop("editions", KEYS[0])
    monkeypatch.setattr(cache, "entries", lambda: iter(listed))
    cache.prune(2000)
    monkeypatch.undo()
    assert kept(cache) == KEYS[3:]
