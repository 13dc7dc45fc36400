"""Release gate: what no published page may contain, found in the built files themselves.

Loading from other hosts, paths and names of the machine that built the site, dead links, pages without language
or title. Reads HTML, CSS and the text files offered for download; scripts are seen running by the browser test.
"""

import getpass
import os
import re
import socket
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import parse_qsl, unquote, urlsplit

from transferbuch.errors import Problem

TEXT_SUFFIXES = {".html", ".css", ".js", ".json", ".ipynb", ".csv", ".txt", ".md", ".yml", ".xml", ".svg"}
THEME_FOLDERS = ("_static/vendor/", "_static/scripts/")
"""Minified files of the theme and plotly: a path in them is not this machine's."""

TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
ATTRIBUTE = re.compile(r"([^\s=>\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S | re.I)
STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.S | re.I)
COMMENT = re.compile(r"<!--.*?-->", re.S)
CSS_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)|@import\s+[\"']([^\"']+)[\"']")
FOREIGN = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.I)
SELECT = re.compile(r'<select data-key="([^"]+)">(.*?)</select>', re.S)
IN_SCRIPT = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.I)

LOADED = {"src", "srcset", "poster", "data", "background", "xlink:href"}
LINKS_NOT_LOADED = {"canonical", "license", "author", "alternate", "help", "next", "prev", "search"}
MAX_PER_FILE = 20


@dataclass(frozen=True)
class Link:
    """A link out of a book, in its first file that has it: `address` as it stands there."""

    file: str
    tag: str
    address: str


def check_site(folder: Path, books: Mapping[str, Iterable[Link]] | None = None) -> list[Problem]:
    """Every fault of the built site, sorted; empty: it may be published. At most 20 of a kind per file.

    Of `books`, by folder in the site, which `check_book` has looked at, only the links out of them are followed.
    """
    books = books or {}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    pages = _Pages(folder, files)
    done = tuple(f"{book}/" for book in books)
    problems = _check_files(pages, [file for file in files if not file.startswith(done)] if done else files)
    for book, links in books.items():
        for link in links:
            problems += pages.check_address(f"{book}/{link.file}", link.tag, link.address, link.tag != "a")
    return sorted(problems)


