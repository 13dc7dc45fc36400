"""The report on one municipality, as notebooks use it: `edition = open_edition(ags, data)`.

Every method returns something to display and writes nothing. What a municipality has no value for becomes a plain
sentence in place of a chart. A chart that appears twice on a page gets a second id; a caveat is printed once per page.
More than 400 lines because it is the one list of all that notebooks may ask for; other modules make what it returns.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from transferbuch.errors import DataRefused, PersonFileError, Problem, UsageError
from transferbuch.records import nearest
from transferbuch.regions.keys import CombinedAGS, edition_key
from transferbuch.regions.names import capitalised
from transferbuch.report import (
    additions,
    areas,
    charts,
    comparable,
    gemeinden,
    goals,
    methods,
    needs,
    outlook,
    outlook_charts,
    overviews,
    own,
    profile,
    proposals,
)
from transferbuch.report.charts import Chart
from transferbuch.report.forms import FormReport
from transferbuch.report.maps import ChartSeries, area_charts
from transferbuch.report.numbers import date_short, listed
from transferbuch.report.sentences import finding, missing_sentence
from transferbuch.report.slice_model import CHAPTERS, Indicator, Slice
from transferbuch.report.slice_reader import read_slice
from transferbuch.report.sources import source_of
from transferbuch.report.tables import Fragment, bullet_list, joined, paragraph
from transferbuch.report.wording import phrase_with


def open_edition(ags: str, data: str | Path = "slice") -> "EditionReport":
    """The report on the municipality `ags` from the data slice in the folder `data`.

    Raises UsageError for a key that is no text of five digits, DataRefused for a slice that is missing, cut off,
    from a newer version or of another municipality.
    """
    try:
        key = edition_key(ags)
    except ValueError as error:
        raise UsageError(
            Problem(
                "notebook",
                0,
                "ags",
                str(error),
                expected='five digits in quotes, for example ags = "15084"',
                do="correct the cell tagged `parameters`",
                code="ags",
            )
        ) from None
    content = read_slice(Path(data))
    if content.ags != key:
        raise DataRefused(
            Problem(
                f"{Path(data).name}/slice.json",
                0,
                "ags",
                f"the data slice belongs to {content.own.label}",
                content.ags,
                str(key),
                "run `transferbuch run NOTEBOOK --ags AGS`, which brings the right slice",
                "slice-other",
            )
        )
    return EditionReport(content)


class EditionReport:
    """Texts, tables and charts of one municipality; one object per notebook run."""

    def __init__(self, data: Slice):
        self.data = data
        self._ids: Counter[str] = Counter()
        self._figures = 0
        self._noted: dict[str, int] = {}
        """Caveat → number of the figure that prints it, counted as the site counts them."""
        self._in_overview: set[str] = set()
        self._charted: set[str] = set()

    # --- texts ---------------------------------------------------------------------------------------------------

    def intro(self) -> Fragment:
        """Who this edition is about, what the figures rest on, and that the model region is invented."""
        data = self.data
        own, land = data.own, data.names[data.land]
        if data.is_city_state:
            who = f"{own.label} (Schlüssel {data.ags}) ist Land und kreisfreie Stadt zugleich."
        elif "+" in data.ags:
            members = listed(data.names[member].accusative for member in CombinedAGS(data.ags).members)
            who = f"{capitalised(own.nominative)} (Schlüssel {data.ags}) umfasst {members} {land.locative}. "
            who += "Die Werte sind aus denen dieser Kreise zusammengezählt, Anteile und Quoten daraus neu berechnet."
        else:
            who = (
                f"{capitalised(own.nominative)} (Schlüssel {data.ags}) gehört zu den {len(data.kreise)} Landkreisen "
                f"und kreisfreien Städten {land.locative}."
            )
        stands = sorted(table.stand for table in data.tables.values() if table.stand)
        kind = f"Tabelle{'n' * (len(data.tables) != 1)}"
        kind = f"erfundenen {kind} im Format der amtlichen Statistik" if data.fictional else f"amtlichen {kind}"
        rests = f"Die Kennzahlen dieser Ausgabe beruhen auf {len(data.tables)} {kind}"
        if stands:
            first, last = date_short(stands[0]), date_short(stands[-1])
            if first == last:
                rests += f"; {'sie hat' if len(data.tables) == 1 else 'alle haben'} den Stand {last}"
            else:
                rests += f"; die älteste hat den Stand {first}, die neueste den Stand {last}"
        parts = [paragraph(who, f"{rests}.", self._how_new())]
        if data.fictional:
            parts.insert(
                0,
                paragraph(
                    "Modellregion – erfundene Daten: Diese Kommune gibt es nicht. Alle Namen und "
                    "Zahlen sind erfunden und zeigen nur, wie eine Ausgabe aussieht."
                ),
            )
        if contact := str(data.parameters.get("contact") or ""):
            parts.append(paragraph(f"Auskunft gibt: {contact}."))
        return joined(parts)

    def findings(self, indicators: Iterable[str]) -> Fragment:
        """Chosen indicators in sentences, in the given order: value, comparison, development, or that it is missing.

        What matters most in a chapter is an editor's choice, so the notebook names the indicators.
        """
        chosen = [self._indicator(one) for one in indicators]
        return bullet_list(
            [finding(self.data, one) for one in chosen], "tb-findings", source_of(self.data, chosen, self.data.above)
        )

    def standouts(self) -> Fragment:
        """Fairly new values that differ from the Land beyond chance and lie in the outer sixth of all Kreise."""
        return profile.standouts(self.data)

    # --- what the municipality says itself -------------------------------------------------------------------------

    def additions(self, chapter: str) -> Fragment | None:
        """Key statements, comments and practice boxes of the municipality; None where it adds nothing."""
        return additions.additions(self.data, chapter)

    def form(self, kind: str, id: str) -> FormReport:
        """A report form that the municipality declares; `id`: "" for the first one of the kind."""
        return FormReport(self.data, kind, id, self._indicator)

    # --- tables --------------------------------------------------------------------------------------------------

    def overview(self, chapter: str) -> Fragment:
        """All indicators of a chapter: newest own value beside Land and Bund of the same year."""
        indicators = self._of_chapter(chapter)
        self._in_overview.update(overviews.caveats_of_changes(indicators))
        return overviews.overview(self.data, indicators, CHAPTERS[chapter])

    def others(self, chapter: str) -> Fragment:
        """The chapter's indicators without a chart on this page: newest, previous and first value."""
        rest = [one for one in self._of_chapter(chapter) if one.id not in self._charted]
        if not rest:
            return paragraph("Alle Kennzahlen dieses Kapitels sind oben als Diagramm zu sehen.")
        caveats = [caveat for one in rest for caveat in one.caveats]
        return overviews.development(
            self.data, rest, CHAPTERS[chapter], {*self._noted, *self._in_overview}, self._elsewhere(caveats)
        )

    # --- charts --------------------------------------------------------------------------------------------------

    def profile(self, chapter: str) -> Chart | Fragment:
        """The place of all indicators of a chapter among all Kreise; a sentence if too few Kreise are known."""
        if chart := profile.profile(self.data, self._of_chapter(chapter), chapter):
            return self._counted(chart)
        return paragraph("Für einen Platz unter den Kreisen sind zu wenige Kreise mit Werten bekannt.")

    def series(self, indicator: str) -> Chart | Fragment:
        """One indicator over the years, municipality, Land and Bund; a sentence if there is no value."""
        one = self._indicator(indicator)
        chart = charts.time_series(self.data, one)
        return self._shown(chart, [one]) if chart else paragraph(missing_sentence(self.data, one))

    def comparison(self, indicator: str) -> Chart | Fragment:
        """One indicator in all Kreise of the Land; a sentence if there is nothing to compare with."""
        data, one = self.data, self._indicator(indicator)
        if chart := charts.comparison(data, one):
            return self._shown(chart, [one])
        if data.latest(one.id, data.ags) is None:
            return paragraph(missing_sentence(data, one))
        if not data.peers:
            return paragraph(
                f"{capitalised(data.own.nominative)} ist zugleich das Land; einen Vergleich mit anderen "
                "Kreisen des Landes gibt es deshalb nicht."
            )
        return paragraph(
            f"{capitalised(phrase_with(one.phrase))} lässt sich nicht mit anderen Kreisen vergleichen: "
            f"In den Jahren mit einem Wert für {data.own.accusative} fehlen alle anderen Werte."
        )

    def composition(self, indicators: Iterable[str], caption: str) -> Chart | Fragment:
        """Shares of a whole, municipality, Land and Bund; a sentence if the shares are not complete in any year."""
        chosen = [self._indicator(one) for one in indicators]
        if chart := charts.composition(self.data, chosen, caption):
            return self._shown(chart, chosen)
        lacking = [f"„{one.title}“" for one in chosen if self.data.latest(one.id, self.data.ags) is None]
        place = self.data.own.accusative
        return paragraph(
            f"Die Anteile für „{caption}“ liegen für {place} in keinem Jahr vollständig vor.",
            f"Ohne Wert: {listed(lacking)}." if lacking else "",
        )

    def peers(self) -> Fragment:
        """The Kreise that this one is compared with, and what makes them similar."""
        return comparable.comparable_kreise(self.data)

    # --- the coming years ----------------------------------------------------------------------------------------

    def outlook_findings(self) -> Fragment:
        """What the projection of the population says, in sentences."""
        return outlook.findings(self.data)

    def outlook_ages(self, groups: Iterable[str], caption: str, slug: str) -> Chart | Fragment:
        """Up to three age groups of the projection over the years, in three variants."""
        return self._counted(outlook_charts.ages_chart(self.data, tuple(groups), caption, slug))

    def outlook_generations(self) -> Chart | Fragment:
        """Persons who turn 18 and who turn 67, year by year."""
        return self._counted(outlook_charts.generations_chart(self.data))

    def outlook_places(self) -> Fragment:
        """Places in day care at the newest own care rate."""
        return outlook.places(self.data)

    def outlook_backtest(self) -> Fragment:
        """How a projection started earlier compares with what came."""
        return outlook.backtest(self.data)

    def outlook_assumptions(self) -> Fragment:
        """What the projection assumes."""
        return outlook.assumptions(self.data)

    # --- own figures ---------------------------------------------------------------------------------------------

    def own_findings(self) -> Fragment:
        """Own tables of the municipality in sentences; a sentence if there are none, as in the next one."""
        return own.own_findings(self.data)

    def own_tables(self) -> Fragment:
        """The newest period of every own table; secret figures are not in this edition at all."""
        return own.own_tables(self.data)

    def gemeinden(self) -> gemeinden.Gemeinden:
        """Profiles of the Gemeinden; each of its parts is a sentence where no own table is about Gemeinden."""
        return gemeinden.Gemeinden(self.data)

    # --- small areas ---------------------------------------------------------------------------------------------

    def area_findings(self) -> Fragment:
        """All indices of small areas in sentences; a sentence if the municipality has no index, as in the next four."""
        return areas.area_findings(self.data)

    def area_maps(self) -> ChartSeries | Fragment:
        """One map per index, a chart of dots where boundaries are missing."""
        charts = area_charts(self.data)
        self._figures += len(charts)
        return ChartSeries(charts) if charts else areas.no_index(self.data)

    def area_outcomes(self) -> Fragment:
        """What differs between the classes of the indices."""
        return areas.area_outcomes(self.data)

    def area_methods(self) -> Fragment:
        """How the indices are made and how much they hang on each variable."""
        return areas.area_methods(self.data)

    # --- transfer, goals, methods --------------------------------------------------------------------------------

    def need_profile(self) -> Fragment:
        """What the municipality needs by its figures, its own assessment and its chosen topics, and what is unknown."""
        return needs.need_profile(self.data)

    def transfer_cards(self) -> Fragment:
        """The proposed transfer objects as cards that link to the portal, after a sentence on how well they fit."""
        return proposals.summary(self.data)

    def transfer_write_ups(self) -> Fragment:
        """Each proposal: reasons, counter-reasons, conditions, the giver's context, what to adapt, first questions."""
        return proposals.write_ups(self.data)

    def goal_findings(self) -> Fragment:
        """How far the goals have come; a sentence if there are none, as in the next ones."""
        return goals.goal_findings(self.data)

    def goal_starts(self) -> Fragment:
        """Where the goals set out, beside other regions of the same year."""
        return goals.goal_starts(self.data)

    def goal_targets(self) -> Fragment:
        """The goals in the four target fields."""
        return goals.goal_targets(self.data)

    def goal_measures(self) -> Fragment:
        """What is done for the goals."""
        return goals.goal_measures(self.data)

    def goal_progress(self) -> ChartSeries:
        """Each goal: sentences, chart, indicators of effects, reviews."""
        parts = (self._shown(one, []) if isinstance(one, Chart) else one for one in goals.goal_parts(self.data))
        return ChartSeries(tuple(parts))

    def goal_issues(self) -> Fragment:
        """Goals that are not measurable, contradictory or overdue."""
        return goals.goal_issues(self.data)

    def sources(self) -> Fragment:
        """All official tables behind this edition, with Stand, licence and attribution."""
        return methods.sources(self.data)

    def own_data(self) -> Fragment:
        """The public own tables of the municipality, without figures."""
        return methods.own_data(self.data)

    def caveats(self) -> Fragment:
        """What the official tables say about their own limits."""
        return methods.caveats(self.data)

    def breaks(self) -> Fragment:
        """Where the series of the tables change their footing or are out of line for a time."""
        return methods.breaks(self.data)

    def definitions(self) -> Fragment:
        """How every indicator is computed and from which tables."""
        return methods.definitions(self.data)

    def territory(self) -> Fragment:
        """The Gebietsstand of all figures, and the former Kreise whose figures are converted to it."""
        return methods.territory(self.data)

    def symbols(self) -> Fragment:
        """The signs that stand in place of a number, with their meaning."""
        return methods.symbols(self.data)

    def missing(self) -> Fragment:
        """Which indicators have no value, or none for the newest year, and why."""
        return methods.missing(self.data)

    def rerun(self, notebook: str, form: str = "") -> Fragment:
        """The command that reruns this page, for researchers, with the fingerprint of the data."""
        return methods.rerun(self.data, notebook, form)

    # --- inside --------------------------------------------------------------------------------------------------

    def _of_chapter(self, chapter: str) -> list[Indicator]:
        if chapter not in CHAPTERS:
            raise _unknown("chapter", chapter, CHAPTERS)
        return [one for one in self.data.indicators.values() if one.chapter == chapter]

    def _indicator(self, indicator: str) -> Indicator:
        if indicator not in self.data.indicators:
            raise _unknown("indicator", indicator, self.data.indicators)
        return self.data.indicators[indicator]

    def _shown(self, chart: Chart, indicators: list[Indicator]) -> Chart:
        """The chart with an id that is new on this page and without caveats that stand at a figure further up."""
        self._charted.update(one.id for one in indicators)
        self._ids[chart.id] += 1
        times = self._ids[chart.id]
        self._figures += 1
        caveats = [caveat for caveat in chart.caveats if caveat not in self._noted]
        caveats += self._elsewhere(chart.caveats)
        for caveat in chart.caveats:
            self._noted.setdefault(caveat, self._figures)
        return replace(chart, id=chart.id if times == 1 else f"{chart.id}-{times}", caveats=caveats)

    def _counted(self, shown: Chart | Fragment) -> Chart | Fragment:
        """The same; a chart without caveats is a figure of the page, too."""
        self._figures += isinstance(shown, Chart)
        return shown

    def _elsewhere(self, caveats: Iterable[str]) -> list[str]:
        """The sentence that says at which figures further up these caveats stand; [] when at none."""
        figures = sorted({self._noted[caveat] for caveat in caveats if caveat in self._noted})
        if not figures:
            return []
        where = "Abbildung" if len(figures) == 1 else "den Abbildungen"
        return [f"Weitere Hinweise stehen bei {where} {listed(map(str, figures))}."]

    def _how_new(self) -> str:
        """How many figures of the edition are fairly new: "21 von 60 Kennzahlen haben einen Wert für 2018 oder …"."""
        data, since = self.data, profile.recent_since(self.data)
        if since is None:
            return ""
        newest = [found.year for one in data.indicators if (found := data.latest(one, data.ags))]
        recent = methods.amount_of(sum(year >= since for year in newest), len(data.indicators))
        return f"{recent} einen Wert für {since} oder ein späteres Jahr; bei jeder Zahl steht, für wann sie gilt."


def _unknown(what: str, given: str, known: Iterable[str]) -> PersonFileError:
    return PersonFileError(
        Problem(
            "notebook",
            0,
            "",
            f"there is no such {what}",
            given,
            f"an existing {what}",
            nearest(given, known),
            f"unknown-{what}",
        )
    )
