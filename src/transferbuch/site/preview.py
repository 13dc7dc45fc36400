"""`transferbuch serve --watch`: the hand-written pages as they were saved a moment ago, their faults beside them.

The pages of `book/` are built in this process by a book that stays open, so a saved page takes a fraction of a second.
What has a fault keeps its last state in order; everything else goes on. Editions, pages of indicators and data come
from the site that `transferbuch build` made, if there is one, and are not built again.
"""

import json
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from transferbuch.errors import PersonFileError, Problem
from transferbuch.indicators.catalogue import load_indicators
from transferbuch.project import CATALOGUE, Project
from transferbuch.records import read_person_text
from transferbuch.regions.keys import edition_folder
from transferbuch.regions.register import load_register
from transferbuch.site.audience import NO_ROBOTS, REPORT, banner_of
from transferbuch.site.book import BookRefused, BookSettings, LiveBook
from transferbuch.site.checks import check_book
from transferbuch.site.portal import TITLE, kind_of, portal_toc
from transferbuch.site.server import Fault, News, address_of, make_live_server
from transferbuch.transfer.loading import load_transfer_object
from transferbuch.transfer.objects import LIST_PAGE, TransferObject
from transferbuch.vocabulary import INTERNAL_FOLDER

PAUSE = 0.3  # seconds between two looks at the files
_LIST = re.compile(r"^(?:```|:::)\{(?!list-table|glossary)", re.MULTILINE)  # made by a directive of the portal
_FOOTER = "Vorschau. Fußzeile und Kennzahlenseiten entstehen erst mit transferbuch build."


class Preview:
    """The pages of `book/` in `folder`: `source` as far as it is in order, `html` for the server."""

    def __init__(self, project: Project, site: Path, folder: Path):
        shutil.rmtree(folder, ignore_errors=True)
        self.project, self.site = project, site
        self.source, self.html = folder / "source", folder / "html"
        self.source.mkdir(parents=True)
        self.indicators = load_indicators(internal=project.is_internal)
        self.objects: dict[str, TransferObject] = {}
        self.files: dict[str, str] = {}
        """File in the source → the person's file it comes from."""
        self.warnings: dict[str, list[Problem]] = {}
        """Page → what Sphinx said when it was last read."""
        self.book: LiveBook | None = None

    def update(self) -> tuple[list[Fault], list[str]]:
        """Build what has changed; returns all faults there are now, and the files of the pages that were read.

        Raises PersonFileError, and changes nothing, for a table of contents that cannot be read.
        """
        toc = _read_toc(self.project.root / "_toc.yml")
        checked = check_book(self.project)
        faults = list(checked.error.problems) if checked.error else []
        before = self.objects
        self._take_over({one.file for one in faults})
        changed = {
            slug for slug in before.keys() | self.objects.keys() if _facts(before, slug) != _facts(self.objects, slug)
        }
        try:
            self._open_book(toc)
            read, warnings = self.book.update({"transferbuch_objects": self.objects}, self._depending_on(changed))
        except BookRefused as refused:
            self._close_book()
            read, warnings, self.warnings = set(), list(refused.problems), {}
        pages = {f"{page}.md" for page in read}
        self.warnings = {file: told for file, told in self.warnings.items() if file in self.files.keys() - pages}
        for one in warnings:
            self.warnings.setdefault(one.file, []).append(one)
        told = [Fault(one.file, str(one), True) for one in faults]
        for name, problems in self.warnings.items():
            file = self.files.get(name, "book")
            told += [Fault(file, str(replace(one, file=file)), False) for one in problems]
        return told, sorted(self.files[name] for name in pages & self.files.keys())

    def close(self) -> None:
        """Leave the process as it was."""
        self._close_book()

    def _close_book(self) -> None:
        if self.book:
            self.book.close()
        self.book = None

    def _take_over(self, held: set[str]) -> None:
        """Copy what is new and in order into the source; a file in `held` stays as it was there."""
        objects, files = {}, {}
        for path in sorted(self.project.book.rglob("*")):
            target = self._target(path)
            if not target:
                continue
            file, name = self.project.show(path), target.relative_to(self.source).as_posix()
            is_object = (
                target.parent == self.source / "transfer" and target.suffix == ".md" and target.name != LIST_PAGE
            )
            if file not in held:
                if is_object:
                    objects[target.stem] = load_transfer_object(path)
                content = path.read_bytes()
                if not target.exists() or target.read_bytes() != content:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
            elif is_object and target.stem in self.objects:
                objects[target.stem] = self.objects[target.stem]
            if target.exists():
                files[name] = file
        for name in self.files.keys() - files.keys():
            (self.source / name).unlink()
            (self.html / name).with_suffix(".html").unlink(missing_ok=True)
        self.files = files
        self.objects = {slug: _among(one, objects) for slug, one in objects.items()}

    def _target(self, path: Path) -> Path | None:
        """Where a file of `book/` lies in the source; None for what the audience does not see."""
        parts = path.relative_to(self.project.book).parts
        if not path.is_file() or any(part.startswith(".") for part in parts):
            return None
        if INTERNAL_FOLDER in parts[:-1]:
            if not self.project.is_internal:
                return None
            if parts[0] == "transfer":
                parts = (parts[0], *parts[2:])
        return self.source.joinpath(*parts)

    def _depending_on(self, changed: set[str]) -> set[str]:
        """Pages to read again when facts of these objects changed: those that name them, and lists."""
        if not changed:
            return set()
        related = {f"transfer/{slug}" for slug, one in self.objects.items() if changed & {slug, *one.related}}
        pages = {name.removesuffix(".md") for name in self.files if name.endswith(".md")}
        others = pages - {f"transfer/{slug}" for slug in self.objects}
        return related | {page for page in others if _LIST.search((self.source / f"{page}.md").read_text("utf-8"))}

    def _open_book(self, toc: dict) -> None:
        """A book for the table of contents as it is now; a changed one needs a new book, and all pages."""
        internal = sorted(name.removesuffix(".md") for name in self.files if name.startswith(f"{INTERNAL_FOLDER}/"))
        text = yaml.safe_dump(portal_toc(toc, [], internal, generated=False), allow_unicode=True)
        path = self.source / "_toc.yml"
        if self.book and path.read_text("utf-8") == text:
            return
        self._close_book()
        path.write_text(text, encoding="utf-8")
        self.warnings = {}
        editions = list(_editions(self.site))
        fictional = bool(editions) and all(one["ags"].startswith("99") for one in editions)
        banner = " · ".join(filter(None, ("Vorschau", banner_of(self.project.audience, fictional))))
        self.book = LiveBook(
            self.source,
            self.html,
            BookSettings(
                title=TITLE,
                banner=banner,
                footer=_FOOTER,
                robots=NO_ROBOTS,
                search_label="Im Transferbuch suchen",
                extensions=("transferbuch.site.portal_ext",),
                config_values={
                    "transferbuch_editions": json.dumps(editions, ensure_ascii=False),
                    "transferbuch_indicators": self.indicators,
                    "transferbuch_objects": self.objects,
                },
            ),
        )


