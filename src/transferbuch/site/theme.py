"""The Sphinx extension of our books: theme, builder, German texts, hidden sources, shared static files.

Both `transferbuch.site.book` and plain `jupyter-book build .` load it, so both give the same pages.
"""

import copy
import json
import re
import shutil
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from gettext import NullTranslations
from html import escape
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.util import logging as sphinx_logging

from transferbuch import __version__
from transferbuch.project import ASSETS, THEME
from transferbuch.site import formulas
from transferbuch.site.between_books import Highlighter
from transferbuch.site.german import IN_PAGES, IN_SCRIPTS
from transferbuch.site.search import GermanSearch

LOGGER = sphinx_logging.getLogger(__name__)


SPHINX_CONFIG: Mapping[str, object] = MappingProxyType(
    {
        "html_theme": "transferbuch",
        "template_bridge": "transferbuch.site.between_books.Templates",
        "html_permalinks_icon": "#",
        "html_use_index": False,
        "html_domain_indices": False,
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_last_updated_fmt": None,
        "html_search_language": "de",
        "html_math_renderer": formulas.RENDERER,
        "use_multitoc_numbering": False,
        "use_jupyterbook_latex": False,
        "myst_enable_extensions": ["colon_fence", "deflist", "fieldlist", "attrs_inline", "attrs_block", "tasklist"],
        "nb_execution_mode": "off",
        "nb_output_stderr": "remove-warn",
        "nb_merge_streams": True,
        "nb_ipywidgets_js": {},
        "nb_custom_formats": {".ipynb": ("transferbuch.site.between_books.read_notebook", {}, False)},
        "html_context": {"default_mode": "light"},
    }
)
"""Same for every book; `setup` applies it, so that plain `jupyter-book build .` gets it too. A warning that a
notebook wrote to stderr is for its author, not for readers: it refuses the build."""

THEME_OPTIONS: Mapping[str, object] = MappingProxyType(
    {
        "back_to_top_button": False,
        "navigation_with_keys": False,
        "show_navbar_depth": 1,
        "max_navbar_depth": 2,
        "collapse_navbar": True,  # only the current branch: all of them on every page makes a big book quadratic
        "launch_buttons": {},
        "use_download_button": False,
        "use_fullscreen_button": False,
        # parts that our templates do not show; the theme would make each only to see whether it is empty
        "article_header_start": "",
        "article_header_end": "",
        "footer_content_items": "",
    }
)
"""Options of the theme that only work as Python values; the others are in `assets/theme/theme.conf`."""

PROMPT_SHOW, PROMPT_HIDE = "Quelltext zeigen", "Quelltext verbergen"

UNUSED_SCRIPTS = ("_static/scripts/sphinx-book-theme.js",)
UNUSED_STATIC = (
    "**/*.map",
    "scripts/fontawesome.js*",
    "scripts/bootstrap.js*",
    "images",
    "locales",
    "*webpack-macros.html",
    "plus.png",
    "minus.png",
)


class BookBuilder(StandaloneHTMLBuilder):
    """Sphinx's HTML builder with German script texts, plotly.js and without what our pages never load."""

    def init_highlighter(self) -> None:
        super().init_highlighter()
        self.highlighter = Highlighter("html", self.config.pygments_style or self.theme.pygments_style_default)

    def copy_translation_js(self) -> None:
        messages = json.dumps({"locale": "de", "messages": IN_SCRIPTS, "plural_expr": "(n != 1)"}, indent=1)
        (Path(self.outdir) / "_static" / "translations.js").write_text(
            f"Documentation.addTranslations({messages});\n", "utf-8"
        )

    def copy_static_files(self) -> None:
        static = Path(self.outdir) / "_static"
        if self.config.transferbuch_static_prefix:
            static.mkdir()  # extensions write into it without looking; `build_book` throws it away
            return
        super().copy_static_files()
        for pattern in UNUSED_STATIC:
            for path in list(static.glob(pattern)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (static / "vendor").mkdir(exist_ok=True)
        shutil.copyfile(plotly_js(), static / "vendor" / "plotly.min.js")

    def write_buildinfo(self) -> None:
        """Nothing: it serves incremental builds, and ours are always whole."""

    def dump_inventory(self) -> None:
        """Nothing: no other book links here by name."""


def plotly_js() -> Path:
    """The plotly.min.js that plotly's wheel brings."""
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
        f'<span class="tb-hide">{escape(node["prompt_hide"])}</span></summary>\n'
    )


def _depart_source(translator: nodes.NodeVisitor, node: HideCodeCellNode) -> None:
    translator.body.append("</details>\n")


STATIC_ADDRESS = re.compile(r'((?:^|")(?:\.{1,2}/)*)_static/([^"?]+)(?:\?[^"]*)?')


def _share_static(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Addresses below `_static` lead to the shared folder and carry one version, the same in every book.

    Sphinx's own checksum needs the file, which editions do not have; two versions would be loaded twice.
    """
    address = rf"\1{app.config.transferbuch_static_prefix}_static/\2?v={_assets_version()}"

    def shared(function: Callable[..., str]) -> Callable[..., str]:
        return lambda *args, **kwargs: STATIC_ADDRESS.sub(address, function(*args, **kwargs))

    for name in ("pathto", "css_tag", "js_tag"):
        context[name] = shared(context[name])


def _drop_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Scripts that only serve controls which our templates do not have."""
    context["script_files"] = [
        script for script in context["script_files"] if str(getattr(script, "filename", script)) not in UNUSED_SCRIPTS
    ]


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
    for extension in ("myst_nb", "sphinx_book_theme", "transferbuch.site.glossary_ext", formulas.__name__):
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
