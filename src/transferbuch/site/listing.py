"""What all generated lists of the portal share: the directive, the filter above a list, values in German order.

The filter is a form; the theme's script applies it, keeps the choice in the address and counts. Without JavaScript the
form is not shown and the list is whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from transferbuch.indicators.catalogue import Indicator
from transferbuch.regions.names import slugify
from transferbuch.transfer.objects import TransferObject
from transferbuch.vocabulary import INTERNAL


class HtmlDirective(Directive):
    """A directive whose result is HTML made from the project's files."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", self.make(self.state.document.settings.env.app), format="html")]

    def make(self, app: Sphinx) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Facet:
    """One choice of a filter: items of the list carry their values in `data-<key>`, divided by `|`."""

    key: str
    label: str
    options: list[str]


def filter_html(target: str, unit: str, word_label: str, facets: Iterable[Facet]) -> str:
    """The form above the lists that the selector `target` names; their children are the items, `unit` their dative.

    A facet with less than two options chooses nothing and is left out.
    """
    selects = "".join(
        f'<label>{facet.label} <select data-key="{facet.key}"><option value="">alle</option>'
        + "".join(f'<option value="{escape(option)}">{escape(option)}</option>' for option in facet.options)
        + "</select></label>"
        for facet in facets
        if len(facet.options) > 1
    )
    return (
        f'<form class="tb-filter" data-target="{target}" data-unit="{unit}" role="search" aria-label="Liste filtern" '
        f'autocomplete="off"><label>{word_label} <input type="search" name="q"></label>{selects}'
        '<div class="tb-filter-buttons"><button type="reset">Alle zeigen</button>'
        '<button type="button" class="tb-copy">Link zu dieser Auswahl kopieren</button></div></form>'
    )


def in_one(values: Iterable[str]) -> str:
    """Several values of one facet in one attribute."""
    return escape("|".join(values))


def in_german_order(values: Iterable[str]) -> list[str]:
    """Different values, ü like ue."""
    return sorted(set(values), key=slugify)


def used(values: Iterable[str], order: Iterable[str]) -> list[str]:
    """The values of a closed list that occur, in the order of the list."""
    found = set(values)
    return [one for one in order if one in found]


def access_mark(one: Indicator | TransferObject) -> str:
    """What marks in a list that something is not for everybody."""
    return " (intern)" if one.access == INTERNAL else ""
