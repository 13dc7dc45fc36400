"""One small book, built in this process: executed notebooks and Markdown in, German HTML pages out.

The only place that knows Jupyter Book and Sphinx, so that the assembler can be replaced. It is two things: the
function `build_book`, and a Sphinx extension (`setup`) with theme, builder and German texts, which plain
`jupyter-book build .` loads as well. Many books share one `_static` folder, the portal's; a book's own copy
would be 8 MB.
"""

import copy
import json
import logging
import re
import shutil
import time
import warnings as python_warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from gettext import NullTranslations
from html import escape
from importlib.metadata import version
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import yaml
from docutils import nodes
from jupyter_book.config import get_final_config
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.errors import SphinxError
from sphinx.util import logging as sphinx_logging
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

from transferbuch import __version__
from transferbuch.errors import PersonFileError, Problem, UsageError
from transferbuch.site.german import IN_PAGES, IN_SCRIPTS
from transferbuch.site.search import GermanSearch

LOGGER = sphinx_logging.getLogger(__name__)

ASSETS = Path(__file__).parent / "assets"
THEME = ASSETS / "theme"

EXTENSIONS = ("myst_nb", "jupyter_book", "sphinx_external_toc", "sphinx_book_theme", "transferbuch.site.book")
"""What our books need. Jupyter Book's own list also loads thebe, comments, copy and toggle buttons and
intersphinx: English texts, scripts of other hosts, an error in every page's console."""

SPHINX_CONFIG: Mapping[str, object] = MappingProxyType({
    "html_theme": "transferbuch",
    "html_permalinks_icon": "#",
    "html_use_index": False,
    "html_domain_indices": False,
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_last_updated_fmt": None,
    "html_search_language": "de",
    "use_multitoc_numbering": False,
    "use_jupyterbook_latex": False,
    "myst_enable_extensions": ["colon_fence", "deflist", "fieldlist", "attrs_inline", "attrs_block", "tasklist"],
    "nb_execution_mode": "off",
    "nb_output_stderr": "remove-warn",
    "nb_merge_streams": True,
    "nb_ipywidgets_js": {},
    "html_context": {"default_mode": "light"},
})
"""Same for every book; `setup` applies it, so that plain `jupyter-book build .` gets it too. Without the
Markdown extensions for formulas a `$` stays a `$` and no page loads MathJax. A warning that a notebook wrote to
stderr is for its author, not for readers: it refuses the build."""

THEME_OPTIONS: Mapping[str, object] = MappingProxyType({
    "back_to_top_button": False, "navigation_with_keys": False, "show_navbar_depth": 1, "max_navbar_depth": 2,
    "collapse_navbar": True,  # only the current branch: all of them on every page makes a big book quadratic
    "launch_buttons": {}, "use_download_button": False, "use_fullscreen_button": False,
})
"""Options of the theme that only work as Python values; the others are in `assets/theme/theme.conf`."""

PROMPT_SHOW, PROMPT_HIDE = "Quelltext zeigen", "Quelltext verbergen"

NOT_PUBLISHED = (".buildinfo", "objects.inv", ".doctrees", "jupyter_execute", "_sources")
UNUSED_SCRIPTS = ("_static/scripts/sphinx-book-theme.js",)
UNUSED_STATIC = ("**/*.map", "scripts/fontawesome.js*", "scripts/bootstrap.js*", "images", "locales",
                 "*webpack-macros.html", "plus.png", "minus.png")


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
    search_label: str = "In diesem Bericht suchen"
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
                app = Sphinx(srcdir=source, confdir=None, outdir=html, doctreedir=Path(folder) / "doctrees",
                             buildername="html", confoverrides=_sphinx_config(source, Path(folder), settings),
                             status=None, warning=stream, freshenv=True)
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


def _sphinx_config(source: Path, folder: Path, settings: BookSettings) -> dict[str, object]:
    """Jupyter Book's configuration with ours on top; `folder` takes the table of contents."""
    toc = source / "_toc.yml"
    if settings.pages:
        toc = folder / "_toc.yml"
        chapters = [{"file": page} for page in settings.pages[1:]]
        toc.write_text(yaml.safe_dump({"format": "jb-book", "root": "index", "chapters": chapters}), "utf-8")
    config, _ = get_final_config(
        user_yaml={"title": settings.title, "author": "", "copyright": "", "only_build_toc_files": True},
        cli_config={"latex_individualpages": False}, validate=False)
    # a fresh list: Jupyter Book adds to the one it made
    config["extensions"] = [*EXTENSIONS, *settings.extensions]
    config.pop("comments_config", None)
    options = {"tb_home": settings.home or "", "tb_start": "Übersicht" if settings.home else "Startseite",
               "tb_banner": settings.banner or "", "tb_footer": settings.footer,
               "tb_search": settings.search_label}
    return {**config, "language": "de", "project": settings.title, "external_toc_path": toc.as_posix(),
            "transferbuch_static_prefix": settings.static_prefix, "html_theme_options": options,
            **settings.config_values}


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
                problems.append(Problem(_below(str(app.env.doc2path(page)), source), 0, "",
                                        "the page uses a file from outside the book", file,
                                        do="copy the file into the book's folder", code="book-outside"))
    return tuple(problems)


def _refuse_foreign_folder(out: Path, keep: tuple[str, ...]) -> None:
    """Never empty a folder that is not a built book: somebody may have named the wrong one."""
    if out.is_dir() and not (out / "searchindex.js").is_file() \
            and any(entry.name not in keep for entry in out.iterdir()):
        raise UsageError(Problem(out.name, 0, "", "the output folder holds files that are no built site",
                                 expected="an empty folder or one built before", do="choose another folder",
                                 code="out-not-empty"))


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


