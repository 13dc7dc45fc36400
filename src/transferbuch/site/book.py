"""One small book, built in this process: executed notebooks and Markdown in, German HTML pages out.

Together with `theme` the only place that knows Jupyter Book and Sphinx, so that the assembler can be replaced. How
pages look and read is the extension's part (`theme`). Many books share one `_static` folder, the portal's; a book's
own copy would be 8 MB.
"""

import logging
import re
import shutil
import time
import warnings as python_warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from jupyter_book.config import get_final_config
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

from transferbuch.errors import PersonFileError, Problem, UsageError

EXTENSIONS = ("myst_nb", "jupyter_book", "sphinx_external_toc", "sphinx_book_theme", "transferbuch.site.theme")
"""What our books need. Jupyter Book's own list also loads thebe, comments, copy and toggle buttons and
intersphinx: English texts, scripts of other hosts, an error in every page's console."""

NOT_PUBLISHED = (".buildinfo", "objects.inv", ".doctrees", "jupyter_execute", "_sources")


@dataclass(frozen=True)
class BookSettings:
    """Everything in which one book differs from another.

    title: name of the book, part of every page's `<title>` and shown above the chapters
    pages: names of the pages without suffix, in reading order, the first is the start page and is called
        `index`; empty: `_toc.yml` in the source gives the order
    static_prefix: way from this book's start page to the folder that holds the shared `_static`
        ("../../" for editions). Empty: this is the portal, the book brings `_static` along
    home: address of the portal's start page as seen from this book's start page; None: no such link
    banner: plain text on top of every page, such as "Modellregion – erfundene Daten"; None: no banner
    footer: HTML at the end of every page: attribution, licences, legal notice
    robots: what search engines are told on every page, such as "noindex"; empty: nothing
    brand: name of the municipality above the chapters, with its own `logo`, a file beside the start page; empty: none
    style: CSS that only this book has, for the brand's colours
    search_label: text of the search field
    extensions: further Sphinx extensions (the portal's directives)
    config_values: further Sphinx configuration for those extensions
    keep: names directly under the output folder that belong to others and stay ("kommunen" in the portal)
    """

    title: str
    pages: tuple[str, ...] = ()
    static_prefix: str = ""
    home: str | None = None
    banner: str | None = None
    footer: str = ""
    robots: str = ""
    brand: str = ""
    logo: str = ""
    style: str = ""
    search_label: str = "In dieser Ausgabe suchen"
    extensions: tuple[str, ...] = ()
    config_values: Mapping[str, object] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pages and self.pages[0] != "index":
            raise ValueError(f"the first page of a book is called 'index', not {self.pages[0]!r}")


@dataclass(frozen=True)
class BookResult:
    """What was built: files relative to the output folder, sorted; warnings is empty, or there is no result."""

    files: tuple[str, ...]
    warnings: tuple[Problem, ...]
    seconds: float

    @property
    def pages(self) -> tuple[str, ...]:
        return tuple(file for file in self.files if file.endswith(".html"))


class BookRefused(PersonFileError):
    """A page of the book has a fault (every Sphinx warning is one); nothing was published."""


