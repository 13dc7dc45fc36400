"""Profiles of the Gemeinden: an overview of all, then of each the newest figures of every own table about Gemeinden.

Everything here is a function of figures that the edition publishes, so it tells no more than they do. What would need a
secret or a missing one – a sum, a share, a change – is not formed, and the sign in its place says why.
"""

from collections import Counter
from html import escape
from typing import NamedTuple

from transferbuch.regions.names import slugify
from transferbuch.report.area_words import period_text
from transferbuch.report.numbers import ABSENCES, Absence, listed, number, rounded, signed
from transferbuch.report.own import SECRET_NOTE, finding_of, own_cell, own_source, unit_of
from transferbuch.report.slice_model import OwnColumn, OwnTable, Slice
from transferbuch.report.tables import Cell, Fragment, bullet_list, joined, paragraph, table, words

NOTHING = "Diese Ausgabe enthält keine eigene Tabelle nach Gemeinden."
WIDEST = 6
"""Columns of the overview besides the name; of several tables each gives its first ones."""
_NAMED = 5
_OVERVIEW = "alle-gemeinden-im-vergleich"
_HIDDEN = Absence(".", "nicht berechnet, weil eine Zahl dafür geheim ist", "wird nicht berechnet")
_NOT_FORMED = Absence("–", "lässt sich aus den Tabellen nicht berechnen", "lässt sich nicht berechnen")
_SUMS_NOTE = "Anteile und Mittelwerte aller Gemeinden sind mit der Zahl gewichtet, auf die sie sich beziehen."


class Figure(NamedTuple):
    """A number with its printed decimals, or why there is none."""

    value: float = 0.0
    decimals: int = 0
    absence: Absence | None = None

    @property
    def cell(self) -> Cell:
        """As a table shows it."""
        return Cell(absence=self.absence) if self.absence else Cell(number(self.value, self.decimals))