class BookBuilder(StandaloneHTMLBuilder):
    """Sphinx's HTML builder with German script texts, plotly.js and without what our pages never load."""

    def copy_translation_js(self) -> None:
        messages = json.dumps({"locale": "de", "messages": IN_SCRIPTS, "plural_expr": "(n != 1)"}, indent=1)
        (Path(self.outdir) / "_static" / "translations.js").write_text(
            f"Documentation.addTranslations({messages});\n", "utf-8")

    def copy_static_files(self) -> None:
        static = Path(self.outdir) / "_static"
        if self.config.transferbuch_static_prefix:
            static.mkdir()  # extensions write into it without looking; `build_book` throws it away
            return
        super().copy_static_files()
        for pattern in UNUSED_STATIC:
            for path in list(static.glob(pattern)):
                _remove(path)
        (static / "vendor").mkdir(exist_ok=True)
        shutil.copyfile(_plotly_js(), static / "vendor" / "plotly.min.js")

    def write_buildinfo(self) -> None:
        """Nothing: it serves incremental builds, and ours are always whole."""

    def dump_inventory(self) -> None:
        """Nothing: no other book links here by name."""


def _plotly_js() -> Path:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("plotly is not installed; it brings the plotly.min.js of our charts")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


class _German(NullTranslations):
    """The last catalogue asked: our table."""

    def gettext(self, message: str) -> str:
        return IN_PAGES.get(message, message)


def _apply_config(app: Sphinx, config: Config) -> None:
    for name, value in SPHINX_CONFIG.items():
        config[name] = copy.copy(value)
    config.html_theme_options = {**THEME_OPTIONS, **config.html_theme_options}


def _prepare_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Every code cell's input is one click away, without a tag in each cell; a traceback refuses the book."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            cell["hide_mode"] = "input"
            cell["prompt_show"], cell["prompt_hide"] = PROMPT_SHOW, PROMPT_HIDE
    for block in doctree.findall(nodes.literal_block):
        if "traceback" in block["classes"]:
            LOGGER.warning("a cell ended with an error: %s", block.astext().splitlines()[-1], location=block)


def _visit_source(translator: nodes.NodeVisitor, node: HideCodeCellNode) -> None:
    # myst-nb's own is labelled "Toggle hidden content" whatever the prompts say
    translator.body.append(
        f'<details class="tb-code"><summary><span class="tb-show">{escape(node["prompt_show"])}</span>'
        f'<span class="tb-hide">{escape(node["prompt_hide"])}</span></summary>\n')


def _depart_source(translator: nodes.NodeVisitor, node: HideCodeCellNode) -> None:
    translator.body.append("</details>\n")


STATIC_ADDRESS = re.compile(r'((?:^|")(?:\.{1,2}/)*)_static/([^"?]+)(?:\?[^"]*)?')


def _share_static(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any],
                  doctree: nodes.document | None) -> None:
    """Addresses below `_static` lead to the shared folder and carry one version, the same in every book.

    Sphinx's own checksum needs the file, which editions do not have; two versions would be loaded twice.
    """
    address = rf"\1{app.config.transferbuch_static_prefix}_static/\2?v={_assets_version()}"

    def shared(function: Callable[..., str]) -> Callable[..., str]:
        return lambda *args, **kwargs: STATIC_ADDRESS.sub(address, function(*args, **kwargs))

    for name in ("pathto", "css_tag", "js_tag"):
        context[name] = shared(context[name])


def _drop_scripts(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any],
                  doctree: nodes.document | None) -> None:
    """Scripts that only serve controls which our templates do not have."""
    context["script_files"] = [script for script in context["script_files"]
                               if str(getattr(script, "filename", script)) not in UNUSED_SCRIPTS]


@cache
def _assets_version() -> str:
    """Changes with everything that ends up in `_static`: our assets and the packages they come with."""
    checksum = zlib.crc32(__version__.encode())
    for package in ("sphinx", "sphinx-book-theme", "pydata-sphinx-theme", "myst-nb", "plotly"):
        checksum = zlib.crc32(version(package).encode(), checksum)
    for path in (*sorted((THEME / "static").iterdir()), ASSETS / "stemmer.js"):
        checksum = zlib.crc32(path.read_bytes(), checksum)
    checksum = zlib.crc32(repr(IN_SCRIPTS).encode(), checksum)
    return f"{checksum:08x}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx extension: theme "transferbuch" on top of sphinx-book-theme, German texts, hidden sources."""
    for extension in ("myst_nb", "sphinx_book_theme"):
        app.setup_extension(extension)
    app.add_config_value("transferbuch_static_prefix", "", "html")
    if "comments_config" not in app.config:
        app.add_config_value("comments_config", {}, "html")  # Jupyter Book sets it, extension or not
    app.add_html_theme("transferbuch", str(THEME))
    app.add_css_file("transferbuch.css", priority=900)  # after the theme's and the extensions' own
    app.add_js_file("transferbuch.js", loading_method="defer")
    app.add_builder(BookBuilder, override=True)
    app.add_search_language(GermanSearch)
    app.add_node(HideCodeCellNode, override=True, html=(_visit_source, _depart_source))
    locale.get_translator().add_fallback(_German())
    app.connect("config-inited", _apply_config, priority=1)
    app.connect("doctree-read", _prepare_cells)
    app.connect("html-page-context", _share_static, priority=1)
    app.connect("html-page-context", _drop_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
