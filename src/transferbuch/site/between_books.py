"""What Sphinx would do again for each book of a process: compiled templates and coloured code cells are kept between
books, and myst-nb does not write copies of notebooks that nobody gets.
"""

from contextlib import suppress
from functools import lru_cache
from types import CodeType
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from nbformat import NotebookNode, convert
from nbformat.reader import reads
from pygments import highlight
from pygments.filters import ErrorToken
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.style import Style
from sphinx.builders import Builder
from sphinx.highlighting import PygmentsBridge
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.theming import Theme

CELLS = "ipython3"
"""Pygments' name of the language of code cells."""


class _Notebook(NotebookNode):
    """A notebook of which nothing is written: myst-nb keeps a copy of each beside the pages, as JSON made of a deep
    copy, which takes longer than to read it; our books throw it away."""

    def __deepcopy__(self, memo: dict[int, object]) -> NotebookNode:
        return NotebookNode(nbformat=self.nbformat, nbformat_minor=self.nbformat_minor, metadata={}, cells=[])


def read_notebook(text: str) -> NotebookNode:
    """myst-nb's reader of `.ipynb`."""
    return _Notebook(convert(reads(text), 4))


class Compiled(BytecodeCache):
    """Compiled templates, kept for all books of this process. Jinja compares the checksum of a template's text."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = Compiled()


class Templates(BuiltinTemplateLoader):
    """Sphinx's loader of templates, which compiles each once in a process instead of once in a book."""

    def init(self, builder: Builder, theme: Theme | None = None, dirs: list[str] | None = None) -> None:
        super().init(builder, theme, dirs)
        self.environment.bytecode_cache = _COMPILED


@lru_cache(maxsize=1000)
def _coloured(style: type[Style], code: str) -> str:
    """A code cell as HTML. Raises ErrorToken, which is not kept: each book with such a cell is refused."""
    lexer = get_lexer_by_name(CELLS)
    lexer.add_filter("raiseonerror")
    return highlight(code, lexer, HtmlFormatter(style=style, linenos=False))


class Highlighter(PygmentsBridge):
    """Sphinx's colours of source code; those of cells are kept, because a chapter has the same in all editions."""

    def highlight_block(
        self, source: str, lang: str, opts: dict | None = None, force: bool = False, location: Any = None, **kwargs: Any
    ) -> str:
        if (lang, opts, force, kwargs) == (CELLS, {}, False, {"linenos": False}):
            with suppress(ErrorToken):
                return _coloured(self.formatter_args["style"], source)
        return super().highlight_block(source, lang, opts, force, location, **kwargs)