class Gemeinden:
    """The page on the Gemeinden of one municipality; a Gemeinde is whatever an own table of that level has a row for."""

    def __init__(self, data: Slice) -> None:
        self.data = data
        self.tables = tuple(one for one in data.own_data if one.level == "gemeinde")
        self.areas: dict[str, dict[str, set[str]]] = {}
        """Table → period → keys of the Gemeinden with a row."""
        for one in self.tables:
            rows = self.areas.setdefault(one.id, {period: set() for period in one.periods})
            for period, key, _ in one.cells:
                rows[period].add(key)
        self._totals: dict[tuple[str, str, str], Figure] = {}
        found: dict[str, str] = {}
        for one in self.tables:
            for key, name in one.names.items():
                found[key] = f"Gemeinde {key}" if name == key else name
        times = Counter(found.values())
        named = {key: f"{name} ({key})" if times[name] > 1 else name for key, name in found.items()}
        self.names = dict(sorted(named.items(), key=lambda item: (slugify(item[1]), item[0])))

    def findings(self) -> Fragment:
        """How many Gemeinden there are, what each table shows of them, which Gemeinden it lacks."""
        if not self.tables:
            return paragraph(NOTHING)
        count = len(self.names)
        shown = "ist eine Gemeinde" if count == 1 else f"sind {number(count)} Gemeinden"
        items = [f"Beschrieben {shown} {self.data.own.genitive}."]
        for one in self.tables:
            items += [finding_of(one), *self._gaps(one)]
        if any(len(one.periods) > 2 for one in self.tables):
            items.append("Alle Zeiträume stehen in der Datei „eigene-daten.csv“ dieser Ausgabe.")
        sources = "; ".join(dict.fromkeys(one.source for one in self.tables))
        return bullet_list(items, "tb-findings", f"Quelle: {sources}")

    def overview(self) -> Fragment:
        """All Gemeinden with the first columns of every table in its newest period; names lead to the profiles."""
        if not self.tables:
            return paragraph(NOTHING)
        each = max(1, WIDEST // len(self.tables))
        whole = [(one, column) for one in self.tables for column in one.columns]
        chosen = [(one, column) for one in self.tables for column in one.columns[:each]]
        chosen = whole if len(whole) <= WIDEST else chosen
        kreise = sorted({key[:5] for key in self.names})
        several = len(kreise) > 1
        rows = [
            [
                words(name, f"#{_anchor(key)}"),
                *[words(self._kreis_name(key)) for _ in range(several)],
                *(own_cell(one, column, one.periods[-1], key) for one, column in chosen),
            ]
            for key, name in self.names.items()
        ]
        if len(self.names) > 1:
            totals = [self._total(one, column, one.periods[-1]).cell for one, column in chosen]
            rows.append([words("Alle Gemeinden der Tabelle"), *[words("") for _ in range(several)], *totals])
        columns = ["Gemeinde", *["Kreis"] * several]
        columns += [f"{column.label}{unit_of(column)}, {one.periods[-1]}" for one, column in chosen]
        notes = [SECRET_NOTE] * any(cell.absence is ABSENCES["secret"] for row in rows for cell in row)
        if any(column.kind in ("share", "mean") and column.denominator for _, column in chosen) and len(rows) > 1:
            notes.append(_SUMS_NOTE)
        if len(chosen) < len(whole):
            notes.append("Weitere Merkmale stehen in den Profilen.")
        source = f"Quelle: {'; '.join(dict.fromkeys(_named_source(one) for one in self.tables))}"
        shown = table(f"Gemeinden {self.data.own.genitive}", columns, rows, notes, source)
        return Fragment(f'<div id="{_OVERVIEW}">\n{shown.html}\n</div>', shown.plain)

    def profiles(self) -> Fragment:
        """One section per Gemeinde, in the order of the alphabet, each with an anchor."""
        if not self.tables:
            return paragraph(NOTHING)
        return joined([self._profile(key, name) for key, name in self.names.items()])

    def _profile(self, key: str, name: str) -> Fragment:
        several = len({other[:5] for other in self.names}) > 1
        parts = [paragraph(f"Schlüssel {key}{f', {self._kreis_name(key)}' if several else ''}.", css="tb-note")]
        parts += [self._table(one, key, name) for one in self.tables]
        whole = joined(parts)
        back = f'<p class="tb-note"><a href="#{_OVERVIEW}">Zur Übersicht aller Gemeinden</a></p>'
        html = (
            f'<article class="tb-place" id="{_anchor(key)}" aria-label="{escape(name)}">\n'
            f'<p class="tb-goal-title" role="heading" aria-level="3">{escape(name)}</p>\n{whole.html}\n'
            f"{back if len(self.names) > 1 else ''}</article>"
        )
        return Fragment(html, f"{name}\n\n{whole.plain}")

    def _table(self, one: OwnTable, key: str, name: str) -> Fragment:
        """The newest period that the table has for a Gemeinde, the one before, and all Gemeinden or the Kreis."""
        periods = [period for period in one.periods if key in self.areas[one.id][period]]
        if not periods:
            return paragraph(f"„{one.title}“: Die Tabelle nennt {name} nicht.")
        newest, earlier = periods[-1], periods[-2] if len(periods) > 1 else ""
        there = {column.id: self._of_kreis(column, newest, key) for column in one.columns}
        of_kreis = {id: found for id, found in there.items() if found}
        count = len(self.areas[one.id][newest])
        columns = ["Merkmal", newest, *[earlier, "Veränderung"] * bool(earlier)]
        columns += [f"{self._kreis_name(key)}, {newest}"] * bool(of_kreis)
        with_total = count > 1 and len(of_kreis) < len(one.columns)
        columns += [f"Alle {number(count)} Gemeinden der Tabelle, {newest}"] * with_total
        rows = []
        for column in one.columns:
            row = [words(f"{column.label}{unit_of(column)}"), own_cell(one, column, newest, key)]
            if earlier:
                row += [own_cell(one, column, earlier, key), _change(one, column, key, newest, earlier)]
            own = _figure(one, column.id, newest, key)
            if of_kreis:
                found = of_kreis.get(column.id)
                row.append(self._kreis_cell(found[0], column, found[1], own, newest, key) if found else _LACKING)
            if with_total:
                row.append(_beside(column, own, self._total(one, column, newest)))
            rows.append(row)
        notes = _notes(one, periods)
        others = dict.fromkeys(f"{self._kreis_name(key)}: {_named_source(found[0])}" for found in of_kreis.values())
        source = "; ".join([own_source(one), *others])
        return table(f"{name}: {one.title}", columns, rows, notes, source)

    def _gaps(self, one: OwnTable) -> list[str]:
        """Sentences on Gemeinden that the newest period of a table lacks, and on a table with one period only."""
        lacking = [name for key, name in self.names.items() if key not in self.areas[one.id][one.periods[-1]]]
        found = []
        if lacking:
            who = listed(lacking) if len(lacking) <= _NAMED else f"{number(len(lacking))} Gemeinden"
            found.append(f"{one.title}: Für {_when(one.periods[-1])} {'fehlt' if len(lacking) == 1 else 'fehlen'} {who}.")
        if len(one.periods) == 1:
            found.append(f"{one.title}: Frühere Zeiträume enthält die Tabelle nicht; eine Veränderung zeigt sie nicht.")
        return found

    def _of_kreis(self, column: OwnColumn, period: str, key: str) -> tuple[OwnTable, OwnColumn] | None:
        """Own table of the Kreis with a column of the same id and kind for this period; None where there is none.

        A kreisfreie Stadt is its own Kreis and is not compared with itself.
        """
        for one in self.data.own_data if not key.endswith("000") else ():
            if one.level == "kreis" and (period, key[:5], column.id) in one.cells:
                found = next(part for part in one.columns if part.id == column.id)
                if found.kind == column.kind:
                    return one, found
        return None

    def _kreis_cell(
        self, there: OwnTable, column: OwnColumn, found: OwnColumn, own: Figure, period: str, key: str
    ) -> Cell:
        if column.kind == "class":
            return own_cell(there, found, period, key[:5])
        return _beside(column, own, _figure(there, found.id, period, key[:5]))

    def _total(self, one: OwnTable, column: OwnColumn, period: str) -> Figure:
        at = (one.id, column.id, period)
        if at not in self._totals:
            self._totals[at] = total(one, column, period, sorted(self.areas[one.id][period]))
        return self._totals[at]

    def _kreis_name(self, key: str) -> str:
        """The Kreis that a Gemeinde lies in, one of several in a combined territory."""
        return self.data.names[key[:5]].label


def _notes(one: OwnTable, periods: list[str]) -> list[str]:
    """What a table lacks for a Gemeinde of which it has these periods."""
    notes = []
    if periods[-1] != one.periods[-1]:
        later, shown = _when(one.periods[-1]), _when(periods[-1])
        notes.append(f"Für {later} nennt die Tabelle diese Gemeinde nicht; gezeigt ist {shown}.")
    if len(periods) == 1:
        notes.append("Einen früheren Zeitraum nennt die Tabelle für diese Gemeinde nicht.")
    return notes


_LACKING = Cell(absence=_NOT_FORMED)


def _anchor(key: str) -> str:
    return f"gemeinde-{key}"


def _when(period: str) -> str:
    """ "2024", "das Schuljahr 2024/25": after "für" and as a subject."""
    text = period_text(period)
    return text if text == period else f"das {text}"


def _named_source(one: OwnTable) -> str:
    return f"„{one.title}“, {own_source(one).removeprefix('Quelle: ')}"


def _figure(one: OwnTable, id: str, period: str, area: str) -> Figure:
    value, status, text = one.cells.get((period, area, id), (None, "missing", ""))
    if status not in ("ok", "zero") or value is None:
        return Figure(absence=ABSENCES[status])
    return Figure(value, len(text.partition(",")[2]))


def _why_not(figures: list[Figure]) -> Absence | None:
    """Why nothing can be computed from these, None if it can."""
    lacking = {one.absence for one in figures if one.absence}
    return _HIDDEN if ABSENCES["secret"] in lacking else _NOT_FORMED if lacking else None


def total(one: OwnTable, column: OwnColumn, period: str, areas: list[str]) -> Figure:
    """All `areas` of a table together: a sum, or a share or mean weighted with its denominator.

    Nothing where one figure is secret or missing, where the table does not say what a share is per, or for a class.
    """
    if column.kind == "class" or (column.kind != "count" and not column.denominator):
        return Figure(absence=_NOT_FORMED)
    tops = [_figure(one, column.numerator or column.id, period, area) for area in areas]
    if column.kind == "count":
        absence = _why_not(tops)
        return Figure(absence=absence) if absence else Figure(sum(top.value for top in tops), tops[0].decimals)
    bases = [_figure(one, column.denominator, period, area) for area in areas]
    absence = _why_not([*tops, *bases])
    base = sum(figure.value for figure in bases)
    if absence or not base:
        return Figure(absence=absence or _NOT_FORMED)
    if column.numerator:
        top = 100 * sum(figure.value for figure in tops)
    else:
        top = sum(figure.value * weight.value for figure, weight in zip(tops, bases, strict=True))
    return Figure(top / base, max(_figure(one, column.id, period, area).decimals for area in areas))


def _beside(column: OwnColumn, own: Figure, whole: Figure) -> Cell:
    """A figure of a wider area; with a count, how much of it lies in the Gemeinde."""
    if whole.absence or own.absence or column.kind != "count" or not 0 <= own.value <= whole.value or not whole.value:
        return whole.cell
    share = 100 * own.value / whole.value
    text = "unter 0,1" if share and not rounded(share, 1) else number(share, 1)
    return Cell(f"{number(whole.value, whole.decimals)} (davon hier {text}\u00a0%)")


def _change(one: OwnTable, column: OwnColumn, key: str, newest: str, earlier: str) -> Cell:
    """Newest minus earlier figure; of a class only whether it is another one."""
    now, then = (_figure(one, column.id, period, key) for period in (newest, earlier))
    if absence := _why_not([now, then]):
        return Cell(absence=absence)
    if column.kind == "class":
        return words("gleich" if now.value == then.value else "andere Klasse")
    return Cell(signed(now.value - then.value, max(now.decimals, then.decimals)))
