"""Sphinx extension with the questionnaire of the own assessment as a form to be printed and filled in by hand.

Directive without content, made from `catalogue/assessment.yml` and `catalogue/requirements.yml`:
  {assessment}        a section per question group, then one with the bodies and one with the data to be ticked
Loaded by `portal_ext`.
"""

from collections.abc import Iterable
from html import escape

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from transferbuch.transfer.assessment import QuestionGroup, load_assessment
from transferbuch.transfer.requirements import Requirement, RequirementKind, load_requirements

BOX = "☐"
KINDS: dict[RequirementKind, tuple[str, str]] = {
    "body": ("Stellen, Gremien und Partner", "Was es gibt"),
    "data": ("Daten", "Was vorliegt"),
}
"""Heading and first column of the lists to be ticked."""
ANSWERS = ("gibt es", "gibt es nicht", "unbekannt")


class Assessment(Directive):
    """The whole form, in sections of its own so that they are found in the contents of the page."""

    def run(self) -> list[nodes.Node]:
        groups = [(group.title, _group(group)) for group in load_assessment().values()]
        words = load_requirements().values()
        lists = [
            (title, _requirements(title, column, (one for one in words if one.kind == kind)))
            for kind, (title, column) in KINDS.items()
        ]
        return [self._section(title, html) for title, html in [*groups, *lists]]

    def _section(self, title: str, html: str) -> nodes.section:
        content = nodes.title("", title), nodes.raw("", html, format="html")
        section = nodes.section("", *content, classes=["tb-questions"])
        section["names"].append(nodes.fully_normalize_name(title))
        self.state.document.note_implicit_target(section, section)
        return section


def _group(group: QuestionGroup) -> str:
    questions = "".join(f"<li>{escape(one)}</li>" for one in group.questions)
    rows = "".join(
        f'<tr><td class="tb-box">{BOX}</td><th scope="row">{level}</th><td>{escape(text)}</td></tr>'
        for level, text in enumerate(group.levels)
    )
    return (
        f"<p>{escape(group.about)}</p><ul>{questions}</ul>"
        + _table(f"{group.title}: eine Stufe ankreuzen", ("Wahl", "Stufe", "Was vorliegt"), rows)
        + '<p class="tb-write">Worauf sich die Stufe stützt (wird gedruckt, ohne Namen von Personen):</p>'
    )


def _requirements(title: str, column: str, words: Iterable[Requirement]) -> str:
    boxes = f'<td class="tb-box">{BOX}</td>' * len(ANSWERS)
    rows = "".join(
        f'<tr><th scope="row"><strong>{escape(one.name)}</strong><br>{escape(one.means)}</th>{boxes}</tr>'
        for one in words
    )
    return _table(f"{title}: je Zeile ein Kreuz", (column, *ANSWERS), rows)


def _table(caption: str, columns: Iterable[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{one}</th>' for one in columns)
    return (
        f'<div class="tb-table" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("assessment", Assessment)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