def _read_toc(path: Path) -> dict:
    try:
        toc = yaml.safe_load(read_person_text(path, path.name))
    except yaml.YAMLError as error:
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 0
        do = "check indentation and colons around this line"
        raise PersonFileError(
            Problem(path.name, line, "", "this is not valid YAML", do=do, code="yaml-syntax")
        ) from None
    if not isinstance(toc, dict) or "root" not in toc:
        raise PersonFileError(Problem(path.name, 0, "root", "the key is missing", do="add `root:`", code="missing-key"))
    return toc


def _among(one: TransferObject, objects: dict[str, TransferObject]) -> TransferObject:
    """The object without links to pages that are not there yet."""
    return one.model_copy(update={"related": tuple(slug for slug in one.related if slug in objects)})


def _editions(site: Path) -> Iterator[dict[str, str]]:
    """The editions of the built site, as the start page lists them."""
    if not (site / REPORT).is_file():
        return
    register = load_register()
    for one in json.loads((site / REPORT).read_text("utf-8"))["editions"]:
        if one["outcome"] != "failed":
            yield {
                "ags": one["ags"],
                "folder": edition_folder(one["ags"]),
                "name": one["name"],
                "land": register.land_name(one["ags"][:2]),
                "kind": kind_of(register.get(one["ags"])),
            }


def serve_preview(project: Project, site: Path, port: int) -> None:
    """Serve and watch until Ctrl-C. Raises PersonFileError for a faulty catalogue, UsageError for a taken port."""
    news = News()
    folders: list[Path] = []
    server = make_live_server(folders, news, port)
    # below the port's number, so that two previews never share a folder
    folder = project.build / "preview" / str(server.server_address[1])
    preview = Preview(project, site, folder)
    folders += [preview.html, site]
    print("building the pages once; after that only what you save …", flush=True)
    files = _snapshot(project)
    _build(preview, news)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{address_of(server)}  watching book/ and _toc.yml (Ctrl-C ends)", flush=True)
    if not (site / "index.html").is_file():
        print("editions and pages of indicators are missing: transferbuch build", flush=True)
    try:
        while True:
            time.sleep(PAUSE)
            before, files = files, _snapshot(project)
            if changed := {path for path in before.keys() | files.keys() if before.get(path) != files.get(path)}:
                _react(project, preview, news, changed)
    except KeyboardInterrupt:
        print("ended")
    finally:
        server.shutdown()
        server.server_close()
        preview.close()
        shutil.rmtree(folder)


def _snapshot(project: Project) -> dict[Path, tuple[int, int]]:
    """Time and size of every file that a person may save while the preview runs."""
    folders = (project.book, project.parameters, project.notebooks, CATALOGUE)
    paths = [project.root / "_toc.yml", *(path for folder in folders for path in folder.rglob("*"))]
    found = {}
    for path in paths:
        try:
            facts = path.stat()
        except FileNotFoundError:  # an editor replaced it just now
            continue
        if path.is_file():
            found[path] = (facts.st_mtime_ns, facts.st_size)
    return found


def _react(project: Project, preview: Preview, news: News, changed: set[Path]) -> None:
    ours = {path for path in changed if path.is_relative_to(project.book) or path == project.root / "_toc.yml"}
    for path in sorted(changed - ours):
        print(f"{project.show(path)}: changed; the preview does not show it, transferbuch build does", flush=True)
    if ours:
        _build(preview, news)


def _facts(objects: Mapping[str, TransferObject], slug: str) -> dict[str, object] | None:
    """What lists and other pages tell of an object: its front matter, not its text."""
    return objects[slug].model_dump() if slug in objects else None


def _build(preview: Preview, news: News) -> None:
    """Build what changed, tell the terminal and the open pages."""
    started = time.perf_counter()
    try:
        faults, pages = preview.update()
    except PersonFileError as error:  # saved again between check and copy: the next look sees it
        faults, pages = [Fault(one.file, str(one), True) for one in error.problems], []
    known = set(news.faults)
    news.tell(faults, is_built=bool(pages))
    if pages:
        shown = ", ".join(pages[:3]) + (f" and {len(pages) - 3} more" if len(pages) > 3 else "")
        print(f"{shown}: built in {time.perf_counter() - started:.1f} s", flush=True)
    for one in faults:
        if one not in known:
            print(one.text, file=sys.stderr, flush=True)
    if known and not faults:
        print("all faults are mended", flush=True)