def build_book(source: Path, out: Path, settings: BookSettings) -> BookResult:
    """Build the book in `source` into the folder `out`; same source and settings give the same bytes.

    Reads only below `source`, prints nothing, executes nothing. `out` is replaced as a whole except for
    `settings.keep`; on any fault it is left as it was and `BookRefused` carries all of them. Not for threads:
    Sphinx patches docutils globally while it builds.
    """
    started = time.perf_counter()
    source, out = source.resolve(), out.resolve()
    _refuse_foreign_folder(out, settings.keep)
    with TemporaryDirectory(prefix="transferbuch-") as folder:
        html = Path(folder) / "html"
        stream = StringIO()
        try:
            with _clean_process():
                app = Sphinx(
                    srcdir=source,
                    confdir=None,
                    outdir=html,
                    doctreedir=Path(folder) / "doctrees",
                    buildername="html",
                    confoverrides=_sphinx_config(source, Path(folder), settings),
                    status=None,
                    warning=stream,
                    freshenv=True,
                )
                logging.getLogger("sphinx").setLevel(logging.WARNING)  # it logs each event, for nobody
                app.build(force_all=True)
                stray = _files_outside(app, source, Path(folder))
        except SphinxError as error:
            raise BookRefused([*_problems(stream.getvalue(), source), _crash(error, source)]) from error
        problems = (*_problems(stream.getvalue(), source), *stray)
        if problems:
            raise BookRefused(problems)
        for name in (*NOT_PUBLISHED, *(["_static"] if settings.static_prefix else [])):
            _remove(html / name)
        files = tuple(sorted(path.relative_to(html).as_posix() for path in html.rglob("*") if path.is_file()))
        _replace(out, html, settings.keep)
    return BookResult(files, problems, time.perf_counter() - started)


class LiveBook:
    """A book that stays open in this process: after the first time, `update` builds only what changed.

    Nothing is published: `out` is for a preview. Only one book may be open, and none be built meanwhile.
    Raises BookRefused if the table of contents does not fit.
    """

    def __init__(self, source: Path, out: Path, settings: BookSettings):
        self._source, self._warnings = source.resolve(), StringIO()
        self._again: set[str] = set()
        self._read: set[str] = set()
        self._process = ExitStack()
        self._process.enter_context(_clean_process())
        folder = out.resolve().parent
        try:
            self._app = Sphinx(
                srcdir=self._source,
                confdir=None,
                outdir=out.resolve(),
                doctreedir=folder / "doctrees",
                buildername="html",
                confoverrides=_sphinx_config(self._source, folder, settings),
                status=None,
                warning=self._warnings,
                freshenv=True,
            )
        except SphinxError as error:
            self.close()
            raise BookRefused(_crash(error, self._source)) from error
        self._app.connect("env-get-outdated", lambda app, env, *changes: self._again & env.found_docs)
        self._app.connect("source-read", lambda app, page, text: self._read.add(page))

    def update(self, config_values: Mapping[str, object], again: Iterable[str]) -> tuple[set[str], tuple[Problem, ...]]:
        """Read and write pages whose files changed, and those in `again`; returns the pages read and their faults.

        `config_values` are those of the settings that have changed. Raises BookRefused if Sphinx gives up; the book
        must then be opened anew.
        """
        self._again, self._read = set(again), set()
        self._warnings.seek(0)
        self._warnings.truncate()
        for name, value in config_values.items():
            self._app.config[name] = value
        try:
            self._app.build()
        except SphinxError as error:
            raise BookRefused(
                [*_problems(self._warnings.getvalue(), self._source), _crash(error, self._source)]
            ) from error
        return self._read, _problems(self._warnings.getvalue(), self._source)

    def close(self) -> None:
        """Give the process back."""
        self._process.close()


def _sphinx_config(source: Path, folder: Path, settings: BookSettings) -> dict[str, object]:
    """Jupyter Book's configuration with ours on top; `folder` takes the table of contents."""
    toc = source / "_toc.yml"
    if settings.pages:
        toc = folder / "_toc.yml"
        chapters = [{"file": page} for page in settings.pages[1:]]
        toc.write_text(yaml.safe_dump({"format": "jb-book", "root": "index", "chapters": chapters}), "utf-8")
    config, _ = get_final_config(
        user_yaml={"title": settings.title, "author": "", "copyright": "", "only_build_toc_files": True},
        cli_config={"latex_individualpages": False},
        validate=False,
    )
    # a fresh list: Jupyter Book adds to the one it made
    config["extensions"] = [*EXTENSIONS, *settings.extensions]
    config.pop("comments_config", None)
    options = {
        "tb_home": settings.home or "",
        "tb_start": "Zu dieser Ausgabe" if settings.home else "Startseite",
        "tb_banner": settings.banner or "",
        "tb_footer": settings.footer,
        "tb_robots": settings.robots,
        "tb_brand": settings.brand,
        "tb_logo": settings.logo,
        "tb_style": settings.style,
        "tb_search": settings.search_label,
    }
    return {
        **config,
        "language": "de",
        "project": settings.title,
        "external_toc_path": toc.as_posix(),
        "transferbuch_static_prefix": settings.static_prefix,
        "html_theme_options": options,
        **settings.config_values,
    }


