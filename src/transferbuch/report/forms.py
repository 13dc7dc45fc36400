"""Report forms of an edition: analysis, profile, commented collection of data, paper for a committee.

The figures are those of the chapters; what the municipality says of them stands in boxes of its own.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from transferbuch.errors import PersonFileError, Problem
from transferbuch.records import nearest
from transferbuch.regions.names import capitalised
from transferbuch.report.absence import NOT_HELD
from transferbuch.report.additions import object_line, own_box, own_paragraphs
from transferbuch.report.numbers import date_short
from transferbuch.report.overviews import overview, value_cell
from transferbuch.report.proposal_words import reasons
from transferbuch.report.sentences import finding
from transferbuch.report.slice_model import CHAPTERS, Indicator, Slice
from transferbuch.report.sources import source_line, source_of
from transferbuch.report.tables import Cell, Fragment, bullet_list, joined, paragraph, table, words
from transferbuch.report.territory import legend_of
from transferbuch.report.verdicts import INTERVAL_NOTE, LEGEND
from transferbuch.report.wording import region_heading, title_with_unit

NONE = {
    "datensammlung": "keine Datensammlung",
    "analyse": "keine thematische Analyse",
    "profil": "kein Profil für eine Rolle",
    "gremienvorlage": "keine Gremienvorlage",
}
"""The forms that are a page, as sentences name a missing one."""
_FIRST_PROPOSALS = 3
_DECIDED = {
    "vorgeschlagen": "Vorgeschlagen, noch nicht entschieden",
    "beschlossen": "Beschlossen",
    "abgelehnt": "Abgelehnt",
    "vertagt": "Vertagt",
}
_TRENDS = {"rising": "steigt", "falling": "sinkt", "none": "keiner"}
_TREND_NOTE = "Trend: über mindestens fünf vergleichbare Jahre statistisch gesichert; „–“, wo weniger Jahre vorliegen."


class FormReport:
    """One report form; every method returns a part of its page, a plain sentence where none is declared."""

    def __init__(self, data: Slice, kind: str, id: str, indicator_of: Callable[[str], Indicator]) -> None:
        """`id`: "" for the first one declared. Raises PersonFileError for an unknown kind or id."""
        if kind not in NONE:
            raise _unknown("form", kind, NONE)
        declared = {one["id"]: one for one in data.parameters.get("formats") or () if one["form"] == kind}
        if id and id not in declared:
            raise _unknown(kind, id, declared)
        self.data, self.kind = data, kind
        self.given: Mapping[str, Any] | None = declared[id] if id else next(iter(declared.values()), None)
        self.indicators = [indicator_of(one) for one in (self.given or {}).get("indicators", ())]

    def head(self) -> Fragment:
        """Who the page is about and for, and whom to ask."""
        data, given = self.data, self.given
        if not given:
            return paragraph(f"Für {data.own.accusative} ist {NONE[self.kind]} eingetragen.")
        contact = given.get("contact") or data.parameters.get("contact")
        rows = [
            ("Kommune", data.own.label),
            ("Gremium", given.get("body")),
            ("Sitzung", date_short(given["day"]) if given.get("day") else ""),
            ("Für", given.get("role")),
            ("Auskunft", contact),
        ]
        rows = [(term, text) for term, text in rows if text]
        shown = "\n".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in rows)
        plain = "\n".join(f"{term}: {text}" for term, text in rows)
        invented = []
        if data.fictional:
            invented = [paragraph("Modellregion – erfundene Daten: Diese Kommune und ihre Zahlen gibt es nicht.")]
        return joined([Fragment(f'<div class="tb-profile tb-form"><dl>\n{shown}\n</dl></div>', plain), *invented])

    def text(self, *keys: str) -> Fragment:
        """The municipality's own words under these keys, each a paragraph, a list or, for a decision, its record."""
        parts = [part for key in keys for part in self._text(key)]
        return joined(parts) if parts else paragraph("Dazu hat die Kommune nichts eingetragen.")

    def question(self) -> Fragment:
        """The lead question."""
        if not self.given:
            return self._nothing()
        return paragraph(self.given["question"], css="tb-question")

    def findings(self) -> Fragment:
        """The chosen indicators in computed sentences."""
        if not self.indicators:
            return self._nothing()
        sentences = [finding(self.data, one) for one in self.indicators]
        return bullet_list(sentences, "tb-findings", source_of(self.data, self.indicators, self.data.above))

    def values(self) -> Fragment:
        """The chosen indicators as a table: newest value, the same year in the region above and in the compared
        Kreise, trend in words."""
        data = self.data
        if not self.indicators:
            return self._nothing()
        regions = [ags for ags in (data.ags, data.above[0], data.group) if ags]
        rows, used = [], []
        for one in self.indicators:
            title = words(title_with_unit(one), f"../../indikatoren/{one.id}.html")
            latest = data.latest(one.id, data.ags)
            if latest is None:
                rows.append([title, *[Cell(absence=NOT_HELD)] * (len(regions) + 1), words("–")])
                continue
            used += [value for ags in regions if (value := data.values(one.id, ags).get(latest.year))]
            cells = [value_cell(data, one, ags, latest) for ags in regions]
            rows.append([title, *cells, Cell(str(latest.year)), words(self._trend(one))])
        columns = ["Kennzahl", *(region_heading(data, ags) for ags in regions), "Jahr", "Trend"]
        notes = [INTERVAL_NOTE, LEGEND] if any(value.low is not None for value in used) else []
        notes += [_TREND_NOTE, *legend_of(used)]
        source = source_line(data, used, any(one.kind != "value" for one in self.indicators)) if used else ""
        return table(f"Kennzahlen {data.own.locative}", columns, rows, notes, source)

    def overview(self, chapter: str) -> Fragment:
        """All indicators of a chapter, as its own page shows them."""
        chosen = [one for one in self.data.indicators.values() if one.chapter == chapter]
        return overview(self.data, chosen, CHAPTERS[chapter])

    def objects(self) -> Fragment:
        """The transfer objects that the form names, or else the first proposals of the edition with their reason."""
        if not self.given:
            return self._nothing()
        if named := self.given["objects"]:
            lead = paragraph("Beispiele anderer Kommunen, ausgewählt von der Kommune:")
            return joined([lead, *(object_line(self.data, slug) for slug in named)])
        proposals = self.data.transfer[:_FIRST_PROPOSALS]
        if not proposals:
            return paragraph("In der Sammlung gibt es keinen Vorschlag für diese Kommune.")
        lead = paragraph(
            "Die ersten Vorschläge aus dem Kapitel „Bedarf und Transfer“. Sie folgen aus dem Bedarfsprofil der Kommune "
            "insgesamt und nicht allein aus dieser Frage."
        )
        items = [f"{one.object['title']} ({one.giver}). {reasons(self.data, one)[0]}" for one in proposals]
        links = [
            f'<li><a href="../../transfer/{escape(one.object["slug"])}.html">{escape(one.object["title"])}</a> '
            f"({escape(one.giver)}). {escape(reasons(self.data, one)[0])}</li>"
            for one in proposals
        ]
        shown = "\n".join(links)
        return lead + Fragment(f"<ul>\n{shown}\n</ul>", "\n".join(f"• {item}" for item in items))

    def _text(self, key: str) -> list[Fragment]:
        given = (self.given or {}).get(key)
        if not given:
            return []
        if key == "decision":
            state = f"{_DECIDED[given['state']]}: {given['by']}, {date_short(given['day'])}."
            return [own_box("Entscheidung", [own_paragraphs(given["text"]), paragraph(state, css="tb-note")])]
        title = _LABELS[key]
        if isinstance(given, str):
            return [own_box(title, [own_paragraphs(given)])]
        tag = "ol" if key == "resolution" else "ul"
        items = "\n".join(f"<li>{escape(one)}</li>" for one in given)
        marks = [f"{at}." if tag == "ol" else "•" for at in range(1, len(given) + 1)]
        plain = "\n".join(f"{mark} {one}" for mark, one in zip(marks, given, strict=True))
        return [own_box(title, [Fragment(f"<{tag}>\n{items}\n</{tag}>", plain)])]

    def _trend(self, indicator: Indicator) -> str:
        trend = self.data.trends.get(indicator.id)
        if trend is None or trend.reason:
            return "–"
        return _TRENDS[trend.direction]

    def _nothing(self) -> Fragment:
        return paragraph(f"{capitalised(self.data.own.nominative)} hat dazu nichts eingetragen.")


_LABELS = {
    "occasion": "Anlass",
    "assessment": "Bewertung der Kommune",
    "insights": "Erkenntnisse der Kommune",
    "recommendations": "Empfehlungen der Kommune",
    "proposals": "Vorschläge der Kommune",
    "resolution": "Beschlussvorschlag",
    "finances": "Finanzielle Auswirkungen",
    "effort": "Aufwand",
}
"""Titles of the municipality's own words, by their key in the parameters file."""


def _unknown(what: str, given: str, known: Mapping[str, object]) -> PersonFileError:
    expected = f"one of those declared under `formats`: {', '.join(known)}" if known else "one declared under `formats`"
    do = nearest(given, known) if known else "declare it in the municipality's parameters file"
    return PersonFileError(
        Problem("notebook", 0, "form", f"there is no such {what}", given, expected, do, "unknown-form")
    )