def check_book(folder: Path) -> tuple[list[Problem], tuple[Link, ...]]:
    """Every fault of one book of a site, and the links out of it, each once: these need the whole site."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    pages = _Pages(folder, files, outside={})
    return sorted(_check_files(pages, files)), tuple(pages.outside.values())


def _check_files(pages: "_Pages", files: Iterable[str]) -> list[Problem]:
    problems: list[Problem] = []
    for file in sorted(files):
        if Path(file).suffix not in TEXT_SUFFIXES:
            continue
        text = (pages.folder / file).read_text("utf-8", errors="replace")
        if file.endswith(".html"):
            problems += _checked(pages.check(file, text))
        elif file.endswith(".css"):
            problems += _checked(pages.check_css(file, text))
        if not file.startswith(THEME_FOLDERS):
            problems += _checked(check_machine(file, text))
    return problems


def _checked(problems: Iterator[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))[:MAX_PER_FILE]


class _Pages:
    """The files of a site and, as far as asked for, the anchors of its pages.

    outside: takes the links out of the folder, by address, if they are not faults
    """

    def __init__(self, folder: Path, files: set[str], outside: dict[str, Link] | None = None):
        self.folder, self.files, self.outside = folder, files, outside
        self.anchors = lru_cache(maxsize=None)(self._anchors)

    def _anchors(self, file: str) -> frozenset[str]:
        text = (self.folder / file).read_text("utf-8", errors="replace")
        places = re.findall(r"\s(?:id|name)=[\"']([^\"']+)[\"']", text)
        choices = [
            f"{key}={value}"
            for key, options in SELECT.findall(text)
            for value in re.findall(r'value="([^"]+)"', options)
        ]
        return frozenset(map(unescape, [*places, *choices]))

    def check(self, file: str, text: str) -> Iterator[Problem]:
        """Faults of one page."""
        if not re.search(r"<html\b[^>]*\slang=[\"']de[\"']", text[:2000], re.I):
            yield Problem(
                file,
                0,
                "lang",
                "the page does not say that it is German",
                expected='<html lang="de">',
                code="page-language",
            )
        if not re.search(r"<title>\s*[^<\s]", text):
            yield Problem(file, 0, "title", "the page has no title", code="page-title")
        text = COMMENT.sub("", text)
        for attributes, body in SCRIPT.findall(text):
            if "json" not in attributes and (found := IN_SCRIPT.search(body)):
                yield _foreign(file, "script", found.group())
        for body in STYLE.findall(text):
            yield from self.check_css(file, body)
        text = SCRIPT.sub(r"<script\1></script>", text)
        for tag, attributes in TAG.findall(text):
            if not attributes:
                continue
            style, addresses = _addresses(tag.lower(), attributes)
            if style:
                yield from self.check_css(file, style)
            for address, is_loaded in addresses:
                yield from self.check_address(file, tag.lower(), address, is_loaded)

    def check_css(self, file: str, text: str) -> Iterator[Problem]:
        """Foreign and dead addresses in a style sheet."""
        for url, imported in CSS_ADDRESS.findall(text):
            yield from self.check_address(file, "css", (url or imported).strip(), True)

    def check_address(self, file: str, tag: str, address: str, is_loaded: bool) -> Iterator[Problem]:
        """Faults of one address in a page or style sheet."""
        address = address.strip()
        if FOREIGN.match(address):
            if is_loaded:
                yield _foreign(file, tag, address)
            return
        parts = urlsplit(address)
        if parts.scheme:
            if parts.scheme == "file":
                yield Problem(file, 0, tag, "a link to a file of the building machine", address, code="local-path")
            return
        if parts.path.startswith("/"):
            yield Problem(
                file,
                0,
                tag,
                "a link from the root of the server",
                address,
                expected="a relative address",
                do="the site may be published in a folder; link relatively",
                code="root-link",
            )
            return
        target = normpath(join(dirname(file), unquote(parts.path))) if parts.path else file
        if self.outside is not None and target.startswith("../"):
            self.outside.setdefault(address, Link(file, tag, address))
            return
        if target not in self.files:
            index = normpath(join(target, "index.html"))
            if index not in self.files:
                yield Problem(file, 0, tag, "a link to a file that does not exist", address, code="dead-link")
                return
            target = index
        chosen = [f"{key}={value}" for key, value in parse_qsl(parts.fragment)]  # of a list with a filter
        anchors = chosen or ([unquote(parts.fragment)] if parts.fragment else [])
        if anchors and tag == "a" and target.endswith(".html") and not self.anchors(target).issuperset(anchors):
            yield Problem(file, 0, tag, "a link to a place that the page does not have", address, code="dead-anchor")


@lru_cache(maxsize=10_000)  # pages repeat most of their tags
def _addresses(tag: str, attributes: str) -> tuple[str, tuple[tuple[str, bool], ...]]:
    """The style of a tag, and the addresses in it with whether they are loaded or sent to."""
    values = {
        name.lower(): unescape(first or second or third) for name, first, second, third in ATTRIBUTE.findall(attributes)
    }
    found = []
    for name, value in values.items():
        addresses = [part.split()[0] for part in value.split(",") if part.strip()] if name == "srcset" else [value]
        is_loaded = name in LOADED and tag != "form" or name == "href" and tag in {"link", "use", "image", "base"}
        if tag == "link" and set(values.get("rel", "").split()) & LINKS_NOT_LOADED:
            is_loaded = False
        if is_loaded or name in {"href", "action", "formaction"}:
            found += [(address, is_loaded or name != "href") for address in addresses]
    return values.get("style", ""), tuple(found)


def _foreign(file: str, tag: str, address: str) -> Problem:
    return Problem(
        file,
        0,
        tag,
        "loads from another host",
        address,
        expected="a file of the site itself",
        do="keep a copy in the site or drop it",
        code="foreign-host",
    )


def check_machine(file: str, text: str) -> Iterator[Problem]:
    """Traces of the machine that built the site in one text file: folders, user name, host name."""
    signs, traces = _traces()
    # soon seen, also in files of many megabytes: one character is found in a tenth of the time
    if not any(mark in text and any(sign in text for sign in group) for mark, group in signs.items()):
        return
    for found in traces.finditer(text):
        yield Problem(
            file,
            text.count("\n", 0, found.start()) + 1,
            "",
            "a trace of the building machine",
            re.split(r"[\s<\"']", text[found.start() : found.start() + 80])[0],
            code="local-path",
        )


GENERIC_NAMES = {
    "root",
    "user",
    "admin",
    "runner",
    "build",
    "builder",
    "docker",
    "ubuntu",
    "debian",
    "vagrant",
    "localhost",
    "jenkins",
    "gitlab",
    "github",
    "main",
    "site",
    "test",
    "transferbuch",
}


_FOLDERS = ("home", "root", "Users", "tmp", "var/folders", "private/var", "mnt", "opt", "srv")
_WINDOWS = ("Users", "Windows", "Temp")


@lru_cache(maxsize=1)
def _traces() -> tuple[Mapping[str, Iterable[str]], re.Pattern[str]]:
    """Texts of which every trace has one, by a character in them, and the pattern of local paths and of this machine's
    names.

    A path begins after something that is not part of a web address. Names that are also words ("runner") or very
    short are left out: they would be found in every text.
    """
    folders = rf"(?<![\w.\-/%])/(?:{'|'.join(_FOLDERS)})/[\w.]"
    parts = [folders, r"\bfile:///", rf"\b[A-Z]:\\{{1,2}}(?:{'|'.join(_WINDOWS)})\b"]
    places = (Path.cwd(), Path(tempfile.gettempdir()), Path.home())
    own = [str(path) for path in places if len(path.parts) > 2]
    parts += map(re.escape, own)
    signs = {"/": [*(f"/{one}/" for one in _FOLDERS), "file:///"], "\\": [f"\\{one}" for one in _WINDOWS], "": []}
    signs[os.sep] += own
    user, host = _user(), socket.gethostname()
    if len(user) > 3 and user.lower() not in GENERIC_NAMES:
        parts.append(rf"[/\\]{re.escape(user)}[/\\]|\b{re.escape(user)}@")
        signs[""].append(user)
    if len(host) > 5 and host.lower() not in GENERIC_NAMES:
        parts.append(rf"(?<![\w-]){re.escape(host)}(?![\w-])")
        signs[""].append(host)
    return signs, re.compile("|".join(parts))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for its user
        return os.environ.get("USER", "")