@contextmanager
def _clean_process() -> Iterator[None]:
    """Sphinx made re-usable: what one build leaves in the process does not reach the next.

    Each Sphinx application appends its catalogues to the translations of the one before; after some hundred
    books that ends in a RecursionError. Its log handlers hold on to the application and with it all pages.
    """
    catalogues = dict(locale.translators)
    locale.translators.clear()
    try:
        with patch_docutils(), docutils_namespace(), python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        locale.translators.clear()
        locale.translators.update(catalogues)
        logger = logging.getLogger("sphinx")
        for handler in list(logger.handlers):
            logger.removeHandler(handler)


WARNING = re.compile(r"^(?:(?P<file>.*?)(?::(?P<line>\d+))?: )?(?:WARNING|ERROR|CRITICAL|SEVERE): (?P<what>.*)$")


def _problems(text: str, source: Path) -> tuple[Problem, ...]:
    """Sphinx's warnings as problems; lines that do not start one belong to the one before."""
    problems: list[Problem] = []
    for line in strip_colors(text).splitlines():
        if match := WARNING.match(line):
            file, number = _below(match["file"] or ".", source), int(match["line"] or 0)
            # in notebooks myst-nb counts 10,000 lines per cell
            cell = f"cell {number // 10_000}" if number >= 10_000 and file.endswith(".ipynb") else ""
            problems.append(Problem(file, 0 if cell else number, cell, match["what"], code="book"))
        elif problems and line.strip():
            last = problems.pop()
            problems.append(replace(last, what=f"{last.what} {line.strip()}"))
    return tuple(problems)


def _crash(error: SphinxError, source: Path) -> Problem:
    return Problem(".", 0, "", f"the book cannot be built: {str(error).replace(str(source), '.')}", code="book")


def _below(file: str, source: Path) -> str:
    """A path in a message as a path in the source folder."""
    return file.removeprefix(f"{source}/") if file != str(source) else "."


def _files_outside(app: Sphinx, source: Path, work: Path) -> tuple[Problem, ...]:
    """Pages that include a file from outside the source: whatever is not in the slice must not get published."""
    problems = []
    for page, files in sorted(app.env.dependencies.items()):
        for file in sorted(files):
            path = (source / file).resolve()
            if not path.is_relative_to(source) and not path.is_relative_to(work):
                problems.append(
                    Problem(
                        _below(str(app.env.doc2path(page)), source),
                        0,
                        "",
                        "the page uses a file from outside the book",
                        file,
                        do="copy the file into the book's folder",
                        code="book-outside",
                    )
                )
    return tuple(problems)


def _refuse_foreign_folder(out: Path, keep: tuple[str, ...]) -> None:
    """Never empty a folder that is not a built book: somebody may have named the wrong one."""
    if (
        out.is_dir()
        and not (out / "searchindex.js").is_file()
        and any(entry.name not in keep for entry in out.iterdir())
    ):
        raise UsageError(
            Problem(
                out.name,
                0,
                "",
                "the output folder holds files that are no built site",
                expected="an empty folder or one built before",
                do="choose another folder",
                code="out-not-empty",
            )
        )


def _replace(out: Path, html: Path, keep: tuple[str, ...]) -> None:
    """Write side: the content of `out` becomes that of `html`, entries in `keep` stay."""
    out.mkdir(parents=True, exist_ok=True)
    for entry in out.iterdir():
        if entry.name not in keep:
            _remove(entry)
    shutil.copytree(html, out, dirs_exist_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
