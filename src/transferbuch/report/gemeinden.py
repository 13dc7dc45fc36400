"""Profiles of the Gemeinden: an overview of all, then of each the newest figures of every own table about Gemeinden.

Everything here is a function of figures that the edition publishes, so it tells no more than they do. What would need a
secret or a missing one – a sum, a share, a change – is not formed, and the sign in its place says why.
"""

from collections import Counter
from html import escape

from transferbuch.regions.names import slugify
from transferbuch.report.area_words import period_text
from transferbuch.report.gemeinde_figures import NOT_FORMED, Figure, beside, change, figure_of, total
from transferbuch.report.numbers import ABSENCES, listed, number
from transferbuch.report.own import SECRET_NOTE, finding_of, own_cell, own_source, unit_of
from transferbuch.report.slice_model import OwnColumn, OwnTable, Slice
from transferbuch.report.tables import Cell, Fragment, bullet_list, joined, paragraph, table, words

NOTHING = "Diese Ausgabe enthält keine eigene Tabelle nach Gemeinden."
WIDEST = 6
"""Columns of the overview besides the name; of several tables each gives its first ones."""
_NAMED = 5
_OVERVIEW = "alle-gemeinden-im-vergleich"
_SUMS_NOTE = "Anteile und Mittelwerte aller Gemeinden sind mit der Zahl gewichtet, auf die sie sich beziehen."


class Gemeinden:
    """The page on the Gemeinden of one municipality: all that its own tables of this level have a row for."""

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
        of_kreise, used = self._kreis_rows(chosen, several)
        rows += of_kreise
        columns = ["Gemeinde", *["Kreis"] * several]
        columns += [f"{column.label}{unit_of(column)}, {one.periods[-1]}" for one, column in chosen]
        notes = [SECRET_NOTE] * any(cell.absence is ABSENCES["secret"] for row in rows for cell in row)
        if any(column.kind in ("share", "mean") and column.denominator for _, column in chosen) and len(rows) > 1:
            notes.append(_SUMS_NOTE)
        if len(chosen) < len(whole):
            notes.append("Weitere Merkmale stehen in den Profilen.")
        source = f"Quelle: {'; '.join(dict.fromkeys(map(_named_source, [*self.tables, *used])))}"
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
        # what it is compared with comes first: on a phone the rest is moved out of sight
        columns = ["Merkmal", newest, *[f"{self._kreis_name(key)}, {newest}"] * bool(of_kreis)]
        with_total = count > 1 and len(of_kreis) < len(one.columns)
        columns += [f"Alle {number(count)} Gemeinden der Tabelle, {newest}"] * with_total
        columns += [earlier, "Veränderung"] * bool(earlier)
        rows = []
        for column in one.columns:
            row = [words(f"{column.label}{unit_of(column)}"), own_cell(one, column, newest, key)]
            own = figure_of(one, column.id, newest, key)
            if of_kreis:
                found = of_kreis.get(column.id)
                row.append(_kreis_cell(found, own, newest, key) if found else _LACKING)
            if with_total:
                row.append(beside(column, own, self._total(one, column, newest)))
            if earlier:
                row += [own_cell(one, column, earlier, key), change(one, column, key, newest, earlier)]
            rows.append(row)
        notes = [*_absent(one, newest, key), *_notes(one, periods)]
        others = dict.fromkeys(f"{self._kreis_name(key)}: {_named_source(found[0])}" for found in of_kreis.values())
        source = "; ".join([own_source(one), *others])
        return table(f"{name}: {one.title}", columns, rows, notes, source)

    def _gaps(self, one: OwnTable) -> list[str]:
        """Sentences on Gemeinden that the newest period of a table lacks, and on a table with one period only."""
        lacking = [name for key, name in self.names.items() if key not in self.areas[one.id][one.periods[-1]]]
        found = []
        if lacking:
            who = listed(lacking) if len(lacking) <= _NAMED else f"{number(len(lacking))} Gemeinden"
            found.append(
                f"{one.title}: Für {_when(one.periods[-1])} {'fehlt' if len(lacking) == 1 else 'fehlen'} {who}."
            )
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

    def _kreis_rows(
        self, chosen: list[tuple[OwnTable, OwnColumn]], several: bool
    ) -> tuple[list[list[Cell]], list[OwnTable]]:
        """A row of the overview for each Kreis of which own tables have any of the `chosen` figures; these tables."""
        rows, used = [], []
        for kreis in sorted({key[:5] for key in self.names if not key.endswith("000")}):
            found = [self._of_kreis(column, one.periods[-1], kreis) for one, column in chosen]
            if any(found):
                used += [there[0] for there in found if there]
                cells = [
                    own_cell(*there, one.periods[-1], kreis) if there else _LACKING
                    for there, (one, _) in zip(found, chosen, strict=True)
                ]
                rows.append([words(self._kreis_name(kreis)), *[words("") for _ in range(several)], *cells])
        return rows, used

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


_LACKING = Cell(absence=NOT_FORMED)


def _kreis_cell(found: tuple[OwnTable, OwnColumn], own: Figure, period: str, key: str) -> Cell:
    there, column = found
    if column.kind == "class":
        return own_cell(there, column, period, key[:5])
    return beside(column, own, figure_of(there, column.id, period, key[:5]))


def _absent(one: OwnTable, period: str, key: str) -> list[str]:
    """Sentences that name the columns of a Gemeinde without a number, secret ones first."""
    absences = [(column.label, figure_of(one, column.id, period, key).absence) for column in one.columns]
    secret = [f"„{label}“" for label, absence in absences if absence is ABSENCES["secret"]]
    others = [f"„{label}“" for label, absence in absences if absence and absence is not ABSENCES["secret"]]
    found = [f"Geheim für {_when(period)}: {listed(secret)}."] if secret else []
    return [*found, *([f"Ohne Zahl für {_when(period)}: {listed(others)}."] if others else [])]


def _anchor(key: str) -> str:
    return f"gemeinde-{key}"


def _when(period: str) -> str:
    """ "2024", "das Schuljahr 2024/25": after "für" and as a subject."""
    text = period_text(period)
    return text if text == period else f"das {text}"


def _named_source(one: OwnTable) -> str:
    return f"„{one.title}“, {own_source(one).removeprefix('Quelle: ')}"
