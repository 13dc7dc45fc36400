"""Formulas as MathML, which browsers and screen readers know by themselves: no script, no font, no other host.

Authors write LaTeX in MyST's directive and role `math`; docutils' own converter makes MathML of it. Without the
Markdown extensions for formulas a `$` stays a `$`.
"""

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging as sphinx_logging
from sphinx.writers.html5 import HTML5Translator

LOGGER = sphinx_logging.getLogger(__name__)
RENDERER = "mathml"


def _visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    # a wide formula scrolls by itself, also by keyboard
    translator.body.append(
        f'<div class="tb-formula" role="group" aria-label="Formel" tabindex="0">{_mathml(node, as_block=True)}</div>\n'
    )
    raise nodes.SkipNode


def _mathml(node: nodes.math | nodes.math_block, as_block: bool) -> str:
    try:
        return tex2mathml(node.astext(), as_block=as_block)
    except (MathError, AttributeError) as error:  # docutils stumbles over an & outside of a table
        place = node if node.line else node.parent  # inside of a sentence only the paragraph knows its line
        LOGGER.warning("this formula cannot be read: %s", error, location=place)
        return ""


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx extension: the renderer of formulas, chosen for all books in `theme.SPHINX_CONFIG`."""
    app.add_html_math_renderer(RENDERER, (_visit_inline, None), (_visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
